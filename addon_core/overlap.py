# SPDX-License-Identifier: GPL-3.0-or-later
"""Overlapping patches of codes averaged into a state, under a Gaussian window, on a torus."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from .latent import SPAN, LatentExemplar
from .pyramid import Shape

_PROFILE = np.exp(-0.5 * ((np.arange(SPAN) - (SPAN - 1) / 2) / (SPAN / 4)) ** 2)
WINDOW = (np.outer(_PROFILE, _PROFILE) / _PROFILE.sum() ** 2).astype(np.float32)
"""(4, 4): the weight of each block of a patch, of sum 1: every block lies in 16 patches."""


def bands(shape: Shape, patches: int) -> Iterator[slice]:
    """Consecutive rows of a grid, each band about as many places as asked for."""
    step = max(1, patches // shape[1])
    for top in range(0, shape[0], step):
        yield slice(top, min(top + step, shape[0]))


class Overlap:
    """Collects the patches of a state row by row."""

    def __init__(self, shape: tuple[int, int, int]) -> None:
        """Start a state of zeros, (height, width, q)."""
        self.state = np.zeros(shape, np.float32)

    def add(self, band: slice, patches: NDArray[np.float32]) -> None:
        """Add the patches that start in some rows, (rows · width, 16 q)."""
        height, width, size = self.state.shape
        windows = patches.reshape(-1, width, SPAN, SPAN, size)
        for down, right in np.ndindex(SPAN, SPAN):
            rows = np.arange(band.start + down, band.stop + down) % height
            part = np.roll(windows[:, :, down, right], right, axis=1)
            self.state[rows] += WINDOW[down, right] * part


def sources(matches: NDArray[np.intp], exemplar: LatentExemplar, band: slice) -> NDArray[np.int32]:
    """What the overlapping patches propose for each block of some rows.

    Args:
        matches: (height, width), for each place of the state the number of the exemplar's patch.
        exemplar: the level's exemplar.
        band: the rows.

    Returns:
        (blocks of these rows, 16): numbers of the exemplar's blocks.
    """
    height, width = matches.shape
    count, above = band.stop - band.start, SPAN - 1
    corners = _corners(matches[np.arange(band.start - above, band.stop) % height], exemplar)
    proposed = np.empty((count, width, SPAN, SPAN), np.int32)
    for down, right in np.ndindex(SPAN, SPAN):
        rows = corners[above - down : above - down + count]
        proposed[:, :, down, right] = np.roll(rows, right, axis=1)
        proposed[:, :, down, right] += down * exemplar.shape[1] + right
    return proposed.reshape(-1, SPAN * SPAN)


def aggregated(matches: NDArray[np.intp], exemplar: LatentExemplar) -> NDArray[np.float32]:
    """(height, width, q): the mean of the matched patches, (height, width) numbers."""
    height, width = matches.shape
    state = np.empty((height, width, exemplar.code_size), np.float32)
    for band in bands(matches.shape, 16384):
        proposed = sources(matches, exemplar, band)
        rows = len(proposed)
        mean = csr_array(
            (
                np.tile(WINDOW.ravel(), rows),
                proposed.ravel(),
                np.arange(0, proposed.size + 1, SPAN * SPAN, dtype=np.int32),
            ),
            shape=(rows, len(exemplar.codes)),
        )
        state[band] = (mean @ exemplar.codes).reshape(-1, width, exemplar.code_size)
    return state


def _corners(matches: NDArray[np.intp], exemplar: LatentExemplar) -> NDArray[np.int32]:
    row, column = np.divmod(matches, exemplar.patch_shape[1])
    return (row * exemplar.shape[1] + column).astype(np.int32)

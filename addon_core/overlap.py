# SPDX-License-Identifier: GPL-3.0-or-later
"""Overlapping patches of codes averaged into a state, under a Gaussian window."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from .blocks import bands
from .borders import block_shape, covering, shares, surrounded
from .latent import SPAN, LatentExemplar
from .pieces import disputed, goes_on
from .products import product_into, times_vector
from .pyramid import Shape, Wraps
from .window import WINDOW, over_blocks

BAND = 16384
"""Blocks handled at once: bounds the memory."""


def use_of_blocks(
    matches: NDArray[np.int32], exemplar: LatentExemplar, wraps: Wraps
) -> NDArray[np.float32]:
    """How often each block of the exemplar lies under a matched patch, weighted by the window.

    It counts how often its copies do on the mean, however they are turned and mirrored.

    Args:
        matches: (height, width) numbers of the exemplar's patches.
        exemplar: the level's exemplar.
        wraps: of the output.

    Returns:
        ``exemplar.shape``.
    """
    share = shares(matches.shape, wraps).ravel()
    patches = np.bincount(matches.ravel(), share, len(exemplar.features)).astype(np.float32)
    return over_blocks(exemplar.even_over_copies(patches).reshape(exemplar.patch_shape))


def overlapped(
    features: NDArray[np.float32], shape: Shape, exemplar: LatentExemplar, wraps: Wraps
) -> NDArray[np.float32]:
    """(rows, columns, q): the state that is the mean of the patches with these features.

    Args:
        features: (height · width, d), of the patches.
        shape: how many there are, down and across.
        exemplar: the level's exemplar.
        wraps: of the output.
    """
    height, width = shape
    over = SPAN - 1
    # With room at the end of each row for what reaches over it, a patch's block lies at one and
    # the same distance from its first one everywhere.
    pitch = width + over
    sums = np.zeros((exemplar.code_size, (height + over) * pitch + over), np.float32)
    weighted = WINDOW.repeat(exemplar.code_size)[:, None] * exemplar.patch_basis
    for band in bands(shape, BAND):
        padded = np.zeros((band.stop - band.start, pitch, features.shape[1]), np.float32)
        padded[:, :width] = features.reshape(height, width, -1)[band]
        padded = padded.reshape(-1, features.shape[1])
        blocks = np.empty((SPAN * SPAN, exemplar.code_size, len(padded)), np.float32)
        product_into(weighted, padded, blocks.reshape(len(weighted), -1))
        for own, (down, right) in zip(blocks, np.ndindex(SPAN, SPAN), strict=True):
            start = (band.start + down) * pitch + right
            sums[:, start : start + own.shape[1]] += own
    grid = sums[:, :-over].reshape(exemplar.code_size, height + over, pitch)
    if wraps[0]:
        grid[:, :over] += grid[:, height:]
    if wraps[1]:
        grid[:, :, :over] += grid[:, :, width:]
    rows, columns = block_shape(shape, wraps)
    state = np.ascontiguousarray(grid[:, :rows, :columns].transpose(1, 2, 0))
    if not all(wraps):
        state /= covering(shape, wraps)[:, :, None]
    return state


class Proposals:
    """The exemplar's blocks that matched patches propose for each block of an output."""

    def __init__(self, matches: NDArray[np.int32], exemplar: LatentExemplar, wraps: Wraps) -> None:
        """Look at the matches of an output.

        Args:
            matches: (height, width), the numbers of the exemplar's patches.
            exemplar: the level's exemplar.
            wraps: of the output.
        """
        row, column = np.divmod(matches, np.int32(exemplar.patch_shape[1]))
        pitch, over = exemplar.shape[1], SPAN - 1
        # Where patches end, their pieces stand for those that would start further on.
        edges = [(over, 0 if wrapped else over) for wrapped in wraps]
        first = row * np.int32(pitch) + column
        self._first = surrounded(first, (edges[0], edges[1]), wraps, pitch)
        self.first = self._first[over:, over:]
        """(rows, columns): what the patch that starts at a block proposes for it"""
        is_disputed = disputed(*goes_on(matches, exemplar.patch_shape[1], wraps), wraps)
        self.places = np.flatnonzero(is_disputed)
        """(n,): the blocks on which the patches disagree; elsewhere the first stands for all"""
        self._exemplar = exemplar

    def at(self, places: NDArray[np.intp]) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """What all sixteen patches propose for some blocks.

        Args:
            places: (n,) flat numbers of blocks.

        Returns:
            (n, 16) numbers of the exemplar's blocks, and their (n, 16) weights, of sum 1.
        """
        row, column = np.divmod(places, self.first.shape[1])
        first, width = self._first.ravel(), self._first.shape[1]
        last = (row + SPAN - 1) * width + column + SPAN - 1
        down, right = np.divmod(np.arange(SPAN * SPAN, dtype=np.int32), SPAN)
        proposed = first.take(last[:, None] - (down * width + right))
        proposed += down * np.int32(self._exemplar.shape[1]) + right
        weights = self._exemplar.block_weights.take(proposed)
        weights *= WINDOW.ravel()
        weights /= times_vector(weights, np.ones(SPAN * SPAN, np.float32))[:, None]
        return proposed, weights

    def means(self) -> NDArray[np.float32]:
        """(n, q): the weighted mean of the codes proposed for each of ``places``."""
        return self._means_of(self._exemplar.codes)

    def state(self) -> NDArray[np.float32]:
        """(rows, columns, q): the mean of what is proposed for each block."""
        state = self._exemplar.codes.take(self.first, axis=0)
        state.reshape(-1, self._exemplar.code_size)[self.places] = self.means()
        return state

    def disagreement(self) -> float:
        """The mean over all blocks of the variance of the codes proposed, all components added."""
        squares = np.einsum("nq,nq->n", self._exemplar.codes, self._exemplar.codes)
        means = self.means()
        apart = self._means_of(squares[:, None]).sum(dtype=np.float64)
        apart -= np.einsum("nq,nq->", means, means, dtype=np.float64)
        return float(apart / self.first.size)

    def _means_of(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """(n, m): the weighted mean, at each of ``places``, of (blocks, m) values."""
        means = np.empty((len(self.places), values.shape[1]), np.float32)
        for start in range(0, len(means), BAND):
            proposed, weights = self.at(self.places[start : start + BAND])
            ends = np.arange(0, proposed.size + 1, proposed.shape[1], dtype=np.int32)
            shape = len(proposed), len(values)
            mean = csr_array((weights.ravel(), proposed.ravel(), ends), shape=shape)
            means[start : start + BAND] = mean @ values
        return means


def aggregated(
    matches: NDArray[np.int32], exemplar: LatentExemplar, wraps: Wraps
) -> NDArray[np.float32]:
    """(rows, columns, q): the mean of the matched patches, (height, width) numbers."""
    return Proposals(matches, exemplar, wraps).state()

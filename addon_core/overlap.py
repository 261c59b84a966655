# SPDX-License-Identifier: GPL-3.0-or-later
"""Overlapping patches of codes averaged into a state, under a Gaussian window, on a torus."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from .latent import SPAN, LatentExemplar
from .pieces import disputed, goes_on
from .products import product_into
from .pyramid import Shape

_PROFILE = np.exp(-0.5 * ((np.arange(SPAN) - (SPAN - 1) / 2) / (SPAN / 4)) ** 2)
WINDOW = (np.outer(_PROFILE, _PROFILE) / _PROFILE.sum() ** 2).astype(np.float32)
"""(4, 4): the weight of each block of a patch, of sum 1: every block lies in 16 patches."""

MARGIN_WEIGHT = np.float32(0.05)
"""How much a block of the exemplar's margin counts beside one of the exemplar itself."""

BAND = 16384
"""Blocks handled at once: bounds the memory."""


def bands(shape: Shape, patches: int) -> Iterator[slice]:
    """Consecutive rows of a grid, each band about as many places as asked for."""
    step = max(1, patches // shape[1])
    for top in range(0, shape[0], step):
        yield slice(top, min(top + step, shape[0]))


def blocks_under(shape: Shape, places: NDArray[np.intp]) -> NDArray[np.intp]:
    """(n, 4, 4): the blocks under the patches that start at some places.

    Args:
        shape: height and width of the torus.
        places: (n,) flat numbers.
    """
    height, width = shape
    row, column = np.divmod(places, width)
    inside = np.arange(SPAN)
    down = (row[:, None] + inside) % height
    across = (column[:, None] + inside) % width
    return down[:, :, None] * width + across[:, None, :]


def over_blocks(patches: NDArray[np.float32]) -> NDArray[np.float32]:
    """Values of patches added up over the blocks under them.

    Args:
        patches: (rows, columns), of an exemplar.

    Returns:
        (rows + 3, columns + 3).
    """
    rows, columns = patches.shape
    blocks = np.zeros((rows + SPAN - 1, columns + SPAN - 1), np.float32)
    for down, right in np.ndindex(SPAN, SPAN):
        blocks[down : down + rows, right : right + columns] += WINDOW[down, right] * patches
    return blocks


def use_of_blocks(matches: NDArray[np.int32], exemplar: LatentExemplar) -> NDArray[np.float32]:
    """How often each block of the exemplar lies under a matched patch, weighted by the window.

    It counts how often its copies do on the mean, however they are turned and mirrored.

    Args:
        matches: (height, width) numbers of the exemplar's patches.
        exemplar: the level's exemplar.

    Returns:
        ``exemplar.shape``.
    """
    patches = np.bincount(matches.ravel(), minlength=len(exemplar.features)).astype(np.float32)
    return over_blocks(exemplar.even_over_copies(patches).reshape(exemplar.patch_shape))


def over_patches(blocks: NDArray[np.float32]) -> NDArray[np.float32]:
    """Means of the values of the blocks under each patch.

    Args:
        blocks: (height, width), of an exemplar.

    Returns:
        (height − 3, width − 3).
    """
    rows, columns = (side - SPAN + 1 for side in blocks.shape)
    patches = np.zeros((rows, columns), np.float32)
    for down, right in np.ndindex(SPAN, SPAN):
        patches += WINDOW[down, right] * blocks[down : down + rows, right : right + columns]
    return patches


def overlapped(
    features: NDArray[np.float32], shape: Shape, exemplar: LatentExemplar
) -> NDArray[np.float32]:
    """(height, width, q): the mean of the patches with these features.

    Args:
        features: (height · width, d), of the patch that starts at each block.
        shape: height and width of the state, on a torus.
        exemplar: the level's exemplar.
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
    grid[:, :over] += grid[:, height:]
    grid[:, :, :over] += grid[:, :, width:]
    return np.ascontiguousarray(grid[:, :height, :width].transpose(1, 2, 0))


class Proposals:
    """The exemplar's blocks that matched patches propose for each block of an output."""

    def __init__(self, matches: NDArray[np.int32], exemplar: LatentExemplar) -> None:
        """Take (height, width) numbers of the exemplar's patches, on a torus."""
        row, column = np.divmod(matches, np.int32(exemplar.patch_shape[1]))
        self.first = row * np.int32(exemplar.shape[1]) + column
        """(height, width): what the patch that starts at a block proposes for it"""
        is_disputed = disputed(*goes_on(matches, exemplar.patch_shape[1]))
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
        height, width = self.first.shape
        row, column = np.divmod(places, width)
        proposed = np.empty((len(places), SPAN * SPAN), np.int32)
        first = self.first.ravel()
        above = [(row - down) % height * width for down in range(SPAN)]
        before = [(column - right) % width for right in range(SPAN)]
        for number, (down, right) in enumerate(np.ndindex(SPAN, SPAN)):
            proposed[:, number] = first.take(above[down] + before[right])
            proposed[:, number] += down * self._exemplar.shape[1] + right
        weights = np.where(self._exemplar.inside.take(proposed), np.float32(1.0), MARGIN_WEIGHT)
        weights *= WINDOW.ravel()
        weights /= weights.sum(axis=1, keepdims=True)
        return proposed, weights

    def means(self) -> NDArray[np.float32]:
        """(n, q): the weighted mean of the codes proposed for each of ``places``."""
        return self._means_of(self._exemplar.codes)

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


def aggregated(matches: NDArray[np.int32], exemplar: LatentExemplar) -> NDArray[np.float32]:
    """(height, width, q): the mean of the matched patches, (height, width) numbers."""
    proposals = Proposals(matches, exemplar)
    state = exemplar.codes.take(proposals.first, axis=0)
    state.reshape(-1, exemplar.code_size)[proposals.places] = proposals.means()
    return state

# SPDX-License-Identifier: GPL-3.0-or-later
"""From a state and its matches to pixels: the exemplar's own, laid side by side.

Decoding the state would blur: it is a mean of patches. Instead each block takes, of the blocks that
the overlapping patches propose, the one nearest to the state. Where blocks that lay apart in the
exemplar meet, they are blended over a few pixels.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .latent import BLOCK, LatentExemplar, pixels_of
from .overlap import WINDOW, bands, sources

BLEND = 1.5
"""Standard deviation, in pixels, of the Gaussian with which a block reaches into its neighbours."""

EVENNESS = 0.5
"""Exponent of a block's use in the cost of choosing it, at balance 1."""

BAND = 8192
"""Blocks handled at once: bounds the memory."""


def rendered(
    image: NDArray[np.float32],
    exemplar: LatentExemplar,
    state: NDArray[np.float32],
    matches: NDArray[np.intp],
    balance: float,
) -> NDArray[np.float32]:
    """(height · 4, width · 4, channels) pixels of a state of blocks on a torus.

    Args:
        image: (rows, columns, channels), the level's exemplar, in the values that are wanted.
        exemplar: the same in the latent.
        state: (height, width, q).
        matches: (height, width) numbers of the exemplar's patches.
        balance: 0 to 1, how much blocks that are proposed often give way to others.
    """
    chosen = _chosen(exemplar, state, matches, balance)
    return _blended(image, exemplar, chosen)


def _chosen(
    exemplar: LatentExemplar,
    state: NDArray[np.float32],
    matches: NDArray[np.intp],
    balance: float,
) -> NDArray[np.int32]:
    """(height, width): for each block of the state the number of the exemplar's block it takes."""
    shape = matches.shape
    chosen = np.empty(shape, np.int32)
    cost = _cost_of_use(exemplar, matches, balance)
    for band in bands(shape, BAND):
        proposed = sources(matches, exemplar, band)
        wanted = state[band].reshape(len(proposed), -1)
        best = proposed[:, 0].copy()
        # Most blocks are proposed by all sixteen patches alike.
        open_ = np.flatnonzero((proposed != best[:, None]).any(axis=1))
        proposed, wanted = proposed[open_], wanted[open_]
        least = np.full(len(open_), np.inf, np.float32)
        for column in proposed.T:
            apart = wanted - exemplar.codes[column]
            distance = np.einsum("nq,nq->n", apart, apart) * cost[column]
            nearer = distance < least
            least[nearer] = distance[nearer]
            best[open_[nearer]] = column[nearer]
        chosen[band] = best.reshape(-1, shape[1])
    return chosen


def _cost_of_use(
    exemplar: LatentExemplar, matches: NDArray[np.intp], balance: float
) -> NDArray[np.float32]:
    """(blocks,): a factor that grows with how often each block is proposed."""
    use = np.zeros(len(exemplar.codes))
    for band in bands(matches.shape, BAND):
        proposed = sources(matches, exemplar, band)
        weights = np.broadcast_to(WINDOW.ravel(), proposed.shape)
        use += np.bincount(proposed.ravel(), weights.ravel(), minlength=len(use))
    relative = np.maximum(use / use.mean(), 0.05)
    return (relative ** (EVENNESS * balance)).astype(np.float32)


def _blended(
    image: NDArray[np.float32], exemplar: LatentExemplar, chosen: NDArray[np.int32]
) -> NDArray[np.float32]:
    """Lay the chosen blocks side by side, and blend where they do not belong together."""
    height, width = chosen.shape
    channels = image.shape[2]
    columns = exemplar.shape[1]
    pixels = np.empty((height * BLOCK, width * BLOCK, channels), np.float32)
    inside = np.arange(BLOCK)
    # A block at the exemplar's border reaches into pixels that are not there: they are mirrored.
    padded = np.pad(
        image[: exemplar.shape[0] * BLOCK, : columns * BLOCK],
        ((BLOCK, BLOCK), (BLOCK, BLOCK), (0, 0)),
        mode="symmetric",
    )

    def squares(block: NDArray[np.int32], down: int, right: int) -> NDArray[np.float32]:
        row, column = np.divmod(block, columns)
        rows = ((row + 1 + down) * BLOCK)[:, None, None] + inside[:, None]
        across = ((column + 1 + right) * BLOCK)[:, None, None] + inside
        return padded[rows, across]

    around = [(down, right) for down in (-1, 0, 1) for right in (-1, 0, 1)]
    for band in bands(chosen.shape, BAND):
        own = chosen[band].ravel()
        result = squares(own, 0, 0)
        neighbours = {
            (down, right): np.roll(
                chosen[np.arange(band.start - down, band.stop - down) % height], right, axis=1
            ).ravel()
            for down, right in around
        }
        joint = np.zeros(own.size, bool)
        for (down, right), block in neighbours.items():
            joint |= block + (down * columns + right) != own
        places = np.flatnonzero(joint)
        total = np.zeros((places.size, BLOCK, BLOCK, channels), np.float32)
        for (down, right), block in neighbours.items():
            total += squares(block[places], down, right) * _reach(down, right)
        result[places] = total
        pixels[band.start * BLOCK : band.stop * BLOCK] = pixels_of(
            result.reshape(own.size, -1), (band.stop - band.start, width)
        )
    return pixels


def _reach(down: int, right: int) -> NDArray[np.float32]:
    """(4, 4, 1): the weight of the block that lies so far up and left, over one block's pixels."""
    offset = np.arange(BLOCK) - (BLOCK - 1) / 2

    def profile(shift: int) -> NDArray[np.float64]:
        return np.exp(-0.5 * ((offset + shift * BLOCK) / BLEND) ** 2)

    total = sum(profile(shift) for shift in (-1, 0, 1))
    weight = np.outer(profile(down) / total, profile(right) / total)
    return weight[:, :, None].astype(np.float32)

# SPDX-License-Identifier: GPL-3.0-or-later
"""Matches of a level carried to the next one, which has twice as many in each direction."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .borders import block_shape, patch_shape, sides
from .latent import MARGIN, SPAN, LatentExemplar
from .pieces import TORUS, around, continuations
from .pyramid import Wraps

FARTHEST = 8
"""Where all neighbouring pieces end, one that lies up to so many blocks away may go on."""


def inherited(
    matches: NDArray[np.int32], coarse: LatentExemplar, fine: LatentExemplar, wraps: Wraps
) -> NDArray[np.int32]:
    """The same pieces at twice the resolution.

    Args:
        matches: (height, width), the numbers of the coarse exemplar's patches.
        coarse: the coarse level's exemplar.
        fine: the next level's.
        wraps: of the output.

    Returns:
        (2 · height, 2 · width), and where the output does not wrap as many more as lie within twice
        as many blocks.
    """
    row, column = np.divmod(matches, np.int32(coarse.patch_shape[1]))
    copy, row = np.divmod(row, np.int32(coarse.pitch))
    rows, columns = fine.pitch - SPAN + 1, fine.patch_shape[1]
    blocks = block_shape(matches.shape, wraps)
    height, width = patch_shape((2 * blocks[0], 2 * blocks[1]), wraps)
    # Of two places one is the coarse patch's own; where the output ends, the last patch goes on.
    down, right = np.arange(height), np.arange(width)
    above = np.minimum(down // 2, matches.shape[0] - 1)[:, None]
    before = np.minimum(right // 2, matches.shape[1] - 1)
    copy = copy[above, before]
    # Numbers count from the margin, which is as many blocks wide at each level.
    down = 2 * row[above, before] + down[:, None] - 2 * above - MARGIN
    right = 2 * column[above, before] + right - 2 * before - MARGIN
    beyond = (down < 0) | (down >= rows) | (right < 0) | (right >= columns)
    down, right = np.clip(down, 0, rows - 1), np.clip(right, 0, columns - 1)
    down += fine.pitch * copy
    number = (down * columns + right).astype(np.int32)
    nearest = fine.nearest[number]
    beyond |= nearest != number
    return _taken_over(
        np.where(beyond, np.int32(-1), nearest),
        nearest,
        fine,
        sides((height, width), wraps).ravel(),
    )


def _taken_over(
    matches: NDArray[np.int32],
    nearest: NDArray[np.int32],
    exemplar: LatentExemplar,
    ends: NDArray[np.uint8],
) -> NDArray[np.int32]:
    """Where a piece would reach beyond what is usable, a neighbour goes on instead.

    Args:
        matches: (height, width), −1 where that ends; is used up.
        nearest: (height, width): the patch to stand there if there were no neighbours.
        exemplar: the level's exemplar.
        ends: (height · width,), on which sides the output ends at each place.

    Returns:
        (height, width) matches: the continuation that most neighbours share, and of several the one
        most like the nearest.
    """
    flat = matches.ravel()
    for distance in (*(1,) * (2 * MARGIN), *range(2, FARTHEST + 1)):
        places = np.flatnonzero(flat < 0)
        if not len(places):
            break
        standing = around(matches, places, TORUS, distance)
        candidates = continuations(standing, exemplar.usable, distance)
        candidates[(exemplar.overhangs.take(candidates) & ends.take(places)) > 0] = -1
        shared = (candidates[:, None] == candidates).sum(axis=0).astype(np.float32)
        apart = exemplar.features.take(candidates, axis=0)
        apart -= exemplar.features.take(nearest.take(places), axis=0)
        unlike = np.einsum("knd,knd->kn", apart, apart)
        # Less than 1, to decide only between those that as many share.
        worth = shared - unlike / (1.0 + unlike.max(initial=0.0))
        worth[candidates < 0] = -np.inf
        flat[places] = np.take_along_axis(candidates, worth.argmax(axis=0)[None], axis=0)[0]
    return np.where(matches < 0, nearest, matches)

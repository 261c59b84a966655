# SPDX-License-Identifier: GPL-3.0-or-later
"""Matches of a level carried to the next one, which has twice as many in each direction."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .latent import MARGIN, LatentExemplar
from .pieces import continuations


def inherited(
    matches: NDArray[np.int32], coarse: LatentExemplar, fine: LatentExemplar
) -> NDArray[np.int32]:
    """(2 · height, 2 · width): the same pieces at twice the resolution.

    Args:
        matches: (height, width), on a torus, the numbers of the coarse exemplar's patches.
        coarse: the coarse level's exemplar.
        fine: the next level's.
    """
    row, column = np.divmod(matches, np.int32(coarse.patch_shape[1]))
    rows, columns = fine.patch_shape
    height, width = matches.shape
    odd_rows, odd_columns = np.arange(2 * height) % 2, np.arange(2 * width) % 2
    # Numbers count from the margin, which is as many blocks wide at each level.
    down = 2 * row.repeat(2, axis=0).repeat(2, axis=1) + odd_rows[:, None] - MARGIN
    right = 2 * column.repeat(2, axis=0).repeat(2, axis=1) + odd_columns - MARGIN
    beyond = (down < 0) | (down >= rows) | (right < 0) | (right >= columns)
    down, right = np.clip(down, 0, rows - 1), np.clip(right, 0, columns - 1)
    nearest = (down * columns + right).astype(np.int32)
    return _taken_over(np.where(beyond, np.int32(-1), nearest), nearest, fine)


def _taken_over(
    matches: NDArray[np.int32], nearest: NDArray[np.int32], exemplar: LatentExemplar
) -> NDArray[np.int32]:
    """Where a piece would reach too far over the exemplar's border, a neighbour goes on instead.

    Args:
        matches: (height, width), −1 where the exemplar ends; is used up.
        nearest: (height, width): the patch to stand there if there were no neighbours.
        exemplar: the level's exemplar.

    Returns:
        (height, width) matches: of the neighbours' continuations the one most like the nearest.
    """
    flat = matches.ravel()
    for _ in range(2 * MARGIN):
        places = np.flatnonzero(flat < 0)
        wanted = exemplar.features[nearest.ravel()[places]]
        least = np.full(len(places), np.inf, np.float32)
        taken = np.full(len(places), -1, np.int32)
        for candidates in continuations(matches, exemplar.patch_shape, places):
            apart = wanted - exemplar.features[candidates]
            distance = np.einsum("nd,nd->n", apart, apart)
            better = (candidates >= 0) & (distance < least)
            least[better] = distance[better]
            taken[better] = candidates[better]
        flat[places] = taken
    return np.where(matches < 0, nearest, matches)

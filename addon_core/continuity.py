# SPDX-License-Identifier: GPL-3.0-or-later
"""What the patches around a place say for and against a patch there.

A patch that goes on where a neighbour comes from keeps objects whole, so it gains. One that only
repeats the neighbour loses as much. And what would become a copy of the exemplar gains less and
less by going on: an exemplar laid out evenly and without a joint is the exemplar itself.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .latent import SPAN, LatentExemplar
from .pieces import continuations, neighbours

GAIN = 0.15
"""In the units of a score, for each of a patch's numbers."""

COPY = 0.7
"""Patches that are moved alike gain nothing when they are this share of the exemplar's, or of the
output's if those are fewer."""

FADE = 8.0
"""How fast that comes: they gain all up to a share of COPY − 1/FADE, and lose as much from
COPY + 1/FADE on."""


class Continuity:
    """Of one layout, between two steps."""

    def __init__(self, matches: NDArray[np.int32], exemplar: LatentExemplar) -> None:
        """Look at ``matches``, (height, width), on a torus, the numbers of patches."""
        around = neighbours(matches.shape, np.arange(matches.size))
        patches = matches.ravel()[around]
        self._repeated = exemplar.rank_of(patches)
        self._going_on = exemplar.rank_of(continuations(patches, exemplar.usable))
        worth = np.clip(FADE * (COPY - _moved_alike(matches, exemplar)), -1.0, 1.0)
        self._worth = worth.ravel()[around]
        self._unit = np.float32(GAIN * SPAN**2 * exemplar.code_size)

    def add_to(self, scores: NDArray[np.float32], part: slice, t: float) -> None:
        """Add gains and losses at time t to the scores, (n, sources), of the places in ``part``."""
        gain = np.float32(t * t) * self._unit
        worth = gain * self._worth[:, part]
        for patches, own in zip(self._going_on[:, part], worth, strict=True):
            rows = np.flatnonzero(patches >= 0)
            scores[rows, patches[rows]] += own[rows]
        rows = np.arange(len(scores))
        for patches in self._repeated[:, part]:
            scores[rows, patches] -= gain


def _moved_alike(matches: NDArray[np.int32], exemplar: LatentExemplar) -> NDArray[np.float32]:
    """(height, width): how much of the exemplar is moved to the output as each match is."""
    height, width = matches.shape
    row, column = np.divmod(matches, np.int32(exemplar.patch_shape[1]))
    copy, row = np.divmod(row, np.int32(exemplar.pitch))
    row -= np.arange(height, dtype=np.int32)[:, None]
    column -= np.arange(width, dtype=np.int32)
    way = (copy * height + row % height) * width + column % width
    most = min(matches.size, np.count_nonzero(exemplar.inside) / exemplar.copies)
    shares = np.bincount(way.ravel()) / most
    return shares.astype(np.float32)[way]

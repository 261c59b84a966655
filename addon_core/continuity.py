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
from .pieces import continuations

GAIN = 0.15
"""In the units of a score, for each of a patch's numbers."""

COPY = 0.7
"""Patches that are moved alike gain nothing when they are this share of the exemplar's, or of the
output's if those are fewer."""

FADE = 8.0
"""How fast that comes: they gain all up to a share of COPY − 1/FADE, and lose as much from
COPY + 1/FADE on."""

_NEIGHBOURS = ((-1, 0), (1, 0), (-1, 1), (1, 1))
"""Below, above, to the right and to the left, as shifts along axes: the order of continuations."""


class Continuity:
    """Of one layout, between two steps."""

    def __init__(self, matches: NDArray[np.int32], exemplar: LatentExemplar) -> None:
        """Look at ``matches``, (height, width), on a torus, the numbers of patches."""
        places = np.arange(matches.size)
        self._going_on = [
            exemplar.rank_of(patches) for patches in continuations(matches, exemplar.usable, places)
        ]
        self._repeated = [
            exemplar.rank_of(np.roll(matches, *shift).ravel()) for shift in _NEIGHBOURS
        ]
        worth = np.clip(FADE * (COPY - _moved_alike(matches, exemplar)), -1.0, 1.0)
        self._worth = [np.roll(worth, *shift).ravel() for shift in _NEIGHBOURS]
        self._unit = np.float32(GAIN * SPAN**2 * exemplar.code_size)

    def add_to(self, scores: NDArray[np.float32], part: slice, t: float) -> None:
        """Add gains and losses at time t to the scores, (n, sources), of the places in ``part``."""
        gain = np.float32(t * t) * self._unit
        for patches, worth in zip(self._going_on, self._worth, strict=True):
            rows = np.flatnonzero(patches[part] >= 0)
            scores[rows, patches[part][rows]] += gain * worth[part][rows]
        for patches in self._repeated:
            scores[np.arange(len(scores)), patches[part]] -= gain


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

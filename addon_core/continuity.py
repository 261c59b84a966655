# SPDX-License-Identifier: GPL-3.0-or-later
"""What the patches around a place say for and against a patch there.

A patch that goes on where a neighbour comes from keeps objects whole, so it gains. One that only
repeats the neighbour loses as much. And a piece that would become a copy of the exemplar gains less
and less by going on: an exemplar laid out evenly and without a joint is the exemplar itself.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .latent import SPAN, LatentExemplar
from .pieces import continuations, goes_on, piece_numbers

GAIN = 0.13
"""In the units of a score, for each of a patch's numbers."""

COPY = 0.7
"""A piece with this share of the exemplar, or of the output if that is smaller, gains nothing."""

FADE = 8.0
"""How fast that comes: a piece gains all up to a share of COPY − 1/FADE, and loses as much from
COPY + 1/FADE on."""

_NEIGHBOURS = ((-1, 0), (1, 0), (-1, 1), (1, 1))
"""Below, above, to the right and to the left, as shifts along axes: the order of continuations."""


class Continuity:
    """Of one layout, between two steps."""

    def __init__(self, matches: NDArray[np.int32], exemplar: LatentExemplar) -> None:
        """Look at ``matches``, (height, width), on a torus: the numbers of the exemplar's patches.

        What is gained and lost is 4 numbers a place, whatever the exemplar's size.
        """
        places = np.arange(matches.size)
        self._going_on = list(continuations(matches, exemplar.patch_shape, places))
        self._repeated = [np.roll(matches, *shift).ravel() for shift in _NEIGHBOURS]
        pieces, _ = piece_numbers(*goes_on(matches, exemplar.patch_shape[1]))
        most = min(matches.size, np.count_nonzero(exemplar.inside))
        shares = np.bincount(pieces.ravel()) / np.float32(most)
        worth = np.clip(FADE * (COPY - shares), -1.0, 1.0).astype(np.float32)[pieces]
        self._worth = [np.roll(worth, *shift).ravel() for shift in _NEIGHBOURS]
        self._unit = np.float32(GAIN * SPAN**2 * exemplar.code_size)

    def add_to(self, scores: NDArray[np.float32], part: slice, t: float) -> None:
        """Add gains and losses at time t to the scores, (n, patches), of the places in ``part``."""
        gain = np.float32(t * t) * self._unit
        for patches, worth in zip(self._going_on, self._worth, strict=True):
            rows = np.flatnonzero(patches[part] >= 0)
            scores[rows, patches[part][rows]] += gain * worth[part][rows]
        for patches in self._repeated:
            scores[np.arange(len(scores)), patches[part]] -= gain

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
from .mirroring import DISTANCE, mirror_images
from .pieces import MORE_ON_TORUS, continuations, neighbours
from .pyramid import Shape, Wraps

GAIN = 0.1
"""In the units of a score, for each of a patch's numbers."""

COPY = 0.4
"""Patches that are moved alike gain nothing when they are this share of the exemplar's, or of the
output's if those are fewer; and ``MORE_ON_TORUS`` more where the output is a torus."""

FADE = 8.0
"""How fast that comes: they gain all up to a share of COPY − 1/FADE, and lose as much from
COPY + 1/FADE on."""


FOLD = 3.0
"""What a patch loses that would mirror a neighbour's piece, times what it gains by going on."""


class Continuity:
    """Of one layout, from step to step.

    What does not change from step to step is looked up once: a step has so few patches that each
    call of NumPy counts.
    """

    def __init__(self, shape: Shape, exemplar: LatentExemplar, wraps: Wraps) -> None:
        """Prepare for outputs of that many patches; until the first look nothing gains."""
        places = np.arange(shape[0] * shape[1])
        self._around = neighbours(shape, places, wraps)
        self._is_there = (self._around >= 0).astype(np.float32)
        self._opposite = neighbours(shape, places, wraps, DISTANCE)
        patches = np.arange(len(exemplar.features), dtype=np.int32)
        following = continuations(np.tile(patches, (4, 1)), exemplar.usable)
        self._following = exemplar.rank_of(np.maximum(following, exemplar.sources[0]))
        self._follows = (following >= 0).astype(np.float32)
        self._mirroring = [exemplar.rank_of(own) for own in mirror_images(exemplar)]
        self._rank = exemplar.rank_of(patches)
        self._movements = _Movements(shape, exemplar, wraps)
        self._copy = COPY + MORE_ON_TORUS * all(wraps)
        self._unit = np.float32(GAIN * SPAN**2 * exemplar.code_size)
        self._going_on = np.empty((0, places.size), np.int32)
        self._worth = self._going_on.astype(np.float32)
        self._repeated: list[tuple[NDArray[np.int32], NDArray[np.float32]]] = []
        self._folding: list[NDArray[np.int32]] = []

    def look(self, matches: NDArray[np.int32]) -> None:
        """Go by these matches from now on: (height, width) numbers of usable patches."""
        patches = matches.ravel()[self._around]
        self._repeated = list(zip(self._rank[patches], self._is_there, strict=True))
        self._going_on = np.take_along_axis(self._following, patches, axis=1)
        alike = self._movements.shares(matches)
        worth = np.clip(FADE * (self._copy - alike), -1.0, 1.0)
        self._worth = worth.ravel()[self._around]
        self._worth *= np.take_along_axis(self._follows, patches, axis=1)
        self._worth *= self._is_there
        self._folding = [
            np.where(opposite < 0, np.int32(-1), image)
            for images, opposite in zip(self._mirroring, self._opposite, strict=True)
            for image in images[matches.ravel()[opposite]].T
        ]

    def add_to(self, scores: NDArray[np.float32], part: slice, t: float) -> None:
        """Add gains and losses at time t to the scores of the places in ``part``.

        They are (n, sources), C-contiguous.
        """
        gain = np.float32(t * t) * self._unit
        flat = scores.reshape(-1)
        rows = np.arange(len(scores)) * scores.shape[1]
        for patches, worth in zip(self._going_on[:, part], self._worth[:, part], strict=True):
            flat[rows + patches] += gain * worth
        for patches, is_there in self._repeated:
            flat[rows + patches[part]] -= gain * is_there[part]
        fold = np.float32(FOLD) * gain
        for patches in self._folding:
            there = np.flatnonzero(patches[part] >= 0)
            flat[rows[there] + patches[part][there]] -= fold


class _Movements:
    """Which patches are moved alike from the exemplar to the output."""

    def __init__(self, shape: Shape, exemplar: LatentExemplar, wraps: Wraps) -> None:
        columns = exemplar.patch_shape[1]
        row, column = np.divmod(np.arange(len(exemplar.features)), columns)
        copy, row = np.divmod(row, exemplar.pitch)
        # Ways that differ by a whole round are the same; where there is no round, all differ.
        self._round = tuple(
            side if wrapped else side + furthest
            for side, wrapped, furthest in zip(shape, wraps, (exemplar.pitch, columns), strict=True)
        )
        height, width = self._round
        self._copy, self._row, self._column = copy * height, row % height, column % width
        self._down, self._right = np.arange(shape[0])[:, None], np.arange(shape[1])
        self._most = min(
            shape[0] * shape[1], np.count_nonzero(exemplar.inside) / len(exemplar.poses)
        )

    def shares(self, matches: NDArray[np.int32]) -> NDArray[np.float32]:
        """(height, width): how much of the exemplar is moved to the output as each match is."""
        height, width = self._round
        row = self._row[matches] - self._down
        column = self._column[matches] - self._right
        row += height * (row < 0) + self._copy[matches]
        column += width * (column < 0)
        way = row * width + column
        shares = np.bincount(way.ravel()) / self._most
        return shares.astype(np.float32)[way]

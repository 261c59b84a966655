# SPDX-License-Identifier: GPL-3.0-or-later
"""The nearest patch of an exemplar for every patch of an image that changes little by little.

This is the assignment step of k-means with centres that stay where they are, and most of it can be
told without a search, exactly, by the two bounds of Hamerly 2010 ("Making k-means even faster"): a
patch ψ keeps its match φ where ‖ψ − φ‖ is at most

* half the distance from φ to the nearest other patch of the exemplar, or
* the distance that was from ψ to the second nearest, less all that ψ has moved since.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from .patches import Grid, Patches
from .search import Exemplar, Share, nearest

BAND = 1024
"""Patches handled at once: bounds the memory, and stays in the cache."""


class Assignment:
    """The nearest patches of one exemplar."""

    def __init__(self, exemplar: Patches, image: NDArray[np.float32], grid: Grid) -> None:
        """Prepare; nothing is known before the first :meth:`update`.

        Args:
            exemplar: the patches to choose from.
            image: (height, width, channels), the first that will be looked at.
            grid: its patches.
        """
        self.matches = np.zeros(len(grid), np.intp)
        """(n,): the number of the nearest patch of the exemplar."""
        self.distances = np.zeros(len(grid), np.float32)
        """(n,): ‖ψ − φ‖, in the unit of the image times the root of a patch's values."""
        self._exemplar = Exemplar(exemplar)
        every = np.arange(len(exemplar))
        self._all = Share(self._exemplar, every)
        self._image = image
        self._grid = grid
        self._other = np.zeros(len(grid), np.float32)
        self._safe = np.empty(len(exemplar), np.float32)
        for block in _blocks(len(exemplar)):
            _, distances = self._nearest(exemplar.take(every[block]))
            self._safe[block] = distances[:, 1] / 2

    def update(self, image: NDArray[np.float32]) -> bool:
        """Find the nearest patches for the present image; tells whether any is another."""
        patches, moves = Patches(image, self._grid), Patches(image - self._image, self._grid)
        self._image = image
        for band in self._grid.bands(BAND):
            block = self._grid.numbers(band)
            self._other[block] -= _lengths(moves.band(band))
            matched = self._exemplar.patches.take(self.matches[block])
            self.distances[block] = _lengths(patches.band(band) - matched)
        sure = self.distances <= np.maximum(self._other, self._safe[self.matches])
        unsure = np.flatnonzero(~sure)
        changed = False
        for block in _blocks(unsure.size):
            numbers = unsure[block]
            found, distances = self._nearest(patches.take(numbers))
            # Of two that are equally near it keeps the one it has.
            nearer = distances[:, 0] < self.distances[numbers]
            changed |= bool(nearer.any())
            self.matches[numbers[nearer]] = found[nearer]
            self.distances[numbers[nearer]] = distances[nearer, 0]
            self._other[numbers] = distances[:, 1]
        return changed

    def _nearest(
        self, queries: NDArray[np.float32]
    ) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
        """(n,) numbers of the nearest, and (n, 2) distances of the nearest and the second one."""
        found = nearest(self._all.against(queries, 1.0), 2).indices
        distances = np.full((len(queries), 2), np.inf, np.float32)
        for column in range(found.shape[1]):
            distances[:, column] = _lengths(queries - self._exemplar.patches.take(found[:, column]))
        first = distances.argmin(axis=1)
        return found[np.arange(len(found)), first], np.sort(distances, axis=1)


def _lengths(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.sqrt(np.einsum("nd,nd->n", rows, rows))


def _blocks(count: int) -> Iterator[slice]:
    for start in range(0, count, BAND):
        yield slice(start, min(start + BAND, count))

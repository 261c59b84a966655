# SPDX-License-Identifier: GPL-3.0-or-later
"""The nearest patches of an exemplar, exactly, among a random share and those remembered.

For a patch ψ at time t the nearest φ has the smallest ‖ψ − tφ‖². With ψ given that is the largest
score s = ⟨ψ, φ⟩ − t‖φ‖²/2: ‖ψ − tφ‖² = ‖ψ‖² − 2ts. Scores are what this module compares.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .patches import Patches
from .products import add_product

BLOCK = 2048
"""Patches of the exemplar compared at once: bounds the memory, and stays in the cache."""

GROUP = 16
"""Scores that stand behind one maximum when the largest are looked for."""


@dataclass(frozen=True, slots=True)
class Neighbours:
    """For each of n patches, some patches of the exemplar, in no particular order."""

    indices: NDArray[np.intp]
    """(n, k): their numbers in the exemplar."""
    scores: NDArray[np.float32]
    """(n, k): their scores, −infinity for one that is not to be used."""

    def best(self, count: int) -> Neighbours:
        """The ``count`` with the largest scores, or all when there are no more."""
        if self.indices.shape[1] <= count:
            return self
        kept = np.argpartition(self.scores, -count, axis=1)[:, -count:]
        return self.taken(kept)

    def taken(self, columns: NDArray[np.intp]) -> Neighbours:
        """Those in the given columns, (n, any), of each row."""
        return Neighbours(
            np.take_along_axis(self.indices, columns, axis=1),
            np.take_along_axis(self.scores, columns, axis=1),
        )

    def joined(self, other: Neighbours) -> Neighbours:
        """These and the others, side by side."""
        return Neighbours(
            np.concatenate((self.indices, other.indices), axis=1),
            np.concatenate((self.scores, other.scores), axis=1),
        )


class Exemplar:
    """The patches φ of one level's exemplar, ready to be searched."""

    def __init__(self, patches: Patches) -> None:
        self.patches = patches
        self._half_norms = np.concatenate(
            [
                0.5 * np.einsum("nd,nd->n", block, block)
                for start in range(0, len(patches), BLOCK)
                for block in [patches.take(np.arange(start, min(start + BLOCK, len(patches))))]
            ]
        )

    def __len__(self) -> int:
        return len(self.patches)

    def nearest(
        self, queries: NDArray[np.float32], t: float, count: int, among: NDArray[np.intp]
    ) -> Neighbours:
        """The ``count`` nearest patches of each query.

        Args:
            queries: (n, d) patches ψ.
            t: the time, 0 to 1.
            count: how many; fewer are returned when ``among`` has fewer.
            among: numbers of the exemplar's patches to search, without repeats.
        """
        found: Neighbours | None = None
        for start in range(0, among.size, BLOCK):
            block = among[start : start + BLOCK]
            nearest = self._nearest_of_block(queries, t, count, block)
            found = nearest if found is None else found.joined(nearest).best(count)
        assert found is not None
        return found

    def _nearest_of_block(
        self, queries: NDArray[np.float32], t: float, count: int, block: NDArray[np.intp]
    ) -> Neighbours:
        # Whole groups only: what fills up the last one can never win.
        padded = np.resize(block, -(-block.size // GROUP) * GROUP)
        scores = np.empty((len(queries), padded.size), np.float32)
        scores[:] = -t * self._half_norms[padded]
        add_product(queries, self.patches.take(padded), scores)
        scores[:, block.size :] = -np.inf
        columns = largest(scores, min(count, block.size))
        return Neighbours(block[columns], np.take_along_axis(scores, columns, axis=1))

    def scored(
        self, queries: NDArray[np.float32], t: float, indices: NDArray[np.intp]
    ) -> Neighbours:
        """The given patches, (n, k) numbers, scored against their own query."""
        scores = np.empty(indices.shape, np.float32)
        for column in range(indices.shape[1]):
            remembered = self.patches.take(indices[:, column])
            scores[:, column] = np.einsum("nd,nd->n", queries, remembered)
        scores -= np.float32(t) * self._half_norms[indices]
        return Neighbours(indices, scores)


def without_repeats(found: Neighbours, remembered: Neighbours) -> Neighbours:
    """What is remembered, with a score of −infinity where the same patch was found as well."""
    repeated = (remembered.indices[:, :, None] == found.indices[:, None, :]).any(axis=2)
    return Neighbours(
        remembered.indices, np.where(repeated, np.float32(-np.inf), remembered.scores)
    )


def largest(scores: NDArray[np.float32], count: int) -> NDArray[np.intp]:
    """(n, count): the columns of the largest of each row of ``scores``, (n, m · GROUP).

    The ``count`` largest lie in the ``count`` groups with the largest maxima, which leaves few
    numbers to be sorted out.
    """
    groups = scores.shape[1] // GROUP
    if groups <= count:
        return np.argpartition(scores, -count, axis=1)[:, -count:]
    # A group is every groups-th column, so that the maxima are taken over whole rows at once.
    maxima = scores.reshape(len(scores), GROUP, groups).max(axis=1)
    best = np.argpartition(maxima, -count, axis=1)[:, -count:]
    columns = (best[:, None, :] + groups * np.arange(GROUP)[:, None]).reshape(len(scores), -1)
    few = np.take_along_axis(scores, columns, axis=1)
    kept = np.argpartition(few, -count, axis=1)[:, -count:]
    return np.take_along_axis(columns, kept, axis=1)

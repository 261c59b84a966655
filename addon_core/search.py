# SPDX-License-Identifier: GPL-3.0-or-later
"""The nearest patches of an exemplar, exactly: of all, or of a random share and those remembered.

For a patch ψ at time t the nearest φ has the smallest ‖ψ − tφ‖². With ψ given that is the largest
score s = ⟨ψ, φ⟩ − t‖φ‖²/2: ‖ψ − tφ‖² = ‖ψ‖² − 2ts. Scores are what this module compares.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .patches import Patches
from .products import add_product

BLOCK = 2048
"""Patches of the exemplar compared at once: bounds the memory, and stays in the cache."""


@dataclass(frozen=True, slots=True)
class Neighbours:
    """For each of n patches, some patches of the exemplar."""

    indices: NDArray[np.intp]
    """(n, k): their numbers in the exemplar."""
    scores: NDArray[np.float32]
    """(n, k): their scores, −infinity for one that is not to be used."""

    def joined(self, other: Neighbours, count: int) -> Neighbours:
        """The ``count`` with the largest scores of these and the others, the largest first."""
        indices = np.concatenate((self.indices, other.indices), axis=1)
        scores = np.concatenate((self.scores, other.scores), axis=1)
        columns, best = largest(scores, count)
        return Neighbours(np.take_along_axis(indices, columns, axis=1), best)


class Exemplar:
    """The patches φ of one level's exemplar, ready to be searched."""

    def __init__(self, patches: Patches) -> None:
        patches.keep_copies()
        self.patches = patches
        self.half_norms = np.concatenate(
            [
                0.5 * np.einsum("nd,nd->n", block, block)
                for start in range(0, len(patches), BLOCK)
                for block in [patches.take(np.arange(start, min(start + BLOCK, len(patches))))]
            ]
        )

    def __len__(self) -> int:
        return len(self.patches)

    def known(
        self, queries: NDArray[np.float32], t: float, indices: NDArray[np.intp], share: Share
    ) -> Neighbours:
        """The given patches, (n, k) numbers, scored against their own query.

        Those in the share that is searched have a score of −infinity: they are found again there,
        and would count twice.
        """
        scores = np.empty(indices.shape, np.float32)
        for part, remembered in self.patches.parts(indices):
            np.einsum("nd,nkd->nk", queries[part], remembered, out=scores[part])
        scores -= np.float32(t) * self.half_norms[indices]
        scores[share.searched[indices]] = -np.inf
        return Neighbours(indices, scores)


class Share:
    """Some of an exemplar's patches, which are searched."""

    def __init__(self, exemplar: Exemplar, numbers: NDArray[np.intp]) -> None:
        """Search the patches with these ``numbers``, without repeats."""
        self.searched = np.zeros(len(exemplar), bool)
        """For each patch of the exemplar, whether it is in the share."""
        self.searched[numbers] = True
        self._exemplar = exemplar
        self._blocks = [numbers[start : start + BLOCK] for start in range(0, numbers.size, BLOCK)]
        # Few are taken out once, for all queries.
        self._only = exemplar.patches.take(numbers) if len(self._blocks) == 1 else None

    def against(
        self, queries: NDArray[np.float32], t: float
    ) -> Iterator[tuple[NDArray[np.float32], NDArray[np.intp]]]:
        """Score them all against each query, a block of them at a time.

        Args:
            queries: (n, d) patches ψ.
            t: the time, 0 to 1.

        Yields:
            (n, m) scores and (m,) numbers.
        """
        for block in self._blocks:
            patches = self._exemplar.patches.take(block) if self._only is None else self._only
            scores = np.empty((len(queries), block.size), np.float32)
            scores[:] = -t * self._exemplar.half_norms[block]
            add_product(queries, patches, scores)
            yield scores, block


def nearest(
    scored: Iterable[tuple[NDArray[np.float32], NDArray[np.intp]]],
    count: int,
    known: Neighbours | None = None,
) -> Neighbours:
    """The ``count`` nearest patches of each query, the nearest first.

    Args:
        scored: (n, m) scores and (m,) numbers of patches of the exemplar, a block at a time; the
            scores are used up.
        count: how many; fewer are returned when there are fewer.
        known: further ones that may be among them.
    """
    found = known
    for scores, numbers in scored:
        columns, best = largest(scores, count)
        of_block = Neighbours(numbers[columns], best)
        found = of_block if found is None else found.joined(of_block, count)
    assert found is not None
    return found


def largest(
    scores: NDArray[np.float32], count: int
) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """Columns and values, (n, count) each, of the largest of each row, the largest first.

    Of equal ones the first comes first; of fewer than ``count`` all. ``scores``, (n, m), are used
    up.
    """
    rows = np.arange(len(scores))
    count = min(count, scores.shape[1])
    columns = np.empty((len(scores), count), np.intp)
    values = np.empty((len(scores), count), np.float32)
    for place in range(count):
        # The maximum of a row is found so quickly that sorting a part of it does not pay.
        columns[:, place] = scores.argmax(axis=1)
        values[:, place] = scores[rows, columns[:, place]]
        scores[rows, columns[:, place]] = -np.inf
    return columns, values

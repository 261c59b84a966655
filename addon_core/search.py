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
    """For each of n patches, or of some rows and columns of them, some patches of the exemplar."""

    indices: NDArray[np.intp]
    """(n, k) or (rows, columns, k): their numbers in the exemplar."""
    scores: NDArray[np.float32]
    """The same shape: their scores, −infinity for one that is not to be used."""

    def __getitem__(self, part: slice) -> Neighbours:
        return Neighbours(self.indices[part], self.scores[part])

    def __setitem__(self, part: slice, found: Neighbours) -> None:
        self.indices[part], self.scores[part] = found.indices, found.scores

    def joined(
        self, scores: NDArray[np.float32], numbers: NDArray[np.intp], count: int
    ) -> Neighbours:
        """The ``count`` with the largest scores of these and of others, the largest first.

        Args:
            scores: (n, m) of the others, to be used up.
            numbers: (m,) theirs.
            count: how many; fewer are returned when there are fewer.
        """
        # The best of the others has to exceed the last of these, the second the last but one.
        above = np.full((len(scores), count), -np.inf, np.float32)
        kept = min(count, self.scores.shape[1])
        above[:, count - kept :] = np.sort(self.scores, axis=1)[:, -kept:]
        columns, further = largest(scores, count, above)
        indices = np.concatenate((self.indices, numbers[columns]), axis=1)
        columns, best = largest(np.concatenate((self.scores, further), axis=1), count)
        return Neighbours(np.take_along_axis(indices, columns, axis=1), best)


class Exemplar:
    """The patches φ of one level's exemplar, ready to be searched."""

    def __init__(self, patches: Patches) -> None:
        patches.keep_columns()
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
        self, queries: NDArray[np.float32], t: float, indices: NDArray[np.intp]
    ) -> Neighbours:
        """The given patches, (n, k) numbers, scored against their own query."""
        scores = np.empty(indices.shape, np.float32)
        for part, remembered in self.patches.parts(indices):
            np.einsum("nd,nkd->nk", queries[part], remembered, out=scores[part])
        scores -= np.float32(t) * self.half_norms[indices]
        return Neighbours(indices, scores)


class Share:
    """Some of an exemplar's patches, which are searched."""

    def __init__(self, exemplar: Exemplar, numbers: NDArray[np.intp]) -> None:
        """Search the patches with these ``numbers``, without repeats."""
        # Where each patch of the exemplar is among the numbers.
        self._places = np.full(len(exemplar), -1)
        self._places[numbers] = np.arange(numbers.size)
        self._exemplar = exemplar
        self._firsts = range(0, numbers.size, BLOCK)
        self._blocks = [numbers[first : first + BLOCK] for first in self._firsts]
        # Few are taken out once, for all queries.
        self._only = exemplar.patches.take(numbers) if len(self._blocks) == 1 else None

    def against(
        self, queries: NDArray[np.float32], t: float, known: Neighbours | None = None
    ) -> Iterator[tuple[NDArray[np.float32], NDArray[np.intp]]]:
        """Score them all against each query, a block of them at a time.

        Args:
            queries: (n, d) patches ψ.
            t: the time, 0 to 1.
            known: of each query, scored already, so that they would count twice.

        Yields:
            (n, m) scores, −infinity for those that are known, and (m,) numbers.
        """
        places = None if known is None else self._places[known.indices]
        for first, block in zip(self._firsts, self._blocks, strict=True):
            patches = self._exemplar.patches.take(block) if self._only is None else self._only
            scores = np.empty((len(queries), block.size), np.float32)
            scores[:] = -t * self._exemplar.half_norms[block]
            add_product(queries, patches, scores)
            if places is not None:
                rows, which = np.nonzero((places >= first) & (places < first + BLOCK))
                scores[rows, places[rows, which] - first] = -np.inf
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
        if found is None:
            columns, best = largest(scores, count)
            found = Neighbours(numbers[columns], best)
        else:
            found = found.joined(scores, numbers, count)
    assert found is not None
    return found


def largest(
    scores: NDArray[np.float32], count: int, above: NDArray[np.float32] | None = None
) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """Columns and values, (n, count) each, of the largest of each row, the largest first.

    Of equal ones the first comes first; of fewer than ``count`` all.

    Args:
        scores: (n, m), used up.
        count: how many.
        above: (n, count), when given: where the largest does not exceed the first of these, no
            second one is looked for, and so on. Its value is −infinity then, its column any.
    """
    rows = at = np.arange(len(scores))
    count = min(count, scores.shape[1])
    columns = np.zeros((len(scores), count), np.intp)
    values = np.full((len(scores), count), -np.inf, np.float32)
    for place in range(count):
        # The maximum of a row is found so quickly that sorting a part of it does not pay.
        found = scores.argmax(axis=1)
        best = scores[at, found]
        columns[rows, place], values[rows, place] = found, best
        if above is not None:
            exceeds = best > above[rows, place]
            rows, scores, found = rows[exceeds], scores[exceeds], found[exceeds]
            at = at[: rows.size]
        scores[at, found] = -np.inf
    return columns, values

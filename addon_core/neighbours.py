# SPDX-License-Identifier: GPL-3.0-or-later
"""The neighbours of all patches of a state, some at a time.

They are found among all patches of the exemplar, or among a share of them that is drawn anew for
each search, and those that a patch of the output remembers from the searches before.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from .patches import Grid
from .queries import Queries
from .search import Exemplar, Neighbours, Share, nearest
from .strips import StripScores

Found = Iterator[tuple[slice, slice, Neighbours]]
"""Rows and columns of the grid, and (rows, columns, k) neighbours of the patches there."""


class Search(Protocol):
    """Finds the neighbours of a level's patches."""

    def found(self, state: NDArray[np.float32], t: float) -> Found:
        """The neighbours of all patches of ``state``, (height, width, channels), at time ``t``."""
        ...


class AmongAll:
    """The neighbours among all patches of the exemplar."""

    def __init__(self, scores: StripScores, grid: Grid, count: int) -> None:
        """Find ``count`` of them for each patch of ``grid``."""
        self._scores = scores
        self._grid = grid
        self._count = count

    def found(self, state: NDArray[np.float32], t: float) -> Found:
        state = self._grid.extended(state)
        columns = slice(0, self._grid.columns.size)
        for rows in self._scores.bands:
            among = nearest(self._scores.against(state, rows, t), self._count)
            shape = -1, columns.stop, self._count
            indices, scores = among.indices.reshape(shape), among.scores.reshape(shape)
            yield rows, columns, Neighbours(indices, scores)


class AmongShare:
    """The neighbours among a share of the patches of the exemplar and those remembered."""

    def __init__(
        self,
        exemplar: Exemplar,
        usable: NDArray[np.intp],
        queries: Queries,
        share: float,
        count: int,
        remembers: bool,
        random: np.random.Generator,
    ) -> None:
        """Prepare to search.

        Args:
            exemplar: the patches of the exemplar.
            usable: (n,) numbers of those that may be found.
            queries: the patches of the states.
            share: how much of ``usable`` each search looks at.
            count: how many neighbours a patch has.
            remembers: whether those that it had are looked at as well.
            random: draws the shares.
        """
        self._exemplar = exemplar
        self._usable = usable
        self._queries = queries
        # Never fewer than the neighbours wanted, or the first search would fill no memory.
        self._searched = max(count, round(share * usable.size))
        self._count = count
        self._remembers = remembers
        self._memory: dict[int, NDArray[np.intp]] = {}
        self._random = random

    def found(self, state: NDArray[np.float32], t: float) -> Found:
        drawn = self._random.choice(self._usable.size, self._searched, replace=False, shuffle=False)
        share = Share(self._exemplar, self._usable[np.sort(drawn)])
        rows = slice(0, self._queries.grid.rows.size)
        for columns, patches in self._queries.of(state):
            known = None
            if columns.start in self._memory:
                known = self._exemplar.known(patches, t, self._memory[columns.start])
            found = self._nearest(share, patches, t, known)
            if self._remembers:
                self._memory[columns.start] = found.indices
            on_grid = self._queries.on_grid
            yield rows, columns, Neighbours(on_grid(found.indices), on_grid(found.scores))

    def _nearest(
        self, share: Share, patches: NDArray[np.float32], t: float, known: Neighbours | None
    ) -> Neighbours:
        shape = len(patches), self._count
        found = Neighbours(np.empty(shape, np.intp), np.empty(shape, np.float32))
        for part in self._queries.disjoint:
            of_part = None if known is None else known[part]
            scored = share.against(patches[part], t, of_part)
            found[part] = nearest(scored, self._count, of_part)
        return found

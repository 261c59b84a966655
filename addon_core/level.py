# SPDX-License-Identifier: GPL-3.0-or-later
"""One level: an image carried along the flow from noise to texture (algorithm 1)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .aggregation import Aggregation
from .neighbours import AmongAll, AmongShare, Search
from .patches import Grid, Patches
from .progress import Meter
from .queries import Queries
from .search import Exemplar
from .settings import Settings
from .source import Source, stacked
from .strips import StripScores
from .velocity import euler_step, weights


class Flow:
    """The flow of one level, towards the patches of one exemplar."""

    def __init__(
        self,
        exemplar: Source,
        shape: tuple[int, int],
        settings: Settings,
        random: np.random.Generator,
        meter: Meter,
    ) -> None:
        """Prepare the level.

        Args:
            exemplar: normalised, at this level's size.
            shape: height and width of the output at this level.
            settings: the run's settings.
            random: draws the shares of patches that are searched.
            meter: is told of every band.
        """
        size, stride = settings.patch_size, settings.stride
        image, copies = stacked(exemplar.images), len(exemplar.images)
        opaque = exemplar.opaque or [np.ones(own.shape[:2], bool) for own in exemplar.images]
        own_shape = image.shape[0] // copies, image.shape[1]
        inside = Grid.inside(own_shape, size, stride, copies)
        usable = inside.within(stacked(opaque))
        self._usable = np.flatnonzero(usable)
        self._exemplar = Exemplar(Patches(image, inside))
        self._grid = Grid.covering(shape, size, stride, settings.wraps)
        self._shape = *shape, image.shape[2]
        self._settings = settings
        self._aggregation = self._aggregation_of(self._exemplar.patches)
        self._meter = meter
        self._count = min(settings.neighbours, self._usable.size)
        self._search: Search
        if settings.share == 1.0:
            # With every patch searched at every step, those remembered are always found again.
            scores = StripScores(image, inside, self._grid, stride, usable)
            self._search = AmongAll(scores, self._grid, self._count)
            self._searches_before = 0
        else:
            self._search = AmongShare(
                self._exemplar,
                self._usable,
                Queries(self._grid, image.shape[2]),
                settings.share,
                self._count,
                settings.memory,
                random,
            )
            self._searches_before = settings.warmup if settings.memory else 0

    def first_step(self, state: NDArray[np.float32], t: float) -> NDArray[np.float32]:
        """From time 0 to ``t``: at 0 all patches weigh the same, and pull to the mean patch.

        ``state`` is used up.
        """
        size, patches = self._grid.patch_size, len(self._grid)
        mean = self._exemplar.patches.mean(self._usable).reshape(size, size, -1)
        alone = Patches(mean, Grid.inside((size, size), size, size))
        every = np.zeros((patches, 1), np.intp), np.ones((patches, 1), np.float32)
        return euler_step(state, self._aggregation_of(alone).image(*every), t)

    def _aggregation_of(self, patches: Patches) -> Aggregation:
        return Aggregation(patches, self._shape, self._grid, self._settings.aggregation_width)

    def run(self, state: NDArray[np.float32], times: NDArray[np.float64]) -> NDArray[np.float32]:
        """Euler steps through ``times``, the last of which is 1; ``state`` is used up."""
        for _ in range(self._searches_before):
            if not self._meter.is_hurried:
                self._neighbours(state, float(times[0]))
        for t, following in self._meter.steps(times):
            state = self._step(state, t, following - t)
        return state

    def _step(self, state: NDArray[np.float32], t: float, duration: float) -> NDArray[np.float32]:
        target = self._aggregation.image(*self._neighbours(state, t))
        return euler_step(state, target, duration / (1.0 - t))

    def _neighbours(
        self, state: NDArray[np.float32], t: float
    ) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
        """(n, k) numbers of the neighbours of each patch of the state, and (n, k) their weights."""
        shape = self._grid.rows.size, self._grid.columns.size, self._count
        indices, shares = np.empty(shape, np.intp), np.empty(shape, np.float32)
        for rows, columns, found in self._search.found(state, t):
            indices[rows, columns] = found.indices
            shares[rows, columns] = weights(found, t)
            self._meter.advance(rows.stop * columns.stop / len(self._grid))
        self._meter.step += 1
        return indices.reshape(-1, self._count), shares.reshape(-1, self._count)

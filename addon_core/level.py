# SPDX-License-Identifier: GPL-3.0-or-later
"""One level: an image carried along the flow from noise to texture (algorithm 1)."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from .patches import Aggregation, Grid, Patches
from .progress import Meter
from .search import Exemplar, Neighbours, without_repeats
from .settings import Settings
from .velocity import euler_step, targets, weights

BAND = 1024
"""Patches of the output handled at once: bounds the memory, and stays in the cache."""


class Flow:
    """The flow of one level, towards the patches of one exemplar."""

    def __init__(
        self,
        exemplar: NDArray[np.float32],
        shape: tuple[int, int],
        settings: Settings,
        random: np.random.Generator,
        meter: Meter,
    ) -> None:
        """Prepare the level.

        Args:
            exemplar: (height, width, channels), normalised, at this level's size.
            shape: height and width of the output at this level.
            settings: the run's settings.
            random: draws the shares of patches that are searched.
            meter: is told of every band.
        """
        size, stride = settings.patch_size, settings.stride
        self._exemplar = Exemplar(Patches(exemplar, Grid.inside(exemplar.shape[:2], size, stride)))
        self._grid = Grid.covering(shape, size, stride)
        self._settings = settings
        self._random = random
        self._meter = meter
        self._count = min(settings.neighbours, len(self._exemplar))
        # With every patch searched at every step, those remembered are always found again.
        self._remembers = settings.memory and settings.share < 1.0
        self._memory: NDArray[np.intp] | None = None

    def first_step(self, state: NDArray[np.float32], t: float) -> NDArray[np.float32]:
        """From time 0 to ``t``: at 0 all patches weigh the same, and pull to the mean patch.

        ``state`` is used up.
        """
        mean = self._exemplar.patches.mean()
        aggregation = self._aggregation(state)
        for band in self._grid.bands(BAND):
            count = (band.stop - band.start) * self._grid.columns.size
            aggregation.add(band, np.tile(mean, (count, 1)))
        return euler_step(state, aggregation.image(), t)

    def run(self, state: NDArray[np.float32], times: NDArray[np.float64]) -> NDArray[np.float32]:
        """Euler steps through ``times``, the last of which is 1; ``state`` is used up."""
        if self._remembers:
            for _ in range(self._settings.warmup):
                self._search(state, float(times[0]))
        for t, following in pairwise(times.tolist()):
            state = self._step(state, t, following - t)
        return state

    def _search(self, state: NDArray[np.float32], t: float) -> None:
        queries = Patches(state, self._grid)
        among = self._share()
        for band in self._grid.bands(BAND):
            self._neighbours(queries.band(band), t, among, band)
            self._meter.advance(band.stop / self._grid.rows.size)
        self._meter.step += 1

    def _step(self, state: NDArray[np.float32], t: float, duration: float) -> NDArray[np.float32]:
        queries = Patches(state, self._grid)
        among = self._share()
        aggregation = self._aggregation(state)
        for band in self._grid.bands(BAND):
            found = self._neighbours(queries.band(band), t, among, band)
            aggregation.add(band, targets(self._exemplar.patches, found.indices, weights(found, t)))
            self._meter.advance(band.stop / self._grid.rows.size)
        self._meter.step += 1
        return euler_step(state, aggregation.image(), duration / (1.0 - t))

    def _neighbours(
        self, queries: NDArray[np.float32], t: float, among: NDArray[np.intp], band: slice
    ) -> Neighbours:
        found = self._exemplar.nearest(queries, t, self._count, among)
        if not self._remembers:
            return found
        columns = self._grid.columns.size
        rows = slice(band.start * columns, band.stop * columns)
        if self._memory is None:
            self._memory = np.full((len(self._grid), self._count), -1, np.intp)
        remembered = self._memory[rows]
        if remembered[0, 0] >= 0:
            again = self._exemplar.scored(queries, t, remembered)
            found = found.joined(without_repeats(found, again)).best(self._count)
        self._memory[rows] = found.indices
        return found

    def _share(self) -> NDArray[np.intp]:
        whole = len(self._exemplar)
        if self._settings.share == 1.0:
            return np.arange(whole)
        # Never fewer than the neighbours wanted, or the first step would fill no memory.
        count = max(self._count, round(self._settings.share * whole))
        return np.sort(self._random.choice(whole, count, replace=False, shuffle=False))

    def _aggregation(self, state: NDArray[np.float32]) -> Aggregation:
        height, width, channels = state.shape
        return Aggregation((height, width, channels), self._grid, self._settings.aggregation_width)

# SPDX-License-Identifier: GPL-3.0-or-later
"""One level: an image carried along the flow from noise to texture (algorithm 1)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from .aggregation import Aggregation
from .patches import Grid, Patches
from .progress import Meter
from .search import Exemplar, Neighbours, Share, nearest
from .settings import Settings
from .source import Source, stacked
from .strips import StripScores
from .velocity import euler_step, weights

BAND = 1024
"""Patches of the output handled at once: bounds the memory, and stays in the cache."""


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
        self._whole = StripScores(image, inside, self._grid, stride, usable)
        self._bands = self._whole.bands
        if settings.share < 1.0:
            self._bands = list(self._grid.bands(BAND))
        self._shape = *shape, image.shape[2]
        self._settings = settings
        self._aggregation = self._aggregation_of(self._exemplar.patches)
        self._random = random
        self._meter = meter
        self._count = min(settings.neighbours, self._usable.size)
        # With every patch searched at every step, those remembered are always found again.
        self._remembers = settings.memory and settings.share < 1.0
        self._memory: NDArray[np.intp] | None = None
        if self._remembers:
            self._memory = np.full((len(self._grid), self._count), -1, np.intp)

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
        if self._remembers:
            for _ in range(self._settings.warmup):
                if not self._meter.is_hurried:
                    self._search(state, float(times[0]))
        for t, following in self._meter.steps(times):
            state = self._step(state, t, following - t)
        return state

    def _search(self, state: NDArray[np.float32], t: float) -> None:
        for _ in self._found(state, t):
            pass

    def _step(self, state: NDArray[np.float32], t: float, duration: float) -> NDArray[np.float32]:
        shape = len(self._grid), self._count
        indices, shares = np.empty(shape, np.intp), np.empty(shape, np.float32)
        for patches, found in self._found(state, t):
            indices[patches], shares[patches] = found.indices, weights(found, t)
        target = self._aggregation.image(indices, shares)
        return euler_step(state, target, duration / (1.0 - t))

    def _found(self, state: NDArray[np.float32], t: float) -> Iterator[tuple[slice, Neighbours]]:
        """The neighbours of all patches of the state, some at a time, and which these are."""
        share = self._share()
        state = self._grid.extended(state)
        for band in self._bands:
            patches = self._grid.numbers(band)
            if share is None:
                yield patches, nearest(self._whole.against(state, band, t), self._count)
            else:
                queries = Patches(state, self._grid).band(band)
                yield patches, self._nearest_of_share(queries, patches, t, share)
            self._meter.advance(band.stop / self._grid.rows.size)
        self._meter.step += 1

    def _nearest_of_share(
        self, queries: NDArray[np.float32], patches: slice, t: float, share: Share
    ) -> Neighbours:
        known = None
        if self._memory is not None and self._memory[patches.start, 0] >= 0:
            known = self._exemplar.known(queries, t, self._memory[patches], share)
        found = nearest(share.against(queries, t), self._count, known)
        if self._memory is not None:
            self._memory[patches] = found.indices
        return found

    def _share(self) -> Share | None:
        """The patches to be searched, drawn anew; None for all."""
        if self._settings.share == 1.0:
            return None
        whole = self._usable.size
        # Never fewer than the neighbours wanted, or the first step would fill no memory.
        count = max(self._count, round(self._settings.share * whole))
        numbers = np.sort(self._random.choice(whole, count, replace=False, shuffle=False))
        return Share(self._exemplar, self._usable[numbers])

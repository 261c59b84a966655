# SPDX-License-Identifier: GPL-3.0-or-later
"""The fast method: the flow of the paper in a latent of blocks, balanced and coherent.

Coarse levels take a softmax over all patches, balanced so that every part of the exemplar is used
evenly; finer ones inherit where their patches come from, and choose among what their neighbours
would go on with. At the end the exemplar's own pixels are laid side by side.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .balance import balanced_flow
from .coherence import coherent_flow
from .latent import BLOCK, SPAN, LatentExemplar
from .overlap import aggregated
from .progress import Listener, Meter
from .pyramid import Shape, level_shapes, resize
from .rendering import rendered
from .settings import Settings

COARSE = 2
"""Levels that are balanced; the exemplar is about 32 and 64 pixels large there."""

START = 0.5
"""The time at which a finer level starts: how much is kept, the rest is noise."""

FINE_STEPS = 6
"""A fine level takes this many times fewer steps than a coarse one."""


def synthesize(
    exemplar: NDArray[np.float32],
    size: Shape,
    levels: int,
    settings: Settings,
    random: np.random.Generator,
    progress: Listener | None,
) -> NDArray[np.float32]:
    """(height, width, channels): a texture for an exemplar of deviation 1.

    Args:
        exemplar: (height, width, channels), normalised.
        size: height and width of the result.
        levels: how many, at most as many as leave a patch at the coarsest.
        settings: of the method ``fast``.
        random: draws the noise.
        progress: is told how far the work is.
    """
    exemplar_shapes = level_shapes(exemplar.shape[:2], levels)
    shapes = _grid_shapes(size, levels)
    meter = Meter(progress, *_work(exemplar_shapes, shapes, settings))
    state = matches = before = None
    for level, (exemplar_shape, shape) in enumerate(zip(exemplar_shapes, shapes, strict=True)):
        meter.level, meter.step = level, 0
        image = resize(exemplar, exemplar_shape)
        latent = LatentExemplar(image)
        noise = random.standard_normal((*shape, latent.code_size), dtype=np.float32)
        steps = _steps(level, settings)
        if matches is None:
            # At time 0 all patches weigh the same, and their mean in the latent is 0.
            times = np.linspace(0.0, 1.0, steps + 2)[1:]
            noise *= np.float32(1.0 - times[0])
            state = noise
        else:
            assert before is not None
            times = np.linspace(START, 1.0, steps + 1)
            matches = _doubled(matches, before, latent)
            state = aggregated(matches, latent)
            state *= np.float32(START)
            noise *= np.float32(1.0 - START)
            state += noise
        del noise
        if matches is None or level < COARSE:
            state, matches = balanced_flow(latent, state, times, settings.balance, meter)
        else:
            state, matches = coherent_flow(latent, state, matches, times, settings.balance, meter)
        before = latent
        if level < levels - 1 and progress is not None:
            rows, columns = level_shapes(size, levels)[level]
            meter.advance(preview=latent.decode(state)[:rows, :columns])
    assert state is not None and matches is not None and before is not None
    pixels = rendered(exemplar, before, state, matches, settings.balance)
    return np.ascontiguousarray(pixels[: size[0], : size[1]])


def _grid_shapes(size: Shape, levels: int) -> list[Shape]:
    """Blocks in each direction at each level: whole at the coarsest, at least a patch there."""
    unit = BLOCK << (levels - 1)
    height, width = (max(SPAN, -(-side // unit)) for side in size)
    return [(height << level, width << level) for level in range(levels)]


def _doubled(
    matches: NDArray[np.intp], coarse: LatentExemplar, fine: LatentExemplar
) -> NDArray[np.intp]:
    """Matches of a level carried to the next, where there are twice as many in each direction."""
    row, column = np.divmod(matches, coarse.patch_shape[1])
    rows, columns = fine.patch_shape
    height, width = matches.shape
    odd_rows, odd_columns = np.arange(2 * height) % 2, np.arange(2 * width) % 2
    down = 2 * row.repeat(2, axis=0).repeat(2, axis=1) + odd_rows[:, None]
    right = 2 * column.repeat(2, axis=0).repeat(2, axis=1) + odd_columns
    return np.minimum(down, rows - 1) * columns + np.minimum(right, columns - 1)


def _steps(level: int, settings: Settings) -> int:
    return settings.steps if level < COARSE else -(-settings.steps // FINE_STEPS)


def _work(
    exemplar_shapes: list[Shape], shapes: list[Shape], settings: Settings
) -> tuple[list[float], list[int]]:
    """Operations of one step at each level, and the steps there, for an even progress."""
    steps = [_steps(level, settings) for level in range(len(shapes))]
    work = []
    for level, (exemplar, grid) in enumerate(zip(exemplar_shapes, shapes, strict=True)):
        patches = grid[0] * grid[1]
        compared = exemplar[0] * exemplar[1] / BLOCK**2 if level < COARSE else 200
        work.append(float(patches * (200 + compared)))
    return work, steps

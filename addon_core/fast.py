# SPDX-License-Identifier: GPL-3.0-or-later
"""The fast method: the flow of the paper in a latent of blocks, balanced and coherent.

Coarse levels take a softmax over all patches, balanced so that every part of the exemplar is used
evenly; finer ones inherit where their patches come from, and choose among what their neighbours
would go on with. At the end the exemplar's own pixels are laid side by side.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .alignment import aligned
from .balance import balanced_flow
from .coherence import coherent_flow
from .inheritance import inherited
from .latent import BLOCK, SPAN, LatentExemplar
from .overlap import aggregated
from .progress import Listener, Meter
from .pyramid import Shape, level_shapes, resize
from .rendering import chosen_blocks, rendered
from .settings import Settings

COARSE = 2
"""Levels that are balanced; the exemplar is about 32 and 64 pixels large there."""

REACH = 2
"""By how many blocks pieces may move as a whole, up to the first fine level; by one after that."""

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
    latent = matches = wanted = None
    for level, (exemplar_shape, shape) in enumerate(zip(exemplar_shapes, shapes, strict=True)):
        meter.level, meter.step = level, 0
        coarse, latent = latent, LatentExemplar(resize(exemplar, exemplar_shape))
        if coarse is not None and matches is not None:
            matches = inherited(matches, coarse, latent)
            matches = aligned(matches, latent, REACH if level <= COARSE else 1, random)
        times = _times(level, settings)
        if matches is None or level < COARSE:
            state = _noisy(matches, latent, shape, times[0], random)
            matches, wanted = balanced_flow(latent, state, times, settings.balance, meter)
        else:
            matches, wanted = coherent_flow(latent, matches, times, settings.balance, random, meter)
        if level < levels - 1 and progress is not None:
            rows, columns = level_shapes(size, levels)[level]
            chosen = chosen_blocks(latent, matches, wanted, settings.balance)
            meter.advance(preview=latent.decode(latent.codes[chosen])[:rows, :columns])
    assert latent is not None and matches is not None and wanted is not None
    chosen = chosen_blocks(latent, matches, wanted, settings.balance)
    pixels = rendered(exemplar, latent, chosen)
    return np.ascontiguousarray(pixels[: size[0], : size[1]])


def _times(level: int, settings: Settings) -> NDArray[np.float64]:
    """From the time at which a level starts to 1."""
    if level == 0:
        # At time 0 all patches weigh the same, and their mean in the latent is 0.
        return np.linspace(0.0, 1.0, settings.steps + 2)[1:]
    return np.linspace(START, 1.0, _steps(level, settings) + 1)


def _noisy(
    matches: NDArray[np.int32] | None,
    latent: LatentExemplar,
    shape: Shape,
    t: float,
    random: np.random.Generator,
) -> NDArray[np.float32]:
    """(height, width, q): what the matches show, if there are any, and noise, at time t."""
    state = random.standard_normal((*shape, latent.code_size), dtype=np.float32)
    state *= np.float32(1.0 - t)
    if matches is not None:
        state += np.float32(t) * aggregated(matches, latent)
    return state


def _grid_shapes(size: Shape, levels: int) -> list[Shape]:
    """Blocks in each direction at each level: whole at the coarsest, at least a patch there."""
    unit = BLOCK << (levels - 1)
    height, width = (max(SPAN, -(-side // unit)) for side in size)
    return [(height << level, width << level) for level in range(levels)]


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

# SPDX-License-Identifier: GPL-3.0-or-later
"""The paper's method, to the letter (arXiv 2509.22318, algorithm 1)."""

from __future__ import annotations

from itertools import starmap

import numpy as np
from numpy.typing import NDArray

from .level import Flow
from .patches import Grid
from .progress import Listener, Meter
from .pyramid import Shape, level_shapes, resize
from .settings import Settings
from .source import Source


def synthesize(
    exemplar: Source,
    size: Shape,
    levels: int,
    settings: Settings,
    random: np.random.Generator,
    progress: Listener | None,
) -> NDArray[np.float32]:
    """(height, width, channels): a texture for a normalised exemplar.

    Args:
        exemplar: normalised.
        size: height and width of the result.
        levels: how many, at most as many as leave a patch at the coarsest.
        settings: of the method ``paper``.
        random: draws the noise and the shares of patches.
        progress: is told how far the work is.
    """
    # An output smaller than a patch at the coarsest level is made larger, and cropped, unless it
    # wraps: patches go round it then.
    least = settings.patch_size << (levels - 1)
    height, width = (
        side if wrapped else max(side, least)
        for side, wrapped in zip(size, settings.wraps, strict=True)
    )
    shapes = level_shapes((height, width), levels)
    rows, columns, channels = exemplar.images[0].shape
    exemplar_shapes = level_shapes((rows, columns), levels)
    meter = Meter(progress, *_work(exemplar_shapes, shapes, channels, settings))
    state = np.empty((0, 0, channels), np.float32)
    for level, (exemplar_shape, shape) in enumerate(zip(exemplar_shapes, shapes, strict=True)):
        meter.level, meter.step = level, 0
        flow = Flow(exemplar.resized(exemplar_shape), shape, settings, random, meter)
        noise = random.standard_normal((*shape, channels), dtype=np.float32)
        if level == 0:
            times = np.linspace(0.0, 1.0, settings.steps + 2)[1:]
            state = flow.first_step(noise, times[0])
        else:
            times = np.linspace(settings.renoise, 1.0, settings.steps + 1)
            kept = np.float32(settings.renoise)
            noise *= 1 - kept
            state = kept * resize(state, shape, settings.wraps)
            state += noise
        state = flow.run(state, times)
        if level < levels - 1:
            meter.advance(preview=state.copy())
    return np.ascontiguousarray(state[: size[0], : size[1]])


def _work(
    exemplar_shapes: list[Shape], shapes: list[Shape], channels: int, settings: Settings
) -> tuple[list[float], list[int]]:
    """Operations of one step at each level, and the steps there, for an even progress."""

    def cost(exemplar_shape: Shape, shape: Shape) -> float:
        size, stride = settings.patch_size, settings.stride
        compared = settings.share * len(Grid.inside(exemplar_shape, size, stride))
        compared *= len(settings.poses)
        if settings.share == 1.0:
            # Their strips are compared, once for all patches that share them.
            compared *= stride / size
        # Moving a neighbour's number through memory takes about as long as this many products.
        moved = 60 * (settings.neighbours + 2)
        patches = len(Grid.covering(shape, size, stride, settings.wraps))
        return patches * size * size * channels * (compared + moved)

    searches = settings.warmup if settings.memory and settings.share < 1.0 else 0
    steps = [settings.steps + searches] * len(shapes)
    return list(starmap(cost, zip(exemplar_shapes, shapes, strict=True))), steps

# SPDX-License-Identifier: GPL-3.0-or-later
"""NIFTY: a new texture from an exemplar, by non-local flow matching (arXiv 2509.22318)."""

from __future__ import annotations

from itertools import starmap

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .channels import Normalisation
from .level import Flow
from .patches import Grid
from .progress import Listener, Meter
from .pyramid import Shape, level_shapes, resize, usable_levels
from .settings import Settings


def synthesize(
    exemplar: ArrayLike,
    size: Shape,
    settings: Settings = Settings(),  # noqa: B008 - frozen
    progress: Listener | None = None,
) -> NDArray[np.float32]:
    """Make a new texture that looks like more of the exemplar.

    Every pixel of the result is a weighted mean of pixels of the exemplar, so that it stays within
    the range of its values. The same arguments give the same pixels, bit for bit, on the same
    machine with the same versions of NumPy and SciPy.

    Args:
        exemplar: (height, width, channels) or (height, width), any real numbers in any unit; it is
            not changed. Both sides at least ``settings.patch_size``.
        size: height and width of the result in pixels, at least 1.
        settings: the parameters of the method.
        progress: is told how far the work is, and given a preview at each level's end; returning
            False, or raising, stops the run.

    Returns:
        (height, width, channels), float32, in the exemplar's values.

    Raises:
        ValueError: an exemplar of another shape, smaller than a patch, empty, or with values that
            are not finite; a size below 1.
        Stopped: ``progress`` returned False.

    Warns:
        LevelsLowered: the exemplar is too small for ``settings.levels``.
    """
    exemplar = _checked_exemplar(exemplar, settings.patch_size)
    height, width = _checked_size(size)
    random = np.random.default_rng(settings.seed)
    normalisation = Normalisation.of(exemplar)
    if not normalisation.varying.any():
        return np.tile(normalisation.mean, (height, width, 1))
    exemplar = normalisation.apply(exemplar)
    exemplar_shapes, shapes = plan(exemplar.shape[:2], (height, width), settings)
    meter = Meter(progress, *_work(exemplar_shapes, shapes, exemplar.shape[2], settings))

    state = np.empty((0, 0, exemplar.shape[2]), np.float32)
    for level, (exemplar_shape, shape) in enumerate(zip(exemplar_shapes, shapes, strict=True)):
        meter.level, meter.step = level, 0
        flow = Flow(resize(exemplar, exemplar_shape), shape, settings, random, meter)
        noise = random.standard_normal((*shape, exemplar.shape[2]), dtype=np.float32)
        if level == 0:
            times = np.linspace(0.0, 1.0, settings.steps + 2)[1:]
            state = flow.first_step(noise, times[0])
        else:
            times = np.linspace(settings.renoise, 1.0, settings.steps + 1)
            kept = np.float32(settings.renoise)
            noise *= 1 - kept
            state = kept * resize(state, shape)
            state += noise
        state = flow.run(state, times)
        if level < len(shapes) - 1:
            meter.advance(preview=normalisation.undo(state))
    result = normalisation.undo(np.ascontiguousarray(state[:height, :width]))
    meter.advance(preview=result)
    return result


def plan(exemplar: Shape, size: Shape, settings: Settings) -> tuple[list[Shape], list[Shape]]:
    """Heights and widths of the exemplar and of the output at each level, coarse to fine.

    An output that would be smaller than a patch at the coarsest level is made larger there, to be
    cropped at the end.
    """
    levels = usable_levels(exemplar, settings.levels, settings.patch_size)
    least = settings.patch_size << (levels - 1)
    padded = max(size[0], least), max(size[1], least)
    return level_shapes(exemplar, levels), level_shapes(padded, levels)


def _work(
    exemplar_shapes: list[Shape], shapes: list[Shape], channels: int, settings: Settings
) -> tuple[list[float], list[int]]:
    """Operations of one step at each level, and the steps there, for an even progress."""

    def cost(exemplar_shape: Shape, shape: Shape) -> float:
        size, stride = settings.patch_size, settings.stride
        compared = settings.share * len(Grid.inside(exemplar_shape, size, stride))
        # Moving a neighbour's number through memory takes about as long as this many products.
        moved = 60 * (settings.neighbours + 2)
        return len(Grid.covering(shape, size, stride)) * size * size * channels * (compared + moved)

    searches = settings.warmup if settings.memory and settings.share < 1.0 else 0
    steps = [settings.steps + searches] * len(shapes)
    return list(starmap(cost, zip(exemplar_shapes, shapes, strict=True))), steps


def _checked_exemplar(exemplar: ArrayLike, patch_size: int) -> NDArray[np.float32]:
    array = np.asarray(exemplar)
    if array.ndim == 2:
        array = array[:, :, None]
    if array.ndim != 3 or array.shape[2] == 0:
        raise ValueError(
            f"the exemplar has shape {array.shape}, but must have (height, width, channels)"
        )
    height, width = array.shape[:2]
    if min(height, width) < patch_size:
        raise ValueError(
            f"the exemplar has {width} × {height} pixels, but must be at least as large as a "
            f"patch, {patch_size} × {patch_size}"
        )
    array = np.ascontiguousarray(array, dtype=np.float32)
    if not np.isfinite(array).all():
        raise ValueError("the exemplar has values that are infinite or no numbers (NaN)")
    return array


def _checked_size(size: Shape) -> Shape:
    height, width = (int(side) for side in size)
    if min(height, width) < 1:
        raise ValueError(f"the size is {width} × {height}, but must be at least 1 × 1 pixel")
    return height, width

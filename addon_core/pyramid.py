# SPDX-License-Identifier: GPL-3.0-or-later
"""Levels of resolution: how many, how large, and the resizing between them (section 3.3)."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from .products import product

Shape = tuple[int, int]

Wraps = tuple[bool, bool]
"""Whether an image goes on at its other border, down and across."""


SAMPLES = 16
"""New samples of which the weights are one matrix. Most of those are 0, and still its product with
the old samples is quicker than a sparse matrix's."""

AT_ONCE = 8
"""Matrices that go down an image before the same rows are gone across: they stay in the cache."""


class LevelsLowered(UserWarning):
    """The exemplar is too small for the levels asked for; fewer are used."""


def level_shapes(shape: Shape, levels: int) -> list[Shape]:
    """Heights and widths of an image at each level, coarse to fine; the last is the image's own."""
    return [
        (max(1, round(shape[0] * 0.5**octave)), max(1, round(shape[1] * 0.5**octave)))
        for octave in reversed(range(levels))
    ]


def usable_levels(shape: Shape, levels: int, patch_size: int) -> int:
    """How many levels to use for an exemplar of this shape.

    As many as asked for, as long as the coarsest exemplar holds a patch; with 0 asked for, until it
    is about twice as large as a patch. Warns with :class:`LevelsLowered` when levels are given up.
    """
    if levels == 0:
        return max(1, int(math.log2(min(shape) / (2 * patch_size)) + 1.01))
    usable = levels
    while usable > 1 and min(level_shapes(shape, usable)[0]) < patch_size:
        usable -= 1
    if usable < levels:
        warnings.warn(
            f"The exemplar of {shape[1]} × {shape[0]} pixels is too small for {levels} levels of "
            f"{patch_size}-pixel patches: {usable} used instead. A larger exemplar, a smaller "
            "patch size or fewer levels avoid this.",
            LevelsLowered,
            stacklevel=2,
        )
    return usable


def resize(
    image: NDArray[np.float32], shape: Shape, wraps: Wraps = (False, False)
) -> NDArray[np.float32]:
    """Resize (height, width, channels) to ``shape`` with an antialiased bicubic filter.

    Keys' kernel with a = −1/2, stretched by the reduction when shrinking. Along an axis that
    ``wraps``, down or across, the image goes on at its other border; at the border of the others,
    weights that fall outside the image are left out and the rest scaled to sum to one.
    """
    if image.shape[:2] == shape:
        return image
    width, channels = image.shape[1:]
    rows = np.ascontiguousarray(image).reshape(len(image), -1)
    result = np.empty((shape[0], shape[1] * channels), np.float32)
    down, across = _filter(len(rows), shape[0], wraps[0]), _filter(width, shape[1], wraps[1])
    # As one item each, pixels are turned sooner.
    pixel = np.dtype((np.void, rows.itemsize * channels))
    for start in range(0, len(down), AT_ONCE):
        tall = _resampled(rows, down[start : start + AT_ONCE])
        turned = np.ascontiguousarray(tall.view(pixel).T).view(np.float32)
        wide = _resampled(turned, across)
        result[start * SAMPLES :][: len(tall)].view(pixel)[...] = wide.view(pixel).T
    return result.reshape(*shape, channels)


def _resampled(
    rows: NDArray[np.float32], parts: Sequence[tuple[int, NDArray[np.float32]]]
) -> NDArray[np.float32]:
    """(samples, n): samples of (m, n) rows; the parts are some of a :func:`_filter`."""
    result = np.empty((sum(len(weights) for _, weights in parts), rows.shape[1]), np.float32)
    start = 0
    for first, weights in parts:
        end = first + weights.shape[1]
        if first < 0 or end > len(rows):
            under = rows.take(np.arange(first, end), axis=0, mode="wrap")
        else:
            under = rows[first:end]
        product(weights, under, out=result[start : start + len(weights)])
        start += len(weights)
    return result


@lru_cache(maxsize=32)
def _filter(
    length: int, new_length: int, wraps: bool
) -> tuple[tuple[int, NDArray[np.float32]], ...]:
    """Bicubic weights: for each ``SAMPLES`` the first of those under them, and (samples, n)."""
    scale = length / new_length
    stretch = max(scale, 1.0)
    reach = math.ceil(2 * stretch)
    parts = []
    for start in range(0, new_length, SAMPLES):
        centres = (np.arange(start, min(start + SAMPLES, new_length)) + 0.5) * scale - 0.5
        first, last = math.floor(centres[0]) - reach, math.floor(centres[-1]) + reach + 1
        if not wraps:
            first, last = max(first, 0), min(last, length - 1)
        taps = np.arange(first, last + 1)
        weights = _keys_kernel((taps - centres[:, None]) / stretch)
        weights /= weights.sum(axis=1, keepdims=True)
        parts.append((first, weights.astype(np.float32)))
    return tuple(parts)


def _keys_kernel(distance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Cubic convolution kernel (Keys 1981, equation 15), zero from a distance of 2."""
    x = np.abs(distance)
    inner = (1.5 * x - 2.5) * x * x + 1.0
    outer = ((-0.5 * x + 2.5) * x - 4.0) * x + 2.0
    return np.where(x <= 1.0, inner, np.where(x < 2.0, outer, 0.0))

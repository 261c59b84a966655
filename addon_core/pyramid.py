# SPDX-License-Identifier: GPL-3.0-or-later
"""Levels of resolution: how many, how large, and the resizing between them (section 3.3)."""

from __future__ import annotations

import math
import warnings
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

Shape = tuple[int, int]

Wraps = tuple[bool, bool]
"""Whether an image goes on at its other border, down and across."""


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
    channels = image.shape[2]
    rows = _filter(image.shape[0], shape[0], wraps[0])
    columns = _filter(image.shape[1], shape[1], wraps[1])
    tall = rows @ image.reshape(image.shape[0], -1)
    turned = tall.reshape(shape[0], image.shape[1], channels).transpose(1, 0, 2)
    wide = columns @ np.ascontiguousarray(turned).reshape(image.shape[1], -1)
    return np.ascontiguousarray(wide.reshape(shape[1], shape[0], channels).transpose(1, 0, 2))


@lru_cache(maxsize=32)
def _filter(length: int, new_length: int, wraps: bool) -> csr_array:
    """(new_length, length) matrix whose rows hold the bicubic weights of one new sample each."""
    scale = length / new_length
    stretch = max(scale, 1.0)
    centres = (np.arange(new_length) + 0.5) * scale - 0.5
    reach = math.ceil(2 * stretch)
    taps = np.floor(centres).astype(np.intp)[:, None] + np.arange(-reach, reach + 2)[None, :]
    weights = _keys_kernel((taps - centres[:, None]) / stretch)
    if wraps:
        taps %= length
    weights[(taps < 0) | (taps >= length)] = 0.0
    weights /= weights.sum(axis=1, keepdims=True)
    kept = weights != 0.0
    starts = np.concatenate(([0], np.cumsum(kept.sum(axis=1))))
    return csr_array(
        (weights[kept].astype(np.float32), taps[kept], starts), shape=(new_length, length)
    )


def _keys_kernel(distance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Cubic convolution kernel (Keys 1981, equation 15), zero from a distance of 2."""
    x = np.abs(distance)
    inner = (1.5 * x - 2.5) * x * x + 1.0
    outer = ((-0.5 * x + 2.5) * x - 4.0) * x + 2.0
    return np.where(x <= 1.0, inner, np.where(x < 2.0, outer, 0.0))

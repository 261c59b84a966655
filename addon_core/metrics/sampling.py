# SPDX-License-Identifier: GPL-3.0-or-later
"""Which patches of an image are looked at, and at which scales."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..patches import Grid, Patches
from ..pyramid import resize

SCALES = (1.0, 0.5, 0.25)
"""Full, half and quarter resolution."""

SEED = 0
"""Of every random draw."""


def scaled(image: NDArray[np.float32], scale: float) -> NDArray[np.float32]:
    """The image at a scale of 1 or less, antialiased."""
    height, width = image.shape[:2]
    return resize(image, (max(1, round(height * scale)), max(1, round(width * scale))))


def all_patches(image: NDArray[np.float32], size: int, stride: int = 1) -> Patches:
    """The patches of ``size`` × ``size`` pixels, wholly inside the image.

    Raises:
        ValueError: the image is smaller than a patch.
    """
    if min(image.shape[:2]) < size:
        raise ValueError(
            f"the image has {image.shape[1]} × {image.shape[0]} pixels at this scale, but must "
            f"hold a patch of {size} × {size}"
        )
    return Patches(image, Grid.inside(image.shape[:2], size, stride))


def sample(count: int, most: int) -> NDArray[np.intp]:
    """Rising numbers below ``count``: all, or ``most`` drawn at random without repeats."""
    if count <= most:
        return np.arange(count)
    return np.sort(np.random.default_rng(SEED).choice(count, most, replace=False))

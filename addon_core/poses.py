# SPDX-License-Identifier: GPL-3.0-or-later
"""Images turned and mirrored, and what that does to the vectors in them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .settings import Pose


def moved(image: NDArray[Any], pose: Pose) -> NDArray[Any]:
    """An image, (height, width, …), mirrored from left to right or not, and turned.

    The quarter turns are anticlockwise where the first row is on top, else clockwise.
    """
    turns, is_mirrored = pose
    return np.ascontiguousarray(np.rot90(image[:, ::-1] if is_mirrored else image, turns))


def turned(vectors: NDArray[np.float32], pose: Pose, bottom_up: bool) -> NDArray[np.float32]:
    """What the vectors of an image become when it is moved, still at their old places.

    They turn about their mean, which stays as it is: where the whole surface leans to one side a
    little, as normal maps do by the way they were made, pieces of it must not lean to all sides.

    Args:
        vectors: (height, width, channels), of which the first two point right and up.
        pose: to which the image will be moved.
        bottom_up: whether the first row is the lowest.
    """
    turns, is_mirrored = pose
    mean = vectors[:, :, :2].mean(axis=(0, 1), dtype=np.float64).astype(np.float32)
    right, up = np.moveaxis(vectors[:, :, :2] - mean, 2, 0)
    if is_mirrored:
        right = -right
    for _ in range(turns):
        right, up = (up, -right) if bottom_up else (-up, right)
    result = vectors.copy()
    result[:, :, 0], result[:, :, 1] = right + mean[0], up + mean[1]
    return result

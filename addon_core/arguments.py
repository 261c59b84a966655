# SPDX-License-Identifier: GPL-3.0-or-later
"""What every synthesis is given, checked."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .pyramid import Shape


def checked_exemplar(
    exemplar: ArrayLike, least: int, name: str = "the exemplar"
) -> NDArray[np.float32]:
    """(height, width, channels), contiguous, both sides at least ``least`` pixels.

    Raises:
        ValueError: another shape, a smaller side, no channel, or values that are not finite.
    """
    array = checked_image(exemplar, name)
    check_holds_patch(array.shape[:2], least, name)
    return array


def checked_image(image: ArrayLike, name: str) -> NDArray[np.float32]:
    """(height, width, channels), contiguous.

    Raises:
        ValueError: another shape, no pixel, no channel, or values that are not finite.
    """
    array = np.asarray(image)
    if array.ndim == 2:
        array = array[:, :, None]
    if array.ndim != 3 or array.size == 0:
        raise ValueError(f"{name} has shape {array.shape}, but must have (height, width, channels)")
    array = np.ascontiguousarray(array, dtype=np.float32)
    if not np.isfinite(array).all():
        raise ValueError(f"{name} has values that are infinite or no numbers (NaN)")
    return array


def check_holds_patch(shape: Shape, least: int, name: str) -> None:
    """Refuse an exemplar of which a side is shorter than a patch.

    Raises:
        ValueError: it has fewer than ``least`` pixels.
    """
    if min(shape) < least:
        raise ValueError(
            f"{name} has {shape[1]} × {shape[0]} pixels, but must be at least as large as a "
            f"patch, {least} × {least}"
        )


def checked_size(size: Shape, least: int = 1) -> Shape:
    """Height and width in pixels, both at least ``least``.

    Raises:
        ValueError: a smaller side.
    """
    height, width = (int(side) for side in size)
    if min(height, width) < least:
        raise ValueError(
            f"the size is {width} × {height}, but must be at least {least} × {least} pixels"
        )
    return height, width

# SPDX-License-Identifier: GPL-3.0-or-later
"""What every synthesis is given, checked."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .pyramid import Shape


def checked_exemplar(exemplar: ArrayLike, least: int) -> NDArray[np.float32]:
    """(height, width, channels), contiguous, both sides at least ``least`` pixels.

    Raises:
        ValueError: another shape, a smaller side, no channel, or values that are not finite.
    """
    array = np.asarray(exemplar)
    if array.ndim == 2:
        array = array[:, :, None]
    if array.ndim != 3 or array.shape[2] == 0:
        raise ValueError(
            f"the exemplar has shape {array.shape}, but must have (height, width, channels)"
        )
    height, width = array.shape[:2]
    if min(height, width) < least:
        raise ValueError(
            f"the exemplar has {width} × {height} pixels, but must be at least as large as a "
            f"patch, {least} × {least}"
        )
    array = np.ascontiguousarray(array, dtype=np.float32)
    if not np.isfinite(array).all():
        raise ValueError("the exemplar has values that are infinite or no numbers (NaN)")
    return array


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

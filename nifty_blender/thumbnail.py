# SPDX-License-Identifier: GPL-3.0-or-later
"""The small picture, in the panel, of the level that a run has reached.

Not the new image's own icon: Blender renders that in a job of its own, which may outlive the image
when a run is cancelled. Blender 4.3 crashed after a cancelled run while that was so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import bpy
import bpy.utils.previews

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SIDE = 256
"""Pixels along the longer side, at most."""

_NAME = "reached"
_previews: Any = None


def show(pixels: NDArray[np.float32], is_linear: bool) -> None:
    """Replace the picture.

    Args:
        pixels: (height, width, channels), the bottom row first, 1 to 4 channels.
        is_linear: whether the values are scene-linear, and not encoded for the screen.
    """
    import numpy as np

    step = -(-max(pixels.shape[:2]) // SIDE)
    small = np.clip(pixels[::step, ::step], 0.0, 1.0)
    height, width, channels = small.shape
    colour = small[..., :3] if channels > 2 else small[..., :1]
    screen = np.ones((height, width, 4), np.float32)
    screen[..., :3] = colour ** np.float32(1 / 2.2) if is_linear else colour
    preview = _previews.get(_NAME) or _previews.new(_NAME)
    preview.image_size = width, height
    preview.image_pixels_float.foreach_set(screen.ravel())


def icon() -> int:
    """Blender's number of the picture, 0 before the first."""
    preview = _previews.get(_NAME)
    return preview.icon_id if preview else 0


def clear() -> None:
    """Forget the picture, so that the next run does not begin with it."""
    _previews.clear()


def register() -> None:
    """Make room for the picture."""
    global _previews
    _previews = bpy.utils.previews.new()


def unregister() -> None:
    """Free the picture."""
    bpy.utils.previews.remove(_previews)

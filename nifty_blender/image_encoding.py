# SPDX-License-Identifier: GPL-3.0-or-later
"""From an image datablock to the bytes of a file, values unbent.

``Image.save`` takes bit depth and channels from wherever the image came from, so files are written
with ``Image.save_render``, through a scene of our own whose colour management changes nothing.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import bpy


def color_mode(channels: int, has_grey: bool = True, has_alpha: bool = True) -> str:
    """Blender's identifier for what a format can keep of 1 to 4 channels (no grey with alpha)."""
    if has_alpha and channels in (2, 4):
        return "RGBA"
    return "BW" if has_grey and channels < 3 else "RGB"


def write(image: bpy.types.Image, path: str, file_format: str, color_mode: str, depth: int) -> None:
    """Write an image into a file, over what is there.

    Float images are encoded as sRGB where the format is not linear; data (Non-Color) and bytes are
    written as they are, lossy formats at their best quality.

    Args:
        image: the image; it is not changed.
        path: where to, absolute.
        file_format: Blender's identifier, such as ``"PNG"``.
        color_mode: ``"BW"``, ``"RGB"`` or ``"RGBA"``, as far as the format has it.
        depth: bits per channel that the format has.

    Raises:
        RuntimeError: with Blender's reason, if it noticed that it could not write.
    """
    with _neutral_scene() as scene:
        settings: Any = scene.render.image_settings
        settings.file_format = file_format
        settings.color_mode = color_mode
        settings.color_depth = str(depth)
        settings.quality = 100
        settings.exr_codec = "ZIP"
        image.save_render(path, scene=scene)


def packable(image: bpy.types.Image, file_format: str, color_mode: str, depth: int) -> bytes:
    """The bytes that `write` would write."""
    with tempfile.TemporaryDirectory(prefix="nifty-") as folder:
        path = Path(folder) / "image"
        write(image, str(path), file_format, color_mode, depth)
        return path.read_bytes()


@contextmanager
def _neutral_scene() -> Iterator[bpy.types.Scene]:
    scene = bpy.data.scenes.new("NIFTY")
    try:
        settings: Any = scene.render.image_settings
        settings.color_management = "OVERRIDE"
        settings.display_settings.display_device = "sRGB"
        settings.view_settings.view_transform = "Standard"
        settings.view_settings.look = "None"
        yield scene
    finally:
        bpy.data.scenes.remove(scene)

# SPDX-License-Identifier: GPL-3.0-or-later
"""Small images to synthesize from, and settings that take no time."""

from __future__ import annotations

from pathlib import Path

import bpy
import numpy as np
from numpy.typing import NDArray

from tests.blender import png

HEIGHT, WIDTH = 12, 16

QUICK = {"method": "paper", "patch_size": 4, "stride": 2, "levels": 2, "steps": 2}
"""Settings of a synthesis that is over at once."""


def stripes(channels: int, dtype: type = np.uint8) -> NDArray[np.uint8] | NDArray[np.uint16]:
    """(12, 16, channels), diagonal stripes with noise, in the middle of the dtype's range."""
    random = np.random.default_rng(channels)
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    pattern = 0.3 + 0.2 * ((x + y) // 2 % 2)[..., None]
    values = pattern + random.uniform(-0.1, 0.1, (HEIGHT, WIDTH, channels))
    return np.round(values * np.iinfo(dtype).max).astype(dtype)


def load(
    folder: Path, channels: int = 3, dtype: type = np.uint8, name: str = "stripes.png"
) -> bpy.types.Image:
    """Those stripes as an image that was opened from a PNG file."""
    return bpy.data.images.load(str(png.write(folder / name, stripes(channels, dtype))))


def paint(colorspace: str = "Non-Color", high: float = 1.0) -> bpy.types.Image:
    """Those stripes as a float image that was made in Blender, never saved, up to about `high`."""
    image = bpy.data.images.new("painted", WIDTH, HEIGHT, float_buffer=True)
    image.colorspace_settings.name = colorspace
    pixels = np.ones((HEIGHT, WIDTH, 4), np.float32)
    pixels[..., :3] = stripes(3) / np.float32(160) * high
    image.pixels.foreach_set(pixels.ravel())
    return image

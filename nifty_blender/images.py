# SPDX-License-Identifier: GPL-3.0-or-later
"""Image datablocks as arrays.

Arrays are float32 ``(height, width, channels)``, the bottom row first, with the values that Blender
holds: of a byte image the stored values / 255 with straight alpha, of a float image scene-linear
values with premultiplied alpha (data and channel-packed images: as they are).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import bpy

from ..addon_core.maps import Map
from .recipe import Source

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SCENE_LINEAR = "scene_linear"
"""Stands for the colour space that float images are computed in, whatever the file calls it."""

_CHANNELS = {1: slice(0, 1), 2: slice(0, 4, 3), 3: slice(0, 3), 4: slice(0, 4)}
"""Where the channels that an image uses lie among Blender's four."""


class UnusableImage(ValueError):
    """An image that cannot serve as an exemplar; the message is for the artist."""


@dataclass(frozen=True)
class ImageKind:
    """What a new image takes over from its source."""

    is_float: bool
    """Float pixels, or bytes."""

    channels: int
    """1 grey, 2 grey and alpha, 3 colour, 4 colour and alpha."""

    colorspace: str
    """Name of the colour space, or `SCENE_LINEAR`."""

    alpha_mode: str
    """Blender's identifier: STRAIGHT, PREMUL, CHANNEL_PACKED or NONE."""

    def map_of(self, pixels: NDArray[np.float32], source: Source) -> Map:
        """What the core is given of a source with these pixels."""
        is_opacity = self.channels in (2, 4) and self.alpha_mode in ("STRAIGHT", "PREMUL")
        alpha = self.channels - 1 if source.has_opacity and is_opacity else None
        return Map(pixels, source.kind, source.weight, alpha, source.name)


def check(image: bpy.types.Image | None) -> None:
    """Refuse what cannot be an exemplar, without reading pixels.

    Raises:
        UnusableImage: no image, a render result or viewer, a movie, a sequence, a UDIM set, a
            multi-layer file, or no pixels.
    """
    if image is None:
        raise UnusableImage("There is no image yet. Open one in the Image Texture node.")
    has_pixels = min(image.size) > 0  # Loads the file: before that the type is not known.
    if image.type == "MULTILAYER":
        problem = "is a multi-layer file. Save the layer that you want as an image of its own"
    elif image.source == "VIEWER":
        problem = "is a render result or a viewer. Save it as a file, and open that"
    elif image.source == "MOVIE":
        problem = "is a movie. Save one frame of it as an image, and open that"
    elif image.source == "SEQUENCE":
        problem = "is an image sequence. Open one of its files as a single image"
    elif image.source == "TILED":
        problem = "is a set of UDIM tiles. Open one of the tiles as a single image"
    elif not has_pixels and image.filepath:
        path = bpy.path.abspath(image.filepath, library=image.library)
        problem = (
            f"has no pixels: its file {path} is missing or unreadable. Find it with File > "
            "External Data > Find Missing Files, or open another image"
        )
    elif not has_pixels:
        problem = "has no pixels. Open a file, or another image"
    else:
        return
    raise UnusableImage(f"“{image.name}” {problem}.")


def read(image: bpy.types.Image) -> tuple[NDArray[np.float32], ImageKind]:
    """An image's pixels, and what a new image made from them should be like.

    Blender holds four channels whatever was in the file. Those that say nothing are left out: an
    alpha that is 1 everywhere, and green and blue that equal red everywhere.

    Returns:
        The pixels as (height, width, channels), C-contiguous, and their kind.

    Raises:
        UnusableImage: as `check` does, and for values that are NaN or infinite.
    """
    import numpy as np

    check(image)
    pixels = values(image)
    if image.is_float and not np.isfinite(pixels.sum(dtype=np.float64)):
        raise UnusableImage(
            f"“{image.name}” has pixels that are NaN or infinite. Repair them, for example by "
            "painting over them or rendering again, and try again."
        )
    channels = used_channels(pixels)
    pixels = np.ascontiguousarray(pixels[..., _CHANNELS[channels]])
    settings = image.colorspace_settings
    kind = ImageKind(image.is_float, channels, settings.name, image.alpha_mode)
    if kind.is_float and not settings.is_data and (pixels.min() < -1e-3 or pixels.max() > 1.001):
        kind = replace(kind, colorspace=SCENE_LINEAR)  # High dynamic range has no encoded form.
    return pixels, kind


def values(image: bpy.types.Image) -> NDArray[np.float32]:
    """All of an image's values, as (height, width, channels of Blender's buffer)."""
    import numpy as np

    width, height = image.size
    stored: Any = image.pixels
    pixels = np.empty(len(stored), np.float32)
    stored.foreach_get(pixels)
    return pixels.reshape(height, width, -1)


def used_channels(pixels: NDArray[np.float32]) -> int:
    """How many channels carry something: 1 grey, 2 grey and alpha, 3 colour, 4 both."""
    import numpy as np

    if pixels.shape[2] < 4:
        return pixels.shape[2]
    red, green, blue, alpha = np.moveaxis(pixels, 2, 0)
    is_grey = np.array_equal(red, green) and np.array_equal(red, blue)
    is_opaque = alpha.min() > 1 - 1e-5 and alpha.max() < 1 + 1e-5  # Half a step of 16 bits.
    return (1 if is_grey else 3) + (0 if is_opaque else 1)

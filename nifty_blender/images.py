# SPDX-License-Identifier: GPL-3.0-or-later
"""Image datablocks as arrays, and arrays as image datablocks.

Arrays are float32 ``(height, width, channels)``, the bottom row first, with the values that Blender
holds: of a byte image the stored values / 255 with straight alpha, of a float image scene-linear
values with premultiplied alpha (data and channel-packed images: as they are).
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import bpy

from ..addon_core.maps import Map
from . import image_encoding
from .recipe import Source

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SCENE_LINEAR = "scene_linear"
"""Stands for the colour space that float images are computed in, whatever the file calls it."""

_CHANNELS = {1: slice(0, 1), 2: slice(0, 4, 3), 3: slice(0, 3), 4: slice(0, 4)}
"""Where the channels that an image uses lie among Blender's four."""

_ENCODED_AS = "nifty_encoded_as"
"""Custom property of a new image: the colour space that it gets together with its final pixels."""


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


def create(name: str, width: int, height: int, kind: ImageKind) -> bpy.types.Image:
    """A new, black image datablock for `show_preview` and `finish`.

    The kind is kept as far as Blender can store it in the .blend, pixels intact:

    - Every image has four channels in memory; without alpha in the kind, alpha is 1.
    - Float pixels are packed as a 32-bit OpenEXR file, which is linear: they get the working colour
      space. Only sRGB, which is what 16-bit PNG and TIFF files are, is kept, by packing a 16-bit
      PNG. The image takes that name in `finish`; until then it has the working colour space.
    - Alpha that is not 1 everywhere must be as the packed file has it: STRAIGHT in PNG, PREMUL in
      OpenEXR. Channel-packed images and data are free of this.

    Args:
        name: of the datablock; Blender makes it unique.
        width: of the final image, in pixels.
        height: of the final image, in pixels.
        kind: of the source.
    """
    has_alpha = kind.channels in (2, 4)
    data: Any = bpy.data
    image = data.images.new(name, width, height, alpha=has_alpha, float_buffer=kind.is_float)
    is_packed = kind.alpha_mode == "CHANNEL_PACKED"
    in_png = not kind.is_float or (kind.colorspace == "sRGB" and not (has_alpha and is_packed))
    settings = image.colorspace_settings
    # Before 5.0 a new float image is scene-linear; from then on the working space has a choice.
    linear = data.colorspace.working_space if bpy.app.version >= (5, 0) else settings.name
    if kind.colorspace != SCENE_LINEAR:
        settings.name = kind.colorspace
    is_data = settings.is_data
    if kind.is_float and not is_data:
        settings.name = linear
        if in_png:
            image[_ENCODED_AS] = kind.colorspace
    image.alpha_mode = kind.alpha_mode
    if has_alpha and not is_data and kind.alpha_mode in ("STRAIGHT", "PREMUL"):
        image.alpha_mode = "STRAIGHT" if in_png else "PREMUL"
    return image


def show_preview(image: bpy.types.Image, pixels: NDArray[np.float32]) -> None:
    """Put pixels of any size into an image made by `create`; they are not saved with the file.

    Args:
        image: takes the size of the pixels.
        pixels: (height, width, channels), with 1 to 4 channels as in `ImageKind`.
    """
    height, width = pixels.shape[:2]
    if tuple(image.size) != (width, height):
        image.generated_width = width
        image.generated_height = height
    stored: Any = image.pixels
    stored.foreach_set(_four_channels(pixels).ravel())
    image.update()


def finish(image: bpy.types.Image, pixels: NDArray[np.float32]) -> None:
    """Put the final pixels into an image made by `create`, and pack it.

    From then on the pixels are in the .blend: an undo, a save or a reload keeps them.

    Args:
        image: takes the size of the pixels.
        pixels: (height, width, channels), with 1 to 4 channels as in `ImageKind`.
    """
    show_preview(image, pixels)
    if not is_encoded(image):
        image.pack()
        return
    mode = image_encoding.color_mode(pixels.shape[2])
    data: Any = image_encoding.packable(image, "PNG", mode, 16)
    # A new colour space frees the pixels: from here on they come from the packed file.
    image.source = "FILE"
    image.colorspace_settings.name = image[_ENCODED_AS]
    image.pack(data=data, data_len=len(data))
    del image[_ENCODED_AS]


def is_encoded(image: bpy.types.Image) -> bool:
    """Whether an image made by `create` is kept by way of a 16-bit PNG in its colour space."""
    return _ENCODED_AS in image


def take_file(image: bpy.types.Image, path: Path) -> None:
    """Make a file, into which its pixels were saved, that of an image made by `create`."""
    image.source = "FILE"
    if is_encoded(image):
        image.colorspace_settings.name = image[_ENCODED_AS]
        del image[_ENCODED_AS]
    name = str(path)
    if bpy.data.is_saved and bpy.context.preferences.filepaths.use_relative_paths:
        with suppress(ValueError):  # Another drive.
            name = bpy.path.relpath(name)
    image.filepath_raw = name
    image.reload()


def _four_channels(pixels: NDArray[np.float32]) -> NDArray[np.float32]:
    import numpy as np

    height, width, channels = pixels.shape
    if channels == 4:
        return np.ascontiguousarray(pixels, np.float32)
    full = np.ones((height, width, 4), np.float32)
    full[..., :3] = pixels[..., :1] if channels == 2 else pixels
    if channels == 2:
        full[..., 3] = pixels[..., 1]
    return full

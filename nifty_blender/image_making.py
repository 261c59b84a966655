# SPDX-License-Identifier: GPL-3.0-or-later
"""Arrays as new image datablocks: a preview at first, packed or saved at the end.

Arrays are as in `images`.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import bpy

from . import image_encoding
from .images import SCENE_LINEAR, ImageKind

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Result: TypeAlias = "NDArray[np.float32] | bytes"
"""Of a float image its pixels, (height, width, channels), with 1 to 4 channels as in
`images.ImageKind`; of a byte image a PNG file, which the worker makes in a fraction of the time
that Blender would stand still for it."""

_ENCODED_AS = "nifty_encoded_as"
"""Custom property of a new image: the colour space that it gets together with its final pixels."""


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
        pixels: (height, width, channels), with 1 to 4 channels as in `images.ImageKind`.
    """
    height, width = pixels.shape[:2]
    if tuple(image.size) != (width, height):
        image.generated_width = width
        image.generated_height = height
    stored: Any = image.pixels
    stored.foreach_set(_four_channels(pixels).ravel())
    image.update()


def finish(image: bpy.types.Image, result: Result) -> None:
    """Put the result into an image made by `create`, and pack it.

    From then on the pixels are in the .blend: an undo, a save or a reload keeps them.

    Args:
        image: takes the size of the result.
        result: what `create` was asked for.
    """
    if not isinstance(result, bytes):
        show_preview(image, result)
        if not is_encoded(image):
            image.pack()
            return
        mode = image_encoding.color_mode(result.shape[2])
        result = image_encoding.packable(image, "PNG", mode, 16)
    _become_file(image)
    data: Any = result
    image.pack(data=data, data_len=len(data))


def is_encoded(image: bpy.types.Image) -> bool:
    """Whether an image made by `create` is kept by way of a 16-bit PNG in its colour space."""
    return _ENCODED_AS in image


def take_file(image: bpy.types.Image, path: Path) -> None:
    """Make a file, into which its pixels were saved, that of an image made by `create`."""
    _become_file(image)
    name = str(path)
    if bpy.data.is_saved and bpy.context.preferences.filepaths.use_relative_paths:
        with suppress(ValueError):  # Another drive.
            name = bpy.path.relpath(name)
    image.filepath_raw = name
    image.reload()


def _become_file(image: bpy.types.Image) -> None:
    # Both free the pixels: from here on they come from the file.
    image.source = "FILE"
    if is_encoded(image):
        image.colorspace_settings.name = image[_ENCODED_AS]
        del image[_ENCODED_AS]


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

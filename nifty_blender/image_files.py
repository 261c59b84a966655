# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of images, for the commands: read into a datablock, and written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bpy

from . import image_encoding, images
from .whole_files import UnusableFile, all_or_none, reason_of, reserve


@dataclass(frozen=True)
class _Format:
    name: str
    """Blender's identifier."""

    byte_depth: int
    """Bits per channel for byte images."""

    float_depth: int
    """Bits per channel for float images."""

    has_grey: bool = False
    has_alpha: bool = False


_PNG = _Format("PNG", 8, 16, has_grey=True, has_alpha=True)
_JPEG = _Format("JPEG", 8, 8, has_grey=True)
_TIFF = _Format("TIFF", 8, 16, has_grey=True, has_alpha=True)
_EXR = _Format("OPEN_EXR", 16, 32, has_alpha=True)  # Bytes fit into half floats.

_KNOWN = {
    ".png": _PNG,
    ".jpg": _JPEG,
    ".jpeg": _JPEG,
    ".tif": _TIFF,
    ".tiff": _TIFF,
    ".exr": _EXR,
    ".hdr": _Format("HDR", 32, 32),
    ".bmp": _Format("BMP", 8, 8, has_grey=True),
    ".tga": _Format("TARGA", 8, 8, has_grey=True, has_alpha=True),
    ".webp": _Format("WEBP", 8, 8, has_alpha=True),
    ".avif": _Format("AVIF", 8, 12, has_alpha=True),
}
# AVIF is new in Blender 5.2.
_FILE_FORMAT: Any = bpy.types.ImageFormatSettings.bl_rna.properties["file_format"]
_FORMATS = {
    ending: known for ending, known in _KNOWN.items() if known.name in _FILE_FORMAT.enum_items
}

WRITABLE_ENDINGS = tuple(_FORMATS)
"""Endings that `save` knows, lower case, with the dot."""

_EXTENSIONS: Any = bpy.path.extensions_image  # type: ignore[attr-defined]
READABLE_ENDINGS: tuple[str, ...] = tuple(sorted(_EXTENSIONS))
"""Endings of the images that this Blender reads, lower case, with the dot."""


def load(path: str | os.PathLike[str]) -> bpy.types.Image:
    """Read a file into a new image datablock; what it is, Blender sees from its content.

    Raises:
        UnusableFile: it is not there, may not be read, or is no image that can be an exemplar.
    """
    path = Path(path).absolute()
    try:
        with path.open("rb"):
            pass
        image = bpy.data.images.load(str(path))
    except (OSError, RuntimeError) as error:
        raise UnusableFile(f"{path} cannot be read: {reason_of(error)}.") from error
    try:
        if min(image.size) == 0 and image.source == "FILE" and image.type == "IMAGE":
            raise UnusableFile(
                f"{path} cannot be read as an image: it is damaged, or of a kind that Blender does "
                "not know. Convert it to PNG, TIFF or OpenEXR."
            )
        images.check(image)
    except ValueError as error:
        bpy.data.images.remove(image)
        raise UnusableFile(str(error)) from error
    return image


def check_writable(path: str | os.PathLike[str]) -> None:
    """Refuse, before any work is done, a path that `save` could not write.

    Raises:
        UnusableFile: the ending is unknown, or the folder is missing or may not be written.
    """
    path = Path(path).absolute()
    if path.suffix.lower() not in _FORMATS:
        ending = f"ending in “{path.suffix}”" if path.suffix else "without an ending"
        known = ", ".join(WRITABLE_ENDINGS)
        raise UnusableFile(f"{path} cannot be written {ending}. Use one of {known}.")
    if path.is_dir():
        raise UnusableFile(f"{path} cannot be written: it is a folder. Choose another name.")
    if not path.parent.is_dir():
        raise UnusableFile(f"{path} cannot be written: make the folder {path.parent} first.")
    if not os.access(path.parent, os.W_OK):
        raise UnusableFile(
            f"{path} cannot be written: you may not write into {path.parent}. Choose another "
            "folder."
        )


def save(image: bpy.types.Image, path: str | os.PathLike[str]) -> None:
    """Write an image in the format of the path's ending, whole or not at all.

    Args:
        image: the image; it is not changed.
        path: what is there is replaced at the very end.

    Raises:
        UnusableFile: as `write` does.
    """
    with all_or_none() as temporary:
        write(image, Path(path).absolute(), temporary)


def write(image: bpy.types.Image, path: Path, temporary: Callable[[Path], Path]) -> None:
    """Write an image in the format of the path's ending, under a temporary name.

    Byte images keep their 8 bits (in OpenEXR: half floats). Float images become 16-bit PNG and
    TIFF, 12-bit AVIF, or full floats in OpenEXR and HDR, and 8 bits in the others. Colours are
    sRGB or, in OpenEXR and HDR, scene-linear; data (Non-Color) is written as it is. Grey images and
    opaque ones get a grey file and one without alpha, where the format has that. Formats without
    alpha show the image before black.

    Args:
        image: the image; it is not changed.
        path: that the file is to have at the end, absolute.
        temporary: from `all_or_none`.

    Raises:
        UnusableFile: as `check_writable` does; the disk is full; or the format cannot hold the
            image's alpha.
    """
    check_writable(path)
    chosen = _FORMATS[path.suffix.lower()]
    channels = images.used_channels(images.values(image))
    _check_alpha(image, channels, chosen, path)
    mode = image_encoding.color_mode(channels, chosen.has_grey, chosen.has_alpha)
    depth = chosen.float_depth if image.is_float else chosen.byte_depth
    name = temporary(path)
    try:
        reserve(name, image.size[0] * image.size[1] * 4 * depth // 8)
        packed: Any = image.packed_file
        if packed and _is_packed_as(image, chosen):
            name.write_bytes(packed.data)
        else:
            image_encoding.write(image, str(name), chosen.name, mode, depth)
    except (OSError, RuntimeError) as error:
        raise UnusableFile(f"{path} cannot be written: {reason_of(error)}.") from error


def _check_alpha(image: bpy.types.Image, channels: int, chosen: _Format, path: Path) -> None:
    """Blender divides float colours by alpha as it writes, also where they are independent."""
    independent = image.colorspace_settings.is_data or image.alpha_mode == "CHANNEL_PACKED"
    if image.is_float and independent and channels in (2, 4) and chosen is not _EXR:
        raise UnusableFile(
            f"{path} cannot be written: Blender would mix the alpha of “{image.name}” into its "
            "other channels, which are data. Write an .exr file."
        )


def _is_packed_as(image: bpy.types.Image, chosen: _Format) -> bool:
    """Whether a packed image is the file to write: to encode 16 bits again would cost a step, and
    to encode 8 time."""
    settings = image.colorspace_settings
    is_as_stored = not image.is_float or settings.name == "sRGB" or settings.is_data
    is_png = chosen is _PNG and image.file_format == "PNG"
    return is_png and is_as_stored and not image.is_dirty

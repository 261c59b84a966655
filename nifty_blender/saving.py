# SPDX-License-Identifier: GPL-3.0-or-later
"""Results as files beside their source, named like it; nothing that is there is ever replaced."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import bpy

from . import image_files, image_making, preferences, whole_files
from .image_making import Result
from .preferences import BESIDE, PREFERRED

_UNFIT = re.compile(r'[\\/:*?"<>|]')
"""What not every system takes in the name of a file; images may be named like that."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where results are to be saved. Holds values only."""

    folder: Path | None
    """None where there is none: neither the source nor the .blend has a file."""
    stem: str
    """Name of the source's file without its ending."""
    size: tuple[int, int]
    """Width and height of the source in pixels."""
    is_integer: bool
    """Whether the source's file holds whole numbers, and not floats."""


def target_for(source: bpy.types.Image, where: str) -> Target | None:
    """Where results of this source are to be saved, or None where they are to be packed.

    Args:
        source: the exemplar.
        where: what the scene says, one of `preferences.SCENE_DESTINATIONS`.
    """
    if (preferences.destination() if where == PREFERRED else where) != BESIDE:
        return None
    path = Path(bpy.path.abspath(source.filepath, library=source.library))
    is_file = bool(source.filepath) and not source.packed_file and path.parent.is_dir()
    folder = path.parent if is_file else None
    if folder is None and bpy.data.is_saved:
        folder = Path(bpy.data.filepath).parent
    stem = path.stem if source.filepath else source.name.rsplit(".", 1)[0]
    is_integer = path.suffix.lower() in (".png", ".tif", ".tiff")
    return Target(folder, stem, (source.size[0], source.size[1]), is_integer)


def save(image: bpy.types.Image, result: Result, size: tuple[int, int], target: Target) -> Path:
    """Save the result of an image into a new file.

    Args:
        image: made by `image_making.create`; may take the pixels, and their size.
        result: what `create` was asked for.
        size: its width and height in pixels.
        target: where to.

    Returns:
        The file's path.

    Raises:
        image_files.UnusableFile: it cannot be written; the message says why.
    """
    if target.folder is None:
        raise image_files.UnusableFile(
            f"“{target.stem}” has no file, and the .blend file is not saved yet: there is no "
            "folder to save into."
        )
    name = _UNFIT.sub("_", _name(target, *size))
    path = _reserved(target.folder, name, _ending(image, result, target))
    try:
        if isinstance(result, bytes):
            with whole_files.all_or_none() as temporary:
                whole_files.write(result, path, temporary)
        else:
            image_making.show_preview(image, result)
            image_files.save(image, path)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path


def _ending(image: bpy.types.Image, result: Result, target: Target) -> str:
    """That of a format which loses nothing that the source had."""
    if isinstance(result, bytes) or image_making.is_encoded(image):
        return ".png"
    is_opaque_data = image.colorspace_settings.is_data and result.shape[2] in (1, 3)
    return ".png" if is_opaque_data and target.is_integer else ".exr"


def _name(target: Target, width: int, height: int) -> str:
    """The source's, in which a size is that of the result, and NIFTY's added in the same manner."""
    parts = re.split(r"([_\-. ]+)", target.stem)
    old, new = _sizes(*target.size), _sizes(width, height)
    for place, part in enumerate(parts):
        for manner, size in old.items():
            if part == size:
                parts[place] = new.get(manner) or new["x"]
    separator = parts[1][0] if len(parts) > 1 else "_"
    added = "nifty" if target.stem.islower() else "NIFTY"
    return "".join(parts) + separator + added


def _sizes(width: int, height: int) -> dict[str, str]:
    """How names of textures tell their size, by manner: 2048x1024, 1024, 2k, 2K."""
    sizes = {"x": f"{width}x{height}"}
    if width == height:
        sizes["side"] = str(width)
        if width % 1024 == 0:
            sizes |= {"k": f"{width // 1024}k", "K": f"{width // 1024}K"}
    return sizes


def _reserved(folder: Path, name: str, ending: str) -> Path:
    """The first free name, taken by an empty file, so that nobody else can take it meanwhile."""
    for number in count(1):
        path = folder / f"{name}{'' if number == 1 else f'_{number}'}{ending}"
        try:
            path.open("xb").close()
        except FileExistsError:
            continue
        except OSError as error:
            raise image_files.UnusableFile(
                f"{path} cannot be written: {error.strerror or error}."
            ) from error
        return path
    raise AssertionError("numbers do not end")

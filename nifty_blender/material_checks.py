# SPDX-License-Identifier: GPL-3.0-or-later
"""What keeps the maps of a material from being synthesized together, in an artist's words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import bpy

from ..addon_core.maps import Kind
from . import images
from .material_maps import MaterialMap
from .material_walk import tree_of


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that the artist has to mend first."""

    message: str
    """What is wrong and what to do, for the artist."""
    bent: int | None = None
    """Session identifier of the normal map that `read_as_data` mends, if it can mend this."""


def check(owner: bpy.types.Material | bpy.types.NodeTree, maps: Sequence[MaterialMap]) -> None:
    """Refuse maps that cannot be synthesized together.

    Args:
        owner: what the maps were found in.
        maps: those of its maps that are wanted.

    Raises:
        UnusableImage: the first of the `problems`.
    """
    found = problems(owner, maps)
    if found:
        raise images.UnusableImage(found[0].message)


def check_proportions(maps: Sequence[MaterialMap]) -> None:
    """Refuse maps that do not show the same piece of a material; raises `UnusableImage`."""
    for problem in _differing(maps):
        raise images.UnusableImage(problem.message)


def problems(
    owner: bpy.types.Material | bpy.types.NodeTree, maps: Sequence[MaterialMap]
) -> list[Problem]:
    """All that is wrong with the maps, the gravest first; the arguments are those of `check`."""
    if not maps:
        return [Problem(_why_none(owner))]
    unusable = [problem for each in maps if (problem := _unusable(each))]
    bent = [problem for each in maps if (problem := _bent(each))]
    return [*unusable, *_differing(maps), *bent]


def read_as_data(problem: Problem) -> bool:
    """Mend a bent normal map: its colours are numbers from now on. False if that cannot be done.

    Bytes that were painted and not saved are kept.
    """
    image = _image(problem.bent)
    if image is None or not image.is_editable:
        return False
    painted = images.values(image) if image.is_dirty else None
    settings: Any = image.colorspace_settings
    settings.is_data = True
    if painted is not None:
        stored: Any = image.pixels
        stored.foreach_set(painted.ravel())  # The change of colour space has freed them.
        image.update()
    elif image.packed_file or image.filepath:
        image.reload()  # Blender 4.2 keeps the pixels that it has read as colours.
    return True


def _why_none(owner: bpy.types.Material | bpy.types.NodeTree) -> str:
    tree = tree_of(owner)
    textures = (
        [node for node in tree.nodes if node.bl_idname == "ShaderNodeTexImage"] if tree else ()
    )
    if tree is None:
        problem = "does not use nodes. Switch Use Nodes on, and"
    elif not textures:
        problem = "has no image textures. Add an Image Texture node,"
    elif not any(getattr(node, "image", None) for node in textures):
        problem = "has image textures without an image. To one of them,"
    else:
        return (
            f"No image texture of “{owner.name}” reaches its output. Connect one, for example to "
            "the Base Color of the Principled BSDF, or select one node and synthesize its image."
        )
    return f"“{owner.name}” {problem} open a photo or a texture, and connect it to the Base Color."


def _unusable(each: MaterialMap) -> Problem | None:
    image = each.find()
    if image is None:
        return Problem(f"“{each.name}” is no longer in this file. Undo, or choose the maps again.")
    try:
        images.check(image)
    except images.UnusableImage as error:
        return Problem(str(error))
    return None


def _differing(maps: Sequence[MaterialMap]) -> list[Problem]:
    """A problem if the maps do not all have the proportions of the first that has pixels."""
    first, *others = [each for each in maps if each.width and each.height] or maps
    odd = [each for each in others if each.width and not _same_proportions(first, each)]
    if not odd:
        return []
    those = ", ".join(f"“{each.name}” {each.width} × {each.height}" for each in odd)
    return [
        Problem(
            f"The maps have different proportions: “{first.name}” is {first.width} × "
            f"{first.height}, {those}. Maps of one material must show the same piece of it: crop "
            "or scale what differs, or leave it out."
        )
    ]


def _same_proportions(one: MaterialMap, other: MaterialMap) -> bool:
    # Scaling rounds to whole pixels: 1000 × 667 and 500 × 333 show the same.
    small, large = sorted((one, other), key=lambda each: each.width)
    if small.width == large.width:
        return small.height == large.height
    return abs(large.height * small.width / large.width - small.height) < 1.0


def _bent(each: MaterialMap) -> Problem | None:
    image = each.find()
    if each.kind not in (Kind.NORMAL, Kind.NORMAL_DIRECTX) or image is None:
        return None
    settings = image.colorspace_settings
    if settings.is_data or settings.name == _working_space():
        return None
    message = (
        f"The normal map “{each.name}” is read in the colour space {settings.name}, which bends "
        "its normals: its colours are no colours, but directions. "
    )
    if not image.is_editable:
        there = f"in the file that “{each.name}” is linked from"
        return Problem(f"{message}Set it to Non-Color {there}.")
    if image.is_float and image.is_dirty:
        # In memory there are colours, whatever is said of them later; saved, they are bent back.
        return Problem(
            f"{message}It was painted on and is not saved. Save it in the image editor (Image > "
            "Save), and then set its colour space to Non-Color."
        )
    return Problem(f"{message}Set its colour space to Non-Color.", each.image)


def _working_space() -> str:
    """The colour space in which shaders compute: what is stored in it is not converted."""
    data: Any = bpy.data
    # Before 5.0 there was no choice.
    return data.colorspace.working_space if bpy.app.version >= (5, 0) else "Linear Rec.709"


def _image(identifier: int | None) -> bpy.types.Image | None:
    return next((i for i in bpy.data.images if i.session_uid == identifier), None)

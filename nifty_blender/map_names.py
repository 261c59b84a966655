# SPDX-License-Identifier: GPL-3.0-or-later
"""What an image's name says about it, by the tags that artists and texture libraries use."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import bpy

from .map_roles import Role

_NODE_WRANGLER = "node_wrangler"
_OF_NODE_WRANGLER = {
    "base_color": Role.BASE_COLOR,
    "metallic": Role.METALLIC,
    "specular": Role.SPECULAR,
    "rough": Role.ROUGHNESS,
    "gloss": Role.GLOSS,
    "normal": Role.NORMAL,
    "bump": Role.BUMP,
    "displacement": Role.HEIGHT,
    "transmission": Role.TRANSMISSION,
    "emission": Role.EMISSION,
    "alpha": Role.ALPHA,
    "ambient_occlusion": Role.AMBIENT_OCCLUSION,
}
"""The properties in which Node Wrangler (4.2 to 5.2) keeps its tags, separated by spaces."""

_OWN = {
    Role.BASE_COLOR: "basecolor basecolour albedo color colour col diffuse diff base dif",
    Role.METALLIC: "metallic metalness metal met mtl",
    Role.SPECULAR: "specular specularity spec refl reflection",
    Role.ROUGHNESS: "roughness rough rgh",
    Role.GLOSS: "gloss glossiness glossy smoothness smooth",
    Role.NORMAL: "normal normals norm nor nrm nrml nmap",
    Role.BUMP: "bump bmp",
    Role.HEIGHT: "height heightmap displacement displace disp depth",
    Role.TRANSMISSION: "transmission translucency transparency",
    Role.EMISSION: "emission emissive emit glow",
    Role.ALPHA: "alpha opacity cutout",
    Role.AMBIENT_OCCLUSION: "ao occlusion occ ambient",
}
_MASKS = {"mask": Role.MASK, "dirt": Role.MASK}

_DIRECTX = {"dx", "directx", "normaldx", "nordx", "nrmdx"}


def role_in(*names: str) -> Role | None:
    """The role that the first telling name says, or None.

    The last tag of a name counts: what comes before is what the texture shows, as in
    ``rough_metal_color``.
    """
    tags = _tags()
    for name in names:
        roles = [tags[word] for word in _words(name) if word in tags]
        if roles:
            return roles[-1]
    return None


def is_directx(*names: str) -> bool:
    """Whether one of the names says that a normal map's green points down."""
    return any(_DIRECTX.intersection(_words(name)) for name in names)


def names_of(image: bpy.types.Image) -> tuple[str, ...]:
    """What an image is called: the datablock, and the file that it came from."""
    return image.name, bpy.path.basename(image.filepath)


def _words(name: str) -> list[str]:
    """``WallBricks_2K-NormalDX.001.png`` to wall, bricks, k, normal, dx."""
    stem = re.sub(r"\.[A-Za-z]{3,4}$", "", re.sub(r"\.\d{3}$", "", name))
    # At capitals too: NormalGL is two words, and so is ORMMap.
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", stem)
    return [word.lower() for word in re.split(r"[\W\d_]+", spaced) if word]


def _tags() -> Mapping[str, Role]:
    """Each tag and its role: Node Wrangler's when it is enabled, our own otherwise."""
    entry: Any = bpy.context.preferences.addons.get(_NODE_WRANGLER)
    kept: Any = getattr(entry and entry.preferences, "principled_tags", None)
    lists = {role: getattr(kept, name, "") for name, role in _OF_NODE_WRANGLER.items()}
    if not any(lists.values()):
        lists = _OWN
    return {tag.lower(): role for role, tags in lists.items() for tag in tags.split()} | _MASKS

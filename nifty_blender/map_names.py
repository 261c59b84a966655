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

_PACKED = dict.fromkeys(("orm", "arm", "rma", "mra"), Role.AMBIENT_OCCLUSION)
"""Tags of images that hold occlusion, roughness and metallic, each in a channel."""

_VARIANTS = {"dx", "directx", "gl", "ogl", "opengl", "map"}
"""Words that say more of the tag before them."""

_FILE_WORDS = {"k", "px", "bit", "jpg", "png", "exr", "tif"}
"""Words that say what the file is like, after the tag: those of 2K, 16bit, 1K-PNG."""

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


def without_role(stem: str) -> tuple[str, Role | None]:
    """What the maps of a material have in common in their names, and the role that is left.

    ``WallBricks_2K-NormalDX`` gives WallBricks_2K and the normals. A tag counts only where nothing
    follows it but words that say more of it or of the file: ``rough_wood`` is a picture of wood.

    Args:
        stem: name of a file without its ending.

    Returns:
        The name without the tag, empty if there was nothing else, and its role; where there is no
        tag, the whole name and None.
    """
    tags = {**_tags(), **_PACKED}
    words = list(re.finditer(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", stem))
    while words and words[-1].group().lower() in _VARIANTS | _FILE_WORDS:
        words.pop()
    role = tags.get(words[-1].group().lower()) if words else None
    if role is None:
        return stem, None
    # BaseColor and ambient_occlusion are two words.
    start = end = words.pop()
    while words and tags.get(words[-1].group().lower()) is role:
        start = words.pop()
    before, after = stem[: start.start()], stem[end.end() :]
    more = re.compile(rf"[\W_]*({'|'.join(_VARIANTS)})(?![a-z])", re.IGNORECASE)
    while found := more.match(after):
        after = after[found.end() :]
    before, after = before.rstrip("_-. "), after.strip("_-. ")
    return (f"{before}_{after}" if before and after else before or after), role


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

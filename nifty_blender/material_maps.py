# SPDX-License-Identifier: GPL-3.0-or-later
"""The maps of a material: its images, what each is for, and where it is used."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import bpy

from ..addon_core.maps import Kind
from . import map_names
from .map_flow import Wanted
from .map_roles import CHANNELS, NORMALS, Role, Use, kind_of
from .material_walk import Reached, walk
from .nodes import NodePlace, source_of

_ORDER = {role: number for number, role in enumerate(Role)}


@dataclass(frozen=True, slots=True)
class MaterialMap:
    """An image that feeds a material's shader, as values: an undo leaves references dangling."""

    image: int
    """Session identifier of the image."""
    name: str
    """The image's name, to show."""
    uses: tuple[Use, ...]
    """What it is for, each once, the most important first; at least one."""
    kind: Kind
    """How its values are to be averaged."""
    width: int
    """In pixels; 0 where the file is missing."""
    height: int
    """In pixels; 0 where the file is missing."""
    alpha_is_opacity: bool
    """Whether its alpha says where the surface is."""
    nodes: tuple[NodePlace, ...]
    """The Image Texture nodes that use it, in the material and in its node groups."""

    @property
    def roles(self) -> tuple[Role, ...]:
        """Its roles, each once, the most important first."""
        return tuple(dict.fromkeys(use.role for use in self.uses))

    def find(self) -> bpy.types.Image | None:
        """The image, or None when it is gone."""
        return next((i for i in bpy.data.images if i.session_uid == self.image), None)


def find(owner: bpy.types.Material | bpy.types.NodeTree) -> tuple[MaterialMap, ...]:
    """The maps that feed the shader of a material, or of a node group on its own.

    Each image is there once, however many nodes and sockets use it. Base colour comes first, then
    the others by role; maps of the same role are in the order of the shader's sockets.
    """
    reached: dict[int, list[Reached]] = {}
    for each in walk(owner):
        image = source_of(each.node)
        assert image is not None
        reached.setdefault(image.session_uid, []).append(each)
    maps = (_map(ways) for ways in reached.values())
    return tuple(sorted(maps, key=lambda found: _ORDER[found.uses[0].role]))


def _map(ways: list[Reached]) -> MaterialMap:
    image = source_of(ways[0].node)
    assert image is not None
    uses = _joined(_use(way.wanted, image) for way in ways)
    green_down = map_names.is_directx(*map_names.names_of(image)) or any(
        way.wanted.role in NORMALS and way.wanted.inverted & {0, 1} == {1} for way in ways
    )
    width, height = image.size
    return MaterialMap(
        image.session_uid,
        image.name,
        uses,
        kind_of(uses, green_down),
        width,
        height,
        Use(Role.ALPHA, "alpha") in uses,
        tuple(dict.fromkeys(way.place for way in ways)),
    )


def _use(wanted: Wanted, image: bpy.types.Image) -> Use:
    """What an image is for: by the socket, and where that leaves it open, by its name."""
    role = wanted.role or Role.EMISSION  # A colour in place of a shader glows.
    channel = None if wanted.channel is None else CHANNELS[wanted.channel]
    named = map_names.role_in(*map_names.names_of(image))
    if role is Role.MASK and channel != "alpha":
        role = named or role
    elif role is Role.ROUGHNESS and wanted.inverted:
        role = Role.GLOSS
    elif role is Role.BASE_COLOR and wanted.multiplied:
        is_data = image.colorspace_settings.is_data
        if channel or is_data or named is Role.AMBIENT_OCCLUSION:
            role = Role.AMBIENT_OCCLUSION
    return Use(role, channel)


def _joined(uses: Iterable[Use]) -> tuple[Use, ...]:
    """Each once, in the order of the roles; red, green and blue together are the colour."""
    each = set(uses)
    for role in {use.role for use in each}:
        parts = {Use(role, channel) for channel in CHANNELS[:3]}
        if parts <= each or Use(role, None) in each:
            each = each - parts | {Use(role, None)}
    channels = (None, *CHANNELS)
    return tuple(sorted(each, key=lambda use: (_ORDER[use.role], channels.index(use.channel))))

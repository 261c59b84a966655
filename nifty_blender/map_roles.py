# SPDX-License-Identifier: GPL-3.0-or-later
"""What an image is to a material: its role at each socket that it reaches, and its kind."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from ..addon_core.maps import Kind

CHANNELS = ("red", "green", "blue", "alpha")
"""Names of an image's channels, by number."""

ALPHA_CHANNEL = CHANNELS.index("alpha")


class Role(Enum):
    """What a map tells the shader; the values are labels, the order is that of a list of maps."""

    BASE_COLOR = "Base Color"
    ALPHA = "Alpha"
    AMBIENT_OCCLUSION = "Ambient Occlusion"
    ROUGHNESS = "Roughness"
    GLOSS = "Gloss"
    METALLIC = "Metallic"
    SPECULAR = "Specular"
    NORMAL = "Normal"
    COAT_NORMAL = "Coat Normal"
    BUMP = "Bump"
    HEIGHT = "Height"
    VECTOR_DISPLACEMENT = "Vector Displacement"
    EMISSION = "Emission"
    TRANSMISSION = "Transmission"
    SUBSURFACE = "Subsurface"
    IOR = "IOR"
    TINT = "Tint"
    COAT = "Coat"
    SHEEN = "Sheen"
    ANISOTROPY = "Anisotropy"
    THIN_FILM = "Thin Film"
    MASK = "Mask"


NORMALS = (Role.NORMAL, Role.COAT_NORMAL)
_COLOURS = (Role.BASE_COLOR, Role.EMISSION, Role.TINT)

_AT_SOCKETS = {
    Role.BASE_COLOR: ("Base Color", "Color"),
    Role.ALPHA: ("Alpha", "Transparency"),
    Role.AMBIENT_OCCLUSION: ("Ambient Occlusion", "AO"),
    Role.ROUGHNESS: ("Roughness", "Diffuse Roughness", "RoughnessU", "RoughnessV"),
    Role.METALLIC: ("Metallic",),
    Role.SPECULAR: ("Specular IOR Level", "Specular"),
    Role.NORMAL: ("Normal",),
    Role.COAT_NORMAL: ("Coat Normal", "Clear Coat Normal"),
    Role.HEIGHT: ("Displacement", "Height"),
    Role.EMISSION: ("Emission Color", "Emission Strength", "Emissive Color", "Emission"),
    Role.TRANSMISSION: ("Transmission Weight", "Transmission"),
    Role.SUBSURFACE: ("Subsurface Weight", "Subsurface Radius", "Subsurface Scale"),
    Role.IOR: ("IOR",),
    Role.TINT: ("Specular Tint", "Edge Tint", "Coat Tint", "Sheen Tint"),
    Role.COAT: ("Coat Weight", "Coat Roughness", "Coat IOR", "Clear Coat", "Clear Coat Roughness"),
    Role.SHEEN: ("Sheen Weight", "Sheen Roughness"),
    Role.ANISOTROPY: (
        "Anisotropic",
        "Anisotropic Rotation",
        "Anisotropy",
        "Rotation",
        "Tangent",
    ),
    Role.THIN_FILM: ("Thin Film Thickness", "Thin Film IOR"),
}
_ROLES = {name: role for role, names in _AT_SOCKETS.items() for name in names}

_AT_NODES = {
    ("ShaderNodeBsdfTransparent", "Color"): Role.ALPHA,
    ("ShaderNodeEmission", "Color"): Role.EMISSION,
    ("ShaderNodeEmission", "Strength"): Role.EMISSION,
    ("ShaderNodeBsdfSheen", "Color"): Role.SHEEN,
    ("ShaderNodeNormalMap", "Color"): Role.NORMAL,
    ("ShaderNodeBump", "Height"): Role.BUMP,
    ("ShaderNodeVectorDisplacement", "Vector"): Role.VECTOR_DISPLACEMENT,
}
"""Where a socket's name alone would say something else."""


@dataclass(frozen=True, slots=True)
class Use:
    """One thing that an image is used for."""

    role: Role
    channel: str | None
    """The one channel that is used, of `CHANNELS`, or None for the whole colour."""


def role_at(node: str, socket: str) -> Role:
    """The role of what reaches a node's input; `Role.MASK` where nothing is known of it.

    Args:
        node: Blender's identifier of the node's type.
        socket: name of the input, as Blender has it in English.
    """
    return _AT_NODES.get((node, socket)) or _ROLES.get(socket, Role.MASK)


def kind_of(uses: Iterable[Use], is_directx: bool) -> Kind:
    """How an image with these uses is to be averaged.

    An image of which only red and green are a normal, and the rest something else, is data: its
    pixels are no unit vectors.

    Args:
        uses: what the image is used for.
        is_directx: whether it is one with green down, should it be a normal map.
    """
    uses = tuple(uses)
    if any(use.role in NORMALS and use.channel is None for use in uses):
        return Kind.NORMAL_DIRECTX if is_directx else Kind.NORMAL
    return Kind.COLOUR if any(use.role in _COLOURS for use in uses) else Kind.DATA

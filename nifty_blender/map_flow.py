# SPDX-License-Identifier: GPL-3.0-or-later
"""What a shader node's inputs are for, seen from its output: the roles and the channels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import bpy

from .map_inversion import ALL, inverted
from .map_roles import NORMALS, Role, role_at

Feeds = Iterator[tuple[bpy.types.NodeSocket, "Wanted"]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the shader wants of what feeds an input."""

    role: Role | None
    """What it is for; None is a shader, whose own inputs say what they are for."""
    channel: int | None = None
    """The one channel that goes on, or None for all."""
    part: int | None = None
    """The channel of the shader's colour or vector that it becomes, or None for all."""
    inverted: frozenset[int] = frozenset()
    """Channels of the shader's colour or vector that arrive inverted."""
    multiplied: bool = False
    """Whether it is multiplied with something else on its way."""

    def flipped(self, channels: Iterable[int]) -> Wanted:
        """The same, where a node inverts these of the channels that it is given."""
        turned = frozenset(channels)
        if self.channel is not None:
            turned = ALL if self.channel in turned else frozenset()
        if self.part is not None:
            turned = frozenset({self.part}) if turned else turned
        return replace(self, inverted=self.inverted ^ turned)


def feeds(node: Any, output: Any, wanted: Wanted) -> Feeds:
    """The inputs that a node makes this output of, and what is wanted of each.

    Args:
        node: any but an image texture, a node group, and a group's input.
        output: the output of it that is followed.
        wanted: what is wanted of that output.
    """
    inputs = [socket for socket in node.inputs if socket.enabled]
    kind = node.bl_idname
    if output.type == "SHADER":
        yield from _of_shader(node, inputs)
    elif kind in _SEPARATE:
        is_rgb = getattr(node, "mode", "RGB") == "RGB"
        channel = list(node.outputs).index(output) if is_rgb else None
        yield inputs[0], replace(wanted, channel=channel)
    elif kind in _COMBINE:
        yield from _of_combine(node, inputs, wanted)
    else:
        yield from _of_others(node, inputs, wanted)


_SEPARATE = {
    "ShaderNodeSeparateColor",
    "ShaderNodeSeparateRGB",
    "ShaderNodeSeparateXYZ",
}
_COMBINE = {
    "ShaderNodeCombineColor",
    "ShaderNodeCombineRGB",
    "ShaderNodeCombineXYZ",
}


def _of_shader(node: Any, inputs: list[Any]) -> Feeds:
    for socket in inputs:
        if socket.type == "SHADER":
            yield socket, Wanted(None)
        elif node.bl_idname == "ShaderNodeMixShader":
            yield socket, Wanted(Role.ALPHA if _cuts_out(inputs) else Role.MASK)
        else:
            yield socket, Wanted(role_at(node.bl_idname, socket.name))


def _cuts_out(inputs: list[Any]) -> bool:
    """Whether one of the shaders that are mixed is transparency."""
    shaders = (link.from_node for socket in inputs for link in socket.links)
    return any(node.bl_idname == "ShaderNodeBsdfTransparent" for node in shaders)


def _of_combine(node: Any, inputs: list[Any], wanted: Wanted) -> Feeds:
    if getattr(node, "mode", "RGB") != "RGB":
        yield from ((socket, replace(wanted, channel=None)) for socket in inputs)
    elif wanted.channel is not None:
        if wanted.channel < len(inputs):
            yield inputs[wanted.channel], replace(wanted, channel=None)
    else:
        for number, socket in enumerate(inputs):
            part = number if wanted.part is None else wanted.part
            yield socket, replace(wanted, part=part)


def _of_others(node: Any, inputs: list[Any], wanted: Wanted) -> Feeds:
    kind = node.bl_idname
    main = _main_inputs(kind, inputs)
    for socket in inputs:
        role = role_at(kind, socket.name)
        if socket.type == "SHADER":
            yield socket, Wanted(None)
        elif role in _OWN_ROLES:
            own = wanted if role in NORMALS and wanted.role in NORMALS else Wanted(role)
            yield socket, own.flipped(inverted(node, inputs, socket))
        elif socket in main:
            passed = wanted.flipped(inverted(node, inputs, socket))
            yield socket, replace(passed, multiplied=wanted.multiplied or _multiplies(node, main))
        elif not kind.startswith("ShaderNodeTex"):
            yield socket, Wanted(Role.MASK)


_OWN_ROLES = (Role.NORMAL, Role.BUMP, Role.HEIGHT, Role.VECTOR_DISPLACEMENT)
"""Roles that inputs of nodes on the way have, whatever their output is for."""

_MAIN = {
    "ShaderNodeMapRange": ("Value", "Vector"),
    "ShaderNodeClamp": ("Value",),
    "ShaderNodeFloatCurve": ("Value",),
    "ShaderNodeMix": ("A", "B"),
}


def _main_inputs(kind: str, inputs: list[Any]) -> list[Any]:
    """Those that become the output; what is left are parameters."""
    if kind in _MAIN:
        return [socket for socket in inputs if socket.name in _MAIN[kind]]
    colors = [socket for socket in inputs if socket.type == "RGBA"]
    if kind.startswith("ShaderNodeTex"):
        return colors  # The others are where to look, and how.
    vectors = [socket for socket in inputs if socket.type == "VECTOR"]
    return colors or vectors or inputs


def _multiplies(node: Any, main: list[Any]) -> bool:
    """Whether a node multiplies two things with each other, and not one with a constant."""
    if node.bl_idname in ("ShaderNodeMix", "ShaderNodeMixRGB"):
        operation = node.blend_type if getattr(node, "data_type", "RGBA") == "RGBA" else ""
    else:
        operation = getattr(node, "operation", "")
    return operation == "MULTIPLY" and all(socket.is_linked for socket in main[:2])

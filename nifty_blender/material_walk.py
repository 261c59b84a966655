# SPDX-License-Identifier: GPL-3.0-or-later
"""From a material's output upstream, through node groups, to the image textures that feed it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import bpy

from . import map_flow
from .map_flow import Wanted
from .map_roles import ALPHA_CHANNEL, Role, role_at
from .nodes import NodePlace, source_of


@dataclass(frozen=True, slots=True)
class Reached:
    """An image texture that feeds the shader. Holds references: for use at once."""

    node: bpy.types.ShaderNodeTexImage
    place: NodePlace
    wanted: Wanted


@dataclass(frozen=True, slots=True)
class _Frame:
    """A node tree, and where it is shown."""

    tree: Any
    owner: int
    """Session identifier of the material or the group that has the tree."""
    group: Any = None
    """The group node that shows it, in the tree of `outer`."""
    outer: _Frame | None = None


def tree_of(owner: bpy.types.Material | bpy.types.NodeTree) -> bpy.types.NodeTree | None:
    """The nodes of a material, or of a node group on its own; None without nodes."""
    if isinstance(owner, bpy.types.NodeTree):
        return owner
    # From 5.0 all materials use their nodes, and asking is deprecated.
    return owner.node_tree if bpy.app.version >= (5, 0) or owner.use_nodes else None


def walk(owner: bpy.types.Material | bpy.types.NodeTree) -> Iterator[Reached]:
    """Every way from an image texture to the active output, in the order of the sockets.

    An image's node is met once for each thing that is wanted of it. Nodes without an image, muted
    nodes and muted links are passed over as a render passes over them.
    """
    tree = tree_of(owner)
    if tree is None:
        return
    links: dict[Any, dict[Any, list[Any]]] = {}
    pending = list(_starts(_Frame(tree, owner.session_uid)))[::-1]
    seen = set(pending)
    while pending:
        frame, socket, wanted = pending.pop()
        if frame.tree not in links:
            links[frame.tree] = _links_into(frame.tree)
        found: list[Any] = []
        for link in links[frame.tree].get(socket, ()):
            node, output = link.from_node, link.from_socket
            if isinstance(node, bpy.types.ShaderNodeTexImage) and not node.mute:
                if source_of(node) is not None:
                    yield _reached(frame, node, output, wanted)
            else:
                found += _upstream(frame, node, output, wanted)
        new = [item for item in found if item not in seen]
        seen.update(new)
        pending += new[::-1]


def _starts(frame: _Frame) -> Iterator[tuple[_Frame, Any, Wanted]]:
    output = _output_of(frame.tree)
    for socket in output.inputs if output else ():
        if output.bl_idname == "NodeGroupOutput":
            is_shader = socket.type == "SHADER"
            yield frame, socket, Wanted(None if is_shader else role_at("", socket.name))
        elif socket.name in ("Surface", "Displacement"):
            yield frame, socket, Wanted(None if socket.name == "Surface" else Role.HEIGHT)


def _output_of(tree: Any) -> Any:
    """The material output that the scene's renderer takes, or a group's output."""
    engine = bpy.context.scene.render.engine
    targets = ("EEVEE", "CYCLES") if "EEVEE" in engine else ("CYCLES", "EEVEE")
    outputs = (tree.get_output_node(target) for target in targets)
    return next((output for output in outputs if output), None) or _group_output(tree)


def _group_output(tree: Any) -> Any:
    outputs = (node for node in tree.nodes if node.bl_idname == "NodeGroupOutput")
    return next((node for node in outputs if node.is_active_output), None)


def _links_into(tree: Any) -> dict[Any, list[Any]]:
    """The links of a tree by the input that they feed: asking a socket searches them all."""
    links: dict[Any, list[Any]] = {}
    for link in tree.links:
        if not link.is_muted:
            links.setdefault(link.to_socket, []).append(link)
    return links


def _reached(frame: _Frame, node: Any, output: Any, wanted: Wanted) -> Reached:
    if output.identifier == "Alpha":
        wanted = Wanted(wanted.role, ALPHA_CHANNEL, wanted.part, wanted.inverted, wanted.multiplied)
    return Reached(node, NodePlace(frame.owner, node.name), wanted)


def _upstream(
    frame: _Frame, node: Any, output: Any, wanted: Wanted
) -> Iterator[tuple[_Frame, Any, Wanted]]:
    if node.mute:
        for link in node.internal_links:
            if link.to_socket == output:
                yield frame, link.from_socket, wanted
    elif node.bl_idname == "NodeGroupInput":
        if frame.outer is not None:
            yield from _with_identifier(frame.outer, frame.group, output, wanted)
    elif hasattr(node, "node_tree"):
        inner = node.node_tree
        ending = inner and _group_output(inner)
        if ending:
            shown = _Frame(inner, inner.session_uid, node, frame)
            yield from _with_identifier(shown, ending, output, wanted)
    else:
        for socket, asked in map_flow.feeds(node, output, wanted):
            yield frame, socket, asked


def _with_identifier(
    frame: _Frame, node: Any, twin: Any, wanted: Wanted
) -> Iterator[tuple[_Frame, Any, Wanted]]:
    """Across the border of a group, on which sockets have the same identifier."""
    for socket in node.inputs:
        if socket.identifier == twin.identifier:
            yield frame, socket, wanted

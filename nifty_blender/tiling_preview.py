# SPDX-License-Identifier: GPL-3.0-or-later
"""Images repeated 2 × 2 where they are used, to look at their tiling before using it.

The nodes that repeat them show all maps together, at full size, in the artist's own light, and take
neither memory nor time; a second, larger image would show one map, flat.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

import bpy

from .material_walk import tree_of
from .nodes import GAP, source_of

REPEATS = 2
"""How often a texture is seen along each axis where it was seen once."""

_LABEL = f"{REPEATS} × {REPEATS}"
_MADE = "nifty_repeats"
"""Custom property of the nodes that are only there for the preview."""

_EXTENSION = "nifty_extension"
"""Custom property of a texture: how it went on outside of its image."""


def repeat(owner: bpy.types.Material | bpy.types.NodeTree, images: Collection[int]) -> None:
    """Show images repeated in a material or a node group, and in the groups that it uses.

    What is linked from another file is left as it is. Textures that are repeated stay so.

    Args:
        owner: what uses them.
        images: their session identifiers.
    """
    for tree in _trees(owner):
        mappings: dict[Any, Any] = {}
        textures = [node for node in tree.nodes if _has_one_of(node, images)]
        for node in textures:
            source = _source(node)
            if source is not None and _MADE in source.node:
                continue
            if source not in mappings:
                mappings[source] = _new_mapping(tree, node, source)
            tree.links.new(mappings[source].outputs["Vector"], node.inputs["Vector"])
            if node.extension != "REPEAT":
                node[_EXTENSION] = node.extension
                node.extension = "REPEAT"


def stop_repeating(owner: bpy.types.Material | bpy.types.NodeTree) -> None:
    """Take away what `repeat` has added: all textures are mapped as they were before."""
    for tree in _trees(owner):
        for node in tree.nodes:
            if _EXTENSION in node:
                node.extension = node[_EXTENSION]
                del node[_EXTENSION]
        made = [node for node in tree.nodes if _MADE in node]
        for mapping in made:
            before = _source(mapping) if "Vector" in mapping.inputs else None
            if before is not None and _MADE not in before.node:
                for link in list(mapping.outputs["Vector"].links):
                    tree.links.new(before, link.to_socket)
        for node in made:
            tree.nodes.remove(node)


def is_repeated(owner: bpy.types.Material | bpy.types.NodeTree) -> bool:
    """Whether `repeat` is in effect."""
    return any(_MADE in node for tree in _trees(owner) for node in tree.nodes)


def _trees(owner: bpy.types.Material | bpy.types.NodeTree) -> Iterator[Any]:
    """The owner's tree and all groups in it, each once, as far as they can be edited."""
    pending: list[Any] = [tree_of(owner)]
    seen: list[Any] = [None]
    while pending:
        tree = pending.pop()
        if tree in seen:
            continue
        seen.append(tree)
        pending += [getattr(node, "node_tree", None) for node in tree.nodes]
        if tree.is_editable:
            yield tree


def _has_one_of(node: Any, images: Collection[int]) -> bool:
    is_texture = node.bl_idname == "ShaderNodeTexImage"
    image = source_of(node) if is_texture else None
    return bool(image and image.session_uid in images)


def _source(node: Any) -> Any:
    """The output that gives a node its coordinates, or None."""
    links = node.inputs["Vector"].links
    return links[0].from_socket if links else None


def _new_mapping(tree: Any, texture: Any, source: Any) -> Any:
    mapping = _new_node(tree, "ShaderNodeMapping", texture)
    mapping.label = _LABEL
    mapping.inputs["Scale"].default_value = (REPEATS, REPEATS, REPEATS)
    if source is None:
        # What an Image Texture takes on its own accord.
        source = _new_node(tree, "ShaderNodeTexCoord", mapping).outputs["UV"]
    tree.links.new(source, mapping.inputs["Vector"])
    return mapping


def _new_node(tree: Any, kind: str, right: Any) -> Any:
    """A folded node to the left of another."""
    node = tree.nodes.new(kind)
    node[_MADE] = True
    node.parent = right.parent
    node.location = right.location.x - node.width - GAP, right.location.y
    node.hide = True
    node.select = False
    return node

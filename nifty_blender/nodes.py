# SPDX-License-Identifier: GPL-3.0-or-later
"""Image Texture nodes: the one that is active, and a new one beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import bpy

GAP = 40.0
"""Space between two nodes, in the node editor's units."""

HEIGHT = 280.0
"""Height of an Image Texture node that has not been drawn yet, in the node editor's units."""


SOURCE = "nifty_source"
"""Custom property of a node that shows a live draft in place of its own image: that image."""


@dataclass(frozen=True, slots=True)
class NodePlace:
    """Where a node is, as values: an undo or a file load leaves references dangling."""

    owner: int
    """Session identifier of the material, world, light, line style or node group that has it."""
    node: str
    """The node's name."""

    def find(self) -> tuple[bpy.types.NodeTree, bpy.types.ShaderNodeTexImage] | None:
        """The tree and the node, or None when they are gone."""
        for owner in _owners():
            if owner.session_uid == self.owner:
                tree = _tree_of(owner)
                node = tree.nodes.get(self.node) if tree else None
                return (tree, node) if isinstance(node, bpy.types.ShaderNodeTexImage) else None
        return None

    def take(self, textures: Sequence[Sequence[bpy.types.Image]]) -> None:
        """Set new images beside the node, or keep them only where it is gone."""
        for images in textures:
            for image in images:
                if not add_beside(self, image):
                    keep([image])


def active_image_node(context: bpy.types.Context) -> bpy.types.ShaderNodeTexImage | None:
    """The active node of the shader editor in this context, if it is an Image Texture."""
    space = context.space_data
    if not isinstance(space, bpy.types.SpaceNodeEditor) or space.edit_tree is None:
        return None
    node = space.edit_tree.nodes.active
    return node if isinstance(node, bpy.types.ShaderNodeTexImage) else None


def source_of(node: bpy.types.ShaderNodeTexImage | None) -> bpy.types.Image | None:
    """A node's own image, also while it shows a live draft."""
    if node is None:
        return None
    return node.get(SOURCE, node.image)


def texture_nodes() -> Iterator[tuple[NodePlace, bpy.types.ShaderNodeTexImage]]:
    """All Image Texture nodes of the file's shaders."""
    for owner in _owners():
        for node in getattr(_tree_of(owner), "nodes", ()):
            if isinstance(node, bpy.types.ShaderNodeTexImage):
                yield NodePlace(owner.session_uid, node.name), node


def place_of(context: bpy.types.Context, node: bpy.types.Node) -> NodePlace:
    """The place of a node of the editor in this context."""
    space = context.space_data
    assert isinstance(space, bpy.types.SpaceNodeEditor)
    tree = space.edit_tree
    # Not space.id: a tree that a script pinned to the editor has none there.
    owner = next(owner for owner in _owners() if _tree_of(owner) == tree)
    return NodePlace(owner.session_uid, node.name)


def place_with(image: bpy.types.Image) -> NodePlace | None:
    """The place of an Image Texture node with this image, or None when there is none."""
    return next((place for place, node in texture_nodes() if source_of(node) == image), None)


def add_beside(place: NodePlace, image: bpy.types.Image) -> bool:
    """Add an Image Texture node with ``image`` under the one at ``place``, mapped like it.

    Returns False, with nothing changed, when that node is gone or its tree cannot be edited.
    """
    found = place.find()
    if found is None or not found[0].is_editable:
        return False
    tree, source = found
    node = tree.nodes.new("ShaderNodeTexImage")
    assert isinstance(node, bpy.types.ShaderNodeTexImage)
    node.image = image
    for option in ("interpolation", "projection", "projection_blend", "extension"):
        setattr(node, option, getattr(source, option))
    node.parent = source.parent
    node.width = source.width
    others = [other for other in tree.nodes if other != node]
    node.location = _free_spot_below(others, source)
    for link in source.inputs["Vector"].links:
        tree.links.new(link.from_socket, node.inputs["Vector"])
    node.select = False  # The artist goes on working with the source.
    return True


def keep(images: Iterable[bpy.types.Image]) -> None:
    """Have images saved that nothing uses."""
    for image in images:
        image.use_fake_user = True


def _free_spot_below(
    nodes: Iterable[bpy.types.Node], source: bpy.types.Node
) -> tuple[float, float]:
    """A location in the source's frame, if it is in one, free of all nodes inside and outside."""
    left, top = _corner(source)
    spot = top - _height(source) - GAP
    others = set(nodes) - {source, *_frames_around(source)}
    for other in sorted(others, key=lambda node: -_corner(node)[1]):
        x, y = _corner(other)
        beside = x < left + source.width and left < x + other.width
        bottom = y - _height(other)
        if beside and bottom - GAP < spot and spot - HEIGHT < y:
            spot = bottom - GAP
    return source.location.x, source.location.y + spot - top


def _corner(node: bpy.types.Node) -> tuple[float, float]:
    """Left and top in the tree: a node's own location is relative to its frame."""
    line = (node, *_frames_around(node))
    return sum(each.location.x for each in line), sum(each.location.y for each in line)


def _frames_around(node: bpy.types.Node) -> Iterator[bpy.types.Node]:
    while node.parent is not None:
        node = node.parent
        yield node


def _height(node: bpy.types.Node) -> float:
    """In the node editor's units, which the drawn dimensions are not; they are 0 at first."""
    drawn = node.dimensions.y
    return drawn / bpy.context.preferences.system.ui_scale if drawn else HEIGHT


def _tree_of(owner: Any) -> Any:
    return owner if isinstance(owner, bpy.types.NodeTree) else owner.node_tree


def _owners() -> Iterable[Any]:
    data = bpy.data
    yield from data.materials
    yield from data.node_groups
    yield from data.worlds
    yield from data.lights
    yield from data.linestyles

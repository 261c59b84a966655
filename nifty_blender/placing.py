# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the new images of a material go: into a duplicate, beside the old nodes, or nowhere yet.

The functions change the file in one go, or, when something goes wrong, not at all; the new images
are the caller's. None of them pushes an undo step: that is the operator's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import bpy

from . import nodes
from .images import UnusableImage
from .material_maps import MaterialMap

Results = Mapping[int, bpy.types.Image]
"""The new image for each source, by the source's session identifier."""


def named_after(name: str) -> str:
    """The name of what was made from something of this name."""
    return re.sub(r" NIFTY(\.\d+)?$", "", name) + " NIFTY"


def place_copy(
    material: bpy.types.Material, results: Results, wearer: bpy.types.Object | None = None
) -> bpy.types.Material:
    """A duplicate of a material, with the new images wherever it has their sources.

    Node groups that hold one of the images are duplicated as well; all others stay shared. The
    original may be linked: the duplicate is local.

    Args:
        material: the original; nothing of it is changed.
        results: the new images.
        wearer: an object that gets the duplicate in each slot that has the original.

    Raises:
        UnusableImage: the object cannot get another material; nothing was changed.
    """
    with _all_or_nothing() as made:
        duplicate = material.copy()
        made.append(duplicate)
        if duplicate.override_library is not None:
            duplicate.make_local()
        duplicate.name = named_after(material.name)
        tree = duplicate.node_tree
        assert tree is not None
        _exchange(tree, results, {}, made)
        if wearer is None:
            duplicate.use_fake_user = True  # Without a user it would not be saved.
        else:
            _dress(wearer, material, duplicate)
    return duplicate


def place_beside(maps: Sequence[MaterialMap], results: Results) -> None:
    """New Image Texture nodes with the new images, one beside each node that has the source.

    An image whose nodes are gone by now is kept only.

    Args:
        maps: the maps that the new images were made from.
        results: the new images.

    Raises:
        UnusableImage: nodes are in a linked material or group; nothing was changed.
    """
    check_beside(maps)
    places = [(place, each.image) for each in maps if each.image in results for place in each.nodes]
    found = [(place, source, spot) for place, source in places if (spot := place.find())]
    before = [(tree, set(tree.nodes)) for _, _, (tree, _) in found]
    try:
        for place, source, _ in found:
            nodes.add_beside(place, results[source])
    except BaseException:
        for tree, old in before:
            for node in set(tree.nodes) - old:
                tree.nodes.remove(node)
        raise
    placed = {source for _, source, _ in found}
    nodes.keep(new for source, new in results.items() if source not in placed)


def check_beside(maps: Sequence[MaterialMap]) -> None:
    """Refuse nodes beside nodes that are linked; raises `UnusableImage`."""
    for each in maps:
        found = [spot for place in each.nodes if (spot := place.find())]
        if not all(tree.is_editable for tree, _ in found):
            raise UnusableImage(
                f"The nodes of “{each.name}” are linked from another file, where no nodes can be "
                "added. Choose a duplicate of the material instead."
            )


def check_wearer(wearer: Any, material: bpy.types.Material) -> None:
    """Refuse an object that cannot get another material; raises `UnusableImage`."""
    slots = [slot for slot in wearer.material_slots if slot.material == material]
    if not slots:
        raise UnusableImage(f"“{wearer.name}” does not have the material “{material.name}”.")
    of_data = [slot for slot in slots if slot.link == "DATA"]
    if not wearer.is_editable and (len(of_data) < len(slots) or not wearer.data.is_editable):
        raise UnusableImage(
            f"“{wearer.name}” is linked from another file and cannot get another material. Make it "
            "local, or switch off that the new material is assigned."
        )


@contextmanager
def _all_or_nothing() -> Iterator[list[bpy.types.ID]]:
    """A list for what is made: on an error all of it is removed."""
    made: list[bpy.types.ID] = []
    try:
        yield made
    except BaseException:
        bpy.data.batch_remove(made)
        raise


def _exchange(
    tree: bpy.types.NodeTree, results: Results, copies: dict[Any, Any], made: list[bpy.types.ID]
) -> None:
    """Put the new images into a tree of our own, and into copies of the groups that need it."""
    node: Any
    for node in tree.nodes:
        if node.bl_idname == "ShaderNodeTexImage":
            image = nodes.source_of(node)
            if image and image.session_uid in results:
                node.image = results[image.session_uid]
                node.pop(nodes.SOURCE, None)  # The copy of a node that shows a live draft.
            continue
        group = getattr(node, "node_tree", None)
        if group is None or not _holds(group, results):
            continue
        if group not in copies:
            copies[group] = duplicate = group.copy()
            made.append(duplicate)
            duplicate.name = named_after(group.name)
            _exchange(duplicate, results, copies, made)
        node.node_tree = copies[group]


def _holds(tree: bpy.types.NodeTree, results: Results) -> bool:
    node: Any
    for node in tree.nodes:
        image = nodes.source_of(node) if node.bl_idname == "ShaderNodeTexImage" else None
        group = getattr(node, "node_tree", None)
        if (image and image.session_uid in results) or (group and _holds(group, results)):
            return True
    return False


def _dress(wearer: Any, old: bpy.types.Material, new: bpy.types.Material) -> None:
    """Exchange a material in an object's slots."""
    check_wearer(wearer, old)
    for slot in wearer.material_slots:
        if slot.material != old:
            continue
        if slot.link == "DATA" and not wearer.data.is_editable:
            slot.link = "OBJECT"  # A local object may wear something else over a linked mesh.
        slot.material = new
    if not old.users and old.library is None:
        old.use_fake_user = True  # The original is not to be lost when the file is saved.

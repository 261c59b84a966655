# SPDX-License-Identifier: GPL-3.0-or-later
"""The new Image Texture node beside the source's, and what becomes of the one and the other."""

import importlib
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import bpy
import numpy as np
import pytest

from tests.blender.exemplars import QUICK, load

TEXTURE = "ShaderNodeTexImage"


@pytest.fixture(scope="module")
def nodes(extension: ModuleType) -> ModuleType:
    return importlib.import_module(f"{extension.__name__}.nifty_blender.nodes")


@pytest.fixture
def result() -> bpy.types.Image:
    return bpy.data.images.new("result", 4, 4)


@pytest.fixture
def synthesize_beside(extension: ModuleType) -> Callable[..., bpy.types.Image]:
    """A whole run for a node; returns the new image."""
    run = importlib.import_module(f"{extension.__name__}.nifty_blender.run")
    core = importlib.import_module(f"{extension.__name__}.addon_core")

    def made(place: Any, source: bpy.types.Image) -> bpy.types.Image:
        current = run.Run(source, 8, 8, core.Settings(**QUICK), place)
        current.wait()
        return current.images[0]

    return made


def add_material(name: str = "wall") -> Any:
    material = bpy.data.materials.new(name)
    if material.node_tree is None:
        material.use_nodes = True
    return material


def add_node(tree: Any, x: float = 0, y: float = 0, kind: str = TEXTURE) -> bpy.types.Node:
    node = tree.nodes.new(kind)
    node.location = (x, y)
    return node


def add_beside(nodes: ModuleType, owner: bpy.types.ID, node: bpy.types.Node) -> bpy.types.Node:
    """The node that is added for a new image."""
    tree = node.id_data
    before = set(tree.nodes)
    image = bpy.data.images.new("result", 4, 4)
    assert nodes.add_beside(nodes.NodePlace(owner.session_uid, node.name), image)
    (new,) = set(tree.nodes) - before
    assert new.image == image
    return new


def corner(node: Any) -> np.ndarray:
    """Left and top in the tree, not in the node's frame."""
    own = np.array(node.location[:])
    return own + corner(node.parent) if node.parent else own


def overlap(nodes: ModuleType, one: bpy.types.Node, other: bpy.types.Node) -> bool:
    apart = np.abs(corner(one) - corner(other))
    left = one if corner(one)[0] <= corner(other)[0] else other
    return bool(apart[0] < left.width and apart[1] < nodes.HEIGHT)


def test_is_mapped_like_the_source(nodes):
    material = add_material()
    source = add_node(material.node_tree)
    source.interpolation = "Closest"
    source.projection = "BOX"
    source.projection_blend = 0.25
    source.extension = "MIRROR"
    mapping = add_node(material.node_tree, kind="ShaderNodeMapping")
    material.node_tree.links.new(mapping.outputs["Vector"], source.inputs["Vector"])
    new = add_beside(nodes, material, source)
    assert (new.interpolation, new.projection, new.extension) == ("Closest", "BOX", "MIRROR")
    assert new.projection_blend == 0.25
    assert new.inputs["Vector"].links[0].from_socket == mapping.outputs["Vector"]
    assert not any(output.links for output in new.outputs)


def test_without_a_mapping_none_is_made(nodes):
    material = add_material()
    new = add_beside(nodes, material, add_node(material.node_tree))
    assert not new.inputs["Vector"].links


def test_the_source_node_is_untouched(nodes):
    material = add_material()
    tree = material.node_tree
    source = add_node(tree, 10, 20)
    source.image = image = bpy.data.images.new("source", 4, 4)
    tree.links.new(source.outputs["Color"], tree.nodes["Principled BSDF"].inputs["Base Color"])
    links = len(tree.links)
    add_beside(nodes, material, source)
    assert source.image == image
    assert source.location[:] == (10, 20)
    assert len(tree.links) == links
    assert source.outputs["Color"].links[0].to_node.name == "Principled BSDF"


@pytest.mark.parametrize("active", [TEXTURE, "ShaderNodeMapping", None])
def test_active_node_and_selection_stay(nodes, active):
    material = add_material()
    tree = material.node_tree
    source, mapping = add_node(tree), add_node(tree, kind="ShaderNodeMapping")
    for node in tree.nodes:
        node.select = node == mapping
    tree.nodes.active = {TEXTURE: source, "ShaderNodeMapping": mapping, None: None}[active]
    before = tree.nodes.active, [node for node in tree.nodes if node.select]
    new = add_beside(nodes, material, source)
    assert (tree.nodes.active, [node for node in tree.nodes if node.select]) == before
    assert not new.select


@pytest.mark.parametrize(
    "others",
    [
        [],
        [(0, -300)],
        [(0, -500), (0, -300)],
        [(-100, -320), (100, -650), (-120, -1000)],
        [(0, 300), (0, -300), (0, -601), (500, -900)],
        [(-139, -250), (240, -320)],
        [(0, -330 * step) for step in range(1, 12)],
    ],
)
def test_a_free_spot_below_the_source(nodes, others):
    material = add_material()
    tree = material.node_tree
    tree.nodes.clear()
    source = add_node(tree, 0, 0)
    for x, y in others:
        add_node(tree, x, y)
    new = add_beside(nodes, material, source)
    assert new.location.x == source.location.x
    assert new.location.y <= -nodes.HEIGHT
    assert not [node for node in tree.nodes if node != new and overlap(nodes, node, new)]
    assert new.location.y >= min([0, *(y for _, y in others)]) - 2 * nodes.HEIGHT


def test_several_results_stand_one_below_the_other(nodes):
    material = add_material()
    source = add_node(material.node_tree, 30, 0)
    new = [add_beside(nodes, material, source) for _ in range(3)]
    heights = [node.location.y for node in new]
    assert heights == sorted(heights, reverse=True)
    assert not overlap(nodes, new[0], new[1])
    assert not overlap(nodes, new[1], new[2])


def test_in_the_frame_of_the_source(nodes):
    material = add_material()
    tree = material.node_tree
    outer, frame = add_node(tree, kind="NodeFrame"), add_node(tree, 200, 100, "NodeFrame")
    frame.parent = outer
    source = add_node(tree, 300, 400)
    source.parent = frame
    source.location = (50, -60)
    inside, outside = add_node(tree), add_node(tree)
    inside.parent = frame
    inside.location = (60, -380)
    outside.location = corner(source) + np.array((20, -700))
    new = add_beside(nodes, material, source)
    assert new.parent == frame
    assert corner(new)[0] == corner(source)[0]
    assert not [node for node in (source, inside, outside) if overlap(nodes, node, new)]
    assert corner(new)[1] > corner(source)[1] - 5 * nodes.HEIGHT


def test_in_a_node_group(nodes):
    groups: Any = bpy.data.node_groups
    group = groups.new("stones", "ShaderNodeTree")
    source = add_node(group)
    new = add_beside(nodes, group, source)
    assert new.id_data == group


def test_in_a_world(nodes):
    world = bpy.data.worlds.new("sky")
    if world.node_tree is None:
        world.use_nodes = True
    assert add_beside(nodes, world, add_node(world.node_tree)).id_data == world.node_tree


def test_a_place_is_found_after_renaming_and_after_an_undo(nodes):
    material = add_material()
    node = add_node(material.node_tree)
    place = nodes.NodePlace(material.session_uid, node.name)
    material.name = "floor"
    add_material("wall")
    assert place.find() == (material.node_tree, node)

    bpy.ops.ed.undo_push(message="renamed")
    bpy.data.materials["floor"].node_tree.nodes.new("ShaderNodeMapping")
    bpy.ops.ed.undo_push(message="mapping")
    bpy.ops.ed.undo()
    tree, found = place.find()
    assert tree == bpy.data.materials["floor"].node_tree
    assert found.name == place.node
    assert "Mapping" not in tree.nodes


def test_a_place_that_is_gone_is_not_found(nodes, result):
    material = add_material()
    tree = material.node_tree
    node = add_node(tree)
    place = nodes.NodePlace(material.session_uid, node.name)
    tree.nodes.remove(node)
    count = len(tree.nodes)
    assert place.find() is None
    assert not nodes.add_beside(place, result)
    assert len(tree.nodes) == count
    bpy.data.materials.remove(material)
    assert place.find() is None


def test_another_node_by_that_name_is_not_taken_for_it(nodes):
    material = add_material()
    place = nodes.NodePlace(material.session_uid, "Principled BSDF")
    assert place.find() is None


@pytest.fixture
def linked(tmp_path: Path) -> bpy.types.Material:
    """A material with a texture, linked from a library."""
    material = add_material()
    source = add_node(material.node_tree)
    source.image = load(tmp_path)
    path = str(tmp_path / "library.blend")
    bpy.data.libraries.write(path, {material})
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    with bpy.data.libraries.load(path, link=True) as (_there, here):
        here.materials = ["wall"]
    return bpy.data.materials["wall"]


def test_a_linked_material_is_left_alone_and_the_image_kept(nodes, synthesize_beside, linked):
    tree = linked.node_tree
    node = next(node for node in tree.nodes if node.bl_idname == TEXTURE)
    count = len(tree.nodes)
    made = synthesize_beside(nodes.NodePlace(linked.session_uid, node.name), node.image)
    assert len(tree.nodes) == count
    assert made.library is None
    assert made.use_fake_user


def test_a_node_that_takes_the_image_is_its_only_user(nodes, synthesize_beside, tmp_path):
    material = add_material()
    node = add_node(material.node_tree)
    node.image = load(tmp_path)
    made = synthesize_beside(nodes.NodePlace(material.session_uid, node.name), node.image)
    assert (made.users, made.use_fake_user) == (1, False)


def test_a_node_deleted_meanwhile_does_not_lose_the_image(nodes, synthesize_beside, tmp_path):
    material = add_material()
    node = add_node(material.node_tree)
    node.image = image = load(tmp_path)
    place = nodes.NodePlace(material.session_uid, node.name)
    material.node_tree.nodes.remove(node)
    assert synthesize_beside(place, image).use_fake_user

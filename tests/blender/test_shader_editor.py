# SPDX-License-Identifier: GPL-3.0-or-later
"""The operator in a shader editor: the active node's image, and one undo step."""

from typing import Any

import bpy

from tests.blender.exemplars import QUICK, load


def open_in_shader_editor(image: bpy.types.Image) -> Any:
    """Make an Image Texture node with the image the active one of an open shader editor."""
    material = bpy.data.materials.new("wall")
    if material.node_tree is None:
        material.use_nodes = True
    tree = material.node_tree
    node = tree.nodes.new("ShaderNodeTexImage")
    node.image = image
    tree.nodes.active = node
    area = max(bpy.context.screen.areas, key=lambda area: area.width)
    area.ui_type = "ShaderNodeTree"
    # Without a window nothing tells the editor of the active object's material.
    area.spaces.active.pin = True
    area.spaces.active.node_tree = tree
    return tree


def in_shader_editor() -> Any:
    area = next(area for area in bpy.context.screen.areas if area.ui_type == "ShaderNodeTree")
    return bpy.context.temp_override(area=area)


def test_takes_the_image_of_the_active_node_and_sets_the_result_beside_it(tmp_path):
    tree = open_in_shader_editor(load(tmp_path))
    with in_shader_editor():
        assert bpy.ops.nifty.synthesize(**QUICK) == {"FINISHED"}
    source, new = (node for node in tree.nodes if node.bl_idname == "ShaderNodeTexImage")
    assert source.image.name == "stripes.png"
    assert new.image.name == "stripes NIFTY"
    assert tree.nodes.active == source
    assert (new.image.users, new.image.use_fake_user) == (1, False)


def test_an_image_that_the_active_node_does_not_have_gets_no_node(tmp_path):
    tree = open_in_shader_editor(load(tmp_path))
    other = load(tmp_path, name="other.png")
    with in_shader_editor():
        bpy.ops.nifty.synthesize(image=other.name, **QUICK)
    result = bpy.data.images["other NIFTY"]
    assert result.use_fake_user
    assert result not in [getattr(node, "image", None) for node in tree.nodes]


def test_one_undo_takes_the_result_and_its_node_away(tmp_path):
    open_in_shader_editor(load(tmp_path))
    bpy.ops.ed.undo_push(message="before")
    with in_shader_editor():
        bpy.ops.nifty.synthesize("EXEC_DEFAULT", True, **QUICK)
    assert "stripes NIFTY" in bpy.data.images
    bpy.ops.ed.undo()
    assert bpy.data.images.keys() == ["stripes.png"]
    tree = bpy.data.materials["wall"].node_tree
    assert [node.bl_idname for node in tree.nodes].count("ShaderNodeTexImage") == 1

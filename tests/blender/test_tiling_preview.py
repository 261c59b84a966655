# SPDX-License-Identifier: GPL-3.0-or-later
"""Images seen 2 × 2: as a tiled image would show, everywhere, and gone without a trace."""

import bpy
import numpy as np
import pytest

from tests.blender.material_setups import SETUPS
from tests.blender.shading import contents, new_material, noise, picture, shade, texture


@pytest.fixture(scope="session")
def maps(blender):
    return blender("material_maps")


@pytest.fixture(scope="session")
def preview(blender):
    return blender("tiling_preview")


def tiled(image):
    """An image of the same pixels twice in each direction."""
    pixels = np.empty(len(image.pixels), np.float32)
    image.pixels.foreach_get(pixels)
    width, height = image.size
    large = bpy.data.images.new("tiled", 2 * width, 2 * height, alpha=True)
    large.colorspace_settings.name = image.colorspace_settings.name
    large.pixels.foreach_set(np.tile(pixels.reshape(height, width, 4), (2, 2, 1)).ravel())
    large.pack()
    return large


@pytest.mark.parametrize("beyond", ["REPEAT", "CLIP", "EXTEND"])
def test_shows_what_a_tiled_image_shows(preview, tmp_path, beyond):
    material = new_material()
    image = noise("color")
    node = texture(material.node_tree, image)
    node.extension = beyond
    shade(material.node_tree, Base_Color=node)
    once = picture(material, tmp_path)
    preview.repeat(material, {image.session_uid})
    twice = picture(material, tmp_path)
    preview.stop_repeating(material)
    np.testing.assert_array_equal(picture(material, tmp_path), once)
    node.image = tiled(image)
    np.testing.assert_array_equal(picture(material, tmp_path), twice)
    assert np.abs(once - twice).mean() > 1e-2


@pytest.mark.parametrize("name", [*SETUPS])
def test_all_maps_repeat_and_go_back(name, preview, maps, tmp_path):
    setup = SETUPS[name]
    material = setup.material(setup.new_images())
    found = maps.find(material)
    before, once = contents(material.node_tree), picture(material, tmp_path)
    preview.repeat(material, {each.image for each in found})
    repeated = contents(material.node_tree)
    assert np.abs(picture(material, tmp_path) - once).mean() > 1e-3
    assert maps.find(material) == found
    preview.repeat(material, {each.image for each in found})
    assert contents(material.node_tree) == repeated
    preview.stop_repeating(material)
    assert contents(material.node_tree) == before
    np.testing.assert_array_equal(picture(material, tmp_path), once)


def test_textures_of_the_same_coordinates_share_a_mapping(preview, maps):
    material = new_material()
    tree = material.node_tree
    shade(tree, Base_Color=texture(tree, noise("a")), Roughness=texture(tree, noise("b")))
    preview.repeat(material, {each.image for each in maps.find(material)})
    assert [node.bl_idname for node in tree.nodes].count("ShaderNodeMapping") == 1


def test_other_images_stay_as_they_are(preview):
    material = new_material()
    tree = material.node_tree
    one, other = texture(tree, noise("a")), texture(tree, noise("b"))
    preview.repeat(material, {one.image.session_uid})
    assert one.inputs["Vector"].is_linked
    assert not other.inputs["Vector"].is_linked


def test_linked_nodes_stay_as_they_are(preview, maps, tmp_path):
    path = tmp_path / "library.blend"
    material = SETUPS["node_group"].material(SETUPS["node_group"].new_images())
    bpy.data.libraries.write(str(path), {material})
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    with bpy.data.libraries.load(str(path), link=True) as (_, wanted):
        wanted.materials = ["Bricks"]
    linked = bpy.data.materials["Bricks"]
    before = contents(linked.node_tree)
    preview.repeat(linked, {each.image for each in maps.find(linked)})
    assert contents(linked.node_tree) == before

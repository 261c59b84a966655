# SPDX-License-Identifier: GPL-3.0-or-later
"""What names of images say: with Node Wrangler's tags when it is enabled, with our own if not."""

import addon_utils
import bpy
import pytest


@pytest.fixture(scope="session")
def names(blender):
    return blender("map_names")


@pytest.fixture
def node_wrangler():
    """Node Wrangler's preferences, enabled for one test."""
    addon_utils.enable("node_wrangler", default_set=True)
    yield bpy.context.preferences.addons["node_wrangler"].preferences
    addon_utils.disable("node_wrangler", default_set=True)


def role(names, *given: str) -> str | None:
    found = names.role_in(*given)
    return found and found.value


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Bricks076C_1K_Color.png", "Base Color"),
        ("Bricks076C_1K_NormalGL.jpg", "Normal"),
        ("Bricks076C_1K_AmbientOcclusion.png", "Ambient Occlusion"),
        ("Bricks076C_1K_Displacement.png.001", "Height"),
        ("rough_metal_diff_4k.exr", "Base Color"),
        ("rocky_trail_nor_gl_4k.exr", "Normal"),
        ("METAL-ROUGH.TGA", "Roughness"),
        ("T_Wall_Glossiness", "Gloss"),
        ("castle.opacity.png", "Alpha"),
        ("color_mask.png", "Mask"),
        ("abnormality.png", None),
        ("1234.png", None),
        ("", None),
    ],
)
def test_the_last_tag_tells_the_role(names, name, said):
    assert role(names, name) == said


def test_the_first_name_that_tells_counts(names):
    assert role(names, "Image.001", "wall_rough.png") == "Roughness"
    assert role(names, "wall_metal", "wall_rough.png") == "Metallic"


def test_the_tags_of_node_wrangler_count_when_it_is_enabled(names, node_wrangler):
    assert role(names, "wall_rgh.png") == "Roughness"
    node_wrangler.principled_tags.rough = "rauheit Rauh"
    assert role(names, "Wand_Rauheit.png") == role(names, "wand_rauh.png") == "Roughness"
    assert role(names, "wall_rgh.png") is None
    assert role(names, "wall_color_mask.png") == "Mask"


def test_every_tag_list_of_node_wrangler_is_known(names, node_wrangler):
    tags = node_wrangler.principled_tags
    for key in tags.bl_rna.properties.keys():
        if key not in ("rna_type", "name"):
            for tag in getattr(tags, key).split():
                assert role(names, f"Stone_{tag}_2K.png") is not None, (key, tag)


def test_our_own_tags_count_again_when_it_is_disabled(names):
    assert role(names, "wall_rgh.png") == "Roughness"


def test_the_file_tells_as_well_as_the_datablock(names):
    image = bpy.data.images.new("Image", 4, 4)
    image.filepath = "//textures/wall_ao.png"
    assert role(names, *names.names_of(image)) == "Ambient Occlusion"


@pytest.mark.parametrize(
    ("stem", "common", "said"),
    [
        ("brick_base", "brick", "Base Color"),
        ("brick", "brick", None),
        ("WallBricks_2K-NormalDX", "WallBricks_2K", "Normal"),
        ("Bricks076_1K-JPG_AmbientOcclusion", "Bricks076_1K-JPG", "Ambient Occlusion"),
        ("Bricks076_1K-JPG_Color", "Bricks076_1K-JPG", "Base Color"),
        ("brick_wall_nor_gl_4k", "brick_wall_4k", "Normal"),
        ("brick_wall_diff_4k", "brick_wall_4k", "Base Color"),
        ("brick_wall_arm_4k", "brick_wall_4k", "Ambient Occlusion"),
        ("T_Wall_BaseColor", "T_Wall", "Base Color"),
        ("wall.base_color", "wall", "Base Color"),
        ("wall normal map 16bit", "wall_16bit", "Normal"),
        ("rough_metal_color", "rough_metal", "Base Color"),
        ("rough_wood", "rough_wood", None),
        ("normal", "", "Normal"),
        ("1234", "1234", None),
        ("", "", None),
    ],
)
def test_what_the_maps_of_a_material_have_in_common(names, stem, common, said):
    rest, found = names.without_role(stem)
    assert (rest, found and found.value) == (common, said)

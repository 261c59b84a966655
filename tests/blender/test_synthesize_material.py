# SPDX-License-Identifier: GPL-3.0-or-later
"""All maps of a material made together: what comes out, where it goes, and what stays."""

from pathlib import Path
from typing import Any

import bpy
import numpy as np
import pytest

from tests.blender import png
from tests.blender.exemplars import HEIGHT, WIDTH
from tests.blender.shading import add, contents, new_material, shade, texture
from tests.blender.walls import MAPS, SETTINGS, made_of, new_map, rise_of, wall, wear

NEW = [f"{name.removesuffix('.png')} NIFTY" for name in MAPS]


def synthesize(**options: Any) -> None:
    outcome = bpy.ops.nifty.synthesize_material(**{**SETTINGS, **options})
    assert outcome == {"FINISHED"}


def everything(images: Any) -> Any:
    """What is in the file, pixel for pixel and node for node."""
    return (
        {image.name: (image.use_fake_user, images.values(image)) for image in bpy.data.images},
        {material.name: contents(material.node_tree) for material in bpy.data.materials},
        {thing.name: thing.material_slots.keys() for thing in bpy.data.objects},
    )


def assert_same(one: Any, other: Any) -> None:
    assert one[1:] == other[1:]
    assert one[0].keys() == other[0].keys()
    for name, (fake, pixels) in one[0].items():
        assert fake == other[0][name][0]
        np.testing.assert_array_equal(pixels, other[0][name][1])


def test_a_duplicate_beside_the_original_worn_by_the_object(images):
    original = wall()
    before = everything(images)
    synthesize(width=24, height=20)
    duplicate = bpy.data.materials["Wall NIFTY"]
    assert [image.name for image in made_of(duplicate)] == NEW
    assert all(tuple(image.size) == (24, 20) for image in made_of(duplicate))
    assert all(image.packed_file for image in made_of(duplicate))
    assert bpy.context.object.active_material == duplicate
    assert set(bpy.data.materials) == {original, duplicate}
    bpy.context.object.active_material = original
    for new in (duplicate, *made_of(duplicate)):
        bpy.data.batch_remove([new])
    original.use_fake_user = False
    assert_same(everything(images), before)


def test_without_a_size_it_is_twice_as_large():
    wall()
    synthesize()
    assert {tuple(image.size) for image in made_of(bpy.data.materials["Wall NIFTY"])} == {
        (2 * WIDTH, 2 * HEIGHT)
    }


def test_every_map_comes_from_the_same_place(images):
    wall()
    synthesize(steps=4)
    made = made_of(bpy.data.materials["Wall NIFTY"])
    color, *others = (
        rise_of(images.values(image), name) for image, name in zip(made, MAPS, strict=True)
    )
    assert color.std() > 0.1
    for other in others:
        np.testing.assert_allclose(other, color, atol=0.02)


def test_normals_are_unit_vectors(images):
    wall()
    synthesize(neighbours=5)
    normal = images.values(made_of(bpy.data.materials["Wall NIFTY"])[2])
    lengths = np.linalg.norm(2 * normal[..., :3] - 1, axis=2)
    np.testing.assert_allclose(lengths, 1, atol=0.01)


def test_each_keeps_its_kind(images, tmp_path):
    material = new_material("Mixed")
    tree = material.node_tree
    sources = [
        bpy.data.images.load(str(png.write(tmp_path / "mixed_color.png", _stripes(np.uint8, 3)))),
        bpy.data.images.load(str(png.write(tmp_path / "mixed_rough.png", _stripes(np.uint16, 1)))),
        new_map("mixed_height", is_float=True),
        new_map("mixed_metal"),
    ]
    sources[1].colorspace_settings.name = "Non-Color"
    sources[3].alpha_mode = "CHANNEL_PACKED"
    color, rough, height, metal = (texture(tree, image) for image in sources)
    shade(tree, Base_Color=color, Roughness=rough, Metallic=metal)
    shade(tree, Normal=add(tree, "Bump", {"Height": height}))
    wear(material)
    synthesize()
    for source, new in zip(sources, made_of(bpy.data.materials["Mixed NIFTY"]), strict=True):
        assert images.read(new)[1] == images.read(source)[1], source.name
        assert new.is_float == source.is_float


def _stripes(dtype: Any, channels: int) -> Any:
    values = np.linspace(0.1, 0.7, WIDTH * HEIGHT * channels).reshape(HEIGHT, WIDTH, channels)
    return np.round(values * np.iinfo(dtype).max).astype(dtype)


def test_maps_of_other_sizes_come_back_in_the_same_ratio(images):
    material = new_material("Mixed")
    tree = material.node_tree
    color, rough = new_map("color", True), new_map("rough", size=(WIDTH * 2, HEIGHT * 2))
    small = new_map("metal", size=(WIDTH // 2, HEIGHT // 2))
    nodes = [texture(tree, image) for image in (color, rough, small)]
    shade(tree, Base_Color=nodes[0], Roughness=nodes[1], Metallic=nodes[2])
    synthesize(material="Mixed", width=20, height=24, patch_size=8)
    made = made_of(bpy.data.materials["Mixed NIFTY"])
    assert [tuple(image.size) for image in made] == [(20, 24), (40, 48), (10, 12)]


def test_what_is_packed_into_one_image_stays_so_once():
    material = new_material("Crate")
    tree = material.node_tree
    color, packed = (texture(tree, new_map(name)) for name in ("color", "ORM"))
    again = texture(tree, packed.image)
    parts = add(tree, "SeparateColor", {"Color": packed})
    shade(tree, Base_Color=color, Roughness=parts.outputs["Green"])
    shade(tree, Metallic=add(tree, "SeparateColor", {"Color": again}).outputs["Blue"])
    synthesize(material="Crate")
    assert sorted(image.name for image in bpy.data.images) == [
        "ORM",
        "ORM NIFTY",
        "color",
        "color NIFTY",
    ]
    made = [image.name for image in made_of(bpy.data.materials["Crate NIFTY"])]
    assert made == ["color NIFTY", "ORM NIFTY", "ORM NIFTY"]


def test_alpha_that_cuts_out_is_opacity(blender):
    """The core takes no patches where there is none; other alpha is a channel like the rest."""
    material = new_material("Leaf")
    leaf, rough = new_map("leaf", True), new_map("rough")
    for image in (leaf, rough):
        values = np.array(image.pixels, np.float32)
        values[3::8] = 0.5
        image.pixels.foreach_set(values)
    node = texture(material.node_tree, leaf)
    shade(material.node_tree, Base_Color=node, Alpha=node.outputs["Alpha"])
    shade(material.node_tree, Roughness=texture(material.node_tree, rough).outputs["Alpha"])
    exemplars = [each.exemplar() for each in blender("map_choice").wanted(material)]
    maps, _ = blender("exemplar").read(exemplars, 32, 24, "PACKED")
    assert [each.alpha for each in maps] == [3, None]
    assert [each.pixels.shape[2] for each in maps] == [4, 2]


def test_every_recipe_tells_all_that_is_needed(core):
    wall()
    bpy.data.images[MAPS[1]].nifty_map.weight = 0.5
    synthesize(width=24, height=20, seed=3)
    kinds = ("colour", "data", "normal")
    maps = [
        {"name": name, "kind": kind, "weight": weight, "has_opacity": False}
        for name, kind, weight in zip(MAPS, kinds, (1.0, 0.5, 0.25), strict=True)
    ]
    for image, source in zip(made_of(bpy.data.materials["Wall NIFTY"]), MAPS, strict=True):
        noted = image["nifty"].to_dict()
        assert (noted["source"], noted["material"]) == (source, "Wall")
        assert (noted["width"], noted["height"], noted["seed"]) == (24, 20, 3)
        assert noted["maps"] == maps


def test_only_ticked_maps_are_made_anew():
    wall()
    bpy.data.images[MAPS[1]].nifty_map.is_wanted = False
    synthesize()
    made = [image.name for image in made_of(bpy.data.materials["Wall NIFTY"])]
    assert made == [NEW[0], MAPS[1], NEW[2]]


def test_weights_say_what_fits(images):
    """Of two maps that know nothing of each other, the one that counts is what fits together."""
    material = new_material("Two")
    tree = material.node_tree
    random = np.random.default_rng(0)
    color, rough = (new_map(name, size=(24, 24)) for name in ("color", "rough"))
    for image in (color, rough):
        values = images.values(image)
        values[..., :3] = np.kron(random.uniform(0, 1, (8, 8)), np.ones((3, 3)))[..., None]
        image.pixels.foreach_set(values.ravel())
    shade(tree, Base_Color=texture(tree, color), Roughness=texture(tree, rough))
    strange = []
    for weights in ((1.0, 0.0), (0.0, 1.0)):
        color.nifty_map.weight_as_base, rough.nifty_map.weight = weights
        synthesize(material="Two", width=24, height=24, steps=8, material_result="ALONE")
        new = bpy.data.images["rough NIFTY"]
        strange.append(_strangeness(images.values(new), images.values(rough)))
        bpy.data.images.remove(new)
    assert strange[1] < 0.6 * strange[0]


def _strangeness(made: Any, exemplar: Any) -> float:
    """Mean squared distance of a patch to the most similar one of the exemplar."""
    patches = [
        np.lib.stride_tricks.sliding_window_view(pixels[..., 0], (4, 4)).reshape(-1, 16)
        for pixels in (made, exemplar)
    ]
    return ((patches[0][:, None] - patches[1][None]) ** 2).sum(axis=2).min(axis=1).mean()


def test_beside_the_old_nodes_nothing_else_changes():
    original = wall()
    nodes, links = contents(original.node_tree)
    synthesize(material_result="BESIDE")
    after, more = contents(original.node_tree)
    assert {name: after[name] for name in nodes} == nodes
    assert links <= more
    assert [image.name for image in made_of(original)] == [*MAPS, *NEW]
    assert list(bpy.data.materials) == [original]
    assert bpy.context.object.active_material == original


def test_images_alone_are_kept_and_the_material_stays():
    original = wall()
    before = contents(original.node_tree)
    synthesize(material_result="ALONE")
    assert contents(original.node_tree) == before
    assert all(bpy.data.images[name].use_fake_user for name in NEW)
    assert list(bpy.data.materials) == [original]


def test_the_object_keeps_its_material_where_that_is_wanted():
    original = wall()
    synthesize(is_assigned=False)
    assert bpy.context.object.active_material == original
    assert bpy.data.materials["Wall NIFTY"].use_fake_user


def test_a_material_that_the_object_does_not_have_is_named():
    worn = wall()
    other = new_material("Other")
    shade(other.node_tree, Base_Color=texture(other.node_tree, new_map("other", True)))
    synthesize(material="Other")
    assert "Other NIFTY" in bpy.data.materials
    assert bpy.context.object.active_material == worn


def test_takes_the_material_of_the_shader_editor():
    wall()
    other = new_material("Other")
    shade(other.node_tree, Base_Color=texture(other.node_tree, new_map("other", True)))
    area = max(bpy.context.screen.areas, key=lambda area: area.width)
    area.ui_type = "ShaderNodeTree"
    area.spaces.active.pin = True
    area.spaces.active.node_tree = other.node_tree
    with bpy.context.temp_override(area=area):
        synthesize()
    assert {"Other NIFTY"} == {m.name for m in bpy.data.materials} - {"Wall", "Other"}


def test_one_undo_takes_all_of_it_away(images):
    wall()
    bpy.ops.ed.undo_push(message="before")
    before = everything(images)
    bpy.ops.nifty.synthesize_material("EXEC_DEFAULT", True, variations=2, **SETTINGS)
    assert len(bpy.data.images) == 9
    bpy.ops.ed.undo()
    assert_same(everything(images), before)
    bpy.ops.ed.redo()
    assert bpy.context.object.active_material.name == "Wall NIFTY"
    assert all(image.packed_file for image in made_of(bpy.context.object.active_material))


def test_is_there_after_saving_and_opening(images, tmp_path):
    wall()
    synthesize()
    before = everything(images)
    path = str(tmp_path / "scene.blend")
    bpy.ops.wm.save_as_mainfile(filepath=path)
    bpy.ops.wm.open_mainfile(filepath=path)
    assert_same(everything(images), before)


def test_variations_are_a_material_each(images):
    wall()
    synthesize(variations=2, seed=7)
    first, second = (bpy.data.materials[name] for name in ("Wall NIFTY", "Wall NIFTY.001"))
    assert bpy.context.object.active_material == first
    assert [image["nifty"]["seed"] for image in (made_of(first)[0], made_of(second)[2])] == [7, 8]
    one, other = (images.values(made_of(each)[0]) for each in (first, second))
    assert np.abs(one - other).max() > 0.05
    assert second.use_fake_user


def test_once_more_goes_back_to_the_originals(images):
    """Else pressing the button for another seed would make copies of copies, larger each time."""
    wall()
    synthesize(seed=1)
    first = bpy.context.object.active_material
    synthesize(seed=1)
    second = bpy.context.object.active_material
    assert (first.name, second.name) == ("Wall NIFTY", "Wall NIFTY.001")
    for one, other in zip(made_of(first), made_of(second), strict=True):
        np.testing.assert_array_equal(images.values(one), images.values(other))
        assert one["nifty"].to_dict() == other["nifty"].to_dict()


def test_with_the_originals_gone_the_results_are_grown():
    wall()
    synthesize(width=20, height=20)
    bpy.data.images.remove(bpy.data.images[MAPS[1]])
    synthesize()
    made = made_of(bpy.context.object.active_material)
    assert [image["nifty"]["source"] for image in made] == NEW
    assert {tuple(image.size) for image in made} == {(40, 40)}
    assert made[0].name == f"{NEW[0]}.001"


@pytest.mark.parametrize("operator", ["redo", "another"])
def test_a_recipe_makes_all_maps(images, operator):
    wall()
    synthesize(seed=5)
    first = bpy.context.object.active_material
    assert getattr(bpy.ops.nifty, operator)(image=NEW[2]) == {"FINISHED"}
    second = bpy.context.object.active_material
    assert second.name == "Wall NIFTY.001"
    seed = 5 if operator == "redo" else 6
    assert [image["nifty"]["seed"] for image in made_of(second)] == [seed] * 3
    assert [image["nifty"]["source"] for image in made_of(second)] == list(MAPS)
    pairs = [
        (images.values(one), images.values(other))
        for one, other in zip(made_of(first), made_of(second), strict=True)
    ]
    assert [np.array_equal(*pair) for pair in pairs] == [operator == "redo"] * 3


def test_redo_without_the_material_keeps_the_images():
    material = wall()
    synthesize(material_result="ALONE")
    bpy.data.materials.remove(material)
    bpy.ops.nifty.redo(image=NEW[0])
    assert all(bpy.data.images[f"{name}.001"].use_fake_user for name in NEW)


def test_a_source_that_is_gone_is_named():
    wall()
    synthesize()
    bpy.data.images.remove(bpy.data.images[MAPS[2]])
    with pytest.raises(RuntimeError, match=f"made from “{MAPS[2]}”, which is not in this file"):
        bpy.ops.nifty.redo(image=NEW[0])


def test_files_are_named_after_each_source(tmp_path):
    material = new_material("Wall")
    tree = material.node_tree
    paths = [png.write(tmp_path / f"wall_{end}.png", _stripes(np.uint8, 3)) for end in ("a", "b")]
    color, rough = (texture(tree, bpy.data.images.load(str(path))) for path in paths)
    rough.image.colorspace_settings.name = "Non-Color"
    shade(tree, Base_Color=color, Roughness=rough)
    synthesize(material="Wall", destination="BESIDE")
    assert {path.name for path in tmp_path.glob("*_nifty.png")} == {
        "wall_a_nifty.png",
        "wall_b_nifty.png",
    }
    assert [Path(bpy.path.abspath(i.filepath)).name for i in made_of(_made("Wall"))] == [
        "wall_a_nifty.png",
        "wall_b_nifty.png",
    ]


def _made(name: str) -> Any:
    return bpy.data.materials[f"{name} NIFTY"]

# SPDX-License-Identifier: GPL-3.0-or-later
"""Materials that cannot be synthesized: a message, and nothing changed or left; or cancelled."""

import re
from pathlib import Path
from typing import Any

import bpy
import numpy as np
import pytest

from tests.blender import png
from tests.blender.shading import contents, new_material, shade, texture
from tests.blender.walls import MAPS, SETTINGS, made_of, new_map, wall, wear


def state() -> Any:
    return (
        [(image.name, image.use_fake_user) for image in bpy.data.images],
        {m.name: contents(m.node_tree) for m in bpy.data.materials if m.node_tree},
        bpy.data.node_groups.keys(),
        {thing.name: thing.material_slots.keys() for thing in bpy.data.objects},
    )


def refused(*said: str, **options: Any) -> None:
    """Checks that the operator fails, what it says, and that nothing is left of it."""
    before = state()
    with pytest.raises(RuntimeError) as failure:
        bpy.ops.nifty.synthesize_material(**{**SETTINGS, **options})
    for part in said:
        assert re.search(part, str(failure.value)), str(failure.value)
    assert "error of its own" not in str(failure.value)
    assert state() == before
    assert not list(Path(bpy.app.tempdir).glob("nifty-*"))


@pytest.mark.usefixtures("extension")
def test_no_material():
    refused("There is no material. Select an object")
    refused("no material named “Wal”", material="Wal")


@pytest.mark.usefixtures("extension")
def test_a_material_without_maps():
    wear(new_material("Plain"))
    refused("“Plain” has no image textures")


def test_no_map_is_ticked():
    wall()
    for name in MAPS:
        bpy.data.images[name].nifty_map.is_wanted = False
    refused("No map of “Wall” is ticked")


def test_a_missing_file_is_named(tmp_path):
    material = wall()
    path = png.write(tmp_path / "metal.png", np.zeros((8, 8, 3), np.uint8))
    image = bpy.data.images.load(str(path))
    shade(material.node_tree, Metallic=texture(material.node_tree, image))
    path.unlink()
    image.reload()
    refused("“metal.png” has no pixels", str(path))
    image.nifty_map.is_wanted = False
    assert bpy.ops.nifty.synthesize_material(**SETTINGS) == {"FINISHED"}


def test_maps_of_other_proportions():
    material = wall()
    odd = new_map("metal", size=(16, 16))
    shade(material.node_tree, Metallic=texture(material.node_tree, odd))
    refused("different proportions", "“metal” 16 × 16")


def test_a_bent_normal_map_that_can_be_mended(images):
    wall()
    normal = bpy.data.images[MAPS[2]]
    pixels = images.values(normal)
    normal.colorspace_settings.name = "sRGB"
    refused(f"“{MAPS[2]}” is read in the colour space sRGB", "Set its colour space to Non-Color")
    assert bpy.ops.nifty.mend_normals() == {"FINISHED"}
    assert normal.colorspace_settings.name == "Non-Color"
    np.testing.assert_array_equal(images.values(normal), pixels)
    assert bpy.ops.nifty.mend_normals() == {"CANCELLED"}
    assert bpy.ops.nifty.synthesize_material(**SETTINGS) == {"FINISHED"}


def test_too_small_for_a_patch():
    wall()
    refused("“wall_color.png” has 16 × 12 pixels", "smaller than a patch of 13", patch_size=13)


def linked_wall(folder: Path, material: Any = None) -> Any:
    """The wall's material, or this one of its name, linked from another file, on a local object."""
    bpy.data.libraries.write(str(folder / "library.blend"), {material or wall()})
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    with bpy.data.libraries.load(str(folder / "library.blend"), link=True) as (_, wanted):
        wanted.materials = ["Wall"]
    material = bpy.data.materials["Wall"]
    wear(material)
    return material


def test_of_a_linked_material_there_is_a_local_duplicate(tmp_path):
    original = linked_wall(tmp_path)
    assert bpy.ops.nifty.synthesize_material(**SETTINGS) == {"FINISHED"}
    duplicate = bpy.context.object.active_material
    assert (duplicate.name, duplicate.library) == ("Wall NIFTY", None)
    assert original.library is not None
    assert not any(image.library for image in made_of(duplicate))


def test_maps_of_another_file_are_chosen_there(blender, tmp_path):
    wall()
    bpy.data.images[MAPS[1]].nifty_map.is_wanted = False
    bpy.data.images[MAPS[2]].nifty_map.weight = 0.7
    material = linked_wall(tmp_path, bpy.context.object.active_material)
    choices, why = blender("map_choice").choices, blender("material_panel")._why_not_settable
    found = choices(material)
    assert all(each.properties.is_property_readonly("is_wanted") for each in found)
    assert not any(each.is_settable for each in found)
    assert "Images linked from “library.blend” have the ticks and weights" in why(found)
    assert [each.is_wanted for each in found] == [True, False, True]
    assert [each.weight for each in found] == [1.0, 0.25, 0.7]
    material = material.make_local()
    for each in choices(material):
        each.image.make_local()
    found = choices(material)
    assert not any(each.properties.is_property_readonly("is_wanted") for each in found)
    assert all(each.is_settable for each in found)
    assert why(found) is None


def test_beside_linked_nodes_nothing_can_be_put(tmp_path):
    linked_wall(tmp_path)
    refused("linked from another file", "Choose a duplicate", material_result="BESIDE")


def test_a_linked_object_cannot_wear_it(tmp_path):
    wall()
    bpy.data.libraries.write(str(tmp_path / "library.blend"), {bpy.context.object})
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    with bpy.data.libraries.load(str(tmp_path / "library.blend"), link=True) as (_, wanted):
        wanted.objects = ["House"]
    bpy.context.scene.collection.objects.link(bpy.data.objects["House"])
    bpy.context.view_layer.objects.active = bpy.data.objects["House"]
    refused("“House” is linked from another file")
    assert bpy.ops.nifty.synthesize_material(is_assigned=False, **SETTINGS) == {"FINISHED"}


def run_for(blender: Any, core: Any, material: Any, variations: int = 2, **options: Any) -> Any:
    """A run for all maps, as the operator asks for it."""
    chosen = blender("map_choice").wanted(material)
    place = blender("material_place").MaterialPlace.of(
        bpy.context, material, [each.map for each in chosen], "COPY", True
    )
    exemplars = [each.exemplar() for each in chosen]
    settings = core.Settings(**{**SETTINGS, **options})
    return blender("run").Run(
        exemplars, 40, 40, settings, place, variations, material=material.name
    )


@pytest.mark.parametrize("images_there", [1, 2, 5])
def test_cancelled_at_any_time_nothing_is_left(blender, core, images_there):
    material = wall()
    before = state()
    run = run_for(blender, core, material)
    while len(run.images) < images_there:
        assert not run.poll()
    run.cancel()
    assert state() == before
    assert not list(Path(bpy.app.tempdir).glob("nifty-*"))


def test_a_preview_shows_the_first_map_only(blender, core):
    run = run_for(blender, core, wall(), levels=3)
    while not run.images:
        run.poll()
    assert [image.name for image in run.images] == ["wall_color NIFTY"]
    run.cancel()


def test_finished_now_all_maps_are_there(blender, core):
    material = wall()
    run = run_for(blender, core, material, 1, levels=3, steps=100)
    while not run.images:
        run.poll()
    run.finish_now()
    run.wait()
    assert [tuple(image.size) for image in run.images] == [(40, 40)] * 3
    assert made_of(bpy.data.materials["Wall NIFTY"]) == run.images


def test_images_taken_away_meanwhile_are_made_anew(blender, core, images):
    run = run_for(blender, core, wall())
    while len(run.images) < 5:
        run.poll()
    before = images.values(run.images[1])
    bpy.data.batch_remove(run.images)
    run.wait()
    np.testing.assert_array_equal(images.values(run.images[1]), before)
    assert len(run.images) == 6


def test_the_material_taken_away_meanwhile_the_images_are_kept(blender, core):
    material = wall()
    run = run_for(blender, core, material)
    while not run.images:
        run.poll()
    bpy.data.materials.remove(material)
    run.wait()
    assert all(image.use_fake_user for image in run.images)


def test_what_the_object_wears_meanwhile_it_keeps(blender, core):
    material, other = wall(), new_material("Other")
    run = run_for(blender, core, material)
    bpy.context.object.active_material = other
    run.wait()
    assert bpy.context.object.active_material == other
    assert bpy.data.materials["Wall NIFTY"].use_fake_user


def test_the_preview_repeats_the_material_and_back():
    before = contents(wall().node_tree)
    assert bpy.ops.nifty.tiling_preview() == {"FINISHED"}
    tree = bpy.context.object.active_material.node_tree
    assert contents(tree) != before
    assert bpy.ops.nifty.tiling_preview() == {"FINISHED"}
    assert contents(tree) == before

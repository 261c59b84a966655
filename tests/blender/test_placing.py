# SPDX-License-Identifier: GPL-3.0-or-later
"""Where new images go: a duplicate that differs in its images only, nodes beside, or nowhere."""

from pathlib import Path
from typing import Any

import bpy
import numpy as np
import pytest

from tests.blender.material_setups import SETUPS
from tests.blender.shading import (
    add,
    contents,
    new_group,
    new_material,
    noise,
    picture,
    shade,
    texture,
)

COUNTS = bpy.app.version >= (5, 0)
"""Whether a copy of a material counts as one user; in Blender 4.2 it counts as two."""


@pytest.fixture(scope="session")
def maps(blender):
    return blender("material_maps")


@pytest.fixture(scope="session")
def placing(blender):
    return blender("placing")


def results_for(images: list[Any]) -> dict[int, Any]:
    """A new image for each of these."""
    return {
        image.session_uid: noise(f"{image.name} NIFTY", image.colorspace_settings.name, seed=1)
        for image in images
    }


def everything() -> dict[str, Any]:
    """What is in the file, to see that nothing was changed or left behind."""
    held = {}
    for kind in ("materials", "node_groups", "images", "objects", "meshes"):
        data = getattr(bpy.data, kind)
        held[kind] = {each.name: (each.use_fake_user, COUNTS and each.users) for each in data}
    trees = [each.node_tree for each in bpy.data.materials if each.node_tree]
    held["trees"] = [contents(tree) for tree in (*trees, *bpy.data.node_groups)]
    held["slots"] = {each.name: each.material_slots.keys() for each in bpy.data.objects}
    return held


def with_images(kept: Any, names: dict[str, str]) -> Any:
    """What `contents` gave, images and groups renamed."""
    if isinstance(kept, dict):
        return {key: with_images(value, names) for key, value in kept.items()}
    if isinstance(kept, tuple | list):
        return type(kept)(with_images(value, names) for value in kept)
    return names.get(kept, kept) if isinstance(kept, str) else kept


@pytest.mark.parametrize("name", [*SETUPS])
def test_a_duplicate_differs_in_its_images_only(name, placing, maps):
    setup = SETUPS[name]
    images = setup.new_images()
    original = setup.material(images)
    found = maps.find(original)
    sources = [each.find() for each in found]
    results = results_for(sources)
    before = contents(original.node_tree)
    duplicate = placing.place_copy(original, results)
    assert duplicate.name == "Bricks NIFTY"
    assert contents(original.node_tree) == before
    names = {image.name: results[image.session_uid].name for image in sources}
    assert contents(duplicate.node_tree) == with_images(before, names)
    again = maps.find(duplicate)
    assert [each.image for each in again] == [results[each.image].session_uid for each in found]
    assert [(e.kind, e.uses) for e in again] == [(e.kind, e.uses) for e in found]


@pytest.mark.parametrize("name", [*SETUPS])
def test_a_duplicate_renders_as_if_built_from_the_new_images(name, placing, maps, tmp_path):
    setup = SETUPS[name]
    original = setup.material(setup.new_images())
    other = setup.new_images(seed=1)
    wanted = picture(setup.material(other), tmp_path)
    old = picture(original, tmp_path)
    found = maps.find(original)
    by_name = dict(zip(setup.images, other, strict=True))
    results = {each.image: by_name[each.name] for each in found}
    made = picture(placing.place_copy(original, results), tmp_path)
    np.testing.assert_array_equal(made, wanted)
    assert np.abs(made - old).mean() > 1e-3
    np.testing.assert_array_equal(picture(original, tmp_path), old)


def test_a_shared_image_stays_with_the_other_material(placing, maps):
    setup = SETUPS["shared_image"]
    images = setup.new_images()
    original = setup.material(images)
    placing.place_copy(original, results_for(images))
    assert maps.find(bpy.data.materials["Other"])[0].find() == images[0]


def test_only_groups_that_hold_one_of_the_images_are_duplicated(placing):
    holding, plain = new_group("Holding", out="Color"), new_group("Plain", out="Color")
    image, kept = noise("image"), noise("kept")
    add(holding, "NodeGroupOutput", {0: texture(holding, image)})
    add(plain, "NodeGroupOutput", {0: texture(plain, kept)})
    material = new_material()
    tree = material.node_tree
    nodes = [add(tree, "Group", node_tree=group) for group in (holding, holding, plain)]
    shade(tree, Base_Color=nodes[0], Emission_Color=nodes[1], Coat_Tint=nodes[2])
    copy = placing.place_copy(material, results_for([image])).node_tree
    one, two, three = (copy.nodes[node.name].node_tree for node in nodes)
    assert one == two == bpy.data.node_groups["Holding NIFTY"]
    assert three == plain
    assert [node.node_tree for node in nodes] == [holding, holding, plain]
    assert one.users == 2
    assert holding.users == 2 or not COUNTS


def test_nothing_is_ever_overwritten(placing):
    material = new_material()
    image = noise("image")
    shade(material.node_tree, Base_Color=texture(material.node_tree, image))
    first = placing.place_copy(material, results_for([image]))
    second = placing.place_copy(material, results_for([image]))
    third = placing.place_copy(second, {})
    assert (first.name, second.name) == ("Bricks NIFTY", "Bricks NIFTY.001")
    assert (material.name, third.name) == ("Bricks", "Bricks NIFTY.002")


def textures(tree: Any) -> list[Any]:
    return [node for node in tree.nodes if node.bl_idname == "ShaderNodeTexImage"]


def wearing(*materials: Any) -> Any:
    thing = bpy.data.objects.new("Wall", bpy.data.meshes.new("Wall"))
    for material in materials:
        thing.data.materials.append(material)
    bpy.context.scene.collection.objects.link(thing)
    return thing


def test_the_object_gets_it_in_the_slots_that_have_the_original(placing):
    material, other = new_material(), new_material("Other")
    wall = wearing(material, other, material)
    wall.material_slots[2].link = "OBJECT"
    wall.material_slots[2].material = material
    duplicate = placing.place_copy(material, {}, wall)
    assert [slot.material for slot in wall.material_slots] == [duplicate, other, duplicate]
    assert [slot.link for slot in wall.material_slots] == ["DATA", "DATA", "OBJECT"]
    assert not duplicate.use_fake_user
    assert placing.place_copy(material, {}).use_fake_user


def linked_wall(folder: Path) -> tuple[Any, Any]:
    """A local material on an object whose mesh is linked from another file."""
    path = folder / "walls.blend"
    bpy.data.libraries.write(str(path), {wearing(new_material())})
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    with bpy.data.libraries.load(str(path), link=True) as (_, wanted):
        wanted.objects = ["Wall"]
    return bpy.data.objects["Wall"], bpy.data.materials["Bricks"]


def test_a_local_object_wears_it_over_a_linked_mesh(placing, tmp_path):
    wall, material = linked_wall(tmp_path)
    own = wall.copy()
    duplicate = placing.place_copy(material, {}, own)
    assert own.material_slots[0].material == duplicate
    assert own.material_slots[0].link == "OBJECT"
    assert own.data.materials[0] == wall.material_slots[0].material == material


def test_a_linked_object_cannot_wear_it(placing, images, tmp_path):
    wall, material = linked_wall(tmp_path)
    before = everything()
    with pytest.raises(images.UnusableImage, match="“Wall” is linked from another file"):
        placing.place_copy(material, {}, wall)
    assert everything() == before


def test_an_object_that_does_not_have_it_is_an_error_that_leaves_nothing(placing, images):
    setup = SETUPS["node_group"]
    sources = setup.new_images()
    material = setup.material(sources)
    wall = wearing(new_material("Other"))
    results = results_for(sources)
    before = everything()
    with pytest.raises(images.UnusableImage, match="“Wall” does not have the material “Bricks”"):
        placing.place_copy(material, results, wall)
    assert everything() == before


@pytest.mark.parametrize("failing", range(3))
def test_an_error_on_the_way_leaves_nothing(placing, monkeypatch, failing):
    setup = SETUPS["node_group"]
    sources = setup.new_images()
    material = setup.material(sources)
    results = results_for(sources)
    named_after, calls = placing.named_after, []

    def broken(name: str) -> str:
        calls.append(name)
        if len(calls) > failing:
            raise RuntimeError
        return named_after(name)

    monkeypatch.setattr(placing, "named_after", broken)
    before = everything()
    with pytest.raises(RuntimeError):
        placing.place_copy(material, results)
    assert len(calls) == failing + 1
    assert everything() == before


def linked(folder: Path, setup: Any) -> Any:
    """The set-up's material, linked from a file."""
    material = setup.material(setup.new_images())
    path = folder / "library.blend"
    bpy.data.libraries.write(str(path), {material})
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    with bpy.data.libraries.load(str(path), link=True) as (_, wanted):
        wanted.materials = ["Bricks"]
    return bpy.data.materials["Bricks"]


@pytest.mark.parametrize("name", ["normal_and_bump", "node_group"])
def test_a_linked_material_gets_a_local_duplicate(placing, maps, tmp_path, name):
    original = linked(tmp_path, SETUPS[name])
    found = maps.find(original)
    assert found
    results = results_for([each.find() for each in found])
    duplicate = placing.place_copy(original, results)
    assert original.library is not None
    assert duplicate.library is None
    assert duplicate.node_tree.is_editable
    assert [each.image for each in maps.find(duplicate)] == [
        results[each.image].session_uid for each in found
    ]
    groups = {place.owner for each in maps.find(duplicate) for place in each.nodes}
    local = [each for each in (*bpy.data.materials, *bpy.data.node_groups) if not each.library]
    assert groups <= {each.session_uid for each in local}


def test_a_library_override_gets_a_duplicate_without_one(placing, maps, tmp_path):
    original = linked(tmp_path, SETUPS["shared_image"]).override_create(remap_local_usages=True)
    found = maps.find(original)
    duplicate = placing.place_copy(original, results_for([each.find() for each in found]))
    assert duplicate.override_library is None
    assert duplicate.library is None
    assert duplicate.node_tree.is_editable


def test_one_undo_takes_the_duplicate_away(placing, maps):
    setup = SETUPS["node_group"]
    material = setup.material(setup.new_images())
    wearing(material)
    bpy.ops.ed.undo_push(message="before")
    found = maps.find(material)
    before = everything()
    results = results_for([each.find() for each in found])
    placing.place_copy(material, results, bpy.data.objects["Wall"])
    bpy.ops.ed.undo_push(message="synthesize")
    assert bpy.data.objects["Wall"].material_slots[0].name == "Bricks NIFTY"
    bpy.ops.ed.undo()
    assert everything() == before
    bpy.ops.ed.redo()
    assert bpy.data.objects["Wall"].material_slots[0].name == "Bricks NIFTY"
    assert len(maps.find(bpy.data.materials["Bricks NIFTY"])) == len(found)


@pytest.mark.parametrize("name", [*SETUPS])
def test_new_nodes_stand_beside_every_old_one(name, placing, maps):
    setup = SETUPS[name]
    material = setup.material(setup.new_images())
    found = maps.find(material)
    results = results_for([each.find() for each in found])
    trees = {place.owner: place.find()[0] for each in found for place in each.nodes}
    before = {owner: contents(tree) for owner, tree in trees.items()}
    placing.place_beside(found, results)
    for owner, tree in trees.items():
        nodes, links = contents(tree)
        old, old_links = before[owner]
        assert old.keys() <= nodes.keys()
        for name, node in old.items():
            # Inside of a group there are new nodes, too.
            assert nodes[name] | {"node_tree": None} == node | {"node_tree": None}
        assert links >= old_links
        places = [(p, e) for e in found for p in e.nodes if p.owner == owner]
        new = [nodes[name]["image"] for name in nodes.keys() - old.keys()]
        assert sorted(new) == sorted(results[each.image].name for _, each in places)
    assert maps.find(material) == found
    assert not any(image.use_fake_user for image in results.values())


def test_beside_nodes_that_are_gone_the_images_are_kept(placing, maps):
    material = new_material()
    tree = material.node_tree
    one, two = noise("one"), noise("two")
    shade(tree, Base_Color=texture(tree, one), Coat_Tint=texture(tree, two))
    found = maps.find(material)
    tree.nodes.remove(found[0].nodes[0].find()[1])
    results = results_for([one, two])
    placing.place_beside(found, results)
    assert [image.use_fake_user for image in results.values()] == [True, False]


def test_beside_linked_nodes_nothing_is_put(placing, maps, images, tmp_path):
    material = linked(tmp_path, SETUPS["normal_and_bump"])
    found = maps.find(material)
    results = results_for([each.find() for each in found])
    before = everything()
    with pytest.raises(images.UnusableImage, match="linked from another file"):
        placing.place_beside(found, results)
    assert everything() == before


def test_an_error_between_two_nodes_leaves_none(placing, maps, monkeypatch):
    setup = SETUPS["node_group"]
    material = setup.material(setup.new_images())
    found = maps.find(material)
    results = results_for([each.find() for each in found])
    add_beside, calls = placing.nodes.add_beside, []

    def broken(*arguments: Any) -> bool:
        calls.append(arguments)
        if len(calls) == 3:
            raise RuntimeError
        return add_beside(*arguments)

    monkeypatch.setattr(placing.nodes, "add_beside", broken)
    before = everything()
    with pytest.raises(RuntimeError):
        placing.place_beside(found, results)
    assert everything() == before


def test_the_original_is_not_lost_when_nobody_wears_it_any_more(placing):
    material, other = new_material(), new_material("Other")
    wall, house = wearing(material), wearing(other)
    wearing(other)
    for thing, worn in ((wall, material), (house, other)):
        placing.place_copy(worn, {}, thing)
    assert [material.use_fake_user, other.use_fake_user] == [True, False]


def test_of_a_node_that_shows_a_draft_its_own_image_counts(placing, maps):
    """Live puts a draft in place of a node's image, which is kept on the node."""
    material, image, draft = new_material(), noise("image"), noise("draft")
    node = texture(material.node_tree, draft)
    node["nifty_source"] = image
    shade(material.node_tree, Base_Color=node)
    assert [each.find() for each in maps.find(material)] == [image]
    results = results_for([image])
    (new,) = textures(placing.place_copy(material, results).node_tree)
    assert new.image == results[image.session_uid]
    assert "nifty_source" not in new
    assert (node.image, node["nifty_source"]) == (draft, image)

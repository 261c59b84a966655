# SPDX-License-Identifier: GPL-3.0-or-later
"""More textures like one: several at once, another one, the same one again."""

import importlib
from typing import Any

import bpy
import numpy as np
import pytest

from tests.blender.exemplars import QUICK, load
from tests.blender.test_shader_editor import in_shader_editor, open_in_shader_editor


def seeds() -> dict[str, int]:
    """The seed that is noted on each texture of the file."""
    return {image.name: image["nifty"]["seed"] for image in bpy.data.images if "nifty" in image}


def textures(tree: Any) -> list[Any]:
    """The Image Texture nodes."""
    return [node for node in tree.nodes if node.bl_idname == "ShaderNodeTexImage"]


def show(**values: Any) -> None:
    """Have the panel show these settings."""
    for name, value in {**QUICK, **values}.items():
        setattr(bpy.context.scene.nifty, name, value)


def test_several_variations_are_one_run_and_one_undo_step(images, tmp_path):
    tree = open_in_shader_editor(load(tmp_path))
    bpy.ops.ed.undo_push(message="before")
    with in_shader_editor():
        bpy.ops.nifty.synthesize("EXEC_DEFAULT", True, variations=3, seed=5, width=20, **QUICK)
    assert seeds() == {"stripes NIFTY": 5, "stripes NIFTY.001": 6, "stripes NIFTY.002": 7}
    made = [images.values(bpy.data.images[name]) for name in seeds()]
    assert all(pixels.shape == (24, 20, 4) for pixels in made)
    assert np.abs(made[0] - made[1]).max() > 0.05
    assert [node.image.name for node in textures(tree)] == ["stripes.png", *seeds()]
    bpy.ops.ed.undo()
    assert bpy.data.images.keys() == ["stripes.png"]


def test_a_variation_is_what_its_seed_makes_alone(images, tmp_path):
    source = load(tmp_path)
    bpy.ops.nifty.synthesize(image=source.name, variations=2, seed=1, **QUICK)
    bpy.ops.nifty.synthesize(image=source.name, seed=2, **QUICK)
    second, alone = (bpy.data.images[f"stripes NIFTY.00{number}"] for number in (1, 2))
    np.testing.assert_array_equal(images.values(second), images.values(alone))


def test_after_the_highest_seed_they_begin_at_zero(core, tmp_path):
    highest = int(importlib.import_module(f"{core.__name__}.settings").ALLOWED["seed"].maximum)
    bpy.ops.nifty.synthesize(image=load(tmp_path).name, variations=2, seed=highest, **QUICK)
    assert list(seeds().values()) == [highest, 0]


def test_variations_that_are_cancelled_leave_nothing(blender, core, tmp_path):
    source = load(tmp_path)
    run = blender("run").Run(source, 60, 60, core.Settings(**QUICK), variations=3)
    while run.progress.made < 2:
        run.poll()
    folders = [texture.job._folder for texture in run._textures if texture.job]
    run.cancel()
    assert list(bpy.data.images) == [source]
    assert not any(folder.exists() for folder in folders)


def test_variations_taken_away_meanwhile_are_made_anew(blender, core, images, tmp_path):
    run = blender("run").Run(load(tmp_path), 20, 20, core.Settings(**QUICK), variations=3)
    while len(run.images) < 2:
        run.poll()
    before = images.values(run.images[0])
    for image in run.images:
        bpy.data.images.remove(image)
    run.wait()
    np.testing.assert_array_equal(images.values(run.images[0]), before)
    assert all(image.packed_file for image in run.images)
    assert list(seeds().values()) == [0, 1, 2]


def test_an_undo_brings_no_preview_back(blender, core, tmp_path):
    """What the artist does meanwhile is an undo step that holds the preview."""
    queue = blender("queue")
    run = blender("run").Run(load(tmp_path), 60, 60, core.Settings(**QUICK))
    queue.runs.append(run)
    run._textures[0]._new[0].show(np.zeros((30, 30, 3), np.float32))
    preview = run.images[0].session_uid
    bpy.ops.ed.undo_push(message="meanwhile")
    bpy.ops.ed.undo_push(message="later")
    bpy.ops.ed.undo()
    assert [image.session_uid for image in run.images] == [preview], "the run is still at work"
    queue.cancel(run)
    for step in (bpy.ops.ed.redo, bpy.ops.ed.undo):
        step()
        assert bpy.data.images.keys() == ["stripes.png"]


def test_a_result_is_no_preview_to_an_undo(blender, core, tmp_path):
    source = load(tmp_path)
    run = blender("run").Run(source, 60, 60, core.Settings(**QUICK))
    run.wait()
    bpy.ops.ed.undo_push(message="made")
    bpy.ops.ed.undo_push(message="later")
    bpy.ops.ed.undo()
    assert bpy.data.images.keys() == ["stripes NIFTY", "stripes.png"]


def test_redo_makes_the_same_texture_again(images, tmp_path):
    show(seed=9, steps=3)
    bpy.ops.nifty.synthesize(
        image=load(tmp_path).name, width=21, height=13, **{**QUICK, "seed": 5, "share": 0.5}
    )
    first = bpy.data.images["stripes NIFTY"]
    assert bpy.ops.nifty.redo(image=first.name) == {"FINISHED"}
    again = bpy.data.images["stripes NIFTY.001"]
    assert again["nifty"].to_dict() == first["nifty"].to_dict()
    np.testing.assert_array_equal(images.values(again), images.values(first))


def test_redo_works_after_saving_and_opening(images, tmp_path):
    bpy.ops.nifty.synthesize(image=load(tmp_path).name, seed=3, **QUICK)
    first = images.values(bpy.data.images["stripes NIFTY"])
    path = str(tmp_path / "scene.blend")
    bpy.data.images["stripes.png"].use_fake_user = True  # In place of a node.
    bpy.ops.wm.save_as_mainfile(filepath=path)
    bpy.ops.wm.open_mainfile(filepath=path)
    bpy.ops.nifty.redo(image="stripes NIFTY")
    np.testing.assert_array_equal(images.values(bpy.data.images["stripes NIFTY.001"]), first)


def test_another_has_the_next_seed_that_is_not_there(tmp_path):
    bpy.ops.nifty.synthesize(image=load(tmp_path).name, seed=5, width=20, **QUICK)
    for _ in range(2):
        assert bpy.ops.nifty.another(image="stripes NIFTY") == {"FINISHED"}
    assert list(seeds().values()) == [5, 6, 7]
    bpy.data.images.remove(bpy.data.images["stripes NIFTY.001"])
    bpy.ops.nifty.another(image="stripes NIFTY")
    assert sorted(seeds().values()) == [5, 6, 7]
    assert {tuple(bpy.data.images[name].size) for name in seeds()} == {(20, 24)}


def test_another_of_a_source_goes_by_the_panel(tmp_path):
    source = load(tmp_path)
    show(seed=4, factor=1.5)
    for _ in range(2):
        bpy.ops.nifty.another(image=source.name)
    assert list(seeds().values()) == [5, 6]
    assert tuple(bpy.data.images["stripes NIFTY"].size) == (24, 18)


def test_another_counts_those_that_wait(blender, core, tmp_path):
    bpy.ops.nifty.synthesize(image=load(tmp_path).name, seed=0, **QUICK)
    noted = blender("recipe").read(bpy.data.images["stripes NIFTY"])
    queue, source = blender("queue"), bpy.data.images["stripes.png"]
    settings = noted.with_seed(1).settings
    try:
        queue.runs.append(blender("run").Run(source, noted.width, noted.height, settings))
        wanted = noted.another([*blender("recipe").all_written(), *queue.recipes()])
    finally:
        queue.cancel_all()
    assert wanted.settings.seed == 2


@pytest.mark.parametrize("operator", ["redo", "another"])
def test_stands_beside_the_node_of_the_texture(operator, tmp_path):
    tree = open_in_shader_editor(load(tmp_path))
    with in_shader_editor():
        bpy.ops.nifty.synthesize(**QUICK)
    _source, first = textures(tree)
    first.location.x = 700
    getattr(bpy.ops.nifty, operator)(image=first.image.name)
    assert [node.location.x for node in textures(tree)[1:]] == [700, 700]


def test_takes_the_image_that_the_image_editor_shows(tmp_path):
    bpy.ops.nifty.synthesize(image=load(tmp_path).name, **QUICK)
    area = max(bpy.context.screen.areas, key=lambda area: area.width)
    area.ui_type = "IMAGE_EDITOR"
    area.spaces.active.image = bpy.data.images["stripes NIFTY"]
    with bpy.context.temp_override(area=area):
        bpy.ops.nifty.another()
    assert list(seeds().values()) == [0, 1]
    assert area.spaces.active.image.name == "stripes NIFTY.001"


@pytest.mark.parametrize("operator", ["redo", "another"])
def test_a_source_that_is_gone_is_said(operator, tmp_path):
    bpy.ops.nifty.synthesize(image=load(tmp_path).name, **QUICK)
    bpy.data.images.remove(bpy.data.images["stripes.png"])
    with pytest.raises(RuntimeError, match=r"made from “stripes.png”, which is not in this file"):
        getattr(bpy.ops.nifty, operator)(image="stripes NIFTY")
    assert len(bpy.data.images) == 1


def test_an_image_without_a_recipe_is_said(tmp_path):
    with pytest.raises(RuntimeError, match=r"“stripes.png” was not made by NIFTY"):
        bpy.ops.nifty.redo(image=load(tmp_path).name)
    with pytest.raises(RuntimeError, match="no image named “wall”"):
        bpy.ops.nifty.redo(image="wall")
    with pytest.raises(RuntimeError, match="There is no image"):
        bpy.ops.nifty.redo()


@pytest.mark.parametrize("noted", ["oil", {"seed": 3}, {"source": "a", "width": 1, "height": "b"}])
def test_what_is_no_recipe_is_taken_for_none(blender, tmp_path, noted):
    image = load(tmp_path)
    image["nifty"] = noted
    assert blender("recipe").read(image) is None


def test_a_recipe_of_another_version_is_read(blender, core, tmp_path):
    image = load(tmp_path)
    image["nifty"] = {"source": "a", "width": 3, "height": 4, "seed": 7, "glitter": 0.5}
    noted = blender("recipe").read(image)
    assert (noted.title, noted.width, noted.height) == ("a", 3, 4)
    assert noted.settings == core.Settings(seed=7)

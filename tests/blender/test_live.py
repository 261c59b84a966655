# SPDX-License-Identifier: GPL-3.0-or-later
"""Live without a window: what it shows, what it leaves, and what undo, save and load do to it."""

import math
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import addon_utils
import bpy
import numpy as np
import pytest

from tests.blender import png
from tests.blender.exemplars import stripes
from tests.blender.test_shader_editor import in_shader_editor, open_in_shader_editor
from tests.blender.walls import wear

MODULE = "bl_ext.user_default.nifty"


@pytest.fixture
def source(tmp_path) -> bpy.types.Image:
    """A file of 48 × 36 pixels."""
    return load(tmp_path / "stripes.png", 3)


@pytest.fixture
def node(source) -> Any:
    """The active Image Texture node of a shader editor."""
    found = open_in_shader_editor(source).nodes.active
    bpy.data.materials["wall"].use_fake_user = True  # In place of an object.
    return found


@pytest.fixture
def switch(blender) -> Iterator[Any]:
    """The module of the switch; Live is off after the test."""
    module = blender("live_switch")
    yield module
    module.switch_off()


@pytest.fixture
def live(node, switch) -> Callable[[], Any]:
    """Live, switched on, as it is now."""
    bpy.ops.ed.undo_push(message="before")
    press()
    return lambda: switch.now


def load(path: Path, channels: int) -> bpy.types.Image:
    """The stripes, three times in each direction: large enough for a patch."""
    pixels = np.tile(stripes(channels), (3, 3, 1)).astype(np.uint8)
    return bpy.data.images.load(str(png.write(path, pixels)))


def press() -> None:
    """Press the switch."""
    with in_shader_editor():
        assert bpy.ops.nifty.live("EXEC_DEFAULT", True) == {"FINISHED"}


def settle(live: Any) -> None:
    """Have Live look for changes until what is wanted is shown."""
    deadline = time.monotonic() + 20
    live.step()
    while live._job is not None:
        assert time.monotonic() < deadline
        live.step()
        time.sleep(0.005)


def texture() -> Any:
    """The Image Texture node, looked up again."""
    nodes = bpy.data.materials["wall"].node_tree.nodes
    return next(node for node in nodes if node.bl_idname == "ShaderNodeTexImage")


def test_shows_what_a_run_with_few_steps_makes(live, images, source):
    shown = bpy.context.scene.nifty
    shown.seed, shown.balance = 3, 0.5
    settle(live())
    image = texture().image
    assert image != source
    assert tuple(image.size) == (96, 72)
    bpy.ops.nifty.synthesize(image=source.name, preset="draft", seed=3, balance=0.5)
    made = bpy.data.images["stripes NIFTY"]
    np.testing.assert_array_equal(images.values(image), images.values(made))


def test_every_change_is_shown_in_the_same_image(live, images):
    settle(live())
    image, made = texture().image, []
    shown = bpy.context.scene.nifty
    for change in ({"seed": 1}, {"seed": 2}, {"steps": 2}, {"factor": 1.5}):
        for name, value in change.items():
            setattr(shown, name, value)
        settle(live())
        made.append(images.values(texture().image))
        assert texture().image == image
    assert len(bpy.data.images) == 2
    assert all(np.abs(one - other).max() > 0 for one, other in pairwise(made[:3]))
    assert made[3].shape == (54, 72, 4)


def stroke(image: bpy.types.Image, value: float) -> None:
    """Paint half of an image, and tell of it as Blender does at the end of a brush's stroke."""
    pixels = np.array(image.pixels, np.float32)
    pixels[: pixels.size // 2] = value
    image.pixels.foreach_set(pixels)
    image.update_tag()
    bpy.context.view_layer.update()


def test_a_stroke_on_the_source_is_seen(live, images, source):
    wear(bpy.data.materials["wall"])
    settle(live())
    for value in (0.25, 0.75):
        stroke(source, value)
        settle(live())
        image = texture().image
        # A live draft has few steps, and the rest as the panel has it.
        balance = bpy.context.scene.nifty.balance
        bpy.ops.nifty.synthesize(image=source.name, preset="draft", balance=balance)
        made = max(bpy.data.images, key=lambda each: each.session_uid)
        np.testing.assert_array_equal(images.values(image), images.values(made))
        assert np.isclose(images.values(image)[..., :3], value, atol=0.01).mean() > 0.2


def test_what_does_not_touch_the_source_makes_no_draft(live):
    wear(bpy.data.materials["wall"])
    settle(live())
    reached = live().reached
    stroke(bpy.data.images.new("another", 8, 8), 0.5)
    stroke(texture().image, 0.5)
    live().step()
    assert live().reached == reached
    assert live()._job is None


def test_after_an_undo_the_source_is_read_again(live, switch, images, source):
    """It may have been the undo of a stroke."""
    settle(live())
    source.pixels.foreach_set(np.full(images.values(source).size, 0.25, np.float32))
    switch.follow_undo()
    settle(live())
    np.testing.assert_allclose(images.values(texture().image)[..., :3], 0.25, atol=0.01)


def test_what_makes_no_difference_makes_no_draft(live):
    settle(live())
    reached = live().reached
    shown = bpy.context.scene.nifty
    shown.neighbours, shown.share, shown.steps = 9, 0.5, 100
    live().step()
    assert live()._job is None
    assert live().reached == reached


def test_a_draft_out_of_date_is_dropped(live, blender, images, monkeypatch):
    settle(live())
    monkeypatch.setattr(blender("live"), "PATIENCE", math.inf)
    shown = bpy.context.scene.nifty
    shown.size_mode, shown.width, shown.height = "PIXELS", 1000, 1000
    live().step()
    dropped = live()._job
    shown.width = shown.height = 40
    live().step()
    while live()._job is dropped:
        live().step()
    assert tuple(texture().image.size) == (96, 72)
    settle(live())
    assert tuple(texture().image.size) == (40, 40)


def test_who_drags_sees_something(live, blender, monkeypatch):
    monkeypatch.setattr(blender("live"), "PATIENCE", 0.0)
    shown = bpy.context.scene.nifty
    seen = set()
    for seed in range(2000):
        shown.seed = seed
        live().step()
        seen.add(live()._shown_at)
        if len(seen) == 4:
            return
        time.sleep(0.002)
    pytest.fail("no picture while the seed changed")


def test_back_at_what_is_being_dropped_it_is_made(live, blender, monkeypatch):
    settle(live())
    monkeypatch.setattr(blender("live"), "PATIENCE", math.inf)
    shown = bpy.context.scene.nifty
    shown.size_mode, shown.width, shown.height = "PIXELS", 700, 700
    live().step()
    shown.seed = 1
    live().step()
    shown.seed = 0
    settle(live())
    assert tuple(texture().image.size) == (700, 700)


def test_larger_ones_are_shown_smaller_at_the_same_scale(live, images, source):
    shown = bpy.context.scene.nifty
    shown.size_mode, shown.width, shown.height = "PIXELS", 1500, 1000
    settle(live())
    # An exemplar of 48 × 36 is not made smaller: what is shown is a part, then.
    assert (live().reached.reduction, *texture().image.size) == (1, 1024, 1000)
    source.scale(192, 96)
    settle(live())
    assert (live().reached.reduction, *texture().image.size) == (2, 750, 500)
    assert live()._read[1].shape == (48, 96, 3)
    blocks = images.values(source)[..., :3].reshape(48, 2, 96, 2, 3).mean(axis=(1, 3))
    np.testing.assert_allclose(live()._read[1], blocks, atol=1e-6)


def test_switched_off_everything_is_as_before(live, blender, source, images):
    before = images.values(source)
    settle(live())
    bpy.context.scene.nifty.seed = 9
    live().step()
    folder = live()._job._folder
    press()
    assert list(bpy.data.images) == [source]
    assert texture().image == source
    assert dict(texture().items()) == {}
    assert blender("live_switch").now is None
    assert not folder.exists()
    np.testing.assert_array_equal(images.values(source), before)


def test_synthesize_goes_by_the_source(live, source):
    settle(live())
    with in_shader_editor():
        bpy.ops.nifty.synthesize(width=20, height=20)
    result = bpy.data.images["stripes NIFTY"]
    assert result["nifty"]["source"] == source.name
    nodes = bpy.data.materials["wall"].node_tree.nodes
    assert [node.image for node in nodes if node.bl_idname == "ShaderNodeTexImage"][1] == result


def test_an_undo_takes_it_back_and_a_redo_brings_it_again(live, switch):
    settle(live())
    bpy.ops.ed.undo()
    assert texture().image.name == "stripes.png"
    assert switch.now is None
    bpy.ops.ed.redo()
    assert switch.now is not None
    settle(switch.now)
    assert texture().image.name == "stripes NIFTY Live"
    press()
    assert texture().image.name == "stripes.png"
    bpy.ops.ed.undo()
    settle(switch.now)
    assert tuple(texture().image.size) == (96, 72)


def test_after_an_undo_of_a_setting_its_draft_is_shown_again(live, images):
    settle(live())
    first = images.values(texture().image)
    bpy.context.scene.nifty.seed = 4
    bpy.ops.ed.undo_push(message="seed")
    settle(live())
    bpy.ops.ed.undo()
    settle(live())
    np.testing.assert_array_equal(images.values(texture().image), first)


def test_a_file_is_saved_without_it(live, tmp_path):
    settle(live())
    path = str(tmp_path / "scene.blend")
    bpy.ops.wm.save_as_mainfile(filepath=path)
    settle(live())
    assert texture().image.name == "stripes NIFTY Live"
    copy = str(tmp_path / "copy.blend")
    bpy.ops.wm.save_as_mainfile(filepath=copy, copy=True)
    with bpy.data.libraries.load(copy) as (there, _here):
        assert there.images == ["stripes.png"]
    bpy.ops.wm.open_mainfile(filepath=path)
    assert texture().image.name == "stripes.png"
    assert list(texture().keys()) == []


def test_a_recovered_file_has_its_images_back(live, switch, tmp_path):
    settle(live())
    path = str(tmp_path / "recovered.blend")
    bpy.app.handlers.save_pre.remove(switch.put_away)
    try:
        bpy.ops.wm.save_as_mainfile(filepath=path)
    finally:
        bpy.app.handlers.save_pre.append(switch.put_away)
    bpy.ops.wm.open_mainfile(filepath=path)
    assert texture().image.name == "stripes.png"
    assert bpy.data.images.keys() == ["stripes.png"]
    assert switch.now is None


def test_another_file_opened_ends_it(live, blender):
    settle(live())
    bpy.context.scene.nifty.seed = 5
    live().step()
    folder = live()._job._folder
    bpy.ops.wm.read_homefile(use_empty=True)
    assert live() is None
    assert not folder.exists()
    assert not blender("worker")._all


def test_the_extension_disabled_gives_the_image_back(live, blender, source):
    settle(live())
    try:
        addon_utils.disable(MODULE, default_set=True)
        assert texture().image == source
        assert list(bpy.data.images) == [source]
    finally:
        addon_utils.enable(MODULE, default_set=True)


def test_another_image_given_to_the_node_is_the_new_source(live, tmp_path):
    settle(live())
    other = load(tmp_path / "grey.png", 1)
    texture().image = other
    settle(live())
    assert texture()["nifty_source"] == other
    assert texture().image.name == "grey NIFTY Live"
    press()
    assert texture().image == other
    assert {image.name for image in bpy.data.images} == {"stripes.png", "grey.png"}


def test_a_node_deleted_ends_it(live, switch):
    settle(live())
    bpy.data.materials["wall"].node_tree.nodes.remove(texture())
    assert switch._look() is None
    assert switch.now is None


def test_a_source_deleted_is_said(live):
    settle(live())
    bpy.data.images.remove(bpy.data.images["stripes.png"])
    live().step()
    assert "no image" in live().problem
    press()
    assert texture().image is None


def test_a_source_too_small_is_said(live, source):
    source.scale(10, 10)
    settle(live())
    assert "10" in live().problem
    assert texture().image.name == "stripes NIFTY Live"


def test_copies_of_the_node_get_their_image_back_too(live, source):
    settle(live())
    copied = bpy.data.materials["wall"].copy()
    press()
    assert [node.image for node in copied.node_tree.nodes if node.type == "TEX_IMAGE"] == [source]


def test_without_a_node_it_cannot_be_switched_on(switch):
    assert not bpy.ops.nifty.live.poll()


def test_without_an_image_it_is_refused(switch, node):
    node.image = None
    with in_shader_editor(), pytest.raises(RuntimeError, match="There is no image yet"):
        bpy.ops.nifty.live()
    assert list(node.keys()) == []

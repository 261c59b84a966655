# SPDX-License-Identifier: GPL-3.0-or-later
"""The operator without a window: from an image in the file to a new one."""

import tomllib
from dataclasses import asdict
from pathlib import Path
from typing import Any

import bpy
import numpy as np
import pytest

from tests.blender.exemplars import HEIGHT, QUICK, WIDTH, load, paint


def synthesize(image: bpy.types.Image, **options: Any) -> bpy.types.Image:
    """The image that the operator adds to the file."""
    before = set(bpy.data.images.keys())
    outcome = bpy.ops.nifty.synthesize(image=image.name, **{**QUICK, **options})
    assert outcome == {"FINISHED"}
    (name,) = set(bpy.data.images.keys()) - before
    return bpy.data.images[name]


def test_adds_a_packed_image_named_after_the_source(tmp_path):
    source = load(tmp_path)
    result = synthesize(source, width=20, height=10)
    assert result.name == "stripes NIFTY"
    assert tuple(result.size) == (20, 10)
    assert result.packed_file is not None
    assert set(bpy.data.images) == {source, result}


def test_is_twice_the_source_unless_told_otherwise(tmp_path):
    source = load(tmp_path)
    assert tuple(synthesize(source).size) == (2 * WIDTH, 2 * HEIGHT)
    assert tuple(synthesize(source, width=9).size) == (9, 2 * HEIGHT)
    assert tuple(synthesize(source, height=7).size) == (2 * WIDTH, 7)


@pytest.mark.parametrize("size", [(1, 1), (3, 50), (17, 5)])
def test_any_size_will_do(tmp_path, size):
    assert tuple(synthesize(load(tmp_path), width=size[0], height=size[1]).size) == size


@pytest.mark.parametrize(
    ("channels", "dtype", "colorspace", "alpha_mode"),
    [
        (3, np.uint8, "sRGB", "STRAIGHT"),
        (3, np.uint8, "Non-Color", "STRAIGHT"),
        (1, np.uint8, "sRGB", "STRAIGHT"),
        (4, np.uint8, "sRGB", "STRAIGHT"),
        (4, np.uint8, "sRGB", "CHANNEL_PACKED"),
        (4, np.uint8, "Non-Color", "PREMUL"),
        (2, np.uint8, "sRGB", "NONE"),
        (3, np.uint16, "sRGB", "STRAIGHT"),
        (1, np.uint16, "Non-Color", "STRAIGHT"),
    ],
)
def test_keeps_the_kind_of_a_file(images, tmp_path, channels, dtype, colorspace, alpha_mode):
    source = load(tmp_path, channels, dtype)
    source.colorspace_settings.name = colorspace
    source.alpha_mode = alpha_mode
    result = synthesize(source)
    assert images.read(result)[1] == images.read(source)[1]
    assert result.is_float == (dtype is np.uint16)


@pytest.mark.parametrize("high", [1.0, 40.0])
def test_keeps_the_kind_and_range_of_an_exr(images, image_files, tmp_path, high):
    image_files.save(paint("Linear Rec.709", high), tmp_path / "height.exr")
    source = image_files.load(tmp_path / "height.exr")
    result = synthesize(source)
    assert images.values(source).max() > 0.6 * high
    assert images.values(result).max() > 0.4 * high
    assert images.read(result)[1].is_float
    assert images.read(result)[1].channels == 3
    assert result.colorspace_settings.name == source.colorspace_settings.name


def test_an_image_that_was_never_saved_will_do():
    assert tuple(synthesize(paint()).size) == (2 * WIDTH, 2 * HEIGHT)


def test_notes_the_whole_recipe_on_the_result(core, tmp_path):
    given = {**QUICK, "seed": 7, "share": 0.5, "memory": False, "renoise": 0.3, "neighbours": 3}
    result = synthesize(load(tmp_path), width=20, height=10, **given)
    manifest = Path(__file__).parents[2] / "blender_manifest.toml"
    assert result["nifty"].to_dict() == {
        "version": tomllib.loads(manifest.read_text())["version"],
        "source": "stripes.png",
        "width": 20,
        "height": 10,
        **asdict(core.Settings(**given)),
    }


def test_the_recipe_makes_the_same_texture_again(images, tmp_path):
    first = synthesize(load(tmp_path), seed=5, share=0.4, width=21, height=13)
    recipe = first["nifty"].to_dict()
    del recipe["version"]
    again = synthesize(bpy.data.images[recipe.pop("source")], **recipe)
    np.testing.assert_array_equal(images.values(again), images.values(first))


def test_another_seed_makes_another_texture(images, tmp_path):
    source = load(tmp_path)
    one, two, again = (synthesize(source, seed=seed) for seed in (1, 2, 1))
    assert np.abs(images.values(one) - images.values(two)).max() > 0.05
    np.testing.assert_array_equal(images.values(one), images.values(again))


def test_settings_of_one_call_do_not_stick_to_the_next(tmp_path):
    source = load(tmp_path)
    synthesize(source, seed=9, width=5, preset="paper")
    recipe = synthesize(source)["nifty"]
    assert (recipe["seed"], recipe["width"], recipe["neighbours"]) == (0, 2 * WIDTH, 5)


def test_a_preset_is_overruled_by_what_is_given(core, tmp_path):
    recipe = synthesize(load(tmp_path), preset="paper", neighbours=2)["nifty"]
    assert recipe["neighbours"] == 2
    assert recipe["patch_size"] == QUICK["patch_size"]
    assert recipe["share"] == core.PRESETS["paper"].share


def test_is_what_the_core_makes_of_these_pixels(core, images, tmp_path):
    settings = core.Settings(seed=3, **QUICK)
    for source in (load(tmp_path), paint()):
        pixels, _kind = images.read(source)
        expected = core.synthesize(pixels, (25, 31), settings)
        made = images.values(synthesize(source, width=31, height=25, seed=3))
        step = 1e-3 if source.is_float else 0.5 / 255 + 1e-6
        np.testing.assert_allclose(made[..., :3], expected, atol=step)
        assert (made[..., 3] == 1).all()


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_stays_within_the_values_of_the_source(images, tmp_path, channels):
    source = load(tmp_path, channels)
    made, given = images.values(synthesize(source, steps=3)), images.values(source)
    assert (made.min(axis=(0, 1)) > given.min(axis=(0, 1)) - 0.6 / 255).all()
    assert (made.max(axis=(0, 1)) < given.max(axis=(0, 1)) + 0.6 / 255).all()


def test_the_source_is_as_it_was(images, tmp_path):
    source = load(tmp_path)
    source["mine"] = 3
    looks = ("name", "filepath", "source", "alpha_mode", "use_fake_user", "users", "is_dirty")
    before = [getattr(source, name) for name in looks], images.values(source)
    synthesize(source)
    assert [getattr(source, name) for name in looks] == before[0]
    np.testing.assert_array_equal(images.values(source), before[1])
    assert dict(source.items()) == {"mine": 3}
    assert source.packed_file is None


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_is_there_after_saving_and_opening(images, tmp_path, dtype):
    result = synthesize(load(tmp_path, dtype=dtype))
    name, pixels, recipe = result.name, images.values(result), result["nifty"].to_dict()
    path = str(tmp_path / "scene.blend")
    bpy.ops.wm.save_as_mainfile(filepath=path)
    bpy.ops.wm.read_homefile(use_empty=True)
    bpy.ops.wm.open_mainfile(filepath=path)
    opened = bpy.data.images[name]
    np.testing.assert_array_equal(images.values(opened), pixels)
    assert opened["nifty"].to_dict() == recipe


def test_without_a_node_a_fake_user_keeps_it(tmp_path):
    assert synthesize(load(tmp_path)).use_fake_user


def test_a_size_is_a_factor_or_pixels(tmp_path):
    source, shown = load(tmp_path), bpy.context.scene.nifty
    shown.factor, shown.width, shown.height = 1.55, 100, 50
    assert shown.output_size(source) == (25, 19)
    shown.factor = 0.05
    assert shown.output_size(source) == (1, 1)
    shown.size_mode = "PIXELS"
    assert shown.output_size(source) == (100, 50)

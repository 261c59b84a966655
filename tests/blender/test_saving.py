# SPDX-License-Identifier: GPL-3.0-or-later
"""Results as files beside their source."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bpy
import numpy as np
import pytest

from tests.blender.exemplars import QUICK, load, paint

MODULE = "bl_ext.user_default.nifty"


def synthesize(source: bpy.types.Image, **options: Any) -> bpy.types.Image:
    """The new image of a run whose result is to be saved."""
    before = set(bpy.data.images.keys())
    bpy.ops.nifty.synthesize(image=source.name, **{"destination": "BESIDE", **QUICK, **options})
    (name,) = set(bpy.data.images.keys()) - before
    return bpy.data.images[name]


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.fixture
def preferences() -> Iterator[Any]:
    chosen = bpy.context.preferences.addons[MODULE].preferences
    yield chosen
    chosen.property_unset("destination")


def test_packed_unless_asked_for(tmp_path):
    assert synthesize(load(tmp_path), destination="PREFERRED").packed_file is not None
    assert files(tmp_path) == {"stripes.png"}


def test_beside_the_source_with_the_pixels_of_a_packed_one(images, image_files, tmp_path):
    source = load(tmp_path)
    saved, packed = synthesize(source), synthesize(source, destination="PACKED")
    assert files(tmp_path) == {"stripes.png", "stripes_nifty.png"}
    assert Path(saved.filepath) == tmp_path / "stripes_nifty.png"
    assert saved.packed_file is None
    assert not saved.is_dirty
    assert saved["nifty"].to_dict() == packed["nifty"].to_dict()
    np.testing.assert_array_equal(images.values(saved), images.values(packed))
    from_file = image_files.load(tmp_path / "stripes_nifty.png")
    np.testing.assert_array_equal(images.values(from_file), images.values(packed))


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("colorspace", ["sRGB", "Non-Color"])
def test_loses_nothing_of_the_source(images, tmp_path, channels, dtype, colorspace):
    source = load(tmp_path, channels, dtype)
    source.colorspace_settings.name = colorspace
    saved, packed = synthesize(source), synthesize(source, destination="PACKED")
    in_exr = dtype is np.uint16 and colorspace == "Non-Color" and channels in (2, 4)
    assert Path(saved.filepath).suffix == (".exr" if in_exr else ".png")
    assert images.read(saved)[1] == images.read(source)[1]
    # What is saved as 16 bits is packed as 32.
    step = 0.5 / 65535 + 1e-6
    np.testing.assert_allclose(images.values(saved), images.values(packed), atol=step)


@pytest.mark.parametrize("colorspace", ["Non-Color", "Linear Rec.709"])
@pytest.mark.parametrize("high", [1.0, 40.0])
def test_floats_stay_floats(images, tmp_path, colorspace, high):
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "scene.blend"))
    source = paint(colorspace, high)
    saved, packed = synthesize(source), synthesize(source, destination="PACKED")
    assert files(tmp_path) == {"scene.blend", "painted_nifty.exr"}
    np.testing.assert_allclose(images.values(saved), images.values(packed), rtol=1e-6)
    assert images.read(saved)[1] == images.read(packed)[1]


def test_is_there_after_saving_and_opening_and_by_a_relative_path(images, tmp_path):
    (tmp_path / "textures").mkdir()
    path = str(tmp_path / "scene.blend")
    bpy.ops.wm.save_as_mainfile(filepath=path)
    result = synthesize(load(tmp_path / "textures"))
    name, pixels = result.name, images.values(result)
    assert result.filepath == "//textures/stripes_nifty.png"
    bpy.ops.wm.save_as_mainfile(filepath=path)
    bpy.ops.wm.open_mainfile(filepath=path)
    np.testing.assert_array_equal(images.values(bpy.data.images[name]), pixels)


def test_no_file_is_replaced(tmp_path):
    source = load(tmp_path)
    (tmp_path / "stripes_nifty.png").write_text("mine")
    assert Path(synthesize(source).filepath).name == "stripes_nifty_2.png"
    assert Path(synthesize(source).filepath).name == "stripes_nifty_3.png"
    assert (tmp_path / "stripes_nifty.png").read_text() == "mine"


def test_each_variation_has_its_file(tmp_path):
    bpy.ops.nifty.synthesize(image=load(tmp_path).name, destination="BESIDE", variations=2, **QUICK)
    assert files(tmp_path) == {"stripes.png", "stripes_nifty.png", "stripes_nifty_2.png"}


@pytest.mark.parametrize(
    ("stem", "old", "new", "name"),
    [
        ("bricks", (512, 512), (1024, 1024), "bricks_nifty"),
        ("Bricks-BaseColor", (512, 512), (1024, 1024), "Bricks-BaseColor-NIFTY"),
        ("bricks_diff_1k", (1024, 1024), (2048, 2048), "bricks_diff_2k_nifty"),
        ("Bricks_1K_Normal", (1024, 1024), (4096, 4096), "Bricks_4K_Normal_NIFTY"),
        ("Bricks_1K", (1024, 1024), (1500, 1500), "Bricks_1500x1500_NIFTY"),
        ("wall 512", (512, 512), (1024, 512), "wall 1024x512 nifty"),
        ("wall.512x256", (512, 256), (1024, 512), "wall.1024x512.nifty"),
        ("wall_2k", (512, 512), (1024, 1024), "wall_2k_nifty"),
    ],
)
def test_named_like_the_source(blender, stem, old, new, name):
    saving = blender("saving")
    assert saving._name(saving.Target(None, stem, old, True), *new) == name


def test_packed_and_generated_sources_go_beside_the_blend(tmp_path):
    (tmp_path / "from").mkdir()
    (tmp_path / "to").mkdir()
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "to" / "scene.blend"))
    packed = load(tmp_path / "from")
    packed.pack()
    synthesize(packed)
    generated = bpy.data.images.new("wall/left", 16, 16)
    synthesize(generated)
    assert files(tmp_path / "from") == {"stripes.png"}
    assert files(tmp_path / "to") == {"scene.blend", "stripes_nifty.png", "wall_left_nifty.png"}


def warnings(blender: Any, core: Any, source: bpy.types.Image) -> list[str]:
    """What is said of a run whose result was to be saved, and is packed."""
    run = blender("run").Run(
        source, 20, 20, core.Settings(**QUICK), variations=2, destination="BESIDE"
    )
    run.wait()
    assert all(image.packed_file for image in run.images)
    return run.progress.warnings


def test_without_a_folder_it_is_packed_and_said(blender, core):
    (warning,) = warnings(blender, core, bpy.data.images.new("wall", 16, 16))
    assert "not saved yet" in warning
    assert "packed" in warning


def test_a_folder_that_cannot_be_written_is_said(blender, core, tmp_path, monkeypatch):
    openly = Path.open

    def refuse(path: Path, mode: str = "r", **options: Any) -> Any:
        if mode == "xb":
            raise PermissionError(13, "Permission denied")
        return openly(path, mode, **options)

    source = load(tmp_path)
    monkeypatch.setattr(Path, "open", refuse)
    (warning,) = warnings(blender, core, source)
    assert "Permission denied" in warning


@pytest.mark.parametrize(
    ("dtype", "writes"),
    [(np.uint8, ("whole_files", "write")), (np.uint16, ("image_files", "save"))],
)
def test_a_file_that_cannot_be_finished_leaves_none(
    blender, core, tmp_path, monkeypatch, dtype, writes
):
    module, function = writes

    def refuse(*_arguments: Any) -> None:
        raise blender("whole_files").UnusableFile("The disk is full.")

    monkeypatch.setattr(blender(module), function, refuse)
    (warning,) = warnings(blender, core, load(tmp_path, 3, dtype))
    assert "disk is full" in warning
    assert files(tmp_path) == {"stripes.png"}


def test_a_run_cancelled_half_way_leaves_no_file(blender, core, tmp_path):
    run = blender("run").Run(
        load(tmp_path), 20, 20, core.Settings(**QUICK), variations=3, destination="BESIDE"
    )
    while len(files(tmp_path)) < 3:
        run.poll()
    run.cancel()
    assert files(tmp_path) == {"stripes.png"}


def test_one_taken_away_meanwhile_keeps_its_file(blender, core, images, tmp_path):
    run = blender("run").Run(
        load(tmp_path), 20, 20, core.Settings(**QUICK), variations=2, destination="BESIDE"
    )
    while not run.images:
        run.poll()
    pixels = images.values(run.images[0])
    bpy.data.images.remove(run.images[0])
    run.wait()
    assert files(tmp_path) == {"stripes.png", "stripes_nifty.png", "stripes_nifty_2.png"}
    np.testing.assert_array_equal(images.values(run.images[0]), pixels)


def test_the_preferences_say_where_and_the_scene_overrules_them(preferences, tmp_path):
    source = load(tmp_path)
    preferences.destination = "BESIDE"
    assert synthesize(source, destination="PREFERRED").packed_file is None
    bpy.context.scene.nifty.destination = "PACKED"
    bpy.ops.nifty.redo(image="stripes NIFTY")
    assert bpy.data.images["stripes NIFTY.001"].packed_file is not None
    bpy.context.scene.nifty.destination = "BESIDE"
    preferences.destination = "PACKED"
    bpy.ops.nifty.another(image="stripes NIFTY")
    assert bpy.data.images["stripes NIFTY.002"].packed_file is None

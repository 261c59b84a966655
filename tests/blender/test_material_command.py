# SPDX-License-Identifier: GPL-3.0-or-later
"""``blender --command nifty material`` and batches of whole materials, within this process."""

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bpy
import numpy as np
import pytest

from tests.blender import png
from tests.blender.exemplars import HEIGHT, WIDTH, stripes
from tests.blender.test_command import QUICK

Command = Callable[..., int]


@pytest.fixture
def command(blender) -> Command:
    """Runs a command with quick settings, and checks that it leaves nothing in the file."""

    def run(*arguments: Any) -> int:
        code = blender("command").main([*map(str, arguments), *QUICK])
        assert list(bpy.data.images) == list(bpy.data.materials) == list(bpy.data.libraries) == []
        assert not list(Path(bpy.app.tempdir).glob("nifty-*"))
        return code

    return run


def normals(dtype: type = np.uint8, width: int = WIDTH, height: int = HEIGHT) -> Any:
    """(height, width, 3): unit vectors leaning right and left, as pixels."""
    x = 0.6 * np.sign(np.sin(np.arange(width)))[None, :].repeat(height, axis=0)
    vectors = np.stack([x, np.zeros_like(x), np.sqrt(1 - x**2)], axis=2)
    return np.round((vectors / 2 + 0.5) * np.iinfo(dtype).max).astype(dtype)


@pytest.fixture
def maps(tmp_path: Path) -> Path:
    """A folder with the maps of a material: 8-bit colour, a 16-bit normal map, grey roughness."""
    folder = tmp_path / "maps"
    folder.mkdir()
    png.write(folder / "brick_base.png", stripes(3))
    png.write(folder / "brick_normal.png", normals(np.uint16))
    png.write(folder / "brick_rough.png", stripes(1))
    return folder


@pytest.fixture
def blend(maps: Path) -> Path:
    """A .blend beside that folder; its material Bricks uses the maps, another one has none."""
    bricks = bpy.data.materials.new("Bricks")
    bpy.data.materials.new("Plain").use_fake_user = True
    for material in bpy.data.materials:
        if bpy.app.version < (5, 0):
            material.use_nodes = True
    bricks.use_fake_user = True
    nodes, link = bricks.node_tree.nodes, bricks.node_tree.links.new
    shader = next(node for node in nodes if node.bl_idname == "ShaderNodeBsdfPrincipled")
    bump = nodes.new("ShaderNodeNormalMap")
    link(bump.outputs["Normal"], shader.inputs["Normal"])
    sockets = {
        "brick_base.png": shader.inputs["Base Color"],
        "brick_normal.png": bump.inputs["Color"],
        "brick_rough.png": shader.inputs["Roughness"],
    }
    for name, socket in sockets.items():
        node = nodes.new("ShaderNodeTexImage")
        node.image = bpy.data.images.load(str(maps / name))
        node.image.colorspace_settings.is_data = name != "brick_base.png"
        link(node.outputs["Color"], socket)
    path = maps.parent / "scene.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(path), relative_remap=True)
    bpy.ops.file.make_paths_relative()
    bpy.ops.wm.save_mainfile()
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    return path


def ours(error: str) -> list[str]:
    """Our lines among what was said; Blender itself may tell there too of what it cannot read."""
    assert "Traceback" not in error
    return [line for line in error.splitlines() if line.startswith("nifty: ")]


def check_material(folder: Path) -> None:
    """Three maps of twice the size, alike in depth and channels, and the note of them."""
    base = png.read(folder / "brick_base.png")
    normal = png.read(folder / "brick_normal.png")
    rough = png.read(folder / "brick_rough.png")
    assert (base.dtype, base.shape) == (np.uint8, (2 * HEIGHT, 2 * WIDTH, 3))
    assert (normal.dtype, normal.shape) == (np.uint16, (2 * HEIGHT, 2 * WIDTH, 3))
    assert (rough.dtype, rough.shape) == (np.uint8, (2 * HEIGHT, 2 * WIDTH, 1))
    lengths = np.linalg.norm(normal / 32767.5 - 1, axis=2)
    assert np.abs(lengths - 1).max() < 1e-3
    note = json.loads((folder / "brick_base.png.nifty.json").read_text(encoding="utf-8"))
    assert note["seed"] == 3
    assert (note["width"], note["height"]) == (2 * WIDTH, 2 * HEIGHT)
    assert list(note["maps"]) == ["brick_base.png", "brick_rough.png", "brick_normal.png"]
    assert note["maps"]["brick_normal.png"]["kind"] == "normal"
    assert note["maps"]["brick_normal.png"]["source"].endswith("brick_normal.png")
    assert len(list(folder.iterdir())) == 4


def test_the_material_of_a_file(command, blend, tmp_path, capfd):
    content = blend.read_bytes()
    assert command("material", blend, "Bricks", tmp_path / "new", "--seed=3") == 0
    check_material(tmp_path / "new")
    assert blend.read_bytes() == content
    assert ours(capfd.readouterr().err) == []


def test_maps_one_by_one(command, maps, tmp_path, capfd):
    names = ("brick_normal.png", "brick_rough.png", "brick_base.png")
    files = [maps / name for name in names]
    assert command("material", "--maps", *files, tmp_path / "new", "--seed=3") == 0
    check_material(tmp_path / "new")
    assert capfd.readouterr() == ("", "")


def test_both_ways_make_the_same(command, blend, maps, tmp_path):
    assert command("material", blend, "Bricks", tmp_path / "one", "--tile=xy") == 0
    assert command("material", "--maps", *maps.iterdir(), tmp_path / "two", "--tile=xy") == 0
    for path in (tmp_path / "one").glob("*.png"):
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()


def test_roles_and_weights_are_said(command, maps, tmp_path):
    (maps / "brick_base.png").rename(maps / "one.png")
    (maps / "brick_normal.png").rename(maps / "two.png")
    files = [f"normal_dx={maps / 'two.png'}", maps / "one.png", f"roughness={maps}/brick_rough.png"]
    weights = ("--weight=normal=0.5", "--weight=rough=0", "--weight=ao=2")
    assert command("material", "--maps", *files, tmp_path / "new", *weights) == 0
    note = json.loads((tmp_path / "new" / "one.png.nifty.json").read_text(encoding="utf-8"))
    found = {name: (each["kind"], each["weight"]) for name, each in note["maps"].items()}
    assert found == {
        "one.png": ("colour", 1.0),
        "brick_rough.png": ("data", 0.0),
        "two.png": ("normal_directx", 0.5),
    }


def test_maps_count_as_they_do_in_the_panel(command, blend, maps, tmp_path):
    """Without a weight: those that the panel begins with, or that were set in it and saved."""

    def weights(folder: Path) -> list[float]:
        note = json.loads((folder / "brick_base.png.nifty.json").read_text(encoding="utf-8"))
        return [each["weight"] for each in note["maps"].values()]

    assert command("material", "--maps", *maps.iterdir(), tmp_path / "files") == 0
    assert weights(tmp_path / "files") == [1.0, 0.25, 0.25]
    bpy.ops.wm.open_mainfile(filepath=str(blend))
    bpy.data.images["brick_rough.png"].nifty_map.weight = 0.6
    bpy.ops.wm.save_mainfile()
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    assert command("material", blend, "Bricks", tmp_path / "new", "--weight=normal=0.5") == 0
    assert weights(tmp_path / "new") == [1.0, 0.6, 0.5]


def test_headless_and_panel_make_the_same(command, blender, blend, tmp_path):
    bpy.ops.wm.open_mainfile(filepath=str(blend))
    images = blender("images")
    options = blender("command_options").parser(dict.fromkeys(("synthesize", "material", "batch")))
    given = options.parse_args(["synthesize", "a", "b", "--seed=3", *QUICK])
    settings = dataclasses.asdict(blender("command_options").settings_of(given))
    bpy.ops.nifty.synthesize_material(material="Bricks", **settings)
    made = images.values(bpy.data.images["brick_base NIFTY"])
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    assert command("material", blend, "Bricks", tmp_path / "new", "--seed=3") == 0
    written = png.read(tmp_path / "new" / "brick_base.png")[::-1]
    np.testing.assert_allclose(made[..., :3], written / 255, atol=1e-6)


def test_maps_keep_the_ratio_of_their_sizes(command, tmp_path):
    png.write(tmp_path / "a_color.png", stripes(3).repeat(2, axis=0).repeat(2, axis=1))
    png.write(tmp_path / "a_height.png", stripes(1))
    sources = (tmp_path / "a_height.png", tmp_path / "a_color.png")
    assert command("material", "--maps", *sources, tmp_path / "new", "--size=60x44") == 0
    assert png.read(tmp_path / "new" / "a_color.png").shape == (44, 60, 3)
    assert png.read(tmp_path / "new" / "a_height.png").shape == (22, 30, 1)


def test_images_without_a_file_get_a_format_that_keeps_their_depth(command, tmp_path):
    material = bpy.data.materials.new("Painted")
    if bpy.app.version < (5, 0):
        material.use_nodes = True
    material.use_fake_user = True
    nodes, link = material.node_tree.nodes, material.node_tree.links.new
    shader = next(node for node in nodes if node.bl_idname == "ShaderNodeBsdfPrincipled")
    for name, socket, is_float in (("Skin", "Base Color", False), ("Pores", "Roughness", True)):
        node = nodes.new("ShaderNodeTexImage")
        node.image = bpy.data.images.new(
            name, WIDTH, HEIGHT, float_buffer=is_float, is_data=is_float
        )
        pixels = np.ones((HEIGHT, WIDTH, 4), np.float32)
        pixels[..., :3] = stripes(3) / np.float32(255)
        node.image.pixels.foreach_set(pixels.ravel())
        node.image.pack()
        link(node.outputs["Color"], shader.inputs[socket])
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "painted.blend"))
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    assert command("material", tmp_path / "painted.blend", "Painted", tmp_path / "new") == 0
    names = sorted(path.name for path in (tmp_path / "new").iterdir())
    assert names == ["Pores.exr", "Skin.png", "Skin.png.nifty.json"]


def test_what_is_there_is_left_and_what_is_half_there_is_made(command, maps, tmp_path, capfd):
    arguments = ("material", "--maps", *maps.iterdir(), tmp_path / "new", "--seed=3")
    assert command(*arguments) == 0
    (tmp_path / "new" / "brick_rough.png").unlink()
    assert command(*arguments) == 0
    check_material(tmp_path / "new")
    capfd.readouterr()
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "new").iterdir()}
    assert command(*arguments, "--steps=3") == 0
    assert capfd.readouterr().out == "brick: already there\n"
    assert before == {path: path.stat().st_mtime_ns for path in (tmp_path / "new").iterdir()}


def test_all_files_are_written_or_none(command, maps, tmp_path, capfd):
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (71_000, hard))
    try:
        # The colour fits, the 16-bit normals that are written last do not.
        assert command("material", "--maps", *maps.iterdir(), tmp_path / "new") == 1
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "brick_normal.png cannot be written: File too large" in capfd.readouterr().err
    assert list((tmp_path / "new").iterdir()) == []


def test_a_batch_makes_sets(command, maps, tmp_path, capfd):
    png.write(maps / "leaf.png", stripes(4))
    png.write(maps / "wood_diff.png", stripes(3))
    png.write(maps / "wood_nor_gl.png", normals(height=HEIGHT - 2))
    assert command("batch", maps, tmp_path / "new", "--seed=3") == 1
    out, error = capfd.readouterr()
    assert out == "2 made, 0 already there, 1 failed\n"
    (line,) = ours(error)
    assert line.startswith("nifty: wood: The maps have different proportions: “wood_diff.png”")
    assert "“wood_nor_gl.png” 16 × 10" in line
    assert {path.name for path in (tmp_path / "new").glob("leaf*")} == {
        "leaf.png",
        "leaf.png.nifty.json",
    }
    for path in (tmp_path / "new").glob("leaf*"):
        path.unlink()
    check_material(tmp_path / "new")


def test_a_folder_of_bare_roles_is_a_set_of_its_name(blender, tmp_path):
    for name in ("color", "normal", "Roughness"):
        (tmp_path / f"{name}.png").write_bytes(b"")
    (found,) = blender("map_sets").in_folder(tmp_path)
    assert found.name == tmp_path.name
    names = [file.path.name for file in found.files]
    assert names == ["color.png", "Roughness.png", "normal.png"]


def test_sets_by_name(blender, tmp_path):
    groups = {
        "a.jpg": ["a.jpg"],
        "a.png": ["a.png"],
        "rough_wood": ["rough_wood.png", "rough_wood_normal.png"],
        "rough_stone": ["rough_stone.png"],
        "metal_plate": ["metal_plate.png"],
        "wall_2k": ["wall_diff_2k.jpg", "wall_arm_2k.png", "wall_nor_gl_2k.exr"],
        "wall_4k": ["wall_diff_4k.jpg", "wall_rough_4k.png"],
    }
    for names in groups.values():
        for name in names:
            (tmp_path / name).write_bytes(b"")
    found = blender("map_sets").in_folder(tmp_path)
    assert sorted([file.path.name for file in each.files] for each in found) == sorted(
        groups.values()
    )
    several = {each.name for each in found if len(each.files) > 1}
    assert several == {"rough_wood", "wall_2k", "wall_4k"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["gone.blend", "Bricks", "new"], "gone.blend cannot be read: No such file"),
        (["maps/brick_base.png", "Bricks", "new"], "brick_base.png cannot be read: "),
        (["scene.blend", "Wall", "new"], "has no material “Wall”: those in it are Bricks, Plain"),
        (["scene.blend", "Plain", "new"], "“Plain” has no image textures"),
        (["--maps", "maps/gone.png", "new"], "gone.png cannot be read: No such file"),
        (["--maps", "maps/brick_base.png", "wide_rough.png", "new"], "“wide_rough.png” 16 × 6"),
        (["--maps", "maps/brick_base.png", "height=grey.mp4", "new"], "grey.mp4 cannot be read"),
        (["--maps", "normal=maps/brick_rough.png", "new"], "is to be a normal map, but"),
        (["--maps", "maps/brick_base.png", "scene.blend"], "scene.blend: File exists"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line_and_fails_with_1(
    command, blend, monkeypatch, capfd, arguments, said
):
    monkeypatch.chdir(blend.parent)
    png.write(Path("wide_rough.png"), stripes(1)[:6])
    assert command("material", *arguments) == 1
    (line,) = ours(capfd.readouterr().err)
    assert said in line
    assert not Path("new").is_dir() or list(Path("new").iterdir()) == []


def test_maps_of_different_proportions_leave_no_folder(command, maps, tmp_path, capfd):
    png.write(maps / "brick_rough.png", stripes(1)[:6])
    assert command("material", "--maps", *maps.iterdir(), tmp_path / "new") == 1
    assert "different proportions" in capfd.readouterr().err
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("what", ["is missing", "differs", "bends"])
def test_what_is_wrong_with_a_material_is_said(command, blend, maps, tmp_path, capfd, what):
    if what == "is missing":
        (maps / "brick_rough.png").unlink()
        said = "“brick_rough.png” has no pixels: its file"
    elif what == "differs":
        png.write(maps / "brick_rough.png", stripes(1)[:-2])
        said = "“brick_rough.png” 16 × 10"
    else:
        bpy.ops.wm.open_mainfile(filepath=str(blend))
        bpy.data.images["brick_normal.png"].colorspace_settings.name = "sRGB"
        bpy.ops.wm.save_mainfile()
        bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
        said = "which bends its normals"
    assert command("material", blend, "Bricks", tmp_path / "new") == 1
    (line,) = ours(capfd.readouterr().err)
    assert said in line
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["material", "scene.blend", "new"], "a .blend file, a material and a folder are needed"),
        (["material", "scene.blend"], "OUTPUT_FOLDER"),
        (["material", "--maps", "a.png", "b.png", "new"], "say so, as in roughness=a.png"),
        (["material", "--maps", "paint=a.png", "new"], "'paint' is no role of a map; known are"),
        (["material", "--maps", "x/a.png", "rough=y/a.png", "new"], "a.png would be written for"),
        (["material", "--maps", "a.png", "new", "--weight=paint=1"], "'paint' is no role"),
        (["material", "--maps", "a.png", "new", "--weight=normal=-1"], "is no weight such as"),
        (["material", "--maps", "a.png", "new", "--weight=normal"], "is no weight such as"),
        (["material", "--maps", "a.png", "new", "--tile=z"], "invalid choice: 'z'"),
        (["batch", "empty", "new"], "empty holds no images"),
        (["batch", "empty", "new", "--plan"], "empty holds no images"),
        (["batch", "twice", "new", "--format=png"], "a.png would be written for two"),
    ],
)
def test_wrong_usage_is_said_and_fails_with_2(
    command, tmp_path, monkeypatch, capfd, arguments, said
):
    monkeypatch.chdir(tmp_path)
    Path("empty").mkdir()
    Path("twice").mkdir()
    for name in ("a.png", "a.jpg"):
        png.write(Path("twice") / name, stripes(3))
    for folder in "xy":
        Path(folder).mkdir()
        png.write(Path(folder) / "a.png", stripes(3))
    assert command(*arguments) == 2
    error = capfd.readouterr().err
    assert said in error
    assert "Traceback" not in error
    assert not Path("new").is_dir() or list(Path("new").iterdir()) == []

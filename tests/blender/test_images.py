# SPDX-License-Identifier: GPL-3.0-or-later
"""Image datablocks to arrays and back: what goes through, what is refused, what survives."""

import dataclasses
import json
from pathlib import Path

import bpy
import numpy as np
import pytest

from tests.blender import png

HEIGHT, WIDTH = 12, 20


def noise(channels: int, dtype: type = np.uint8) -> np.ndarray:
    random = np.random.default_rng(channels)
    top = np.iinfo(dtype).max
    return random.integers(0, top, (HEIGHT, WIDTH, channels), dtype, endpoint=True)


def pixels_for(kind, high: float = 1.0) -> np.ndarray:
    """Random pixels as Blender holds them for such a kind, no alpha below 0.1."""
    random = np.random.default_rng(7)
    pixels = random.uniform(0, high, (HEIGHT, WIDTH, kind.channels)).astype(np.float32)
    if kind.channels in (2, 4):
        pixels[..., -1:] = random.uniform(0.1, 1, (HEIGHT, WIDTH, 1))
        if kind.is_float and kind.alpha_mode in ("STRAIGHT", "PREMUL"):
            pixels[..., :-1] *= pixels[..., -1:]
    if not kind.is_float:
        pixels = np.round(pixels * 255).astype(np.float32) / np.float32(255)
    return pixels


def four_channels(pixels: np.ndarray) -> np.ndarray:
    has_alpha = pixels.shape[2] in (2, 4)
    colors = pixels[..., :-1] if has_alpha else pixels
    alpha = pixels[..., -1:] if has_alpha else np.ones_like(pixels[..., :1])
    return np.concatenate([np.broadcast_to(colors, (*colors.shape[:2], 3)), alpha], axis=2)


def save_and_open(folder: Path) -> None:
    path = str(folder / "scene.blend")
    bpy.ops.wm.save_as_mainfile(filepath=path)
    bpy.ops.wm.read_homefile(use_empty=True)
    bpy.ops.wm.open_mainfile(filepath=path)


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_reads_the_stored_values_of_bytes(images, tmp_path, channels):
    stored = noise(channels)
    image = bpy.data.images.load(str(png.write(tmp_path / "noise.png", stored)))
    pixels, kind = images.read(image)
    assert kind == images.ImageKind(False, channels, "sRGB", "STRAIGHT")
    assert pixels.dtype == np.float32
    assert pixels.flags.c_contiguous
    np.testing.assert_array_equal(np.round(pixels * 255), stored[::-1])
    np.testing.assert_allclose(pixels, stored[::-1] / 255, atol=1e-6)


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_reads_the_stored_values_of_16_bit_data(images, tmp_path, channels):
    stored = noise(channels, np.uint16)
    image = bpy.data.images.load(str(png.write(tmp_path / "noise.png", stored)))
    image.colorspace_settings.name = "Non-Color"
    pixels, kind = images.read(image)
    assert kind == images.ImageKind(True, channels, "Non-Color", "STRAIGHT")
    np.testing.assert_allclose(pixels, stored[::-1] / 65535, atol=1e-6)


def test_leaves_out_an_alpha_that_is_one_everywhere(images, tmp_path):
    stored = noise(4)
    stored[..., 3] = 255
    image = bpy.data.images.load(str(png.write(tmp_path / "opaque.png", stored)))
    pixels, kind = images.read(image)
    assert kind.channels == 3
    np.testing.assert_array_equal(np.round(pixels * 255), stored[::-1, :, :3])


def test_keeps_a_nearly_opaque_alpha(images, tmp_path):
    stored = np.full((4, 4, 4), 65535, np.uint16)
    stored[2, 1, 3] = 65534
    image = bpy.data.images.load(str(png.write(tmp_path / "nearly.png", stored)))
    assert images.read(image)[1].channels == 2


def test_reading_changes_nothing(images, tmp_path):
    image = bpy.data.images.load(str(png.write(tmp_path / "noise.png", noise(3))))
    before = set(bpy.data.images), set(bpy.data.scenes)
    images.read(image)
    assert not image.is_dirty
    assert (set(bpy.data.images), set(bpy.data.scenes)) == before


def test_a_kind_goes_through_json(images):
    kind = images.ImageKind(True, 4, "Non-Color", "CHANNEL_PACKED")
    assert images.ImageKind(**json.loads(json.dumps(dataclasses.asdict(kind)))) == kind


@pytest.mark.parametrize(
    ("kind", "colorspace", "alpha_mode", "tolerance"),
    [
        *((("byte", c, "sRGB", "STRAIGHT"), "sRGB", "STRAIGHT", 0) for c in (1, 2, 3, 4)),
        (("byte", 4, "sRGB", "CHANNEL_PACKED"), "sRGB", "CHANNEL_PACKED", 0),
        (("byte", 3, "sRGB", "NONE"), "sRGB", "NONE", 0),
        (("byte", 3, "sRGB", "PREMUL"), "sRGB", "PREMUL", 0),
        (("byte", 4, "sRGB", "PREMUL"), "sRGB", "STRAIGHT", 0),
        (("byte", 4, "Non-Color", "PREMUL"), "Non-Color", "PREMUL", 0),
        (("byte", 4, "Linear Rec.709", "STRAIGHT"), "Linear Rec.709", "STRAIGHT", 0),
        *(
            (("float", c, "Non-Color", "STRAIGHT"), "Non-Color", "STRAIGHT", 0)
            for c in (1, 2, 3, 4)
        ),
        (("float", 4, "Non-Color", "CHANNEL_PACKED"), "Non-Color", "CHANNEL_PACKED", 0),
        (("float", 4, "Linear Rec.709", "PREMUL"), "Linear Rec.709", "PREMUL", 0),
        (("float", 4, "Linear Rec.709", "STRAIGHT"), "Linear Rec.709", "PREMUL", 0),
        (("float", 3, "Linear Rec.709", "STRAIGHT"), "Linear Rec.709", "STRAIGHT", 0),
        (("float", 3, "scene_linear", "NONE"), "Linear Rec.709", "NONE", 0),
        (("float", 4, "Linear Rec.2020", "CHANNEL_PACKED"), "Linear Rec.709", "CHANNEL_PACKED", 0),
        *((("float", c, "sRGB", "STRAIGHT"), "sRGB", "STRAIGHT", 6e-5) for c in (1, 2, 3, 4)),
        (("float", 4, "sRGB", "PREMUL"), "sRGB", "STRAIGHT", 6e-5),
        (("float", 4, "sRGB", "CHANNEL_PACKED"), "Linear Rec.709", "CHANNEL_PACKED", 0),
    ],
)
def test_a_result_survives_saving_and_opening(
    image_making, images, result_of, tmp_path, kind, colorspace, alpha_mode, tolerance
):
    kind = images.ImageKind(kind[0] == "float", *kind[1:])
    pixels = pixels_for(kind, high=1.0 if not kind.is_float or kind.colorspace == "sRGB" else 50.0)
    image = image_making.create("result", WIDTH, HEIGHT, kind)
    image_making.finish(image, result_of(kind, pixels))
    image.use_fake_user = True
    for _ in range(2):
        image = bpy.data.images["result"]
        assert image.packed_file is not None
        assert not image.is_dirty
        assert (image.is_float, tuple(image.size)) == (kind.is_float, (WIDTH, HEIGHT))
        assert (image.colorspace_settings.name, image.alpha_mode) == (colorspace, alpha_mode)
        assert list(image.keys()) == []
        exact = 1e-6 if not kind.is_float else 0
        error = np.abs(images.values(image) - four_channels(pixels)).max()
        assert error <= max(tolerance, exact)
        save_and_open(tmp_path)


def test_a_result_is_read_as_the_kind_it_was_made_of(image_making, images, result_of):
    for kind in (
        images.ImageKind(False, 3, "sRGB", "STRAIGHT"),
        images.ImageKind(False, 2, "Non-Color", "CHANNEL_PACKED"),
        images.ImageKind(True, 1, "sRGB", "STRAIGHT"),
        images.ImageKind(True, 4, "sRGB", "STRAIGHT"),
        images.ImageKind(True, 4, "Linear Rec.709", "PREMUL"),
    ):
        image = image_making.create("result", WIDTH, HEIGHT, kind)
        image_making.finish(image, result_of(kind, pixels_for(kind)))
        assert images.read(image)[1] == kind


def test_high_dynamic_range_is_not_cut_off_whatever_its_colour_space(image_making, images):
    source = bpy.data.images.new("source", WIDTH, HEIGHT, float_buffer=True)
    pixels = np.random.default_rng(1).uniform(0, 9, (HEIGHT, WIDTH, 3)).astype(np.float32)
    source.pixels.foreach_set(four_channels(pixels).ravel())
    source.pack()
    source.colorspace_settings.name = "sRGB"
    pixels, kind = images.read(source)
    assert pixels.max() > 9
    image = image_making.create("result", WIDTH, HEIGHT, kind)
    image_making.finish(image, pixels)
    image.reload()
    np.testing.assert_array_equal(images.read(image)[0], pixels)


@pytest.mark.parametrize("colorspace", ["sRGB", "Non-Color", "Linear Rec.709"])
@pytest.mark.parametrize("is_float", [False, True])
def test_a_result_survives_undo_and_redo(image_making, images, result_of, is_float, colorspace):
    kind = images.ImageKind(is_float, 3, colorspace, "STRAIGHT")
    bpy.ops.ed.undo_push(message="before")
    image = image_making.create("result", WIDTH, HEIGHT, kind)
    image_making.finish(image, result_of(kind, pixels_for(kind)))
    expected = images.values(image)
    bpy.ops.ed.undo_push(message="synthesize")
    bpy.ops.ed.undo_push(message="after")
    bpy.ops.ed.undo()
    np.testing.assert_array_equal(images.values(bpy.data.images["result"]), expected)
    bpy.ops.ed.undo()
    assert "result" not in bpy.data.images
    bpy.ops.ed.redo()
    image = bpy.data.images["result"]
    np.testing.assert_array_equal(images.values(image), expected)
    assert image.colorspace_settings.name == colorspace


@pytest.mark.parametrize("is_float", [False, True])
@pytest.mark.parametrize("colorspace", ["sRGB", "Non-Color"])
def test_previews_grow_into_the_result(image_making, images, result_of, is_float, colorspace):
    kind = images.ImageKind(is_float, 3, colorspace, "STRAIGHT")
    pixels = pixels_for(kind)
    image = image_making.create("result", WIDTH, HEIGHT, kind)
    for step in (4, 2):
        smaller = np.ascontiguousarray(pixels[::step, ::step])
        image_making.show_preview(image, smaller)
        assert tuple(image.size) == (WIDTH // step, HEIGHT // step)
        assert image.packed_file is None
        np.testing.assert_allclose(images.values(image)[..., :3], smaller, atol=1e-6)
    image_making.finish(image, result_of(kind, pixels))
    assert tuple(image.size) == (WIDTH, HEIGHT)
    np.testing.assert_allclose(images.values(image)[..., :3], pixels, atol=6e-5)


def test_making_a_result_leaves_nothing_else_behind(image_making, images):
    before = set(bpy.data.scenes)
    image = image_making.create(
        "result", WIDTH, HEIGHT, images.ImageKind(True, 3, "sRGB", "STRAIGHT")
    )
    image_making.finish(image, np.full((HEIGHT, WIDTH, 3), 0.5, np.float32))
    assert set(bpy.data.scenes) == before
    assert list(bpy.data.images) == [image]


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_refuses_values_that_are_no_numbers(images, value):
    image = bpy.data.images.new("burnt", WIDTH, HEIGHT, float_buffer=True)
    pixels = np.ones((HEIGHT, WIDTH, 4), np.float32)
    pixels[3, 5, 1] = value
    image.pixels.foreach_set(pixels.ravel())
    images.check(image)
    with pytest.raises(images.UnusableImage, match=r"“burnt”.* NaN or infinite"):
        images.read(image)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("MOVIE", "movie"),
        ("SEQUENCE", "sequence"),
        ("TILED", "UDIM"),
    ],
)
def test_refuses_what_is_no_single_image(images, source, said):
    image = bpy.data.images.new("wall", WIDTH, HEIGHT, tiled=source == "TILED")
    image.source = source
    for refusing in (images.check, images.read):
        with pytest.raises(images.UnusableImage, match=f"“wall” .*{said}"):
            refusing(image)


def test_refuses_the_render_result_and_multi_layer_files(images, tmp_path):
    scene = bpy.context.scene
    scene.camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
    scene.collection.objects.link(scene.camera)
    scene.render.engine = "CYCLES"
    scene.cycles.samples = 1
    scene.render.resolution_x = scene.render.resolution_y = 8
    settings = scene.render.image_settings
    if hasattr(settings, "media_type"):
        settings.media_type = "MULTI_LAYER_IMAGE"
    settings.file_format = "OPEN_EXR_MULTILAYER"
    scene.render.filepath = str(tmp_path / "layers.exr")
    bpy.ops.render.render(write_still=True)
    with pytest.raises(images.UnusableImage, match="“Render Result” is a render result"):
        images.check(bpy.data.images["Render Result"])
    with pytest.raises(images.UnusableImage, match=r"“layers\.exr” is a multi-layer file"):
        images.check(bpy.data.images.load(scene.render.filepath))


def test_refuses_a_missing_file_and_says_which(images, tmp_path):
    path = png.write(tmp_path / "gone.png", noise(3))
    image = bpy.data.images.load(str(path))
    path.unlink()
    image.reload()
    with pytest.raises(images.UnusableImage) as refused:
        images.check(image)
    assert str(path) in str(refused.value)


def test_refuses_no_image_and_an_image_without_a_file(images):
    with pytest.raises(images.UnusableImage, match="no image yet"):
        images.check(None)
    image = bpy.data.images.new("empty", WIDTH, HEIGHT)
    image.source = "FILE"
    with pytest.raises(images.UnusableImage, match="“empty” has no pixels"):
        images.check(image)


@pytest.mark.parametrize(
    ("alpha_mode", "alpha"),
    [("STRAIGHT", 3), ("PREMUL", 3), ("CHANNEL_PACKED", None), ("NONE", None)],
)
def test_the_fourth_channel_is_opacity_unless_it_is_something_else(
    blender, images, alpha_mode, alpha
):
    kind = images.ImageKind(False, 4, "sRGB", alpha_mode)
    source = blender("recipe").Source("leaf")
    assert kind.map_of(pixels_for(kind), source).alpha == alpha
    assert (
        kind.map_of(pixels_for(kind), dataclasses.replace(source, has_opacity=False)).alpha is None
    )

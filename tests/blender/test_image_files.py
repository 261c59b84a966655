# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of images: the values that go through, and files whole or not at all."""

import os
from collections.abc import Callable
from pathlib import Path

import bpy
import numpy as np
import pytest

from tests.blender import png

HEIGHT, WIDTH = 24, 32


@pytest.fixture
def through(image_making, images, image_files, result_of) -> Callable[[Path, Path], None]:
    """All the way that the commands go, synthesis aside."""

    def run(source: Path, target: Path) -> None:
        pixels, kind = images.read(image_files.load(source))
        result = image_making.create("result", pixels.shape[1], pixels.shape[0], kind)
        image_making.finish(result, result_of(kind, pixels))
        image_files.save(result, target)

    return run


def noise(channels: int, dtype: type) -> np.ndarray:
    random = np.random.default_rng(channels)
    top = np.iinfo(dtype).max
    pixels = random.integers(0, top, (HEIGHT, WIDTH, channels), dtype, endpoint=True)
    if channels in (2, 4):
        pixels[..., -1] = np.maximum(pixels[..., -1], top // 10)
    return pixels


def rgba(pixels: np.ndarray) -> np.ndarray:
    has_alpha = pixels.shape[2] in (2, 4)
    colors = pixels[..., :-1] if has_alpha else pixels
    opaque = np.full_like(pixels[..., :1], np.iinfo(pixels.dtype).max)
    alpha = pixels[..., -1:] if has_alpha else opaque
    return np.concatenate([np.broadcast_to(colors, (*colors.shape[:2], 3)), alpha], axis=2)


def smooth(is_float: bool, high: float = 1.0) -> np.ndarray:
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH] / 31
    pixels = np.stack([x, y, 0.5 * x + 0.5 * y, np.ones_like(x)], axis=2).astype(np.float32)
    pixels[..., :3] *= high
    return pixels if is_float else np.round(pixels * 255).astype(np.float32) / np.float32(255)


def datablock(pixels: np.ndarray, is_float: bool) -> bpy.types.Image:
    height, width = pixels.shape[:2]
    image = bpy.data.images.new("made", width, height, alpha=True, float_buffer=is_float)
    image.pixels.foreach_set(pixels.ravel())
    return image


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_8_bits_go_through_exactly(through, tmp_path, channels):
    stored = noise(channels, np.uint8)
    through(png.write(tmp_path / "in.png", stored), tmp_path / "out.png")
    written = png.read(tmp_path / "out.png")
    assert written.dtype == np.uint8
    assert written.shape[2] == channels
    np.testing.assert_array_equal(rgba(written), rgba(stored))


def test_a_16_bit_image_changed_after_packing_is_written_as_it_is_now(image_files, tmp_path):
    stored = noise(3, np.uint16)
    image = image_files.load(png.write(tmp_path / "in.png", stored))
    image.pack()
    image.pixels.foreach_set(smooth(is_float=True).ravel() * 0 + 1)
    image_files.save(image, tmp_path / "out.png")
    assert (png.read(tmp_path / "out.png") == 65535).all()


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_16_bits_go_through_to_one_step(through, tmp_path, channels):
    stored = noise(channels, np.uint16)
    through(png.write(tmp_path / "in.png", stored), tmp_path / "out.png")
    written = png.read(tmp_path / "out.png")
    assert written.dtype == np.uint16
    assert written.shape[2] == {2: 4}.get(channels, channels)
    assert np.abs(rgba(written).astype(int) - rgba(stored)).max() <= 1


def test_16_bits_go_through_tiff_to_two_steps(images, image_files, through, tmp_path):
    stored = noise(3, np.uint16)
    through(png.write(tmp_path / "in.png", stored), tmp_path / "out.tif")
    written = image_files.load(tmp_path / "out.tif")
    written.colorspace_settings.name = "Non-Color"
    error = images.values(written)[::-1, :, :3] * 65535 - stored
    assert np.abs(error).max() < 2.1


def test_data_is_not_bent(image_files, tmp_path):
    pixels = smooth(is_float=True)
    image = datablock(pixels, is_float=True)
    image.colorspace_settings.name = "Non-Color"
    image.pixels.foreach_set(pixels.ravel())
    image_files.save(image, tmp_path / "data.png")
    written = png.read(tmp_path / "data.png")[::-1] / 65535
    np.testing.assert_allclose(written, pixels[..., :3], atol=0.51 / 65535)


def test_a_look_for_renders_does_not_show(image_files, tmp_path):
    scene = bpy.context.scene
    scene.view_settings.view_transform = "AgX"
    scene.view_settings.exposure = 3
    pixels = smooth(is_float=False)
    image_files.save(datablock(pixels, is_float=False), tmp_path / "plain.png")
    written = png.read(tmp_path / "plain.png")[::-1]
    np.testing.assert_array_equal(written, np.round(pixels[..., :3] * 255))


def test_full_floats_go_through_exr(images, image_files, through, tmp_path):
    pixels = smooth(is_float=True, high=1000.0)
    pixels[..., 3] = np.linspace(0.2, 1, WIDTH)
    image_files.save(datablock(pixels, is_float=True), tmp_path / "in.exr")
    through(tmp_path / "in.exr", tmp_path / "out.exr")
    image = image_files.load(tmp_path / "out.exr")
    np.testing.assert_array_equal(images.values(image), pixels)


@pytest.mark.parametrize("is_float", [False, True])
def test_every_ending_is_written_and_read(images, image_files, tmp_path, is_float):
    pixels = smooth(is_float)
    lossless = {".png", ".tif", ".tiff", ".bmp", ".tga", ".webp", ".exr"}
    for ending in image_files.WRITABLE_ENDINGS:
        image_files.save(datablock(pixels, is_float), tmp_path / f"image{ending}")
        image = image_files.load(tmp_path / f"image{ending}")
        assert tuple(image.size) == (WIDTH, HEIGHT), ending
        if image.is_float == is_float:
            error = np.abs(images.values(image) - pixels)
            assert error.mean() < 0.02, ending
            assert error.max() < 1e-4 or ending not in lossless, ending
    assert {path.name for path in tmp_path.iterdir()} == {
        f"image{ending}" for ending in image_files.WRITABLE_ENDINGS
    }


def test_bytes_come_back_from_exr(images, image_files, tmp_path):
    pixels = smooth(is_float=False)
    image_files.save(datablock(pixels, is_float=False), tmp_path / "image.exr")
    image_files.save(image_files.load(tmp_path / "image.exr"), tmp_path / "image.png")
    written = png.read(tmp_path / "image.png")[::-1] / 257
    assert np.abs(written - pixels[..., :3] * 255).max() < 0.5


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_formats_that_lack_grey_or_alpha_still_show_the_image(
    images, image_files, through, tmp_path, channels
):
    stored = noise(channels, np.uint8)
    source = png.write(tmp_path / "in.png", stored)
    for ending in image_files.WRITABLE_ENDINGS:
        through(source, tmp_path / f"out{ending}")
        assert min(image_files.load(tmp_path / f"out{ending}").size) > 0


def test_the_endings_are_known(image_files):
    writable, readable = image_files.WRITABLE_ENDINGS, image_files.READABLE_ENDINGS
    assert {".png", ".jpg", ".jpeg", ".tif", ".tiff", ".exr", ".bmp", ".tga"} <= set(writable)
    assert set(writable) <= set(readable)


def test_a_large_ending_is_an_ending(image_files, tmp_path):
    image_files.save(datablock(smooth(False), False), tmp_path / "IMAGE.PNG")
    assert png.read(tmp_path / "IMAGE.PNG").shape == (HEIGHT, WIDTH, 3)


def test_a_relative_path_is_below_the_current_folder(image_files, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    image_files.save(datablock(smooth(False), False), "image.png")
    assert (tmp_path / "image.png").is_file()
    assert tuple(image_files.load("image.png").size) == (WIDTH, HEIGHT)


@pytest.mark.parametrize("name", ["image", "image.xyz", "image.mp4"])
def test_refuses_an_unknown_ending_and_names_the_known(image_files, tmp_path, name):
    with pytest.raises(image_files.UnusableFile, match=r"\.png, .*\.exr"):
        image_files.save(datablock(smooth(False), False), tmp_path / name)


def test_refuses_a_missing_folder(image_files, tmp_path):
    with pytest.raises(image_files.UnusableFile, match=r"make the folder .*nowhere first"):
        image_files.save(datablock(smooth(False), False), tmp_path / "nowhere" / "image.png")
    assert not (tmp_path / "nowhere").exists()


def test_refuses_a_folder(image_files, tmp_path):
    (tmp_path / "image.png").mkdir()
    with pytest.raises(image_files.UnusableFile, match="is a folder"):
        image_files.check_writable(tmp_path / "image.png")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may do anything")
def test_refuses_a_folder_that_may_not_be_written(image_files, tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(image_files.UnusableFile, match="may not write"):
        image_files.check_writable(tmp_path / "image.png")


@pytest.mark.parametrize("ending", [".png", ".tga", ".bmp", ".webp", ".exr"])
def test_a_full_disk_leaves_what_was_there(image_files, tmp_path, ending):
    resource = pytest.importorskip("resource")
    path = tmp_path / f"image{ending}"
    path.write_text("what was there")
    image = datablock(np.random.default_rng(0).random((200, 200, 4), np.float32), is_float=False)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
    try:
        with pytest.raises(image_files.UnusableFile, match=f"image{ending} cannot be written: "):
            image_files.save(image, path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert path.read_text() == "what was there"
    assert list(tmp_path.iterdir()) == [path]


def test_saving_leaves_nothing_else_behind(image_files, tmp_path):
    image = datablock(smooth(False), False)
    before = set(bpy.data.scenes), set(bpy.data.images), image.filepath, image.source
    image_files.save(image, tmp_path / "image.png")
    assert (set(bpy.data.scenes), set(bpy.data.images), image.filepath, image.source) == before
    assert [path.name for path in tmp_path.iterdir()] == ["image.png"]


def test_refuses_to_mix_alpha_into_data(image_making, images, image_files, tmp_path):
    pixels = smooth(is_float=True)
    pixels[..., 3] = 0.5
    kind = images.ImageKind(True, 4, "Non-Color", "CHANNEL_PACKED")
    image = image_making.create("packed", WIDTH, HEIGHT, kind)
    image_making.finish(image, pixels)
    with pytest.raises(image_files.UnusableFile, match=r"“packed”.*\.exr"):
        image_files.save(image, tmp_path / "packed.png")
    image_files.save(image, tmp_path / "packed.exr")
    written = image_files.load(tmp_path / "packed.exr")
    np.testing.assert_array_equal(images.values(written), pixels)


@pytest.mark.parametrize("content", [b"", b"a letter", b"\x89PNG\r\n\x1a\n cut off"])
def test_refuses_a_file_that_is_no_image(image_files, tmp_path, content):
    path = tmp_path / "image.png"
    path.write_bytes(content)
    with pytest.raises(image_files.UnusableFile, match=r"image\.png cannot be read as an image"):
        image_files.load(path)
    assert not bpy.data.images


def test_refuses_half_a_png(image_files, tmp_path):
    path = png.write(tmp_path / "image.png", noise(3, np.uint8))
    path.write_bytes(path.read_bytes()[:900])
    with pytest.raises(image_files.UnusableFile, match="damaged"):
        image_files.load(path)


def test_refuses_a_missing_file_and_a_folder(image_files, tmp_path):
    with pytest.raises(image_files.UnusableFile, match=r"gone\.png cannot be read: No such file"):
        image_files.load(tmp_path / "gone.png")
    with pytest.raises(image_files.UnusableFile, match="cannot be read"):
        image_files.load(tmp_path)
    assert not bpy.data.images

# SPDX-License-Identifier: GPL-3.0-or-later
"""How pictures are put together and written."""

import bpy
import numpy as np
import pytest

from examples.demo import GAP, pixels_of, save, side_by_side
from pictures.textures import stacked


def plain(height, width, grey):
    picture = np.full((height, width, 4), grey, np.float32)
    picture[..., 3] = 1
    return picture


def test_side_by_side_at_their_size_aligned_at_the_top():
    small, large = plain(3, 2, 0.25), plain(5, 4, 0.75)
    small[-1] = large[-1] = 0.5  # the top row, as Blender holds pictures
    both = side_by_side(small, large)
    assert both.shape == (5, 2 + GAP + 4, 4)
    np.testing.assert_array_equal(both[2:, :2], small)
    np.testing.assert_array_equal(both[:, -4:], large)
    assert (both[:2, :2] == 1).all() and (both[:, 2:-4] == 1).all()


def test_stacked_from_the_top():
    first, second = plain(3, 2, 0.25), plain(4, 2, 0.75)
    both = stacked(first, second)
    assert both.shape == (3 + GAP + 4, 2, 4)
    np.testing.assert_array_equal(both[-3:], first)
    np.testing.assert_array_equal(both[:4], second)


@pytest.mark.parametrize(("ending", "off"), [("png", 0.002), ("jpg", 0.02)])
def test_saved_as_the_ending_says(tmp_path, ending, off):
    picture = plain(32, 48, 0.25)
    picture[16:, :, 0] = 0.75
    path = tmp_path / f"picture.{ending}"
    save(picture, path)
    image = bpy.data.images.load(str(path))
    assert image.file_format == {"png": "PNG", "jpg": "JPEG"}[ending]
    assert np.abs(pixels_of(image)[20:, :, :3] - picture[20:, :, :3]).max() < off

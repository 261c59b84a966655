# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from addon_core.patches import Aggregation, Grid, Patches

SHAPES = st.tuples(st.integers(8, 40), st.integers(8, 40), st.integers(1, 4))


def _image(shape: tuple[int, int, int]) -> np.ndarray:
    return np.random.default_rng(1).random(shape, dtype=np.float32)


@settings(deadline=None, derandomize=True)
@given(SHAPES, st.integers(2, 8), st.integers(1, 8))
def test_patches_are_the_images_own(shape, size, stride):
    image = _image(shape)
    patches = Patches(image, Grid.inside(shape[:2], size, stride))
    expected = [
        image[i : i + size, j : j + size].ravel()
        for i in range(0, shape[0] - size + 1, stride)
        for j in range(0, shape[1] - size + 1, stride)
    ]
    assert np.array_equal(patches.take(np.arange(len(patches))), expected)
    bands = np.concatenate([patches.band(band) for band in patches.grid.bands(7)])
    assert np.array_equal(bands, expected)
    assert np.allclose(patches.mean(), np.mean(expected, axis=0), atol=1e-6)


@settings(deadline=None, derandomize=True)
@given(SHAPES, st.integers(2, 8), st.data())
def test_unchanged_patches_average_back_to_the_image(shape, size, data):
    """No pixel stays uncovered, whatever the size and the stride."""
    stride = data.draw(st.integers(1, size))
    image = _image(shape)
    grid = Grid.covering(shape[:2], size, stride)
    patches = Patches(image, grid)
    aggregation = Aggregation(shape, grid, width=0.25)
    for band in grid.bands(data.draw(st.integers(1, 50))):
        aggregation.add(band, patches.band(band))
    assert np.allclose(aggregation.image(), image, atol=1e-5)


def test_overlapping_patches_are_weighted_by_a_gaussian():
    grid = Grid.covering((4, 6), 4, 2)
    aggregation = Aggregation((4, 6, 1), grid, width=0.25)
    aggregation.add(slice(0, 1), np.array([np.zeros(16), np.ones(16)], np.float32))
    row = aggregation.image()[2, :, 0]

    def window(offset: int) -> float:
        return float(np.exp(-0.5 * ((offset - 1.5) / 1.0) ** 2))

    assert row[[0, 1]] == pytest.approx([0, 0])
    assert row[2] == pytest.approx(window(0) / (window(0) + window(2)))
    assert row[[4, 5]] == pytest.approx([1, 1])


def test_patches_of_an_image_that_is_a_view():
    image = _image((12, 20, 3))[:, ::2, ::-1]
    patches = Patches(image, Grid.inside((12, 10), 4, 3))
    assert np.array_equal(patches.take(np.array([1]))[0], image[0:4, 3:7].ravel())

# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from addon_core.aggregation import Aggregation
from addon_core.patches import Grid, Patches

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


@settings(deadline=None, derandomize=True)
@given(
    st.tuples(st.integers(1, 21), st.integers(1, 21), st.integers(1, 3)),
    st.integers(2, 8),
    st.sampled_from([(True, False), (False, True), (True, True)]),
    st.data(),
)
def test_patches_of_a_torus_are_those_of_a_plain_loop(shape, size, wraps, data):
    """And average back to the image, wherever it is smaller than a patch as well."""
    least = [1 if wrapped else size for wrapped in wraps]
    height, width = (max(side, lowest) for side, lowest in zip(shape, least, strict=False))
    image = _image((height, width, shape[2]))
    stride = data.draw(st.integers(1, size))
    grid = Grid.covering((height, width), size, stride, wraps)
    patches = Patches(grid.extended(image), grid)

    def starts(length: int, wrapped: bool) -> list[int]:
        if wrapped:
            return list(range(0, length, stride))
        return sorted({*range(0, length - size + 1, stride), length - size})

    expected = []
    total, weights = np.zeros(image.shape), np.zeros((height, width, 1))
    for i in starts(height, wraps[0]):
        for j in starts(width, wraps[1]):
            patch = np.empty((size, size, shape[2]))
            for a, b in np.ndindex(size, size):
                down, right = (i + a) % height, (j + b) % width
                patch[a, b] = image[down, right]
                offset = np.array([a, b]) - (size - 1) / 2
                weight = np.exp(-0.5 * (offset**2).sum() / (0.25 * size) ** 2)
                total[down, right] += weight * (a + size * b) * patch[a, b]
                weights[down, right] += weight
            expected.append(patch.ravel())
    assert np.array_equal(patches.take(np.arange(len(patches))), np.array(expected, np.float32))

    back, other = (Aggregation(image.shape, grid, width=0.25) for _ in range(2))
    offsets = np.add.outer(np.arange(size), size * np.arange(size)).astype(np.float32)
    for band in grid.bands(data.draw(st.integers(1, 50))):
        back.add(band, patches.band(band))
        other.add(band, patches.band(band) * offsets.repeat(shape[2], axis=1).ravel())
    assert np.allclose(back.image(), image, atol=1e-5)
    assert np.allclose(other.image(), total / weights, rtol=1e-4, atol=1e-4)


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

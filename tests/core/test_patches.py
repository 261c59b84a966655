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
    with pytest.MonkeyPatch.context() as limits:
        limits.setattr("addon_core.aggregation.BAND", data.draw(st.integers(1, 50)))
        averaging = Aggregation(Patches(image, grid), shape, grid, width=0.25)
    assert np.allclose(_each_once(averaging, len(grid)), image, atol=1e-5)


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

    offsets = np.add.outer(np.arange(size), size * np.arange(size)).astype(np.float32)
    other = np.reshape(expected, (-1, size, size, shape[2])) * offsets[:, :, None]
    with pytest.MonkeyPatch.context() as limits:
        limits.setattr("addon_core.aggregation.BAND", data.draw(st.integers(1, 50)))
        back = Aggregation(patches, image.shape, grid, width=0.25)
        turned = Aggregation(_apart(other), image.shape, grid, width=0.25)
    assert np.allclose(_each_once(back, len(grid)), image, atol=1e-5)
    assert np.allclose(_each_once(turned, len(grid)), total / weights, rtol=1e-4, atol=1e-4)


def _apart(patches: np.ndarray) -> Patches:
    """Patches, (n, p, p, channels), as those of an image in which they do not overlap."""
    size = patches.shape[1]
    image = patches.astype(np.float32).reshape(-1, *patches.shape[2:])
    return Patches(image, Grid.inside(image.shape[:2], size, size))


def _each_once(averaging: Aggregation, patches: int) -> np.ndarray:
    return averaging.image(np.arange(patches)[:, None], np.ones((patches, 1), np.float32))


def test_overlapping_patches_are_weighted_by_a_gaussian():
    grid = Grid.covering((4, 6), 4, 2)
    flat = _apart(np.multiply.outer([0.0, 1.0], np.ones((4, 4, 1))))
    row = _each_once(Aggregation(flat, (4, 6, 1), grid, width=0.25), 2)[2, :, 0]

    def window(offset: int) -> float:
        return float(np.exp(-0.5 * ((offset - 1.5) / 1.0) ** 2))

    assert row[[0, 1]] == pytest.approx([0, 0])
    assert row[2] == pytest.approx(window(0) / (window(0) + window(2)))
    assert row[[4, 5]] == pytest.approx([1, 1])


@pytest.mark.parametrize("kept", [0, 2**24])
@pytest.mark.parametrize("part", [1, 512])
def test_means_of_patches_are_averaged(monkeypatch, kept, part):
    monkeypatch.setattr("addon_core.patches.KEPT", kept)
    monkeypatch.setattr("addon_core.patches.PART", part)
    phi = np.random.default_rng(0).random((10, 4, 4, 2), dtype=np.float32)
    indices = np.array([[0, 5, 7], [9, 9, 1], [3, 2, 1], [6, 8, 0], [4, 2, 1]])
    mix = [[0.7, 0.2, 0.1], [1.0, 0.0, 0.0], [1.0, 1e-9, 0.0], [0.6, 0.4, 0.0], [2e-9, 1e-9, 0.0]]
    mix = np.array(mix, np.float32)
    expected = [0.7 * phi[0] + 0.2 * phi[5] + 0.1 * phi[7], phi[9], phi[3]]
    expected += [0.6 * phi[6] + 0.4 * phi[8], 2e-9 * phi[4] + 1e-9 * phi[2]]
    scale = np.array([1, 1, 1, 1, 1e9])[:, None, None, None]
    side_by_side = Aggregation(_apart(phi), (4, 20, 2), Grid.covering((4, 20), 4, 4), width=0.25)
    made = side_by_side.image(indices, mix).reshape(4, 5, 4, 2).swapaxes(0, 1)
    assert np.allclose(scale * made, scale * np.stack(expected), atol=1e-6)


def test_weights_of_patches_multiply_them():
    grid = Grid.covering((4, 6), 4, 2)
    ones = _apart(np.ones((1, 4, 4, 1)))
    weights = np.array([[3.0], [5.0]], np.float32)
    image = Aggregation(ones, (4, 6, 1), grid, width=np.inf).image(np.zeros((2, 1), int), weights)
    assert np.allclose(image[:, :, 0], [3, 3, 4, 4, 5, 5])


def test_patches_of_an_image_that_is_a_view():
    image = _image((12, 20, 3))[:, ::2, ::-1]
    patches = Patches(image, Grid.inside((12, 10), 4, 3))
    assert np.array_equal(patches.take(np.array([1]))[0], image[0:4, 3:7].ravel())

# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import numpy as np
import pytest

from addon_core.pyramid import level_shapes, resize


@pytest.mark.parametrize("shape", [(9, 7), (10, 14), (23, 31), (5, 29), (1, 1)])
def test_a_flat_image_stays_flat(shape):
    image = np.full((10, 14, 2), 0.3, np.float32)
    assert np.allclose(resize(image, shape), np.full((*shape, 2), 0.3), atol=1e-6)


def test_doubling_keeps_a_parabola():
    """Keys' kernel reproduces polynomials up to the second degree away from the border."""
    x = np.arange(20.0)
    image = (0.1 * x**2 - x).astype(np.float32)[None, :, None].repeat(4, axis=0)
    larger = resize(image, (4, 40))[0, :, 0]
    y = (np.arange(40) + 0.5) / 2 - 0.5
    assert np.allclose(larger[6:-6], (0.1 * y**2 - y)[6:-6], atol=1e-4)


def test_halving_removes_what_would_alias():
    checks = (np.indices((32, 32)).sum(axis=0) % 2).astype(np.float32)[:, :, None]
    assert np.ptp(resize(checks, (16, 16))[3:-3, 3:-3]) < 0.02


def test_the_same_shape_is_the_same_image():
    image = np.random.default_rng(0).random((5, 6, 1), dtype=np.float32)
    assert np.array_equal(resize(image, (5, 6)), image)


def test_levels_double_up_to_the_images_own_shape():
    assert level_shapes((513, 256), 4) == [(64, 32), (128, 64), (256, 128), (513, 256)]


@pytest.mark.parametrize("shape", [(16, 26), (4, 13), (24, 39)])
def test_what_wraps_has_no_border(shape):
    image = np.random.default_rng(0).random((8, 13, 2), dtype=np.float32)
    larger = resize(image, shape, (True, False))
    moved = resize(np.roll(image, 4, axis=0), shape, (True, False))
    assert np.allclose(moved, np.roll(larger, shape[0] // 2, axis=0), atol=1e-6)
    turned = resize(image.swapaxes(0, 1), shape[::-1], (False, True)).swapaxes(0, 1)
    assert np.allclose(turned, larger, atol=1e-6)

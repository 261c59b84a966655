# SPDX-License-Identifier: GPL-3.0-or-later
"""The pieces of the fast method, each against what it is defined to be."""

from __future__ import annotations

import numpy as np
import pytest

from addon_core.balance import _balancing_factors, _even_use
from addon_core.latent import LatentExemplar, Quantiles, pixels_of
from addon_core.overlap import WINDOW, Overlap, aggregated, bands, sources
from addon_core.rendering import rendered


def _image(height: int, width: int, channels: int = 3) -> np.ndarray:
    image = np.random.default_rng(0).standard_normal((height, width, channels), dtype=np.float32)
    return image.cumsum(axis=0, dtype=np.float32) / 4


def _matches(exemplar: LatentExemplar, shape: tuple[int, int]) -> np.ndarray:
    return np.random.default_rng(1).integers(0, len(exemplar.features), shape)


def test_blocks_are_the_images_own():
    image = _image(18, 27)
    exemplar = LatentExemplar(image)
    assert exemplar.shape == (4, 6)
    assert np.array_equal(pixels_of(exemplar.blocks, exemplar.shape), image[:16, :24])


def test_codes_of_a_grey_image_lose_nothing():
    """A block of 16 grey pixels has as many numbers as a code."""
    image = _image(40, 44, 1)
    exemplar = LatentExemplar(image)
    state = exemplar.codes.reshape(*exemplar.shape, -1)
    assert np.allclose(exemplar.decode(state), image, atol=1e-3)
    assert exemplar.codes.std() == pytest.approx(1.0, abs=1e-3)


def test_features_tell_patches_apart_as_codes_do():
    exemplar = LatentExemplar(_image(64, 64))
    rows, columns = exemplar.patch_shape
    state = exemplar.codes.reshape(*exemplar.shape, -1)
    patches = np.array(
        [state[i : i + 4, j : j + 4].ravel() for i in range(rows) for j in range(columns)]
    )
    exact = ((patches[:, None] - patches[None]) ** 2).sum(axis=2)
    near = ((exemplar.features[:, None] - exemplar.features[None]) ** 2).sum(axis=2)
    assert np.corrcoef(exact.ravel(), near.ravel())[0, 1] > 0.95
    # The same patch of a state on a torus has the same feature.
    wrapped = exemplar.features_of(state).reshape(*exemplar.shape, -1)[:rows, :columns]
    assert np.allclose(wrapped.reshape(len(patches), -1), exemplar.features, atol=1e-3)


def test_a_matched_state_has_the_exemplars_distribution():
    codes = np.random.default_rng(2).standard_exponential((5000, 3), dtype=np.float32)
    state = np.random.default_rng(3).random((80, 50, 3), dtype=np.float32)
    order = state.reshape(-1, 3)[:, 0].argsort()
    Quantiles(codes).match(state)
    flat = state.reshape(-1, 3)
    shares = np.linspace(0.05, 0.95, 19)
    assert np.allclose(
        np.quantile(flat, shares, axis=0), np.quantile(codes, shares, axis=0), atol=0.1
    )
    assert (np.diff(flat[order, 0]) >= 0).all()


@pytest.mark.parametrize("shape", [(4, 4), (9, 5), (16, 12)])
def test_matched_patches_are_averaged_on_a_torus(shape):
    exemplar = LatentExemplar(_image(36, 48))
    matches = _matches(exemplar, shape)
    expected = np.zeros((*shape, exemplar.code_size))
    grid = exemplar.codes.reshape(*exemplar.shape, -1)
    for i, j in np.ndindex(shape):
        row, column = divmod(int(matches[i, j]), exemplar.patch_shape[1])
        for a, b in np.ndindex(4, 4):
            expected[(i + a) % shape[0], (j + b) % shape[1]] += (
                WINDOW[a, b] * grid[row + a, column + b]
            )
    assert np.allclose(aggregated(matches, exemplar), expected, atol=1e-5)


@pytest.mark.parametrize("patches", [1, 20, 1000])
def test_overlap_collects_bands_to_the_same_mean(patches):
    exemplar = LatentExemplar(_image(36, 48))
    shape = (9, 7)
    matches = _matches(exemplar, shape)
    row, column = np.divmod(matches, exemplar.patch_shape[1])
    grid = exemplar.codes.reshape(*exemplar.shape, -1)
    collected = Overlap((*shape, exemplar.code_size))
    for band in bands(shape, patches):
        corners = zip(row[band].ravel(), column[band].ravel(), strict=True)
        collected.add(band, np.array([grid[i : i + 4, j : j + 4].ravel() for i, j in corners]))
    assert np.allclose(collected.state, aggregated(matches, exemplar), atol=1e-5)


def test_sources_are_the_blocks_of_the_overlapping_patches():
    exemplar = LatentExemplar(_image(36, 48))
    matches = _matches(exemplar, (6, 8))
    proposed = sources(matches, exemplar, slice(2, 4)).reshape(2, 8, 4, 4)
    row, column = divmod(int(matches[0, 7]), exemplar.patch_shape[1])
    # The patch at (0, 7) covers the block at (2, 0), two down and one to the right on the torus.
    assert proposed[0, 0, 2, 1] == (row + 2) * exemplar.shape[1] + column + 1


def test_balancing_meets_the_target():
    random = np.random.default_rng(4)
    kernel = np.exp(-3 * random.random((400, 12), dtype=np.float32))
    target = _even_use((3, 4))

    def use(factors: np.ndarray) -> np.ndarray:
        weights = kernel * factors
        return (weights / weights.sum(axis=1, keepdims=True)).mean(axis=0)

    assert np.allclose(use(_balancing_factors(kernel, target, 1.0)), target, rtol=0.02)
    free = use(np.ones(12))
    half = use(_balancing_factors(kernel, target, 0.05))
    assert np.abs(half - target).max() < np.abs(free - target).max()


@pytest.mark.parametrize("balance", [0.0, 1.0])
def test_a_copy_is_rendered_to_the_pixel(balance):
    """Where the matches go on as in the exemplar, its own pixels come back unblended."""
    image = _image(48, 64)
    exemplar = LatentExemplar(image)
    rows, columns = exemplar.patch_shape
    down = np.minimum(np.arange(12), rows - 1)[:, None]
    matches = down * columns + np.minimum(np.arange(16), columns - 1)
    state = exemplar.codes.reshape(12, 16, -1)
    pixels = rendered(image, exemplar, state, matches, balance)
    assert pixels.shape == image.shape
    assert np.array_equal(pixels[16:36, 16:48], image[16:36, 16:48])


def test_rendered_pixels_stay_within_the_exemplars():
    image = _image(48, 64)
    exemplar = LatentExemplar(image)
    matches = _matches(exemplar, (10, 9))
    pixels = rendered(image, exemplar, aggregated(matches, exemplar), matches, 1.0)
    assert pixels.min() >= image.min() - 1e-5
    assert pixels.max() <= image.max() + 1e-5

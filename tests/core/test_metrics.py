# SPDX-License-Identifier: GPL-3.0-or-later
"""The metrics on images whose answer is known."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from addon_core import metrics
from addon_core.metrics import search
from addon_core.metrics.sampling import all_patches, sample
from addon_core.metrics.search import nearest

SIDE = 96


def _texture(seed: int = 0, height: int = SIDE, width: int = SIDE) -> np.ndarray:
    """Blobs in three channels, of mean 0.5 and deviation about 0.2, without repeats."""
    noise = np.random.default_rng(seed).standard_normal((height, width, 3))
    blobs = gaussian_filter(noise, (2, 2, 0))
    return (0.5 + 0.2 * blobs / blobs.std()).astype(np.float32)


def _shuffled(image: np.ndarray, block: int) -> np.ndarray:
    rows, columns = image.shape[0] // block, image.shape[1] // block
    blocks = image.reshape(rows, block, columns, block, -1).swapaxes(1, 2)
    blocks = blocks.reshape(rows * columns, block, block, -1)
    mixed = blocks[np.random.default_rng(1).permutation(len(blocks))]
    return mixed.reshape(rows, columns, block, block, -1).swapaxes(1, 2).reshape(image.shape)


def _blurred(image: np.ndarray) -> np.ndarray:
    return gaussian_filter(image, (1.5, 1.5, 0))


DISTANCES = [
    metrics.sliced_wasserstein,
    metrics.wasserstein,
    metrics.cover,
    lambda exemplar, output: max(metrics.structure(exemplar, output)),
    metrics.autocorrelation_score,
    metrics.gram_score,
    metrics.sifid,
]


@pytest.mark.parametrize("distance", DISTANCES)
def test_an_image_is_at_no_distance_from_itself(distance):
    image = _texture()
    assert distance(image, image.copy()) == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize("distance", DISTANCES)
def test_the_same_images_give_the_same_figure(distance):
    exemplar, output = _texture(0), _blurred(_texture(1))
    figure = distance(exemplar, output)
    assert figure == distance(exemplar, output)
    assert figure > 0.0


@pytest.mark.parametrize(
    "distance", [metrics.sliced_wasserstein, metrics.gram_score, metrics.sifid]
)
def test_more_of_the_same_is_nearer_than_a_blur_of_it(distance):
    exemplar, other = _texture(0), _texture(1)
    assert distance(exemplar, other) < distance(exemplar, _blurred(other))


@pytest.mark.parametrize("distance", [metrics.sliced_wasserstein, metrics.wasserstein])
def test_a_shift_of_all_values_is_the_distance(distance):
    image = _texture()
    shifted = image + np.float32(0.3)
    # On random directions the shift shows up to their sums.
    assert distance(image, shifted) == pytest.approx(0.3, rel=0.15)


def test_the_exact_distance_is_that_of_the_best_assignment():
    first, second = (np.random.default_rng(n).random((8, 12, 2), np.float32) for n in range(2))
    ones, others = (
        [image[y : y + 4, x : x + 4] for y in (0, 4) for x in (0, 4, 8)]
        for image in (first, second)
    )
    best = min(
        np.mean([(one - others[n]) ** 2 for one, n in zip(ones, order, strict=True)])
        for order in permutations(range(6))
    )
    assert metrics.wasserstein(first, second, 4) == pytest.approx(np.sqrt(best), rel=1e-5)


def test_an_exemplar_assigned_four_times_meets_its_tiles():
    image = _texture()
    assert metrics.wasserstein(image, np.tile(image, (2, 2, 1))) == pytest.approx(0.0, abs=1e-6)


def test_a_sample_is_drawn_without_repeats():
    drawn = sample(1000, 100)
    assert drawn.size == 100 and (np.diff(drawn) > 0).all() and drawn[-1] < 1000
    assert sample(50, 100).tolist() == list(range(50))


@pytest.mark.parametrize("alone", [0, 64, 10**6])
@pytest.mark.parametrize("components", [1, 12, 100])
def test_the_nearest_patch_is_that_of_a_plain_search(monkeypatch, components, alone):
    """However little is ruled out, and however the rest is compared."""
    monkeypatch.setattr(search, "COMPONENTS", components)
    monkeypatch.setattr(search, "ALONE", alone)
    monkeypatch.setattr(search, "KEYS", 50)
    monkeypatch.setattr(search, "QUERIES", 16)
    image = _texture(0, 24, 18)
    image[:5, :5] = image[9:14, 9:14] + 0.01
    keys = all_patches(image, 5)
    rows = keys.take(np.arange(len(keys)))
    others = all_patches(_texture(1, 20, 20), 5, 3).take(np.arange(36))
    down, right = (np.repeat(keys.grid.rows, 14), np.tile(keys.grid.columns, 20))
    apart = np.maximum(abs(down[:, None] - down), abs(right[:, None] - right)) >= 5
    for queries, corners, allowed in ((others, None, True), (rows, (down, right), apart)):
        distances = np.sqrt(((queries[:, None] - rows) ** 2).mean(axis=2))
        distances[~np.broadcast_to(allowed, distances.shape)] = np.inf
        found, near = nearest(queries, keys, corners)
        assert np.array_equal(found, distances.argmin(axis=1))
        assert np.allclose(near, distances.min(axis=1), rtol=1e-4)


def test_cover_misses_what_is_not_there_and_structure_what_should_not_be():
    whole = _texture()
    whole[:, SIDE // 2 :] += 2.0
    half = whole[:, : SIDE // 2]
    assert metrics.cover(whole, half) > 0.5
    assert max(metrics.structure(whole, half)) < 0.1
    assert metrics.cover(half, whole) < 0.1
    assert min(metrics.structure(half, whole)) > 0.5


def test_shuffled_blocks_hurt_structure_most_at_a_coarse_scale():
    exemplar = _texture()
    full, _, quarter = metrics.structure(exemplar, _shuffled(exemplar, 16))
    assert 0.01 < full < quarter


def test_a_stretched_rhythm_has_another_autocorrelation():
    x = np.arange(SIDE)
    stripes = [
        np.sin(2 * np.pi * x / period)[None, :, None].repeat(SIDE, axis=0).astype(np.float32)
        for period in (8, 12)
    ]
    moved = np.roll(stripes[0], 3, axis=1)
    assert metrics.autocorrelation_score(stripes[0], moved) == pytest.approx(0.0, abs=1e-6)
    # A cosine of amplitude n/2 each, n pixels, at every lag: mean square n²/8 of either.
    expected = SIDE**2 / 4
    assert metrics.autocorrelation_score(*stripes) == pytest.approx(expected, rel=1e-4)
    brighter = stripes[0] + np.float32(5.0)
    assert metrics.autocorrelation_score(stripes[0], brighter) == pytest.approx(0.0, abs=1e-3)


def test_oriented_filters_tell_directions_apart():
    stripes = np.sin(np.arange(64) / 2)[None, :, None].repeat(64, axis=0).astype(np.float32)
    maps = metrics.oriented_filters(stripes)
    assert [m.shape for m in maps] == [(64, 64, 17), (32, 32, 17), (16, 16, 17)]
    energy = np.square(maps[0]).mean(axis=(0, 1))[1:].reshape(4, 4)
    across, along = energy[0], energy[2]
    assert across.min() > 1e-3
    assert along.max() < 1e-9
    assert metrics.gram_score(stripes, stripes.swapaxes(0, 1)) > 1e-6


def test_gram_score_of_any_features():
    """One map of two constant features: the matrix is their products over their number."""

    def features(image: np.ndarray) -> list[np.ndarray]:
        return [np.full((4, 5, 2), image[0, 0, 0], np.float32) * np.array([1, 2], np.float32)]

    ones, twos = np.full((9, 9, 1), 1.0, np.float32), np.full((9, 9, 1), 2.0, np.float32)
    matrix = np.array([[1, 2], [2, 4]]) / 2
    expected = np.mean((4 * matrix - matrix) ** 2)
    assert metrics.gram_score(ones, twos, features) == pytest.approx(expected, rel=1e-5)


def test_sifid_of_gaussians_whose_distance_is_known():
    def features(image: np.ndarray) -> list[np.ndarray]:
        return [image]

    random = np.random.default_rng(3)
    image = random.standard_normal((64, 64, 2), np.float32)
    image -= image.mean(axis=(0, 1))
    # Every deviation doubles and the mean moves by (1, 0): 1 + tr(C).
    expected = 1.0 + image.var(axis=(0, 1)).sum()
    moved = 2 * image + np.array([1, 0], np.float32)
    assert metrics.sifid(image, moved, features) == pytest.approx(expected, rel=1e-3)


def test_blur_lowers_sharpness_and_noise_raises_it():
    image = _texture()
    noise = np.random.default_rng(4).standard_normal(image.shape).astype(np.float32)
    assert metrics.sharpness(image, image) == 1.0
    assert metrics.sharpness(image, np.float32(0.5) * image) == pytest.approx(0.5, rel=1e-5)
    assert metrics.sharpness(image, _blurred(image)) < 0.8
    assert metrics.sharpness(image, image + 0.1 * noise) > 1.1
    flat = np.zeros_like(image)
    assert metrics.sharpness(flat, flat) == 1.0
    assert metrics.sharpness(flat, image) == float("inf")


def test_use_is_the_share_that_is_used():
    exemplar = _texture()
    found = metrics.Correspondence.between(exemplar, exemplar)
    assert metrics.use(found) > 0.97
    quarter = np.tile(exemplar[: SIDE // 2, : SIDE // 2], (2, 2, 1))
    assert metrics.use(metrics.Correspondence.between(exemplar, quarter)) < 0.4


def test_a_copy_is_found_where_it_comes_from():
    exemplar = _texture()
    found = metrics.Correspondence.between(exemplar, exemplar[16:64, 24:80])
    rows, columns = np.indices(found.rows.shape)
    assert np.array_equal(found.rows, 16 + 6 * rows)
    assert np.array_equal(found.columns, 24 + 6 * columns)
    assert found.distances.max() == 0.0


def test_the_largest_piece_of_tiles_is_the_exemplar():
    exemplar = _texture()
    tiled = np.tile(exemplar, (2, 2, 1))
    whole = metrics.largest_piece(metrics.Correspondence.between(exemplar, tiled))
    assert 0.85 < whole <= 1.0
    pieces = metrics.Correspondence.between(exemplar, _shuffled(exemplar, 24))
    assert metrics.largest_piece(pieces) < 0.15
    strange = metrics.Correspondence.between(exemplar, _texture(1))
    assert metrics.largest_piece(strange) < 0.02


def test_tiles_repeat_and_have_seams():
    exemplar, other = _texture(), _texture(1, 2 * SIDE, 2 * SIDE)
    tiled = np.tile(exemplar, (2, 2, 1))
    assert metrics.repetition(exemplar, tiled) > 0.9
    assert metrics.repetition(exemplar, other) == 0.0
    assert metrics.repetition(exemplar, exemplar) == 0.0
    assert metrics.seam(metrics.Correspondence.between(exemplar, exemplar)) == 0.0
    assert metrics.seam(metrics.Correspondence.between(exemplar, tiled)) > 0.05


def test_a_border_is_like_the_inside_of_what_repeats():
    """On the whole: in what has no border every row may be the last one."""
    wave = np.add.outer(np.sin(2 * np.pi * np.arange(48) / 48), np.cos(np.pi * np.arange(64) / 16))
    noise = np.random.default_rng(0).standard_normal((48, 64), dtype=np.float32)
    image = np.stack([wave.astype(np.float32), noise], axis=2)
    for axis in (0, 1):
        steps = metrics.relative_steps(image, axis)
        assert steps.shape == (image.shape[axis], 2)
        assert np.array_equal(steps[-1], metrics.border(image, axis))
        assert np.median(steps, axis=0) == pytest.approx(1.0, abs=0.05)
    # A row taken out doubles the step there, in the wave alone: noise has a step everywhere.
    cut = metrics.border(image[:-1], 0)
    assert cut[0] == pytest.approx(2.0, abs=0.05)
    assert cut[1] == pytest.approx(1.0, abs=0.2)


def test_a_border_where_nothing_changes():
    flat = np.zeros((6, 5, 1), np.float32)
    assert np.array_equal(metrics.border(flat, 0), [1.0])
    flat[3:] = 1.0
    assert np.array_equal(metrics.border(flat, 0), [np.inf])
    assert np.array_equal(metrics.relative_steps(flat, 0)[[0, 1, 3, 4], 0], [0.0, 0.0, 0.0, 0.0])


@pytest.mark.parametrize("metric", [metrics.cover, metrics.structure, metrics.sliced_wasserstein])
def test_an_image_too_small_is_refused(metric):
    with pytest.raises(ValueError, match="4 × 4 pixels at this scale"):
        metric(_texture(), _texture(0, 16, 16))

# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from addon_core import texture_optimization
from addon_core.assignment import Assignment
from addon_core.patches import Grid, Patches
from addon_core.texture_optimization import (
    EXPONENT,
    LEAST,
    averaged,
    exemplar_shapes,
    optimized,
    shuffled,
    synthesize,
    weighted_aggregation,
)


def _blobs(height: int, width: int, channels: int = 3, seed: int = 0) -> np.ndarray:
    noise = np.random.default_rng(seed).standard_normal((height, width, channels))
    blobs = gaussian_filter(noise, (1.5, 1.5, 0))
    return (blobs / blobs.std()).astype(np.float32)


def _corners(shape: tuple[int, ...], size: int, cover: bool) -> list[tuple[int, int]]:
    stride, ways = size // 4, []
    for length in shape[:2]:
        along = list(range(0, length - size + 1, stride))
        if cover and along[-1] != length - size:
            along.append(length - size)
        ways.append(along)
    return [(i, j) for i in ways[0] for j in ways[1]]


def _reference(image: np.ndarray, exemplar: np.ndarray, size: int, iterations: int) -> np.ndarray:
    """Written straight from the paper (Kwatra et al. 2005, algorithm 1): doubles, loops."""
    image, exemplar = image.astype(np.float64), exemplar.astype(np.float64)
    known = [
        exemplar[i : i + size, j : j + size] for i, j in _corners(exemplar.shape, size, cover=False)
    ]
    corners = _corners(image.shape, size, cover=True)
    given: list[int] = []
    for _ in range(iterations):
        before, given, distances = given, [], []
        for i, j in corners:
            psi = image[i : i + size, j : j + size]
            apart = [np.linalg.norm(psi - phi) for phi in known]
            given.append(int(np.argmin(apart)))
            distances.append(min(apart))
        if given == before:
            break
        total, weight = np.zeros_like(image), np.zeros(image.shape[:2])
        for (i, j), match, distance in zip(corners, given, distances, strict=True):
            w = max(distance, LEAST) ** (EXPONENT - 2)
            total[i : i + size, j : j + size] += w * known[match]
            weight[i : i + size, j : j + size] += w
        image = total / weight[:, :, None]
    return image


@pytest.mark.parametrize(("size", "shape"), [(8, (32, 40)), (8, (21, 27)), (16, (33, 47))])
def test_equals_a_plain_reference(monkeypatch, size, shape):
    monkeypatch.setattr(texture_optimization, "ITERATIONS", 5)
    exemplar, start = _blobs(30, 26), _blobs(*shape, seed=1)
    expected = _reference(start, exemplar, size, iterations=5)
    assert np.allclose(optimized(start, exemplar, size), expected, atol=1e-3)


def test_bounds_change_no_match():
    """Over images that change as little by little as they please, all are the nearest."""
    exemplar, goal = _blobs(40, 40), _blobs(24, 30, seed=1)
    known = Patches(exemplar, Grid.inside((40, 40), 8, 2))
    grid = Grid.covering((24, 30), 8, 2)
    every = known.take(np.arange(len(known)))
    image = _blobs(24, 30, seed=2)
    assignment = Assignment(known, image, grid)
    for part in (0.0, 0.5, 0.1, 0.01, 0.0):
        image = np.float32(1 - part) * image + np.float32(part) * goal
        before = assignment.matches.copy()
        changed = assignment.update(image)
        queries = Patches(image, grid).take(np.arange(len(grid)))
        apart = np.linalg.norm(queries[:, None] - every[None], axis=2)
        assert np.array_equal(assignment.matches, apart.argmin(axis=1))
        assert np.allclose(assignment.distances, apart.min(axis=1), rtol=1e-4)
        assert changed == (not np.array_equal(before, assignment.matches))


@pytest.mark.parametrize("size", [8, 16])
def test_energy_never_rises(size):
    """The sum of ‖ψ − φ‖^r, below the least distance continued as the weights do."""
    exemplar, image = _blobs(40, 48), _blobs(43, 39, seed=1)
    inside = Grid.inside(exemplar.shape[:2], size, size // 4)
    grid = Grid.covering(image.shape[:2], size, size // 4)
    assignment = Assignment(Patches(exemplar, inside), image, grid)
    aggregation = weighted_aggregation(exemplar, inside, image.shape, grid)
    energies = []
    for _ in range(12):
        assignment.update(image)
        distances = assignment.distances.astype(np.float64)
        flat = LEAST**EXPONENT + EXPONENT / 2 * LEAST ** (EXPONENT - 2) * (distances**2 - LEAST**2)
        energies.append(np.where(distances > LEAST, distances**EXPONENT, flat).sum())
        image = averaged(aggregation, assignment.matches, assignment.distances)
    assert np.all(np.diff(energies) <= 1e-4 * energies[0])
    assert energies[-1] < 0.9 * energies[0]


def test_same_seed_same_bits():
    exemplar = _blobs(80, 64)
    one = synthesize(exemplar, (64, 56), seed=3)
    assert np.array_equal(one, synthesize(exemplar, (64, 56), seed=3))
    assert not np.array_equal(one, synthesize(exemplar, (64, 56), seed=4))


@pytest.mark.parametrize(
    ("size", "channels", "matched"),
    [((32, 32), 1, True), ((33, 70), 2, True), ((61, 47), 5, True), ((61, 47), 2, False)],
)
def test_any_size_and_channels(size, channels, matched):
    exemplar = 100 + 20 * _blobs(37, 50, channels)
    result = synthesize(exemplar, size, matched=matched)
    assert result.shape == (*size, channels)
    assert result.dtype == np.float32
    margin = 1e-4 * np.ptp(exemplar)
    assert np.all(result >= exemplar.min(axis=(0, 1)) - margin)
    assert np.all(result <= exemplar.max(axis=(0, 1)) + margin)


def test_an_exemplar_of_one_patch():
    exemplar = _blobs(32, 32)
    assert np.isfinite(synthesize(exemplar, (40, 40))).all()


def test_the_exemplar_is_not_changed():
    exemplar = _blobs(32, 32)
    before = exemplar.copy()
    synthesize(exemplar, (32, 32))
    assert np.array_equal(exemplar, before)


def test_a_constant_exemplar_stays():
    exemplar = np.full((40, 40, 2), (3.0, -7.0), np.float32)
    assert np.array_equal(synthesize(exemplar, (50, 33)), np.full((50, 33, 2), (3.0, -7.0)))


def _stripes(height: int, width: int, period: int, start: float = 0.0) -> np.ndarray:
    wave = np.sin((np.arange(width) + start) * (2 * np.pi / period))
    return np.tile(wave, (height, 1))[:, :, None].astype(np.float32)


def test_stripes_are_found_under_noise():
    clean = _stripes(90, 75, period=24)
    noise = np.random.default_rng(0).standard_normal(clean.shape, dtype=np.float32)
    result = optimized(clean + 0.7 * noise, _stripes(96, 96, period=24, start=4.0), patch_size=16)
    assert np.sqrt(np.mean((result - clean) ** 2)) < 0.1


def test_stripes_run_on():
    """With a period that all blocks and strides divide, each block fits beside each other."""
    result = synthesize(_stripes(96, 96, period=32), (128, 160))
    errors = [np.abs(result - _stripes(128, 160, 32, start)).max() for start in range(32)]
    assert min(errors) < 1e-4


def test_the_first_image_is_of_blocks_about_equally_often():
    exemplar = np.arange(24 * 32, dtype=np.float32).reshape(24, 32, 1)
    image = shuffled(exemplar, (48, 60), seed=1)
    assert image.shape == (48, 60, 1)
    corners = image[::8, ::8, 0].astype(int).ravel()
    known = exemplar[::8, ::8, 0].astype(int).ravel()
    assert set(corners) == set(known)
    assert np.bincount(np.searchsorted(known, np.sort(corners))).max() <= 4 + 1
    row, column = np.divmod(corners[0], 32)
    assert np.array_equal(image[:8, :8], exemplar[row : row + 8, column : column + 8])


def test_scales_of_the_exemplar():
    assert exemplar_shapes((256, 200), matched=True) == [(64, 50), (128, 100), (256, 200)]
    assert exemplar_shapes((256, 200), matched=False) == [(128, 128), (256, 256), (256, 200)]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((np.zeros((31, 40, 3)), (64, 64)), "exemplar .* 40 × 31"),
        ((np.zeros((40, 40, 3, 1)), (64, 64)), "exemplar has shape"),
        ((np.full((40, 40), np.nan), (64, 64)), "exemplar has values"),
        ((np.zeros((40, 40)), (64, 31)), "size is 31 × 64"),
        ((np.zeros((40, 40)), (64, 64), -1), "seed is -1"),
    ],
)
def test_bad_arguments_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        synthesize(*arguments)

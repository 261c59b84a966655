# SPDX-License-Identifier: GPL-3.0-or-later
"""Seamless outputs of both methods: no step over the border, at any size."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from addon_core import Settings, synthesize
from addon_core.blocks import BLOCK
from addon_core.fast import _grid_shapes
from addon_core.latent import MARGIN, SPAN, LatentExemplar
from addon_core.metrics import relative_steps
from addon_core.tiling import fitted_matches, fitted_pixels

PAPER = Settings(method="paper", patch_size=8, stride=3, levels=3, steps=4)
FAST = Settings(steps=6, layouts=1)
both_methods = pytest.mark.parametrize("quick", [PAPER, FAST], ids=["paper", "fast"])
TILES = ["none", "x", "y", "xy"]


def _blobs(height: int, width: int) -> np.ndarray:
    noise = np.random.default_rng(0).standard_normal((height, width, 2))
    return gaussian_filter(noise, (2.5, 2.5, 0)).astype(np.float32)


def _copy(exemplar: LatentExemplar, shape: tuple[int, int]) -> np.ndarray:
    """Matches that lay the exemplar's inside from its first block on."""
    down, right = (MARGIN + np.arange(side) for side in shape)
    return (down[:, None] * exemplar.patch_shape[1] + right).astype(np.int32)


@both_methods
@pytest.mark.parametrize("size", [(61, 83), (64, 96)])
@pytest.mark.parametrize("tile", TILES)
def test_no_seam_where_it_is_tiled_and_one_where_it_is_not(size, tile, quick):
    """Rolled by half, so that the border lies in the middle: means over the seeds."""
    chosen = replace(quick, tile=tile)
    outputs = [synthesize(_blobs(80, 72), size, replace(chosen, seed=seed)) for seed in range(6)]
    for axis, wraps in enumerate(chosen.wraps):
        half = size[axis] // 2
        steps = [relative_steps(np.roll(output, half, axis), axis) for output in outputs]
        logarithms = np.log(steps).mean(axis=2)
        step = np.exp(logarithms.mean(axis=0)[half - 1])
        if wraps:
            error = logarithms.std() / np.sqrt(len(outputs))
            assert abs(np.log(step)) < 4 * error
        else:
            assert step > 2.0


@both_methods
@pytest.mark.parametrize("size", [(1, 1), (2, 40), (13, 7), (37, 5), (31, 17)])
@pytest.mark.parametrize("tile", TILES)
def test_tiles_of_any_size(size, tile, quick):
    exemplar = _blobs(48, 40)
    result = synthesize(exemplar, size, replace(quick, tile=tile, levels=2))
    assert result.shape == (*size, 2)
    assert exemplar.min() - 1e-5 <= result.min()
    assert result.max() <= exemplar.max() + 1e-5


def test_each_level_has_as_many_blocks_as_its_share_needs():
    assert _grid_shapes((484, 484), 4, (True, False)) == [
        (16, 16),
        (31, 32),
        (61, 64),
        (121, 128),
    ]
    for side in range(1, 300):
        sides = [height for height, _ in _grid_shapes((side, side), 3, (True, True))]
        assert min(sides) >= SPAN
        assert sides[-1] * BLOCK >= side
        assert all(fine <= 2 * coarse for coarse, fine in pairwise(sides))


@pytest.mark.parametrize("axis", [0, 1])
def test_a_row_of_matches_too_many_is_taken_out(axis):
    """Where a piece goes on after it as before it, and not at the border, where nothing does."""
    exemplar = LatentExemplar(_blobs(96, 96))
    copy = _copy(exemplar, (14, 12))
    # Not straight: each column has it one further down than the one before, and back again.
    place = 6 + np.abs(np.arange(14 if axis else 12) - 5) // 2
    longer = copy.swapaxes(0, axis)
    row = np.arange(len(longer) + 1)[:, None]
    longer = longer[row - (row > place), np.arange(longer.shape[1])].swapaxes(0, axis)
    assert longer.shape[axis] == copy.shape[axis] + 1
    assert np.array_equal(fitted_matches(longer, copy.shape, exemplar, (True, True)), copy)


def test_matches_too_many_are_cropped_where_none_wraps():
    exemplar = LatentExemplar(_blobs(64, 64))
    copy = _copy(exemplar, (9, 8))
    assert np.array_equal(fitted_matches(copy, (8, 6), exemplar, (False, False)), copy[:8, :6])


def test_matches_that_fit_are_left_alone():
    exemplar = LatentExemplar(_blobs(64, 64))
    copy = _copy(exemplar, (9, 8))
    assert np.array_equal(fitted_matches(copy, (9, 8), exemplar, (True, True)), copy)


@pytest.mark.parametrize("wraps", [(False, False), (True, False), (False, True), (True, True)])
def test_pixels_too_many_are_cropped_or_taken_out(wraps):
    pixels = _blobs(40, 44)
    fitted = fitted_pixels(pixels, (37, 41), wraps)
    assert fitted.shape == (37, 41, 2)
    if not any(wraps):
        assert np.array_equal(fitted, pixels[:37, :41])
    # What is left are pixels of the same row or column, in their order.
    back = np.roll(fitted, [-(BLOCK // 2) * wrapped for wrapped in wraps], (0, 1))
    if wraps == (True, False):
        rows = [[np.flatnonzero((pixels[:, j] == v).all(1))[0] for v in back[:, j]] for j in (0, 7)]
        assert all((np.diff(row) > 0).all() for row in rows)


@pytest.mark.parametrize("wraps", [(False, False), (True, False), (False, True), (True, True)])
@pytest.mark.parametrize("band", [1, 100, 2**16])
def test_pixels_that_fit_are_only_rolled(monkeypatch, wraps, band):
    monkeypatch.setattr("addon_core.tiling.BAND", band)
    pixels = _blobs(40, 44)
    expected = np.roll(pixels, [BLOCK // 2 * wrapped for wrapped in wraps], (0, 1))
    assert np.array_equal(fitted_pixels(pixels, (40, 44), wraps), expected)


@pytest.mark.parametrize("axis", [0, 1])
def test_a_seam_goes_where_nothing_changes(axis):
    """A path along which two neighbours are the same leaves no trace."""
    pixels = np.random.default_rng(0).random((30, 28, 3), dtype=np.float32)
    place = 12 + np.abs(np.arange(28 if axis == 0 else 30) - 9) // 2
    longer = pixels.swapaxes(0, axis)
    row = np.arange(len(longer) + 1)[:, None]
    longer = longer[row - (row > place), np.arange(longer.shape[1])].swapaxes(0, axis)
    wraps = (axis == 0, axis == 1)
    fitted = fitted_pixels(longer, pixels.shape[:2], wraps)
    apart = np.abs(fitted - np.roll(pixels, BLOCK // 2, axis))
    assert apart.max() < 1e-6

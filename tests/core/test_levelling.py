# SPDX-License-Identifier: GPL-3.0-or-later
"""Light, which is blended more widely than detail."""

import numpy as np

from addon_core.blocks import BLOCK, in_blocks, pixels_of
from addon_core.latent import MARGIN, LatentExemplar
from addon_core.levelling import BLEND, REACH, joints_of, levelled, light_of, near, spread
from addon_core.rendering import rendered


def _halves(step, noise=0.05):
    """(64, 128, 3): noise, the right half of which is lighter by so much."""
    image = np.random.default_rng(0).normal(0.4, noise, (64, 128, 3)).astype(np.float32)
    image[:, 64:] += np.float32(step)
    return image


def _across(exemplar, left, right):
    """Blocks of a layout, 16 by 16: a piece from column ``left`` on, beside one from ``right``."""
    down = (MARGIN + np.arange(16))[:, None] * exemplar.shape[1] + MARGIN
    return np.hstack([down + left + np.arange(8), down + right + np.arange(8)]).astype(np.int32)


def test_light_and_detail_are_the_image():
    grid = 10, 14
    squares = in_blocks(np.random.default_rng(0).random((40, 56, 4), np.float32)).reshape(140, -1)
    light = light_of(squares, grid)
    assert light.shape == (*grid, 4)
    beyond = np.pad(light, ((1, 1), (1, 1), (0, 0)), mode="edge")
    pixels = spread(beyond, np.arange(len(squares)))
    assert np.allclose(squares - pixels + pixels, squares, atol=1e-6)
    assert light.std() < 0.2 * squares.std()


def test_light_between_middles_lies_on_a_line():
    """A ramp over the blocks is one over the pixels."""
    down, right = np.mgrid[-1:7, -1:9].astype(np.float32)
    light = np.stack([down, right, 2 * down - right], axis=2)
    y, x = ((np.mgrid[:24, :32] + 0.5) / BLOCK - 0.5).astype(np.float32)
    expected = np.stack([y, x, 2 * y - x], axis=2)
    assert np.allclose(pixels_of(spread(light, np.arange(48)), (6, 8)), expected, atol=1e-5)


def test_near_a_joint_is_what_lies_within_reach():
    laid = np.arange(12 * 20, dtype=np.int32).reshape(12, 20)
    assert not joints_of(laid, 20).any()
    laid[:, 10:] += 5
    for reach in (1, 2, 3):
        expected = [10 - reach <= column < 10 + reach for column in range(20)]
        assert near(joints_of(laid, 20), reach).all(axis=0).tolist() == expected


def test_near_a_joint_lies_what_meets_another_piece_at_a_corner():
    laid = np.arange(12 * 20, dtype=np.int32).reshape(12, 20)
    laid[6:, 10:] += 5
    joints = joints_of(laid, 20)
    assert joints[5, 9] and joints[6, 9] and joints[5, 10]
    assert not joints[4, 9] and not joints[5, 8]


def test_levelled_light_is_the_mean_of_what_pieces_would_go_on_with():
    random = np.random.default_rng(0)
    light = random.random((30 * 40, 2), np.float32)
    laid = (np.arange(10, 20)[:, None] * 40 + np.arange(5, 17)).astype(np.int32)
    laid[:, 6:] += 12
    result = levelled(light, laid, joints_of(laid, 40), 40)
    assert result.shape == (10 - 2 * REACH, 12 - 2 * REACH, 2)
    for row, column in np.ndindex(result.shape[:2]):
        total, weights = np.zeros(2), 0.0
        for down in range(-REACH, REACH + 1):
            for right in range(-REACH, REACH + 1):
                weight = np.exp(-(down**2 + right**2) / (2 * BLEND**2))
                there = laid[row + REACH + down, column + REACH + right]
                total += weight * light[there - down * 40 - right]
                weights += weight
        assert np.allclose(result[row, column], total / weights, atol=1e-5)


def test_a_step_in_light_becomes_a_slope():
    """Where a dark piece meets a light one the step takes more than the blend of detail."""
    image = _halves(0.5)
    exemplar = LatentExemplar(image)
    pixels = rendered([image], exemplar, _across(exemplar, 4, 20), (False, False))
    columns = pixels.mean(axis=(0, 2))
    assert columns[-8:].mean() - columns[:8].mean() > 0.4
    # The joint is at column 32. Blended as detail is, all of the step lies between these two.
    assert 0.2 < columns[36] - columns[28] < 0.4


def test_detail_stays_where_light_is_levelled():
    image = _halves(0.5)
    exemplar = LatentExemplar(image)
    pixels = rendered([image], exemplar, _across(exemplar, 4, 20), (False, False))
    # Beside the blend of detail, in the middle of that of light.
    assert 0.9 < pixels[:, 25:30].std(axis=0).mean() / image[:, :64].std(axis=0).mean() < 1.1


def test_what_is_levelled_keeps_within_the_exemplar():
    image = np.round(np.random.default_rng(0).random((64, 128, 2), np.float32))
    image[:, 64:, 0] = 1.0
    exemplar = LatentExemplar(image)
    pixels = rendered([image], exemplar, _across(exemplar, 4, 20), (True, False))
    assert pixels.min() >= 0.0 and pixels.max() <= 1.0


def test_a_mask_stays_a_mask():
    """Its two values meet at joints as they do elsewhere: over a pixel or two."""
    random = np.random.default_rng(0)
    mask = np.kron(random.random((16, 32)) < np.linspace(0.1, 0.9, 32), np.ones((4, 4)))
    image = np.stack([mask, mask + random.normal(0, 0.2, mask.shape)], axis=2).astype(np.float32)
    exemplar = LatentExemplar(image)
    pixels = rendered([image], exemplar, _across(exemplar, 2, 20), (False, False))
    far = np.r_[0:28, 36:64]
    assert np.isin(pixels[:, far, 0], (0.0, 1.0)).all()
    # Beside it a channel of many values is levelled.
    laid = np.hstack([image[:, 8:40, 1], image[:, 80:112, 1]])
    assert np.abs(pixels[:, 24:28, 1] - laid[:, 24:28]).mean() > 0.01

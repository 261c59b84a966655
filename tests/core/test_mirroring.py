# SPDX-License-Identifier: GPL-3.0-or-later
"""Mirrored copies do not fold a texture."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from addon_core import continuity, fast, synthesize
from addon_core.blocks import BLOCK
from addon_core.latent import MARGIN, SPAN, LatentExemplar
from addon_core.mirroring import DISTANCE, mirror_images
from addon_core.pieces import DIRECTIONS, neighbours
from addon_core.poses import moved
from addon_core.settings import Settings

EVERY = Settings(turns=True, mirrors="xy").poses


def _latent(image, poses):
    return LatentExemplar(*(moved(image, pose) for pose in poses), poses=poses)


@pytest.fixture(scope="module")
def copies():
    image = np.random.default_rng(0).standard_normal((96, 112, 1), dtype=np.float32)
    exemplar = _latent(image, EVERY)
    return [moved(image, own) for own in EVERY], exemplar, mirror_images(exemplar)


def _pixels(exemplar, images, number):
    """Of a patch that lies inside, None for another one."""
    row, column = np.divmod(number, exemplar.patch_shape[1])
    copy, row = np.divmod(row, exemplar.pitch)
    top, left = (row - MARGIN) * BLOCK, (column - MARGIN) * BLOCK
    patch = images[copy][max(top, 0) :, max(left, 0) :][: SPAN * BLOCK, : SPAN * BLOCK]
    is_inside = min(top, left) >= 0 and patch.shape[:2] == (SPAN * BLOCK, SPAN * BLOCK)
    return patch if is_inside else None


@pytest.mark.parametrize("line", range(DISTANCE + 1))
@pytest.mark.parametrize("down_right", DIRECTIONS.tolist())
@pytest.mark.parametrize("pose", range(len(EVERY)))
def test_a_fold_is_among_the_mirror_images(copies, pose, down_right, line):
    """Where the texture is folded ``line`` blocks from a place, both sides show the same pixels."""
    images, exemplar, mirrored = copies
    images_of = mirrored[DIRECTIONS.tolist().index(down_right)]
    # A patch in the middle of its copy, and what the copy shows from there on.
    height, width = (side // BLOCK for side in images[pose].shape[:2])
    row, column = height // 2 - 2, width // 2 - 2
    other = (pose * exemplar.pitch + row + MARGIN) * exemplar.patch_shape[1] + column + MARGIN
    # Mirrored, the place lies 2 · line blocks further that way than where it would go on.
    away = 2 * line - DISTANCE
    down, right = down_right
    top, left = BLOCK * (row + away * down), BLOCK * (column + away * right)
    shown = images[pose][top:, left:][: SPAN * BLOCK, : SPAN * BLOCK]
    folded = np.flip(shown, axis=0 if down else 1)
    found = [_pixels(exemplar, images, number) for number in images_of[other] if number >= 0]
    assert any(own is not None and np.array_equal(own, folded) for own in found)


def test_nothing_mirrors_without_mirrored_copies():
    image = np.random.default_rng(0).standard_normal((64, 64, 1), dtype=np.float32)
    for settings in (Settings(), Settings(turns=True)):
        exemplar = _latent(image, settings.poses)
        assert all(own.shape[1] == 0 for own in mirror_images(exemplar))
    exemplar = _latent(image, Settings(mirrors="x").poses)
    below, above, right, left = mirror_images(exemplar)
    assert below.shape[1] == above.shape[1] == 0 < right.shape[1] == left.shape[1]


def _folded(monkeypatch, fold):
    """The share of places of the coarse levels that mirror another one close by, of some seeds."""
    shares = []

    def noted(exemplar, *others):
        matches = original(exemplar, *others)
        apart = neighbours(matches.shape, np.arange(matches.size), (False, False), DISTANCE)
        images = mirror_images(exemplar)
        folds = [
            (own[matches.ravel()[places]] == matches.reshape(-1, 1)).any(axis=1) & (places >= 0)
            for own, places in zip(images, apart, strict=True)
        ]
        shares.append(np.mean(np.any(folds, axis=0)))
        return matches

    original = fast.balanced_flow
    with monkeypatch.context() as patch:
        patch.setattr(continuity, "FOLD", fold)
        patch.setattr(fast, "balanced_flow", noted)
        noise = np.random.default_rng(3).standard_normal((128, 128, 3), dtype=np.float32)
        smooth = gaussian_filter(noise, (6, 6, 0))
        for seed in range(4):
            synthesize(smooth, (192, 192), Settings(mirrors="x", seed=seed))
    return np.mean(shares)


def test_a_texture_is_folded_less_when_that_costs(monkeypatch):
    free, priced = (_folded(monkeypatch, fold) for fold in (0.0, continuity.FOLD))
    assert priced < 0.5 * free
    assert free > 0.05

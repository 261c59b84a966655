# SPDX-License-Identifier: GPL-3.0-or-later
"""Where an output ends, and what lies there."""

from dataclasses import replace

import numpy as np
import pytest

from addon_core import fast, synthesize
from addon_core.borders import block_shape, blocks_under, patch_shape, sides, surrounded
from addon_core.latent import SIDES, LatentExemplar
from addon_core.poses import moved
from addon_core.settings import Settings

all_wraps = pytest.mark.parametrize(
    "wraps", [(True, True), (True, False), (False, True), (False, False)]
)


@all_wraps
def test_patches_lie_within(wraps):
    shape = patch_shape((7, 9), wraps)
    assert shape == (7 if wraps[0] else 4, 9 if wraps[1] else 6)
    assert block_shape(shape, wraps) == (7, 9)
    blocks = blocks_under(shape, np.arange(shape[0] * shape[1]), wraps)
    for (i, j), own in zip(np.ndindex(shape), blocks, strict=True):
        for a, b in np.ndindex(4, 4):
            assert own[a, b] == (i + a) % 7 * 9 + (j + b) % 9


@all_wraps
def test_an_output_goes_on_at_its_other_border_or_as_the_exemplar_does(wraps):
    blocks = np.random.default_rng(0).integers(100, 900, (5, 6), np.int32)
    found = surrounded(blocks, ((2, 1), (3, 4)), wraps, 30)
    assert found.shape == (8, 13)
    for i, j in np.ndindex(found.shape):
        row, column, beyond = i - 2, j - 3, 0
        if not wraps[0]:
            beyond += 30 * (row - min(max(row, 0), 4))
            row = min(max(row, 0), 4)
        if not wraps[1]:
            beyond += column - min(max(column, 0), 5)
            column = min(max(column, 0), 5)
        assert found[i, j] == blocks[row % 5, column % 6] + beyond


def _over(exemplar):
    """(4, patches): whether each has a block in the margin there, per copy."""
    rows, columns = exemplar.patch_shape
    row, column = np.divmod(np.arange(rows * columns), columns)
    row %= exemplar.pitch
    last = exemplar.pitch - 4 - 2, exemplar.shape[1] - 4 - 2
    return np.stack([row > last[0], row < 2, column > last[1], column < 2])


def test_what_reaches_over_the_exemplar():
    image = np.random.default_rng(0).random((40, 40, 2), np.float32)
    poses = ((0, False), (1, True))
    exemplar = LatentExemplar(*(moved(image, pose) for pose in poses), poses=poses)
    found = np.stack([(exemplar.overhangs & side) > 0 for side in SIDES])
    usable = exemplar.usable.ravel()
    assert np.array_equal(found[:, usable], _over(exemplar)[:, usable])


@pytest.mark.parametrize("tile", ["none", "x", "xy"])
@pytest.mark.parametrize("seed", range(3))
def test_nothing_reaches_over_the_exemplar_where_the_output_ends(monkeypatch, tile, seed):
    """Neither at a coarse level nor at a fine one: nothing could go on for it at the next."""
    seen = []

    def noted(flow):
        def run(exemplar, *others):
            matches = flow(exemplar, *others)
            ends = sides(matches.shape, settings.wraps)
            seen.append(np.count_nonzero(exemplar.overhangs[matches] & ends))
            # A few may be the nearest by chance, but not all along an end.
            repeated = matches[:, 1:] == matches[:, :-1]
            are_many = np.count_nonzero(repeated[:, [0, -1]]) > 3
            seen.append(are_many and not settings.wraps[1])
            return matches

        return run

    settings = Settings(steps=8, seed=seed, tile=tile, levels=4)
    for name in ("balanced_flow", "coherent_flow"):
        monkeypatch.setattr(fast, name, noted(getattr(fast, name)))
    image = np.random.default_rng(seed).random((136, 160, 3), np.float32)
    synthesize(image, (272, 320), settings)
    synthesize(image, (205, 135), replace(settings, turns=True))
    assert len(seen) == 2 * 2 * (4 + settings.layouts - 1 + settings.layouts - 1)
    assert not any(seen)

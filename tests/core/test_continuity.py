# SPDX-License-Identifier: GPL-3.0-or-later
"""What neighbours say for and against a patch."""

import numpy as np
import pytest

from addon_core.continuity import GAIN, Continuity
from addon_core.latent import SPAN, LatentExemplar

T = 0.5


@pytest.fixture
def exemplar():
    image = np.random.default_rng(0).standard_normal((64, 64, 1), dtype=np.float32)
    return LatentExemplar(image)


def _scores(matches, exemplar, part=slice(None), wraps=(True, True)):
    places = np.arange(matches.size)[part]
    scores = np.zeros((places.size, len(exemplar.features)), np.float32)
    continuity = Continuity(matches.shape, exemplar, wraps)
    continuity.look(matches)
    continuity.add_to(scores, part, T)
    return scores / (T**2 * GAIN * SPAN**2 * exemplar.code_size)


def _scattered(exemplar, side=8):
    numbers = np.random.default_rng(0).permutation(len(exemplar.features))[: side * side]
    return numbers.astype(np.int32).reshape(side, side)


@pytest.mark.parametrize("wraps", [(True, True), (True, False), (False, True), (False, False)])
def test_what_goes_on_gains_and_what_repeats_loses(exemplar, wraps):
    rows, columns = exemplar.patch_shape
    matches = _scattered(exemplar)
    scores = _scores(matches, exemplar, wraps=wraps)
    expected = np.zeros_like(scores)
    for (i, j), place in zip(np.ndindex(8, 8), range(64), strict=True):
        for down, right in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            if not (wraps[0] or 0 <= i + down < 8) or not (wraps[1] or 0 <= j + right < 8):
                continue
            neighbour = matches[(i + down) % 8, (j + right) % 8]
            row, column = divmod(int(neighbour), columns)
            row, column = row - down, column - right
            if 0 <= row < rows and 0 <= column < columns:
                expected[place, row * columns + column] += 1
            expected[place, neighbour] -= 1
    assert np.allclose(scores, expected, atol=1e-5)
    assert expected.max() > 0


def test_a_part_is_as_in_the_whole(exemplar):
    matches = _scattered(exemplar)
    part = slice(5, 60, 3)
    assert np.array_equal(_scores(matches, exemplar, part), _scores(matches, exemplar)[part])


@pytest.mark.parametrize(("side", "gain"), [(8, 1.0), (16, -1.0)])
def test_a_piece_that_becomes_a_copy_loses_by_going_on(exemplar, side, gain):
    """Of 16 by 16 blocks, a piece of 8 by 8 is a quarter, and one of 16 by 16 all."""
    matches = np.random.default_rng(1).integers(0, len(exemplar.features), (20, 20), np.int32)
    piece = np.arange(side)[:, None] * exemplar.patch_shape[1] + np.arange(side)
    matches[:side, :side] = piece
    inside = 3 * 20 + 3
    scores = _scores(matches, exemplar)
    # All four neighbours go on with the same patch.
    assert scores[inside, matches[3, 3]] == pytest.approx(4 * gain, abs=0.01)


def test_a_small_output_that_is_one_piece_is_a_copy_as_well(exemplar):
    matches = (np.arange(6)[:, None] * exemplar.patch_shape[1] + np.arange(6)).astype(np.int32)
    scores = _scores(matches, exemplar)
    assert scores[2 * 6 + 2, matches[2, 2]] == pytest.approx(-4, abs=0.01)

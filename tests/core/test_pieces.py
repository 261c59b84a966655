# SPDX-License-Identifier: GPL-3.0-or-later
"""Pieces of an output, against plain loops over all places."""

from __future__ import annotations

import numpy as np
import pytest

from addon_core.pieces import (
    TORUS,
    around,
    continuations,
    disputed,
    goes_on,
    neighbours,
    piece_numbers,
    widened,
)

SHAPE = (9, 11)
"""How many patches the exemplar has in each direction."""

all_wraps = pytest.mark.parametrize("wraps", [TORUS, (True, False), (False, True), (False, False)])


def _matches(shape: tuple[int, int], seed: int) -> np.ndarray:
    """Rectangles of an exemplar laid over each other."""
    random = np.random.default_rng(seed)
    matches = random.integers(0, SHAPE[0] * SHAPE[1], shape, dtype=np.int32)
    for _ in range(6):
        height, width = random.integers(2, 6, 2)
        row, column = (
            random.integers(0, n - k + 1) for n, k in zip(SHAPE, (height, width), strict=True)
        )
        top, left = (random.integers(0, n) for n in shape)
        for i, j in np.ndindex(int(height), int(width)):
            place = (top + i) % shape[0], (left + j) % shape[1]
            matches[place] = (row + i) * SHAPE[1] + column + j
    return matches


def _goes_on(matches: np.ndarray, place: tuple[int, int], down: int, right: int) -> bool:
    height, width = matches.shape
    row, column = divmod(int(matches[place]), SHAPE[1])
    other = matches[(place[0] + down) % height, (place[1] + right) % width]
    return divmod(int(other), SHAPE[1]) == (row + down, column + right)


@all_wraps
@pytest.mark.parametrize("seed", range(4))
def test_neighbours_go_on_where_they_lie_alike_in_the_exemplar(seed, wraps):
    """And nothing else begins where the output ends."""
    matches = _matches((8, 13), seed)
    below, right = goes_on(matches, SHAPE[1], wraps)
    for i, j in np.ndindex(matches.shape):
        is_end = i == 7 and not wraps[0]
        assert below[i, j] == (is_end or _goes_on(matches, (i, j), 1, 0))
        is_end = j == 12 and not wraps[1]
        assert right[i, j] == (is_end or _goes_on(matches, (i, j), 0, 1))


@all_wraps
@pytest.mark.parametrize("seed", range(4))
def test_a_block_is_disputed_where_patches_over_it_do_not_go_on_with_each_other(seed, wraps):
    matches = _matches((8, 13), seed)
    found = disputed(*goes_on(matches, SHAPE[1], wraps), wraps)
    assert found.shape == (8 if wraps[0] else 11, 13 if wraps[1] else 16)
    for i, j in np.ndindex(found.shape):
        corners = set()
        for a, b in np.ndindex(4, 4):
            top, left = i - a, j - b
            is_there = (wraps[0] or 0 <= top < 8) and (wraps[1] or 0 <= left < 13)
            if is_there:
                row, column = divmod(int(matches[top % 8, left % 13]), SHAPE[1])
                corners.add((row + a, column + b))
        assert found[i, j] == (len(corners) > 1)


@all_wraps
@pytest.mark.parametrize("shape", [(8, 13), (1, 5), (5, 1), (6, 6)])
def test_pieces_are_what_can_be_reached_by_going_on(shape, wraps):
    matches = _matches(shape, 2) if min(shape) > 4 else np.zeros(shape, np.int32)
    below, right = goes_on(matches, SHAPE[1], wraps)
    numbers, count = piece_numbers(below, right, wraps)
    below[-1] &= wraps[0]
    right[:, -1] &= wraps[1]
    expected = np.full(shape, -1)
    pieces = 0
    for start in np.ndindex(shape):
        if expected[start] >= 0:
            continue
        waiting = [start]
        while waiting:
            i, j = waiting.pop()
            if expected[i, j] >= 0:
                continue
            expected[i, j] = pieces
            up, left = ((i - 1) % shape[0], j), (i, (j - 1) % shape[1])
            waiting += [((i + 1) % shape[0], j)] * bool(below[i, j])
            waiting += [(i, (j + 1) % shape[1])] * bool(right[i, j])
            waiting += [up] * bool(below[up]) + [left] * bool(right[left])
        pieces += 1
    assert count == pieces
    pairs = set(zip(numbers.ravel().tolist(), expected.ravel().tolist(), strict=True))
    assert len(pairs) == pieces


def test_a_torus_of_one_piece_has_no_dispute():
    """An exemplar cannot go on with itself round a torus: the joint is at the seam alone."""
    matches = (np.arange(6)[:, None] * SHAPE[1] + np.arange(8)).astype(np.int32)
    below, right = goes_on(matches, SHAPE[1], TORUS)
    assert below[:-1].all() and right[:, :-1].all()
    assert not below[-1].any() and not right[:, -1].any()
    found = disputed(below, right, TORUS)
    assert found[:3].all() and found[:, :3].all() and not found[3:, 3:].any()


def test_widening_reaches_over_the_seam():
    places = np.zeros((7, 9), bool)
    places[0, 0] = True
    wide = widened(places, 2)
    expected = np.zeros_like(wide)
    expected[np.ix_([5, 6, 0, 1, 2], [7, 8, 0, 1, 2])] = True
    assert np.array_equal(wide, expected)


def test_neighbours_on_a_torus():
    below, above, right, left = neighbours((3, 4), np.array([0, 6]), TORUS, 2)
    assert [below[0], above[0], right[0], left[0]] == [8, 4, 2, 2]
    assert [below[1], above[1], right[1], left[1]] == [2, 10, 4, 4]


@all_wraps
@pytest.mark.parametrize("distance", [1, 3])
def test_no_neighbour_lies_beyond_an_end(wraps, distance):
    numbers = np.arange(5 * 7, dtype=np.int32).reshape(5, 7)
    found = around(numbers, np.arange(5 * 7), wraps, distance)
    assert np.array_equal(found, neighbours((5, 7), np.arange(5 * 7), wraps, distance))
    for (i, j), four in zip(np.ndindex(5, 7), found.T, strict=True):
        steps = ((distance, 0), (-distance, 0), (0, distance), (0, -distance))
        for (down, right), number in zip(steps, four, strict=True):
            is_there = (wraps[0] or 0 <= i + down < 5) and (wraps[1] or 0 <= j + right < 7)
            assert number == (numbers[(i + down) % 5, (j + right) % 7] if is_there else -1)


def test_continuations_end_where_the_exemplar_ends():
    matches = np.array([[0, 10], [88, -1]], np.int32)
    standing = around(matches, np.arange(4), TORUS)
    below, above, right, left = continuations(standing, np.ones(SHAPE, bool))
    # The place (0, 0): the one below has patch (8, 0), so that (7, 0) would come before it; on a
    # torus of two rows the one above is the same, and nothing comes after the last row.
    assert (below[0], above[0]) == (7 * SHAPE[1], -1)
    # (0, 1) matches (0, 10), the last column: before it comes (0, 9), after it nothing.
    assert (right[0], left[0]) == (9, -1)
    # (1, 1) has no match, and gives none.
    assert below[1] == above[1] == right[2] == left[2] == -1

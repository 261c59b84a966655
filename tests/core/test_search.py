# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from addon_core import search
from addon_core.patches import Grid, Patches
from addon_core.search import Exemplar, Neighbours, Share, largest, nearest
from addon_core.velocity import weights


def _exemplar(side: int = 24) -> Exemplar:
    image = np.random.default_rng(2).standard_normal((side, side, 2), dtype=np.float32)
    return Exemplar(Patches(image, Grid.inside((side, side), 4, 1)))


def _queries(count: int, dimension: int) -> np.ndarray:
    return np.random.default_rng(3).standard_normal((count, dimension), dtype=np.float32)


def _distances(queries: np.ndarray, exemplar: Exemplar, t: float) -> np.ndarray:
    phi = exemplar.patches.take(np.arange(len(exemplar))).astype(np.float64)
    return ((queries[:, None, :] - t * phi[None, :, :]) ** 2).sum(axis=2)


@pytest.mark.parametrize("block", [16, 100, 2048])
@pytest.mark.parametrize("count", [1, 5, 40])
def test_finds_the_same_as_comparing_all(monkeypatch, block, count):
    monkeypatch.setattr(search, "BLOCK", block)
    exemplar = _exemplar()
    queries = _queries(30, exemplar.patches.dimension)
    among = np.sort(np.random.default_rng(4).choice(len(exemplar), 300, replace=False))
    found = nearest(Share(exemplar, among).against(queries, 0.6), count)
    distances = _distances(queries, exemplar, 0.6)[:, among]
    expected = among[np.argsort(distances, axis=1)[:, :count]]
    assert np.array_equal(found.indices, expected)


def test_scores_tell_distances():
    exemplar = _exemplar()
    queries = _queries(9, exemplar.patches.dimension)
    t = 0.7
    found = nearest(Share(exemplar, np.arange(len(exemplar))).against(queries, t), 4)
    distances = np.take_along_axis(_distances(queries, exemplar, t), found.indices, axis=1)
    told = (queries**2).sum(axis=1)[:, None] - 2 * t * found.scores
    assert np.allclose(told, distances, rtol=1e-4)
    again = exemplar.known(queries, t, found.indices)
    assert np.allclose(again.scores, found.scores, rtol=1e-4, atol=1e-4)


def test_fewer_than_wanted_are_all_found():
    exemplar = _exemplar()
    share = Share(exemplar, np.array([7, 2, 5]))
    found = nearest(share.against(_queries(3, exemplar.patches.dimension), 0.5), 9)
    assert np.array_equal(np.sort(found.indices), [[2, 5, 7]] * 3)


def test_what_is_found_again_is_not_counted_twice():
    exemplar = _exemplar()
    queries = _queries(40, exemplar.patches.dimension)
    everything = nearest(Share(exemplar, np.arange(len(exemplar))).against(queries, 0.5), 6)
    share = Share(exemplar, np.unique(everything.indices[:, ::2]))
    known = exemplar.known(queries, 0.5, everything.indices)
    merged = nearest(share.against(queries, 0.5, known), 6, known)
    assert np.array_equal(np.sort(merged.indices), np.sort(everything.indices))


@settings(deadline=None, derandomize=True)
@given(st.integers(1, 40), st.integers(1, 9), st.integers(1, 4), st.integers(0, 2**32 - 1))
def test_largest_are_the_largest_and_the_first_of_equal_ones(width, count, values, seed):
    scores = np.random.default_rng(seed).integers(0, values, (5, width)).astype(np.float32)
    columns, found = largest(scores.copy(), count)
    expected = np.argsort(-scores, axis=1, kind="stable")[:, :count]
    assert np.array_equal(columns, expected)
    assert np.array_equal(found, np.take_along_axis(scores, expected, axis=1))


@settings(deadline=None, derandomize=True)
@given(st.integers(1, 40), st.integers(1, 9), st.integers(1, 4), st.integers(0, 2**32 - 1))
def test_no_more_than_what_exceeds_its_bound_is_looked_for(width, count, values, seed):
    random = np.random.default_rng(seed)
    scores = random.integers(0, values, (5, width)).astype(np.float32)
    above = np.sort(random.integers(-1, values, (5, count)), axis=1).astype(np.float32)
    columns, found = largest(scores.copy(), count, above)
    expected = -np.sort(-scores, axis=1)[:, :count]
    for row in range(5):
        exceeding = 0
        while exceeding < expected.shape[1] and expected[row, exceeding] > above[row, exceeding]:
            exceeding += 1
        known = found[row, :exceeding]
        assert np.array_equal(known, expected[row, :exceeding])
        assert np.array_equal(known, scores[row, columns[row, :exceeding]])
        assert (found[row, exceeding + 1 :] == -np.inf).all()


@settings(deadline=None, derandomize=True)
@given(st.integers(1, 6), st.integers(1, 6), st.integers(1, 9), st.integers(0, 2**32 - 1))
def test_the_best_of_two_sets_are_the_best_of_both(count, known, others, seed):
    random = np.random.default_rng(seed)
    scores = random.permuted(np.arange(7.0 * (known + others)).reshape(7, -1), axis=1)
    scores = scores.astype(np.float32)
    both = np.tile(np.arange(known + others), (7, 1))
    found = Neighbours(both[:, :known], scores[:, :known])
    found = found.joined(scores[:, known:].copy(), both[0, known:], count)
    expected = np.argsort(-scores, axis=1)[:, :count]
    assert np.array_equal(found.indices, expected)
    assert np.array_equal(found.scores, np.take_along_axis(scores, expected, axis=1))


def test_weights_are_the_softmax_of_the_distances():
    exemplar = _exemplar()
    queries = np.float32(0.1) * _queries(6, exemplar.patches.dimension)
    for t in (0.0, 0.3, 0.9):
        found = nearest(Share(exemplar, np.arange(len(exemplar))).against(queries, t), 5)
        distances = np.take_along_axis(_distances(queries, exemplar, t), found.indices, axis=1)
        expected = np.exp(-(distances - distances.min(axis=1, keepdims=True)) / (2 * (1 - t) ** 2))
        expected /= expected.sum(axis=1, keepdims=True)
        assert np.allclose(weights(found, t), expected, atol=1e-3)

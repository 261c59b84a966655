# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from addon_core import search
from addon_core.patches import Grid, Patches
from addon_core.search import Exemplar, Neighbours, largest, without_repeats
from addon_core.velocity import targets, weights


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
    found = exemplar.nearest(queries, 0.6, count, among)
    distances = _distances(queries, exemplar, 0.6)[:, among]
    expected = among[np.argsort(distances, axis=1)[:, :count]]
    assert np.array_equal(np.sort(found.indices), np.sort(expected))


def test_scores_tell_distances():
    exemplar = _exemplar()
    queries = _queries(9, exemplar.patches.dimension)
    t = 0.7
    found = exemplar.nearest(queries, t, 4, np.arange(len(exemplar)))
    distances = np.take_along_axis(_distances(queries, exemplar, t), found.indices, axis=1)
    told = (queries**2).sum(axis=1)[:, None] - 2 * t * found.scores
    assert np.allclose(told, distances, rtol=1e-4)
    again = exemplar.scored(queries, t, found.indices)
    assert np.allclose(again.scores, found.scores, rtol=1e-4, atol=1e-4)


def test_fewer_than_wanted_are_all_found():
    exemplar = _exemplar()
    found = exemplar.nearest(_queries(3, exemplar.patches.dimension), 0.5, 9, np.array([7, 2, 5]))
    assert np.array_equal(np.sort(found.indices), [[2, 5, 7]] * 3)


def test_what_was_found_again_is_not_counted_twice():
    found = Neighbours(np.array([[1, 2]]), np.array([[0.5, 0.4]], np.float32))
    remembered = Neighbours(np.array([[2, 3]]), np.array([[0.4, 0.3]], np.float32))
    merged = found.joined(without_repeats(found, remembered)).best(3)
    assert sorted(merged.indices[0]) == [1, 2, 3]


@settings(deadline=None, derandomize=True)
@given(st.integers(1, 12), st.integers(1, 9), st.integers(0, 2**32 - 1))
def test_largest_are_the_largest(groups, count, seed):
    scores = np.random.default_rng(seed).random((5, groups * search.GROUP), dtype=np.float32)
    found = np.take_along_axis(scores, largest(scores, count), axis=1)
    assert np.array_equal(np.sort(found, axis=1), np.sort(scores, axis=1)[:, -count:])


def test_weights_are_the_softmax_of_the_distances():
    exemplar = _exemplar()
    queries = np.float32(0.1) * _queries(6, exemplar.patches.dimension)
    for t in (0.0, 0.3, 0.9):
        found = exemplar.nearest(queries, t, 5, np.arange(len(exemplar)))
        distances = np.take_along_axis(_distances(queries, exemplar, t), found.indices, axis=1)
        expected = np.exp(-(distances - distances.min(axis=1, keepdims=True)) / (2 * (1 - t) ** 2))
        expected /= expected.sum(axis=1, keepdims=True)
        assert np.allclose(weights(found, t), expected, atol=1e-3)


def test_targets_are_weighted_means_of_patches():
    exemplar = _exemplar()
    indices = np.array([[0, 5], [9, 9]])
    mix = np.array([[0.25, 0.75], [0.5, 0.5]], np.float32)
    phi = exemplar.patches.take(np.arange(10))
    expected = [0.25 * phi[0] + 0.75 * phi[5], phi[9]]
    assert np.allclose(targets(exemplar.patches, indices, mix), expected, atol=1e-6)

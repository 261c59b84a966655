# SPDX-License-Identifier: GPL-3.0-or-later
"""What benchmarks/ proves of the error of few neighbours, on random patches."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.full_sum import FullSum

QUERIES, PATCHES, DIMENSION = 12, 40, 9


def random_sum(seed, t, scale):
    random = np.random.default_rng(seed)
    keys = random.standard_normal((PATCHES, DIMENSION)) * scale
    chosen = keys[random.integers(PATCHES, size=QUERIES)]
    queries = t * chosen + (1 - t) * random.standard_normal((QUERIES, DIMENSION))
    return FullSum(queries, keys, t), queries, keys


@settings(deadline=None, derandomize=True)
@given(
    seed=st.integers(0, 1000),
    t=st.floats(0.0, 0.98),
    scale=st.floats(0.1, 3.0),
    count=st.integers(1, PATCHES - 1),
)
def test_errors_are_within_their_bounds(seed, t, scale, count):
    full, _, _ = random_sum(seed, t, scale)
    some = np.random.default_rng(seed).permuted(np.tile(np.arange(PATCHES), (QUERIES, 1)), axis=1)
    nearest, any_set = full.of_nearest(count), full.of(some[:, :count])
    assert np.all(nearest.measured <= nearest.any_set + 1e-9)
    assert np.all(nearest.measured <= nearest.nearest + 1e-9)
    assert np.all(any_set.measured <= any_set.any_set + 1e-9)
    assert np.all(nearest.tail <= any_set.tail + 1e-12)


def test_error_is_that_of_the_target_over_the_way_to_it():
    t = 0.4
    full, queries, keys = random_sum(1, t, 1.0)
    psi = queries[0]
    distances = ((psi - t * keys) ** 2).sum(axis=1)
    omega = np.exp(-distances / (2 * (1 - t) ** 2))
    target = omega @ keys / omega.sum()
    few = np.argsort(distances)[:3]
    of_few = omega[few] @ keys[few] / omega[few].sum()
    expected = np.linalg.norm(target - of_few) / np.linalg.norm(target - psi)
    errors = full.of_nearest(3)
    assert errors.measured[0] == pytest.approx(expected)
    assert errors.tail[0] == pytest.approx(1 - omega[few].sum() / omega.sum())
    assert errors.any_set[0] > errors.measured[0] > 0


def test_nothing_is_missing_from_all():
    full, _, _ = random_sum(2, 0.3, 1.0)
    errors = full.of(np.tile(np.arange(PATCHES), (QUERIES, 1)))
    np.testing.assert_allclose(errors.measured, 0, atol=1e-12)
    np.testing.assert_array_equal(errors.tail, 0)

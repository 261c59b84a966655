# SPDX-License-Identifier: GPL-3.0-or-later
"""How far two sets of values are apart as distributions."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from addon_core.distributions import wasserstein_of_rows


def _values(rows: int, count: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((rows, count), dtype=np.float32)


def test_the_same_values_in_another_order_are_at_no_distance():
    values = _values(3, 200)
    assert wasserstein_of_rows(values, values[:, ::-1]) == 0.0


def test_fewer_values_count_as_often_as_it_takes():
    few = np.array([[3.0, 1.0, 2.0]], np.float32)
    many = np.array([[1.0, 2.0, 3.0, 1.0, 2.0, 6.0]], np.float32)
    # The largest of the few stands beside 3 and 6.
    assert wasserstein_of_rows(few, many) == pytest.approx(np.sqrt(9 / 6))


@pytest.mark.parametrize("times", [1, 3])
def test_shifted_values_are_as_far_as_they_are_shifted(times):
    values = _values(2, 200)
    shifts = np.array([[3.0], [4.0]], np.float32)
    distance = wasserstein_of_rows(values, np.tile(values + shifts, times))
    assert distance == pytest.approx(np.sqrt((9 + 16) / 2), rel=1e-5)


def test_it_is_that_of_two_normal_distributions():
    # Of the same mean, it is the difference of the deviations.
    places = (np.arange(5000) + 0.5) / 5000
    narrow = norm.ppf(places)[None].astype(np.float32)
    wide = 3 * norm.ppf((np.arange(700) + 0.5) / 700)[None].astype(np.float32)
    assert wasserstein_of_rows(narrow, wide) == pytest.approx(2.0, rel=0.01)
    assert wasserstein_of_rows(wide, narrow) == wasserstein_of_rows(narrow, wide)

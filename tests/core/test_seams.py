# SPDX-License-Identifier: GPL-3.0-or-later
"""The cheapest seam against all there are."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from addon_core.seams import Costs, cheapest, without


def _price(costs: Costs, seam: tuple[int, ...], closed: bool) -> float:
    going = {0: costs.level, 1: costs.down, -1: costs.up}
    price = sum(costs.out[row, column] for column, row in enumerate(seam))
    links = [*pairwise(seam), *([(seam[-1], seam[0])] if closed else [])]
    for column, (row, following) in enumerate(links):
        if abs(following - row) > 1:
            return float("inf")
        price += going[following - row][row, column]
    return float(price)


@settings(deadline=None, derandomize=True)
@given(st.integers(1, 4), st.integers(1, 5), st.booleans(), st.integers(0, 1000))
def test_none_is_cheaper(rows, columns, closed, seed):
    random = np.random.default_rng(seed)
    costs = Costs(*random.standard_normal((4, rows, columns), dtype=np.float32))
    seam = tuple(cheapest(costs, closed).tolist())
    least = min(_price(costs, other, closed) for other in product(range(rows), repeat=columns))
    assert _price(costs, seam, closed) == pytest.approx(least, abs=1e-5)


def test_what_is_left():
    places = np.arange(24).reshape(4, 3, 2)
    left = without(places, np.array([0, 1, 3]))
    assert left.shape == (3, 3, 2)
    for column, row in enumerate((0, 1, 3)):
        assert np.array_equal(left[:, column], np.delete(places[:, column], row, axis=0))

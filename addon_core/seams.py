# SPDX-License-Identifier: GPL-3.0-or-later
"""The cheapest way through a picture along which one place of every column is taken out.

Such a seam has one place in each column, and the next column's is at most one higher or lower; the
cheapest is found by dynamic programming (Avidan and Shamir 2007, "Seam Carving").
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Costs:
    """What a seam costs, (rows, columns) each, in any unit; less than nothing is a gain.

    To go on is to go from a place to the next column; beside the last column lies the first.
    """

    out: NDArray[np.float32]
    """To take a place out"""
    level: NDArray[np.float32]
    """To go on in the same row"""
    down: NDArray[np.float32]
    """To go on one row below"""
    up: NDArray[np.float32]
    """To go on one row above"""


def cheapest(costs: Costs, closed: bool) -> NDArray[np.intp]:
    """(columns,): the row of the cheapest seam in each column.

    Args:
        costs: of the places through which it may go.
        closed: whether its end is to meet its beginning.
    """
    columns = costs.out.shape[1]
    reached = _reached(costs, closed)
    ends = np.diagonal(reached[-1]) if closed else reached[-1, 0]
    row = int(ends.argmin())
    from_start = reached[:, row if closed else 0]
    seam = np.empty(columns, np.intp)
    seam[-1] = row
    for column in reversed(range(len(reached) - 1)):
        row = _row_before(costs, from_start[column], column, row)
        seam[column] = row
    return seam


def _reached(costs: Costs, closed: bool) -> NDArray[np.float32]:
    """(columns, starts, rows): what it costs at least to come to each place.

    A closed seam is looked for from every row of the first column at once, and comes back to that
    column as one column more.
    """
    rows, columns = costs.out.shape
    out, level, down, up = (
        np.ascontiguousarray(part.T) for part in (costs.out, costs.level, costs.down, costs.up)
    )
    reached = np.empty((columns + closed, rows if closed else 1, rows), np.float32)
    reached[0] = np.where(np.eye(rows, dtype=bool), out[0], np.inf) if closed else out[0]
    for column, (before, now) in enumerate(pairwise(reached)):
        np.add(before, level[column], out=now)
        np.minimum(now[:, 1:], before[:, :-1] + down[column, :-1], out=now[:, 1:])
        np.minimum(now[:, :-1], before[:, 1:] + up[column, 1:], out=now[:, :-1])
        if column + 1 < columns:
            now += out[column + 1]
    return reached


def _row_before(costs: Costs, reached: NDArray[np.float32], column: int, row: int) -> int:
    """The row from which a row of the next column is reached at the least cost.

    Args:
        costs: of the places.
        reached: (rows,), what it costs to come to each place of the column.
        column: from which to go on.
        row: of the next column.
    """
    ways = [(reached[row] + costs.level[row, column], row)]
    if row > 0:
        ways.append((reached[row - 1] + costs.down[row - 1, column], row - 1))
    if row + 1 < len(reached):
        ways.append((reached[row + 1] + costs.up[row + 1, column], row + 1))
    return min(ways)[1]


def without(places: NDArray[Any], seam: NDArray[np.intp]) -> NDArray[Any]:
    """(rows − 1, columns, …): what is left of (rows, columns, …) places."""
    row = np.arange(len(places) - 1)[:, None]
    return places[row + (row >= seam), np.arange(places.shape[1])]

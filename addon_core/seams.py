# SPDX-License-Identifier: GPL-3.0-or-later
"""The cheapest way through a picture along which one place of every column is taken out.

Such a seam has one place in each column, and the next column's is at most one higher or lower; the
cheapest is found by dynamic programming (Avidan and Shamir 2007, "Seam Carving").
"""

from __future__ import annotations

from dataclasses import dataclass
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
    reached, came = _searched(costs, closed)
    ends = np.diagonal(reached) if closed else reached[0]
    row = int(ends.argmin())
    start = row if closed else 0
    seam = np.empty(columns, np.intp)
    seam[-1] = row
    for column in reversed(range(len(came))):
        row -= (0, 1, -1)[came[column, start, row]]
        seam[column] = row
    return seam


def _searched(costs: Costs, closed: bool) -> tuple[NDArray[np.float32], NDArray[np.int8]]:
    """What it costs to reach each row at the end, and how each was reached from column to column.

    Returns:
        (starts, rows) and (links, starts, rows), in which 0 is from the same row, 1 from the one
        above and 2 from the one below. A closed seam is looked for from every row at once, and its
        last link leads back to the first column.
    """
    rows, columns = costs.out.shape
    cost = costs.out[None, :, 0]
    if closed:
        cost = np.where(np.eye(rows, dtype=bool), cost, np.float32(np.inf))
    links = columns if closed else columns - 1
    came = np.empty((links, len(cost), rows), np.int8)
    options = np.full((3, len(cost), rows), np.inf, np.float32)
    for column in range(links):
        np.add(cost, costs.level[:, column], out=options[0])
        np.add(cost[:, :-1], costs.down[:-1, column], out=options[1, :, 1:])
        np.add(cost[:, 1:], costs.up[1:, column], out=options[2, :, :-1])
        came[column] = options.argmin(axis=0)
        cost = options.min(axis=0)
        if column + 1 < columns:
            cost += costs.out[:, column + 1]
    return cost, came


def without(places: NDArray[Any], seam: NDArray[np.intp]) -> NDArray[Any]:
    """(rows − 1, columns, …): what is left of (rows, columns, …) places."""
    row = np.arange(len(places) - 1)[:, None]
    return places[row + (row >= seam), np.arange(places.shape[1])]

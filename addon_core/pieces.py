# SPDX-License-Identifier: GPL-3.0-or-later
"""Pieces: parts of an output whose patches lie in the exemplar as they lie in the output.

A match says which patch of the exemplar stands at a place of the output. Where neighbouring matches
go on with each other they belong to one piece; where they do not, two pieces meet.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from .latent import SPAN


def goes_on(
    matches: NDArray[np.int32], columns: int
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Whether the place below, and the one to the right, goes on where a place comes from.

    Args:
        matches: (height, width), on a torus: the number of the patch that stands at each place.
        columns: how many patches lie in a row of the exemplar.

    Returns:
        (height, width) each.
    """
    below = np.roll(matches, -1, 0) - matches == columns
    right = np.roll(matches, -1, 1) - matches == 1
    right &= matches % columns != columns - 1
    return below, right


def continuations(
    matches: NDArray[np.int32],
    usable: NDArray[np.bool_],
    places: NDArray[np.intp],
    distance: int = 1,
) -> Iterator[NDArray[np.int32]]:
    """What would stand at some places if each went on with one of its neighbours' pieces.

    Args:
        matches: (height, width), on a torus, −1 for none.
        usable: (rows, columns), of the exemplar's patches, those that may stand somewhere.
        places: (n,) flat numbers of places.
        distance: of the neighbours, in blocks.

    Yields:
        (n,) numbers of patches, −1 where what is usable ends, for the neighbour below, above, to
        the right and to the left.
    """
    height, width = matches.shape
    rows, columns = usable.shape
    row, column = np.divmod(places, width)
    for down, right in ((distance, 0), (-distance, 0), (0, distance), (0, -distance)):
        neighbour = matches[(row + down) % height, (column + right) % width]
        source_row, source_column = np.divmod(neighbour, np.int32(columns))
        source_row -= down
        source_column -= right
        there = (neighbour >= 0) & (source_row >= 0) & (source_row < rows)
        there &= (source_column >= 0) & (source_column < columns)
        source = np.where(there, neighbour - np.int32(down * columns + right), np.int32(-1))
        source[there & ~usable.ravel()[source]] = -1
        yield source


def disputed(below: NDArray[np.bool_], right: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """(height, width): the blocks over which patches of different pieces lie."""
    # A block lies under the patches that start up to three places above and to the left of it.
    across, down = ~right, ~below
    across = _spread(np.roll(_spread(across, 0, SPAN), 1, 1), 1, SPAN - 1)
    down = _spread(np.roll(_spread(down, 1, SPAN), 1, 0), 0, SPAN - 1)
    return across | down


def widened(places: NDArray[np.bool_], reach: int) -> NDArray[np.bool_]:
    """(height, width): the places, and those up to ``reach`` from them in both directions."""
    for axis in (0, 1):
        places = np.roll(_spread(places, axis, 2 * reach + 1), -reach, axis)
    return places


def piece_numbers(
    below: NDArray[np.bool_], right: NDArray[np.bool_]
) -> tuple[NDArray[np.int32], int]:
    """Number the pieces: (height, width) numbers from 0, and how many there are."""
    height, width = right.shape
    # Runs along the rows first: there are far fewer of them than places.
    starts = ~np.roll(right, 1, 1)
    starts[:, 0] = True
    runs = np.cumsum(starts.ravel(), dtype=np.int32).reshape(height, width) - 1
    next_runs, next_starts = np.roll(runs, -1, 0), np.roll(starts, -1, 0)
    meet = below & (starts | next_starts)
    meet[:, 0] = below[:, 0]
    closed = right[:, -1]
    firsts = np.concatenate([runs[meet], runs[closed, -1]])
    seconds = np.concatenate([next_runs[meet], runs[closed, 0]])
    count = int(runs[-1, -1]) + 1
    graph = coo_array((np.ones(firsts.size, np.int8), (firsts, seconds)), shape=(count, count))
    pieces, numbers = connected_components(graph, directed=False)
    return numbers.astype(np.int32)[runs], pieces


def _spread(places: NDArray[np.bool_], axis: int, count: int) -> NDArray[np.bool_]:
    """True also at the ``count`` − 1 places after each, on a torus."""
    result = places.copy()
    for distance in range(1, count):
        result |= np.roll(places, distance, axis)
    return result

# SPDX-License-Identifier: GPL-3.0-or-later
"""Pieces: parts of an output whose patches lie in the exemplar as they lie in the output.

A match says which patch of the exemplar stands at a place of the output. Where neighbouring matches
go on with each other they belong to one piece; where they do not, two pieces meet.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from .borders import block_shape
from .latent import SPAN
from .pyramid import Shape, Wraps

TORUS: Wraps = (True, True)
"""Candidates go round in any case: where an output ends, what lies at its other border is one
candidate more. Of pieces that may come from there the cuts are a twentieth better."""

MORE_ON_TORUS = 0.1
"""By how much more of the exemplar pieces may grow where nothing ends: there they have to fit round
the torus as well, and stay smaller by themselves."""

DIRECTIONS = np.array([[1, 0], [-1, 0], [0, 1], [0, -1]], np.int32)
"""(4, 2): how far down and to the right the neighbours lie."""


def goes_on(
    matches: NDArray[np.int32], columns: int, wraps: Wraps
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Whether the place below, and the one to the right, goes on where a place comes from.

    Args:
        matches: (height, width): the number of the patch that stands at each place.
        columns: how many patches lie in a row of the exemplar.
        wraps: of the output.

    Returns:
        (height, width) each. Where the output ends, nothing else begins: True.
    """
    below = np.roll(matches, -1, 0) - matches == columns
    right = np.roll(matches, -1, 1) - matches == 1
    right &= matches % columns != columns - 1
    below[-1] |= not wraps[0]
    right[:, -1] |= not wraps[1]
    return below, right


def neighbours(
    shape: Shape, places: NDArray[np.integer], wraps: Wraps, distance: int = 1
) -> NDArray[np.int32]:
    """(4, n): the flat numbers of the places below, above, to the right and to the left.

    Args:
        shape: height and width of the output.
        places: (n,) flat numbers.
        wraps: of the output.
        distance: of the neighbours, in blocks.

    Returns:
        −1 where there is none.
    """
    height, width = np.int32(shape[0]), np.int32(shape[1])
    row, column = np.divmod(places.astype(np.int32), width)
    down, right = distance * DIRECTIONS.T[:, :, None]
    row, column = row + down, column + right
    numbers = row % height * width + column % width
    if not wraps[0]:
        numbers[(row < 0) | (row >= height)] = -1
    if not wraps[1]:
        numbers[(column < 0) | (column >= width)] = -1
    return numbers


def around(
    values: NDArray[np.int32], places: NDArray[np.integer], wraps: Wraps, distance: int = 1
) -> NDArray[np.int32]:
    """(4, n): what stands at the :func:`neighbours` of some places, −1 where there is none.

    Args:
        values: (height, width), from 0.
        places: (n,) flat numbers.
        wraps: of the output.
        distance: of the neighbours, in blocks.
    """
    numbers = neighbours(values.shape, places, wraps, distance)
    found = values.ravel()[numbers]
    found[numbers < 0] = -1
    return found


def continuations(
    standing: NDArray[np.int32], usable: NDArray[np.bool_], distance: int = 1
) -> NDArray[np.int32]:
    """What would stand at some places if each went on with one of its neighbours' pieces.

    Args:
        standing: (4, n), the patches :func:`around`, −1 for none.
        usable: (rows, columns), of the exemplar's patches, those that may stand somewhere.
        distance: of the neighbours, in blocks.

    Returns:
        (4, n) numbers of patches, −1 where what is usable ends.
    """
    down, right = distance * DIRECTIONS.T[:, :, None]
    return beside(standing, -down, -right, usable)


def beside(
    patches: NDArray[np.int32],
    down: NDArray[np.int32] | int,
    right: NDArray[np.int32] | int,
    usable: NDArray[np.bool_],
) -> NDArray[np.int32]:
    """The patches that lie so far below and to the right of others in the exemplar.

    Args:
        patches: numbers, −1 for none.
        down: in blocks, of a shape that fits to theirs.
        right: the same.
        usable: (rows, columns), of the exemplar's patches, those that may stand somewhere.

    Returns:
        Their numbers, −1 where what is usable ends.
    """
    rows, columns = np.int32(usable.shape[0]), np.int32(usable.shape[1])
    row, column = np.divmod(patches, columns)
    row += down
    column += right
    there = (patches >= 0) & (row >= 0) & (row < rows) & (column >= 0) & (column < columns)
    source = np.where(there, row * columns + column, np.int32(0))
    there &= usable.ravel()[source]
    return np.where(there, source, np.int32(-1))


def disputed(below: NDArray[np.bool_], right: NDArray[np.bool_], wraps: Wraps) -> NDArray[np.bool_]:
    """(rows, columns): the blocks over which patches of different pieces lie.

    Args:
        below: (height, width), of patches, as :func:`goes_on` says.
        right: the same.
        wraps: of the output.
    """
    # A block lies under the patches that start up to three places above and to the left of it.
    height, width = below.shape
    across, down = np.zeros((2, *block_shape((height, width), wraps)), bool)
    across[:height, :width], down[:height, :width] = ~right, ~below
    across = _spread(np.roll(_spread(across, 0, SPAN), 1, 1), 1, SPAN - 1)
    down = _spread(np.roll(_spread(down, 1, SPAN), 1, 0), 0, SPAN - 1)
    return across | down


def widened(places: NDArray[np.bool_], reach: int) -> NDArray[np.bool_]:
    """(height, width): the places, and those up to ``reach`` from them in both directions."""
    for axis in (0, 1):
        places = np.roll(_spread(places, axis, 2 * reach + 1), -reach, axis)
    return places


def piece_numbers(
    below: NDArray[np.bool_], right: NDArray[np.bool_], wraps: Wraps
) -> tuple[NDArray[np.int32], int]:
    """Number the pieces.

    Args:
        below: (height, width), as :func:`goes_on` says.
        right: the same.
        wraps: of the output.

    Returns:
        (height, width) numbers from 0, and how many there are.
    """
    height, width = right.shape
    # Runs along the rows first: there are far fewer of them than places.
    starts = ~np.roll(right, 1, 1)
    starts[:, 0] = True
    runs = np.cumsum(starts.ravel(), dtype=np.int32).reshape(height, width) - 1
    next_runs, next_starts = np.roll(runs, -1, 0), np.roll(starts, -1, 0)
    meet = below & (starts | next_starts)
    meet[:, 0] = below[:, 0]
    meet[-1] &= wraps[0]
    closed = right[:, -1] & wraps[1]
    firsts = np.concatenate([runs[meet], runs[closed, -1]])
    seconds = np.concatenate([next_runs[meet], runs[closed, 0]])
    count = int(runs[-1, -1]) + 1
    graph = coo_array((np.ones(firsts.size, np.int8), (firsts, seconds)), shape=(count, count))
    pieces, numbers = connected_components(graph, directed=False)
    return numbers.astype(np.int32)[runs], pieces


def _spread(places: NDArray[np.bool_], axis: int, count: int) -> NDArray[np.bool_]:
    """True also at the ``count`` − 1 places after each, on a torus."""
    # What is reached goes on as far again each time, which takes fewer passes than step by step.
    result = places.swapaxes(0, axis).copy()
    reached = 1
    while reached < count:
        further = min(reached, count - reached)
        beginning = result[-further:].copy()
        result[further:] |= result[:-further]
        result[:further] |= beginning
        reached += further
    return result.swapaxes(0, axis)

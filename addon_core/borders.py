# SPDX-License-Identifier: GPL-3.0-or-later
"""Where an output ends, and what that means for the patches and the blocks there.

Along an axis that wraps, an output goes on at its other border, and as many patches start in it as
it has blocks. Along any other the patches lie wholly inside. There are three fewer of them, and
those at the borders have more say, because fewer lie over the blocks there. Nor may they reach over
the exemplar's border to that side: no other piece could go on for them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .latent import SIDES, SPAN
from .pyramid import Shape, Wraps
from .window import PROFILE


def patch_shape(blocks: Shape, wraps: Wraps) -> Shape:
    """How many patches start within so many blocks, down and across."""
    height, width = (
        side if wrapped else side - SPAN + 1 for side, wrapped in zip(blocks, wraps, strict=True)
    )
    return height, width


def block_shape(patches: Shape, wraps: Wraps) -> Shape:
    """How many blocks so many patches lie over, down and across."""
    height, width = (
        side if wrapped else side + SPAN - 1 for side, wrapped in zip(patches, wraps, strict=True)
    )
    return height, width


def blocks_under(patches: Shape, places: NDArray[np.intp], wraps: Wraps) -> NDArray[np.intp]:
    """(n, 4, 4): the blocks under some patches of an output.

    Args:
        patches: how many there are, down and across.
        places: (n,) flat numbers of patches.
        wraps: of the output.
    """
    row, column = np.divmod(places, patches[1])
    height, width = block_shape(patches, wraps)
    inside = np.arange(SPAN)
    down = (row[:, None] + inside) % height
    across = (column[:, None] + inside) % width
    return down[:, :, None] * width + across[:, None, :]


def covering(patches: Shape, wraps: Wraps) -> NDArray[np.float32]:
    """(rows, columns): the sum of the weights that lie on each block of an output.

    Args:
        patches: how many there are, down and across.
        wraps: of the output.
    """
    return np.outer(*map(_covering, patches, wraps)).astype(np.float32)


def shares(patches: Shape, wraps: Wraps) -> NDArray[np.float32]:
    """(height, width): how many blocks of an output each patch accounts for.

    Args:
        patches: how many there are, down and across.
        wraps: of the output.
    """
    down, across = (
        np.ones(side) if wrapped else np.correlate(1.0 / _covering(side, wrapped), PROFILE)
        for side, wrapped in zip(patches, wraps, strict=True)
    )
    return np.outer(down, across).astype(np.float32)


def sides(patches: Shape, wraps: Wraps) -> NDArray[np.uint8]:
    """(height, width): on which sides the output ends at each patch.

    Args:
        patches: how many there are, down and across.
        wraps: of the output.

    Returns:
        Sums of ``SIDES``.
    """
    ends = np.zeros(patches, np.uint8)
    lower, upper, right, left = SIDES
    if not wraps[0]:
        ends[-1] |= lower
        ends[0] |= upper
    if not wraps[1]:
        ends[:, -1] |= right
        ends[:, 0] |= left
    return ends


def surrounded(
    blocks: NDArray[np.int32],
    edges: tuple[tuple[int, int], tuple[int, int]],
    wraps: Wraps,
    pitch: int,
) -> NDArray[np.int32]:
    """Blocks of an output, and those with which it goes on around them.

    Where it ends it goes on as the exemplar does, which may be beyond the exemplar's blocks.

    Args:
        blocks: (height, width), numbers of the exemplar's blocks.
        edges: how many blocks more above and below, to the left and to the right.
        wraps: of the output.
        pitch: by how much numbers of the exemplar's blocks grow from row to row.
    """
    for axis, (edge, wrapped, step) in enumerate(zip(edges, wraps, (pitch, 1), strict=True)):
        side = blocks.shape[axis]
        place = np.arange(-edge[0], side + edge[1])
        if wrapped:
            blocks = blocks.take(place, axis, mode="wrap")
        else:
            beyond = (place - np.clip(place, 0, side - 1)).astype(np.int32)
            blocks = blocks.take(place, axis, mode="clip")
            blocks += np.int32(step) * np.expand_dims(beyond, 1 - axis)
    return blocks


def _covering(patches: int, wrapped: bool) -> NDArray[np.float64]:
    """(blocks,): the sum of the weights on each block along one axis."""
    ones = np.ones(patches)
    return ones if wrapped else np.convolve(ones, PROFILE)

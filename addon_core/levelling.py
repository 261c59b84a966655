# SPDX-License-Identifier: GPL-3.0-or-later
"""The light of pieces, levelled where they meet.

Two pieces that fit in detail may differ in brightness or hue all along their joint, which one sees
as an edge that no cut avoids. So an image is taken apart into its light, what is left of it at the
size of a few blocks, and its detail; detail is blended over a few pixels and light over a few
blocks (Burt and Adelson 1983, two bands). Inside a piece the two add up to what was there.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import product as pairs
from typing import cast

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, maximum_filter

from .blocks import BLOCK
from .products import product, vector_times
from .pyramid import Shape

LIGHT = 2.0
"""Standard deviation, in blocks, of the Gaussian that leaves the light of an image."""

BLEND = 1.25
"""Standard deviation, in blocks, of the one with which the light of a block reaches into others."""

REACH = 2
"""How far it does, in blocks, at most."""

MASK = 0.9
"""A channel of which this part has its least value or its most, about, is a mask: what lies between
is neither, and is not made."""

ABOUT = 0.02
"""How near to them, as a part of what lies between."""

LOOKED_AT = 1024
"""Blocks that are looked at for that, about, at most."""

BAND = 8192
"""Blocks handled at once: bounds the memory."""

AROUND = tuple(pairs((-1, 0, 1), repeat=2))
"""How far below and to the right the blocks lie between whose middles the pixels of one do, and the
block itself."""


def light_of(squares: NDArray[np.float32], shape: Shape) -> NDArray[np.float32]:
    """(height, width, channels): the light in the middle of each block of an image.

    A mask has none.

    Args:
        squares: (blocks, 16 · channels), the pixels.
        shape: of the grid of blocks.
    """
    channels = squares.shape[1] // BLOCK**2
    # A product adds up a few numbers in each row much sooner than NumPy's own mean.
    equal = np.tile(np.eye(channels, dtype=np.float32), (BLOCK**2, 1)) / np.float32(BLOCK**2)
    means = product(squares, equal).reshape(*shape, channels)
    smooth = cast(NDArray[np.float32], gaussian_filter(means, (LIGHT, LIGHT, 0), mode="nearest"))
    smooth[:, :, _are_masks(squares, channels)] = 0.0
    return smooth


class Detail:
    """What of an image is not its light, at the blocks that are asked for.

    A large image has far more blocks than lie near a joint.
    """

    def __init__(
        self,
        squares: NDArray[np.float32],
        light: NDArray[np.float32],
        asked: NDArray[np.bool_],
    ) -> None:
        """Take the light away from the pixels.

        Args:
            squares: (blocks, 16 · channels), the pixels.
            light: (height, width, channels), in the middle of each block.
            asked: (blocks,), the blocks that will be asked for.
        """
        beyond = np.pad(light, ((1, 1), (1, 1), (0, 0)), mode="edge")
        self._ranks = np.cumsum(asked, dtype=np.int32) - 1
        blocks = np.flatnonzero(asked)
        self._values = squares.take(blocks, axis=0)
        for start in range(0, len(blocks), BAND):
            part = slice(start, start + BAND)
            self._values[part] -= spread(beyond, blocks[part])

    def at(self, blocks: NDArray[np.integer]) -> NDArray[np.float32]:
        """(n, 16 · channels): the detail of (n,) blocks that were asked for."""
        return self._values.take(self._ranks.take(blocks), axis=0)


def extremes(
    pixels: NDArray[np.float32], channels: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """(channels,) each: the least and the most in rows of pixels, (n, m · channels)."""
    least, most = pixels.min(axis=0), pixels.max(axis=0)
    return least.reshape(-1, channels).min(axis=0), most.reshape(-1, channels).max(axis=0)


def _are_masks(squares: NDArray[np.float32], channels: int) -> NDArray[np.bool_]:
    """(channels,): whether an image has two values there, to judge by a part of its blocks."""
    squares = squares[:: max(1, len(squares) // LOOKED_AT)]
    least, most = (np.tile(end, BLOCK**2) for end in extremes(squares, channels))
    about = np.float32(ABOUT) * (most - least)
    at_ends = (squares <= least + about) | (squares >= most - about)
    parts = at_ends.mean(axis=0).reshape(-1, channels).mean(axis=0)
    return cast(NDArray[np.bool_], parts >= MASK)


def spread(light: NDArray[np.float32], blocks: NDArray[np.integer]) -> NDArray[np.float32]:
    """(n, 16 · channels): the light at the pixels of some blocks, on a line between middles.

    Args:
        light: (height + 2, width + 2, channels), in the middles of blocks and of those around.
        blocks: (n,) flat numbers of those inside.
    """
    width, channels = light.shape[1] - 2, light.shape[2]
    flat = light.reshape(-1, channels)
    row, column = np.divmod(blocks, width)
    middle = (row + 1) * light.shape[1] + column + 1
    around = [flat.take(middle + (down * light.shape[1] + right), axis=0) for down, right in AROUND]
    return product(np.concatenate(around, axis=1), _weights(channels))


@lru_cache(maxsize=32)
def _weights(channels: int) -> NDArray[np.float32]:
    """(9 channels, 16 channels): what light of the blocks ``AROUND`` counts at pixels of one."""
    offset = (np.arange(BLOCK) + 0.5) / BLOCK - 0.5
    before, after = np.maximum(-offset, 0.0), np.maximum(offset, 0.0)
    along = np.stack((before, 1.0 - before - after, after))
    weights = np.kron(np.kron(along, along), np.eye(channels)).astype(np.float32)
    weights.flags.writeable = False
    return weights


def joints_of(laid: NDArray[np.int32], pitch: int) -> NDArray[np.bool_]:
    """(height, width): the blocks with one beside or at a corner that does not go on with them.

    Args:
        laid: (height, width), numbers of the exemplar's blocks.
        pitch: by how much those grow from row to row.
    """
    joints = np.zeros(laid.shape, bool)
    height, width = laid.shape
    for down, right in ((1, 0), (0, 1), (1, 1), (1, -1)):
        first = slice(height - down), slice(max(0, -right), width - max(0, right))
        second = slice(down, None), slice(max(0, right), width - max(0, -right))
        apart = laid[second] - laid[first] != down * pitch + right
        joints[first] |= apart
        joints[second] |= apart
    return joints


def near(joints: NDArray[np.bool_], reach: int) -> NDArray[np.bool_]:
    """(height, width): the blocks with one at most so far away that does not go on with them.

    Args:
        joints: (height, width), of :func:`joints_of`.
        reach: in blocks, at least 1.
    """
    # One that is further away lies behind a joint that is nearer.
    return cast(NDArray[np.bool_], maximum_filter(joints, 2 * reach - 1))


def levelled(
    light: NDArray[np.float32], laid: NDArray[np.int32], joints: NDArray[np.bool_], pitch: int
) -> NDArray[np.float32]:
    """(height, width, channels): the light of an output, all blocks around each having their say.

    A block says what light its piece would have there if it went on.

    Args:
        light: (blocks, channels), of the exemplar.
        laid: (height + 2 · REACH, width + 2 · REACH), numbers of its blocks that are laid out, in
            the output and around.
        joints: of the same shape, :func:`joints_of` it.
        pitch: by how much those grow from row to row.
    """
    inner = laid[REACH:-REACH, REACH:-REACH]
    result = light.take(inner, axis=0)
    blocks = np.flatnonzero(near(joints, REACH)[REACH:-REACH, REACH:-REACH])
    if not len(blocks):
        return result
    row, column = np.divmod(blocks, inner.shape[1])
    middle = (row + REACH) * laid.shape[1] + column + REACH
    offsets = np.array(list(pairs(range(-REACH, REACH + 1), repeat=2)), np.int32)
    down, right = offsets.T[:, :, None]
    going_on = laid.ravel().take(middle + (down * laid.shape[1] + right))
    going_on -= down * np.int32(pitch) + right
    weights = np.exp(-0.5 * np.square(offsets).sum(axis=1) / BLEND**2).astype(np.float32)
    said = light.take(going_on, axis=0).reshape(len(weights), -1)
    total = vector_times(weights / weights.sum(), said)
    result.reshape(-1, light.shape[1])[blocks] = total.reshape(len(blocks), -1)
    return result

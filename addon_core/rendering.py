# SPDX-License-Identifier: GPL-3.0-or-later
"""From the chosen blocks to pixels: the exemplar's own, laid side by side.

Where blocks that lay apart in the exemplar meet, they are blended over a few pixels, and their
light over a few blocks.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from .blocks import BLOCK, bands, in_blocks
from .borders import surrounded
from .latent import MARGIN, LatentExemplar
from .levelling import REACH, extremes, joints_of, levelled, light_of, near, spread
from .pyramid import Wraps
from .source import stacked

BLEND = 1.5
"""Standard deviation, in pixels, of the Gaussian with which a block reaches into its neighbours."""

EDGE = REACH + 1
"""How far the light of blocks reaches in all, in blocks: pixels lie between the middles of two."""

BAND = 8192
"""Blocks handled at once: bounds the memory."""


def rendered(
    images: Sequence[NDArray[np.float32]],
    exemplar: LatentExemplar,
    chosen: NDArray[np.int32],
    wraps: Wraps,
) -> NDArray[np.float32]:
    """(height · 4, width · 4, channels): pixels of the chosen blocks, blended where pieces meet.

    Args:
        images: (rows, columns, channels) each, the level's exemplar and its copies, in the values
            that are wanted.
        exemplar: the same in the latent.
        chosen: (height, width) numbers of the exemplar's blocks.
        wraps: of the output.
    """
    height, width = chosen.shape
    channels = images[0].shape[2]
    pixels = np.empty((height * BLOCK, width * BLOCK, channels), np.float32)
    laid_out = in_blocks(pixels)
    blocks = stacked([_reaching_over(image) for image in images])
    grid = blocks.shape[0], blocks.shape[1]
    squares = blocks.reshape(grid[0] * grid[1], -1)
    light = light_of(squares, grid)
    beyond = np.pad(light, ((1, 1), (1, 1), (0, 0)), mode="edge")
    detail = spread(beyond, np.arange(len(squares)))
    np.subtract(squares, detail, out=detail)
    light = light.reshape(len(squares), -1)
    least, most = extremes(squares, channels)
    around = [(down, right) for down in (-1, 0, 1) for right in (-1, 0, 1)]
    row, column = np.divmod(chosen, np.int32(exemplar.shape[1]))
    # Each copy has more blocks around it than in the latent.
    more, pitch = np.int32(EDGE - MARGIN), grid[1]
    row += 2 * more * (row // np.int32(exemplar.pitch)) + more
    laid = surrounded(
        row * np.int32(pitch) + column + more, ((EDGE, EDGE), (EDGE, EDGE)), wraps, pitch
    )
    inner = (slice(EDGE, -EDGE),) * 2
    for band in bands(chosen.shape, BAND):
        part = laid[band.start : band.stop + 2 * EDGE]
        own = part[inner].ravel()
        result = squares.take(own, axis=0)
        joints = joints_of(part, pitch)
        blended = np.flatnonzero(near(joints, EDGE)[inner])
        shown = detail.take(own.take(blended), axis=0)
        joint = np.flatnonzero(joints[inner].take(blended))
        total = np.zeros((len(joint), squares.shape[1]), np.float32)
        for down, right in around:
            # What the block there would have here if it went on.
            reaching = part[EDGE - down : EDGE - down + len(part) - 2 * EDGE]
            blocks = reaching[:, EDGE - right : EDGE - right + width].take(blended.take(joint))
            blocks += np.int32(down * pitch + right)
            total += detail.take(blocks, axis=0) * _reach(down, right, channels)
        shown[joint] = total
        shown += spread(levelled(light, part, joints, pitch), blended)
        result[blended] = np.clip(shown, least, most, out=shown)
        laid_out[band] = result.reshape(-1, *laid_out.shape[1:])
    return pixels


def _reaching_over(image: NDArray[np.float32]) -> NDArray[np.float32]:
    """(rows, columns, 4, 4, channels): an image's blocks, and all they may reach into, mirrored."""
    inner = in_blocks(image)
    height, width = inner.shape[:2]
    blocks = np.empty((height + 2 * EDGE, width + 2 * EDGE, *inner.shape[2:]), np.float32)
    blocks[EDGE:-EDGE, EDGE:-EDGE] = inner
    for grid in (blocks[:, EDGE:-EDGE], blocks.swapaxes(0, 1).swapaxes(2, 3)):
        for far in range(EDGE):
            # The pixels of a block are mirrored as the blocks are.
            grid[EDGE - 1 - far] = grid[EDGE + far, :, ::-1]
            grid[-EDGE + far] = grid[-EDGE - 1 - far, :, ::-1]
    return blocks


@lru_cache(maxsize=32)
def _reach(down: int, right: int, channels: int) -> NDArray[np.float32]:
    """(16 channels,): the weight of the block that lies so far up and left, in one block."""
    offset = np.arange(BLOCK) - (BLOCK - 1) / 2

    def profile(shift: int) -> NDArray[np.float64]:
        return np.exp(-0.5 * ((offset + shift * BLOCK) / BLEND) ** 2)

    total = sum(profile(shift) for shift in (-1, 0, 1))
    weight = np.outer(profile(down) / total, profile(right) / total)
    return weight.astype(np.float32).ravel().repeat(channels)

# SPDX-License-Identifier: GPL-3.0-or-later
"""From the chosen blocks to pixels: the exemplar's own, laid side by side.

Where blocks that lay apart in the exemplar meet, they are blended over a few pixels.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .blocks import BLOCK, blocks_of, pixels_of
from .borders import surrounded
from .latent import MARGIN, LatentExemplar
from .overlap import bands
from .pyramid import Wraps
from .source import stacked

BLEND = 1.5
"""Standard deviation, in pixels, of the Gaussian with which a block reaches into its neighbours."""

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
    squares, grid = blocks_of(stacked([_reaching_over(image) for image in images]))
    around = [(down, right) for down in (-1, 0, 1) for right in (-1, 0, 1)]
    row, column = np.divmod(chosen, np.int32(exemplar.shape[1]))
    # Each copy has one block more above and below than in the latent.
    row += 2 * (row // np.int32(exemplar.pitch))
    laid = surrounded((row + 1) * np.int32(grid[1]) + column + 1, ((1, 1), (1, 1)), wraps, grid[1])
    for band in bands(chosen.shape, BAND):
        # What the blocks around would have here if they went on.
        reaching = {
            (down, right): laid[
                band.start + 1 - down : band.stop + 1 - down, 1 - right : 1 - right + width
            ].ravel()
            + np.int32(down * grid[1] + right)
            for down, right in around
        }
        own = reaching[0, 0]
        result = squares.take(own, axis=0)
        joint = np.zeros(own.size, bool)
        for blocks in reaching.values():
            joint |= blocks != own
        places = np.flatnonzero(joint)
        total = np.zeros((places.size, squares.shape[1]), np.float32)
        for (down, right), blocks in reaching.items():
            total += squares.take(blocks[places], axis=0) * _reach(down, right, channels)
        result[places] = total
        pixels[band.start * BLOCK : band.stop * BLOCK] = pixels_of(
            result, (band.stop - band.start, width)
        )
    return pixels


def _reaching_over(image: NDArray[np.float32]) -> NDArray[np.float32]:
    """An image of whole blocks with all that a block at its border may reach into: mirrored."""
    edge = (MARGIN + 1) * BLOCK
    rows, columns = (side // BLOCK * BLOCK for side in image.shape[:2])
    return np.pad(image[:rows, :columns], ((edge, edge), (edge, edge), (0, 0)), mode="symmetric")


def _reach(down: int, right: int, channels: int) -> NDArray[np.float32]:
    """(16 channels,): the weight of the block that lies so far up and left, in one block."""
    offset = np.arange(BLOCK) - (BLOCK - 1) / 2

    def profile(shift: int) -> NDArray[np.float64]:
        return np.exp(-0.5 * ((offset + shift * BLOCK) / BLEND) ** 2)

    total = sum(profile(shift) for shift in (-1, 0, 1))
    weight = np.outer(profile(down) / total, profile(right) / total)
    return weight.astype(np.float32).ravel().repeat(channels)

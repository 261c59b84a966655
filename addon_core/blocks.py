# SPDX-License-Identifier: GPL-3.0-or-later
"""Images as blocks of pixels: the units of the fast method."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .pyramid import Shape

BLOCK = 4
"""Side of a block in pixels."""


def bands(shape: Shape, places: int) -> Iterator[slice]:
    """Consecutive rows of a grid, each band about as many places as asked for."""
    step = max(1, places // shape[1])
    for top in range(0, shape[0], step):
        yield slice(top, min(top + step, shape[0]))


def in_blocks(image: NDArray[Any]) -> NDArray[Any]:
    """(height, width, 4, 4, channels) view of an image.

    Up to three pixels at the bottom and at the right that fill no block are left out.
    """
    height, width = image.shape[0] // BLOCK, image.shape[1] // BLOCK
    whole = image[: height * BLOCK, : width * BLOCK]
    return whole.reshape(height, BLOCK, width, BLOCK, -1).swapaxes(1, 2)


def pixels_of(blocks: NDArray[np.float32], shape: Shape) -> NDArray[np.float32]:
    """An image from its blocks: (blocks, numbers) to (height, width, channels), in pixels."""
    height, width = shape
    squares = blocks.reshape(height, width, BLOCK, BLOCK, -1).swapaxes(1, 2)
    return squares.reshape(height * BLOCK, width * BLOCK, -1)

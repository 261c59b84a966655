# SPDX-License-Identifier: GPL-3.0-or-later
"""Images as blocks of pixels: the units of the fast method."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .pyramid import Shape

BLOCK = 4
"""Side of a block in pixels."""


def in_blocks(image: NDArray[Any]) -> NDArray[Any]:
    """(height, width, 4, 4, channels) view of an image that has whole blocks alone."""
    height, width = image.shape[0] // BLOCK, image.shape[1] // BLOCK
    return image.reshape(height, BLOCK, width, BLOCK, -1).swapaxes(1, 2)


def blocks_of(image: NDArray[Any]) -> tuple[NDArray[Any], Shape]:
    """An image as blocks: (height, width, channels) to (blocks, numbers), and their grid's shape.

    Up to three pixels at the bottom and at the right that fill no block are left out.
    """
    height, width = image.shape[0] // BLOCK, image.shape[1] // BLOCK
    squares = in_blocks(image[: height * BLOCK, : width * BLOCK])
    return np.ascontiguousarray(squares).reshape(height * width, -1), (height, width)


def pixels_of(blocks: NDArray[np.float32], shape: Shape) -> NDArray[np.float32]:
    """An image from its blocks: (blocks, numbers) to (height, width, channels), in pixels."""
    height, width = shape
    squares = blocks.reshape(height, width, BLOCK, BLOCK, -1).swapaxes(1, 2)
    return squares.reshape(height * BLOCK, width * BLOCK, -1)

# SPDX-License-Identifier: GPL-3.0-or-later
"""The patches of an image as matrices to be multiplied, without a copy of each.

The image is copied once for each column of the grid, as wide as a patch, and such columns one
after the other: a patch is one run of numbers there, and the next one down begins a stride later.
Those that touch without overlapping follow each other as the rows of a matrix do. A patch of 16
pixels and a stride of 4 give four such matrices, and copy the image four times where a copy of
each patch does so sixteen times.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from .patches import Grid

Value = TypeVar("Value", np.float32, np.intp)

BAND = 2048
"""Patches in a matrix, about: bounds the memory, and stays in the cache."""


class Queries:
    """The patches of the images of one size, those of some columns of the grid at a time."""

    def __init__(self, grid: Grid, channels: int) -> None:
        """Prepare for images with so many channels, and patches on ``grid``."""
        size, rows = grid.patch_size, grid.rows
        self.grid = grid
        self._stride = int(rows[1] - rows[0]) if rows.size > 1 else size
        touching = -(-size // self._stride)
        self.disjoint = [slice(first, None, touching) for first in range(touching)]
        """Parts of the patches that are matrices as they lie, where the stride divides the size."""
        self._slots = rows // self._stride
        # The last one of a column may lie off the stride. It gets a copy of its own below.
        self._is_last_apart = rows[-1] % self._stride != 0
        self._end = int(rows[-1 - self._is_last_apart]) + size
        blocks = -(-self._end // (touching * self._stride))
        if self._is_last_apart:
            self._slots[-1] = blocks * touching
            blocks += 1
        self._down = blocks * touching
        across = min(max(1, touching * BAND // self._down), grid.columns.size)
        # The last patches of the last column reach into one more.
        shape = across + 1, self._down * self._stride, size * channels
        self._laid = np.zeros(shape, np.float32)

    def of(self, image: NDArray[np.float32]) -> Iterator[tuple[slice, NDArray[np.float32]]]:
        """Some columns of the grid, and (n, d) patches: all of one column, then of the next.

        Between them there are others that reach over the end of a column.

        Args:
            image: (height, width, channels).
        """
        image = self.grid.extended(image)
        size, channels = self.grid.patch_size, image.shape[2]
        most, _, width = self._laid.shape
        windows = sliding_window_view(image.reshape(len(image), -1), width, axis=1)
        patches = sliding_window_view(self._laid.reshape(-1), size * width)
        patches = patches[:: self._stride * width]
        last = slice(int(self.grid.rows[-1]), None)
        below = self._slots[-1] * self._stride
        for first in range(0, self.grid.columns.size, most - 1):
            columns = slice(first, min(first + most - 1, self.grid.columns.size))
            lefts = channels * self.grid.columns[columns]
            for laid, left in zip(self._laid, lefts, strict=False):
                laid[: self._end] = windows[: self._end, left]
                if self._is_last_apart:
                    laid[below : below + size] = windows[last, left]
            yield columns, patches[: lefts.size * self._down]

    def on_grid(self, values: NDArray[Value]) -> NDArray[Value]:
        """(rows of the grid, columns, k): what belongs to the patches of some columns, (n, k)."""
        return values.reshape(-1, self._down, values.shape[1])[:, self._slots].swapaxes(0, 1)

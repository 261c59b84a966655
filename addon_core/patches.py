# SPDX-License-Identifier: GPL-3.0-or-later
"""Square patches of an image: where they lie, and taking them out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from .pyramid import Shape

PART = 512
"""Patches copied out at once where each has its own neighbours: they stay in the cache."""

KEPT = 2**24
"""Numbers in all the columns of an image's patches, at most, to be copied as a whole."""


@dataclass(frozen=True, slots=True)
class Grid:
    """The top-left corners of an image's patches: every row with every column."""

    rows: NDArray[np.intp]
    columns: NDArray[np.intp]
    patch_size: int

    @classmethod
    def inside(cls, shape: Shape, patch_size: int, stride: int, images: int = 1) -> Grid:
        """All patches wholly inside an image, at multiples of the stride, or inside several.

        Args:
            shape: height and width of each.
            patch_size: in pixels.
            stride: in pixels.
            images: how many lie one below the other.
        """
        rows, columns = (np.arange(0, length - patch_size + 1, stride) for length in shape)
        tops = shape[0] * np.arange(images)
        return cls((tops[:, None] + rows).ravel(), columns, patch_size)

    @classmethod
    def covering(
        cls,
        shape: Shape,
        patch_size: int,
        stride: int,
        wraps: tuple[bool, bool] = (False, False),
    ) -> Grid:
        """Patches at multiples of the stride that leave no pixel of an image uncovered.

        Along an axis that ``wraps``, down or across, they start anywhere in the image, and may
        reach over its far border. Along the others they lie inside, and the last ends there.
        """
        rows, columns = (
            np.arange(0, length, stride)
            if wrapped
            else np.unique(
                np.append(np.arange(0, length - patch_size, stride), length - patch_size)
            )
            for length, wrapped in zip(shape, wraps, strict=True)
        )
        return cls(rows, columns, patch_size)

    def __len__(self) -> int:
        return self.rows.size * self.columns.size

    def within(self, pixels: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """(patches,): those of which all pixels are among these, (height, width)."""
        # How many of them lie above and to the left of each corner.
        before = np.pad(pixels.cumsum(0, np.int64).cumsum(1), ((1, 0), (1, 0)))
        first, end = (before[self.rows + side] for side in (0, self.patch_size))
        left, right = self.columns, self.columns + self.patch_size
        count = end[:, right] - end[:, left] - first[:, right] + first[:, left]
        return (count == self.patch_size**2).ravel()

    def extended(self, image: NDArray[np.float32]) -> NDArray[np.float32]:
        """An image, (height, width, channels), repeated as far as patches reach over its border."""
        for axis, starts in enumerate((self.rows, self.columns)):
            end = int(starts[-1]) + self.patch_size
            if end > image.shape[axis]:
                image = image.take(np.arange(end), axis, mode="wrap")
        return image

    def bands(self, patches: int) -> Iterator[slice]:
        """Consecutive rows of patches, each band about as many as asked for, at least one row."""
        step = max(1, patches // self.columns.size)
        for start in range(0, self.rows.size, step):
            yield slice(start, min(start + step, self.rows.size))

    def numbers(self, band: slice) -> slice:
        """The numbers of the patches in some rows, counted row after row."""
        return slice(band.start * self.columns.size, band.stop * self.columns.size)


class Patches:
    """The patches of one image as the rows of a matrix, copied out when asked for.

    A patch of p × p pixels and c channels is a row of d = p·p·c numbers, in the image's own order.
    """

    def __init__(self, image: NDArray[np.float32], grid: Grid) -> None:
        """Look at ``image``, (height, width, channels), through ``grid``."""
        height, width, channels = image.shape
        size = grid.patch_size
        self.grid = grid
        self.dimension = size * size * channels
        self._channels = channels
        self._rows = image.reshape(height, width * channels)
        windows = sliding_window_view(self._rows, (size, size * channels))
        self._windows = windows[:, ::channels]
        self._kept: NDArray[np.float32] | None = None
        self._firsts = np.empty(0, np.intp)
        self._runs: NDArray[np.float32] | None = None

    def __len__(self) -> int:
        return len(self.grid)

    def keep_columns(self) -> None:
        """Take all from :meth:`columns` henceforth, where a patch is one run of numbers."""
        self._kept = self.columns()
        if self._kept is not None:
            runs = sliding_window_view(self._kept.reshape(-1), self.dimension)
            self._runs = runs[:: self._kept.shape[2]]
            self._firsts = self.firsts()

    def firsts(self) -> NDArray[np.intp]:
        """(patches,): the number of each one's first row among those of :meth:`columns`."""
        columns = len(self._rows) * np.arange(self.grid.columns.size)
        return (self.grid.rows[:, None] + columns).ravel()

    def band(self, band: slice) -> NDArray[np.float32]:
        """(patches in these rows of the grid, d), row after row."""
        corners = self.grid.rows[band, None], self.grid.columns[None, :]
        return self._windows[corners].reshape(-1, self.dimension)

    def columns(self) -> NDArray[np.float32] | None:
        """(columns of the grid, height, p · c): the image at each of them, as wide as a patch.

        None where that would be large.
        """
        if self._kept is not None:
            return self._kept
        across = self.grid.patch_size * self._channels
        if self.grid.columns.size * len(self._rows) * across > KEPT:
            return None
        windows = sliding_window_view(self._rows, across, axis=1)[:, :: self._channels]
        return windows.swapaxes(0, 1)[self.grid.columns]

    def take(self, indices: NDArray[np.intp]) -> NDArray[np.float32]:
        """(..., d): the patches with these numbers, of any shape, counted row after row."""
        if self._runs is not None:
            return self._runs[self._firsts.take(indices)]
        row, column = np.divmod(indices, self.grid.columns.size)
        corners = self.grid.rows[row], self.grid.columns[column]
        return self._windows[corners].reshape(*indices.shape, self.dimension)

    def parts(self, indices: NDArray[np.intp]) -> Iterator[tuple[slice, NDArray[np.float32]]]:
        """The patches with these numbers, (n, k), a few rows of them at a time, (rows, k, d)."""
        step = max(1, PART // indices.shape[1])
        for start in range(0, len(indices), step):
            part = slice(start, start + step)
            yield part, self.take(indices[part])

    def mean(
        self, numbers: NDArray[np.intp] | None = None, block: int = 1024
    ) -> NDArray[np.float32]:
        """(d,): the mean of the patches with these numbers, or of all."""
        if numbers is None:
            numbers = np.arange(len(self))
        total = np.zeros(self.dimension, np.float64)
        for start in range(0, numbers.size, block):
            total += self.take(numbers[start : start + block]).sum(axis=0)
        return (total / numbers.size).astype(np.float32)

# SPDX-License-Identifier: GPL-3.0-or-later
"""Square patches of an image: where they lie, taking them out, averaging them back."""

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
"""Numbers in all the patches of an image, at most, for a copy of them to be kept."""


@dataclass(frozen=True, slots=True)
class Grid:
    """The top-left corners of an image's patches: every row with every column."""

    rows: NDArray[np.intp]
    columns: NDArray[np.intp]
    patch_size: int

    @classmethod
    def inside(cls, shape: Shape, patch_size: int, stride: int) -> Grid:
        """All patches wholly inside an image, at multiples of the stride."""
        rows, columns = (np.arange(0, length - patch_size + 1, stride) for length in shape)
        return cls(rows, columns, patch_size)

    @classmethod
    def covering(cls, shape: Shape, patch_size: int, stride: int) -> Grid:
        """The same, and one more row and column at the far border where pixels stay uncovered."""
        inside = cls.inside(shape, patch_size, stride)
        rows, columns = (
            np.unique(np.append(starts, length - patch_size))
            for starts, length in zip((inside.rows, inside.columns), shape, strict=True)
        )
        return cls(rows, columns, patch_size)

    def __len__(self) -> int:
        return self.rows.size * self.columns.size

    def bands(self, patches: int) -> Iterator[slice]:
        """Consecutive rows of patches, each band about as many as asked for, at least one row."""
        step = max(1, patches // self.columns.size)
        for start in range(0, self.rows.size, step):
            yield slice(start, min(start + step, self.rows.size))


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
        windows = sliding_window_view(
            image.reshape(height, width * channels), (size, size * channels)
        )
        self._windows = windows[:, ::channels]
        self._copies: NDArray[np.float32] | None = None

    def __len__(self) -> int:
        return len(self.grid)

    def keep_copies(self) -> None:
        """Take all from one matrix henceforth, which is quicker, unless it would be large."""
        if len(self) * self.dimension <= KEPT:
            self._copies = self.take(np.arange(len(self)))

    def band(self, band: slice) -> NDArray[np.float32]:
        """(patches in these rows of the grid, d), row after row."""
        corners = self.grid.rows[band, None], self.grid.columns[None, :]
        return self._windows[corners].reshape(-1, self.dimension)

    def take(self, indices: NDArray[np.intp]) -> NDArray[np.float32]:
        """(..., d): the patches with these numbers, of any shape, counted row after row."""
        if self._copies is not None:
            return self._copies.take(indices, axis=0)
        row, column = np.divmod(indices, self.grid.columns.size)
        corners = self.grid.rows[row], self.grid.columns[column]
        return self._windows[corners].reshape(*indices.shape, self.dimension)

    def parts(self, indices: NDArray[np.intp]) -> Iterator[tuple[slice, NDArray[np.float32]]]:
        """The patches with these numbers, (n, k), a few rows of them at a time, (rows, k, d)."""
        step = max(1, PART // indices.shape[1])
        for start in range(0, len(indices), step):
            part = slice(start, start + step)
            yield part, self.take(indices[part])

    def mean(self, block: int = 1024) -> NDArray[np.float32]:
        """(d,): the mean patch."""
        total = np.zeros(self.dimension, np.float64)
        for start in range(0, len(self), block):
            total += self.take(np.arange(start, min(start + block, len(self)))).sum(axis=0)
        return (total / len(self)).astype(np.float32)


class Aggregation:
    """Overlapping patches averaged into an image under a Gaussian window (section 3.2)."""

    def __init__(self, shape: tuple[int, int, int], grid: Grid, width: float) -> None:
        """Prepare an empty image.

        Args:
            shape: (height, width, channels) of the image.
            grid: where the patches will lie; every pixel is to be covered.
            width: standard deviation of the window, as a part of the patch size.
        """
        self._height, self._width, self._channels = shape
        size = grid.patch_size
        self._grid = grid
        offset = np.arange(size) - (size - 1) / 2
        profile = np.exp(-0.5 * (offset / (width * size)) ** 2)
        self._window = (
            np.outer(profile, np.repeat(profile, self._channels)).astype(np.float32).ravel()
        )
        # The window is a product of two profiles and the grid one of rows and columns, and so is
        # the sum of all windows over a pixel.
        self._row_weight = _overlap(grid.rows, profile, self._height)
        self._column_weight = _overlap(grid.columns, profile, self._width)
        self._runs = _disjoint_runs(grid.columns, size)
        # Columns beyond the image let a run of patches with gaps be viewed as one block.
        spare = max(run.pitch for run in self._runs)
        self._sum = np.zeros((self._height, (self._width + spare) * self._channels), np.float32)

    def add(self, band: slice, patches: NDArray[np.float32]) -> None:
        """Add the patches of some rows of the grid; their array, (patches, d), is used up."""
        size, channels = self._grid.patch_size, self._channels
        patches *= self._window
        rows = self._grid.rows[band] - self._grid.rows[band.start]
        top, height = self._grid.rows[band.start], rows[-1] + size
        # Down the columns of the grid first, where whole patches are added at once.
        columns = np.zeros((self._grid.columns.size, height, size * channels), np.float32)
        strips = patches.reshape(rows.size, -1, size, size * channels)
        for row, strip in zip(rows, strips, strict=True):
            columns[:, row : row + size] += strip
        for run in self._runs:
            left = run.start * channels
            block = self._sum[
                top : top + height, left : left + run.count * run.pitch * channels
            ].reshape(height, run.count, run.pitch * channels)
            block[:, :, : size * channels] += columns[run.patches].transpose(1, 0, 2)

    def image(self) -> NDArray[np.float32]:
        """(height, width, channels): the weighted mean of all that was added."""
        total = self._sum.reshape(self._height, -1, self._channels)[:, : self._width]
        weight = np.outer(self._row_weight, self._column_weight).astype(np.float32)
        return total / weight[:, :, None]


@dataclass(frozen=True, slots=True)
class _Run:
    """Patches of a grid's row that do not overlap and lie at one pitch."""

    patches: slice
    start: int
    pitch: int
    count: int


def _disjoint_runs(columns: NDArray[np.intp], size: int) -> list[_Run]:
    stride = int(columns[1] - columns[0]) if columns.size > 1 else size
    # Only the last column may lie off the stride.
    regular = columns.size
    if columns.size > 2 and columns[-1] - columns[-2] != stride:
        regular -= 1
    every = -(-size // stride)
    runs = [
        _Run(
            slice(first, regular, every),
            int(columns[first]),
            every * stride,
            len(range(first, regular, every)),
        )
        for first in range(min(every, regular))
    ]
    if regular < columns.size:
        runs.append(_Run(slice(regular, None), int(columns[-1]), size, 1))
    return runs


def _overlap(
    starts: NDArray[np.intp], profile: NDArray[np.float64], length: int
) -> NDArray[np.float64]:
    total = np.zeros(length)
    for offset, weight in enumerate(profile):
        total[starts + offset] += weight
    return total

# SPDX-License-Identifier: GPL-3.0-or-later
"""Overlapping patches of an image averaged back into one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .patches import Grid


class Aggregation:
    """Overlapping patches averaged into an image under a Gaussian window (section 3.2).

    What reaches over the far border is added at the near one.
    """

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
        height = max(self._height, int(grid.rows[-1]) + size)
        width = max(self._width, int(grid.columns[-1]) + size)
        self._row_weight = _overlap(grid.rows, profile, height)
        self._column_weight = _overlap(grid.columns, profile, width)
        self._runs = _disjoint_runs(grid.columns, size)
        # Columns beyond the image let a run of patches with gaps be viewed as one block.
        spare = max(run.pitch for run in self._runs)
        self._sum = np.zeros((height, (width + spare) * self._channels), np.float32)

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
        total: NDArray[np.float32] = self._sum.reshape(len(self._sum), -1, self._channels)
        total = _wrapped(total[:, : self._column_weight.size], self._height)
        total = _wrapped(total.swapaxes(0, 1), self._width).swapaxes(0, 1)
        weight = np.outer(
            _wrapped(self._row_weight, self._height), _wrapped(self._column_weight, self._width)
        ).astype(np.float32)
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


def _wrapped(total: NDArray[Any], length: int) -> NDArray[Any]:
    """(length, …): what lies further down is added from the top again, round and round."""
    if len(total) == length:
        return total
    wrapped = total[:length].copy()
    for start in range(length, len(total), length):
        further = total[start : start + length]
        wrapped[: len(further)] += further
    return wrapped

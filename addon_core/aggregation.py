# SPDX-License-Identifier: GPL-3.0-or-later
"""Overlapping patches of an image averaged back into one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from .patches import Grid, Patches

Float = TypeVar("Float", np.float32, np.float64)

BAND = 4096
"""Patches of the image added up at once, about: bounds the memory."""

NEGLIGIBLE = 2.0**-25
"""A part of a number that changes nothing when it is added, to float32's precision."""


class Aggregation:
    """Patches of an exemplar averaged into images under a Gaussian window (section 3.2).

    The window is a product of two profiles, and the grid one of rows and columns. So the patches
    are added up down each column of the grid first, and then the columns across. Down, a row of
    pixels is a weighted sum of a few rows of patches, which is a sparse matrix times all rows that
    the exemplar's patches have.

    What reaches over the far border is added at the near one.
    """

    def __init__(
        self, exemplar: Patches, shape: tuple[int, int, int], grid: Grid, width: float
    ) -> None:
        """Prepare images of one size.

        Args:
            exemplar: the patches that they are made of.
            shape: (height, width, channels) of the images.
            grid: where patches lie in them; every pixel is to be covered.
            width: standard deviation of the window, as a part of the patch size.
        """
        self._height, self._width, self._channels = shape
        self.exemplar = exemplar
        self._grid = grid
        size = grid.patch_size
        offset = np.arange(size) - (size - 1) / 2
        profile = np.exp(-0.5 * (offset / (width * size)) ** 2)
        self._profile = profile.astype(np.float32)
        self._row_weight, self._column_weight = (
            _overlap(starts, profile, length)
            for starts, length in ((grid.rows, self._height), (grid.columns, self._width))
        )
        self._runs = _disjoint_runs(grid.columns, size)
        self._bands = list(grid.bands(BAND))
        most = max(band.stop - band.start for band in self._bands) * grid.columns.size
        self._rows = _PatchRows(exemplar, np.repeat(self._profile, self._channels), most)

    def image(self, indices: NDArray[np.intp], weights: NDArray[np.float32]) -> NDArray[np.float32]:
        """(height, width, channels): the mean, under the window, of the patches over each pixel.

        Args:
            indices: (n, k) numbers of patches of the exemplar for each patch of the grid.
            weights: (n, k) their weights ω, the largest first: the patch is Σ ω φ.
        """
        size, channels = self._grid.patch_size, self._channels
        height, width = (int(starts[-1]) + size for starts in (self._grid.rows, self._grid.columns))
        # Columns beyond the image let a run of patches with gaps be viewed as one block.
        spare = max(run.pitch for run in self._runs)
        total = np.zeros((height, (width + spare) * channels), np.float32)
        for band in self._bands:
            patches = self._grid.numbers(band)
            added = self._added_down(self._grid.rows[band], indices[patches], weights[patches])
            top = self._grid.rows[band.start]
            for run in self._runs:
                left, pitch = run.start * channels, run.pitch * channels
                block = total[top : top + added.shape[1], left : left + run.count * pitch]
                block = block.reshape(added.shape[1], run.count, pitch)
                block[:, :, : size * channels] += added[run.patches].transpose(1, 0, 2)
        total = _wrapped(total[:, : width * channels], self._height)
        total = _wrapped(total.T, self._width * channels).T
        total = total / np.repeat(self._column_weight, channels)
        return total.reshape(self._height, self._width, channels)

    def _added_down(
        self, tops: NDArray[np.intp], indices: NDArray[np.intp], weights: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """(columns of the grid, height, p · channels): means down each column of the grid.

        Args:
            tops: where some of the grid's rows begin.
            indices: (n, k) of their patches, as for :meth:`image`.
            weights: (n, k), the same.
        """
        size, columns = self._grid.patch_size, self._grid.columns.size
        ys = np.arange(tops[0], tops[-1] + size)
        below = ys[:, None] - tops
        is_over = (below >= 0) & (below < size)
        # Each row of pixels with each patch that lies over it.
        y, patch = np.nonzero(is_over)
        below = below[y, patch]
        share = self._profile[below] / self._row_weight[ys[y] % self._height]
        firsts, amounts = self._rows.of(indices, weights)
        numbers = firsts.reshape(-1, columns).T.take(patch, axis=1)
        numbers += below.astype(np.int32)
        values = amounts.reshape(-1, columns).T.take(patch, axis=1)
        values *= share
        ends = np.zeros(columns * ys.size + 1, np.int32)
        np.cumsum(np.tile(is_over.sum(axis=1), columns), out=ends[1:])
        rows = self._rows.matrix
        added = csr_array((values.ravel(), numbers.ravel(), ends), (ends.size - 1, len(rows)))
        return (added @ rows).reshape(columns, ys.size, -1)


class _PatchRows:
    """The rows of pixels of an exemplar's patches, and of means of them."""

    def __init__(self, exemplar: Patches, profile: NDArray[np.float32], most: int) -> None:
        """Lay out the rows.

        Args:
            exemplar: its patches.
            profile: (p · channels,), by which each row is multiplied.
            most: how many means there are at once, at most.
        """
        self._exemplar = exemplar
        self._profile = profile
        size, columns = exemplar.grid.patch_size, exemplar.columns()
        laid = 0
        self._firsts: NDArray[np.int32] | None = None
        if columns is not None:
            laid = columns.shape[0] * columns.shape[1]
            self._firsts = exemplar.firsts().astype(np.int32)
        self.matrix = np.empty((laid + most * size, profile.size), np.float32)
        """(rows, p · channels): of the exemplar, column after column, and then of means."""
        if columns is not None:
            np.multiply(columns, profile, out=self.matrix[:laid].reshape(columns.shape))
        self._means = self.matrix[laid:].reshape(most, size, -1)
        self._mean_firsts = np.arange(laid, len(self.matrix), size, dtype=np.int32)

    def of(
        self, indices: NDArray[np.intp], weights: NDArray[np.float32]
    ) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Find the rows of Σ ω φ for each of n patches.

        Args:
            indices: (n, k) numbers of the φ.
            weights: (n, k) their ω, the largest first.

        Returns:
            (n,) number of its first row, the others follow, and (n,) what to multiply them by.
        """
        amounts = weights[:, 0].copy()
        if self._firsts is None:
            # Of a large exemplar each patch is taken out as a mean is.
            firsts, fewest = np.empty(len(indices), np.int32), 1
        else:
            firsts, fewest = self._firsts.take(indices[:, 0]), 2
        # Later in the flow the nearest alone has a weight, to float32's precision, for most.
        terms = 1 + (weights[:, 1:] > NEGLIGIBLE * weights[:, :1]).sum(axis=1)
        made = 0
        for count in range(fewest, weights.shape[1] + 1):
            means = np.flatnonzero(terms == count)
            firsts[means] = self._mean_firsts[made : made + means.size]
            amounts[means] = 1.0
            for part, patches in self._exemplar.parts(indices[means, :count]):
                mean = np.einsum("nkd,nk->nd", patches, weights[means[part], :count])
                out = self._means[made : made + len(mean)]
                np.multiply(mean.reshape(out.shape), self._profile, out=out)
                made += len(mean)
        return firsts, amounts


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
) -> NDArray[np.float32]:
    """(length,): how much of the profiles that start there lies over each pixel."""
    total = np.zeros(max(length, int(starts[-1]) + len(profile)))
    for offset, weight in enumerate(profile):
        total[starts + offset] += weight
    return _wrapped(total, length).astype(np.float32)


def _wrapped(total: NDArray[Float], length: int) -> NDArray[Float]:
    """(length, …): what lies further down is added from the top again, round and round."""
    if len(total) == length:
        return total
    wrapped = total[:length].copy()
    for start in range(length, len(total), length):
        further = total[start : start + length]
        wrapped[: len(further)] += further
    return wrapped

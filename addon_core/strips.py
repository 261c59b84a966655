# SPDX-License-Identifier: GPL-3.0-or-later
"""Scores of all patches of an image against all patches of an exemplar, by what they share.

A patch of p × p pixels is n = p / stride strips, of ``stride`` columns each, and the next patch of
its row has all of them but the first. A score s = ⟨ψ, φ⟩ − t‖φ‖²/2 is a sum over pixels, and so the
sum of the scores of the n strips of ψ, each against its own of φ. The score of two strips is a part
of up to n pairs of patches: to score all strips, and to add up n of them at a time, takes n times
fewer products than to score all patches. Nothing is left out or estimated; it is the same sum in
another order.

A stride that does not divide the patch size leaves nothing to share, and rows of few patches too
little: a patch is one strip then.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from .patches import Grid
from .products import product_into

BAND = 512
"""Strips of the image compared at once, about: bounds the memory, and stays in the cache."""

BLOCK = 4096
"""Strips of the exemplar compared at once, about: bounds the memory, and stays in the cache."""


class Strips:
    """Where the strips of a grid of patches lie: in each of its rows, from left to right."""

    def __init__(self, grid: Grid, per_patch: int) -> None:
        """Cut the patches of ``grid`` into ``per_patch`` strips each."""
        size = grid.patch_size
        self._grid = grid
        self._breadth = size // per_patch
        # Patches one strip apart share strips: all of a row, but for a last one off the stride.
        apart = np.flatnonzero(np.diff(grid.columns) != self._breadth) + 1
        columns: list[int] = []
        firsts: list[int] = []
        for run in np.split(grid.columns, apart):
            firsts.extend(range(len(columns), len(columns) + run.size))
            columns.extend(run[0] + self._breadth * np.arange(run.size + per_patch - 1))
        self.columns = np.array(columns)
        """Left edge of each strip of a row, in pixels."""
        self.firsts = np.array(firsts)
        """(patches in a row,): the number of each patch's first strip among those of its row."""

    def bands(self, strips: int) -> Iterator[slice]:
        """Consecutive rows of patches, each band at most as many strips, but at least one row."""
        step = max(1, strips // self.columns.size)
        for start in range(0, self._grid.rows.size, step):
            yield slice(start, min(start + step, self._grid.rows.size))

    def of(self, image: NDArray[np.float32], band: slice) -> NDArray[np.float32]:
        """(rows, strips in a row, d): those of some rows of patches, d = p · p · channels / n."""
        height, width, channels = image.shape
        shape = self._grid.patch_size, self._breadth * channels
        windows = sliding_window_view(image.reshape(height, width * channels), shape)
        corners = self._grid.rows[band, None], channels * self.columns[None, :]
        return windows[corners].reshape(-1, self.columns.size, shape[0] * shape[1])


class StripScores:
    """All patches of one level's exemplar, ready to be scored against all of an image."""

    def __init__(
        self,
        exemplar: NDArray[np.float32],
        inside: Grid,
        covering: Grid,
        stride: int,
        usable: NDArray[np.bool_],
    ) -> None:
        """Prepare the level.

        Args:
            exemplar: (height, width, channels).
            inside: its patches.
            covering: those of the images to come.
            stride: of both grids.
            usable: (len(inside),), False for patches that are not to be found.
        """
        self._exemplar = exemplar
        self._usable = usable
        self._are_all_usable = bool(usable.all())
        self._patches_in_a_row = inside.columns.size
        size, fewest = inside.patch_size, min(inside.columns.size, covering.columns.size)
        self._per_patch = size // stride if size % stride == 0 and size // stride <= fewest else 1
        self._strips = Strips(inside, self._per_patch)
        self._queries = Strips(covering, self._per_patch)
        self.bands = list(self._queries.bands(BAND))
        """Rows of an image's patches to be scored at once."""
        # One strip more ends each row.
        self._strips_in_a_row = self._strips.columns.size + 1
        self._blocks = list(self._strips.bands(BLOCK))
        # Only the block at hand is kept, which bounds the memory; often there is just one.
        self._at_hand: tuple[slice, NDArray[np.float32]] | None = None
        self._buffers = np.empty((2, 0), np.float32)

    def against(
        self, image: NDArray[np.float32], band: slice, t: float
    ) -> Iterator[tuple[NDArray[np.float32], NDArray[np.intp]]]:
        """Score some rows of the patches of an image, a block of the exemplar at a time.

        Args:
            image: (height, width, channels), whose patches are the ψ.
            band: which rows of them.
            t: the time, 0 to 1.

        Yields:
            (patches, m) scores, to be used up before the next, and (m,) numbers of the exemplar's
            patches; where the score is −infinity there is no such patch.
        """
        pixels = self._queries.of(image, band)
        rows, in_a_row, dimension = pixels.shape
        queries = np.empty((rows, in_a_row, dimension + 2), np.float32)
        queries[:, :, :-2] = pixels
        queries[:, :, -2:] = -t, -1.0
        queries = queries.reshape(-1, dimension + 2)
        firsts = (in_a_row * np.arange(rows)[:, None] + self._queries.firsts).ravel()
        for block in self._blocks:
            against = self._cut(block)
            row, column = np.divmod(np.arange(len(against)), self._strips_in_a_row)
            numbers = self._patches_in_a_row * (block.start + row) + column
            scores = self._sums(queries, against, firsts)
            if not self._are_all_usable:
                scores[:, ~self._usable.take(numbers, mode="clip")] = -np.inf
            yield scores, numbers

    def _cut(self, block: slice) -> NDArray[np.float32]:
        """(strips, d + 2): those of some rows, and what makes their product with a query a score.

        Half the squared norm meets −t. The strip that ends each row holds an infinity, which meets
        −1: patches reaching beyond the row have a score of −infinity.
        """
        if self._at_hand is not None and self._at_hand[0] == block:
            return self._at_hand[1]
        pixels = self._strips.of(self._exemplar, block)
        rows, in_a_row, dimension = pixels.shape
        cut = np.zeros((rows, in_a_row + 1, dimension + 2), np.float32)
        cut[:, :-1, :-2] = pixels
        cut[:, :-1, -2] = 0.5 * np.einsum("rsd,rsd->rs", pixels, pixels)
        cut[:, -1, -1] = np.inf
        self._at_hand = block, cut.reshape(-1, dimension + 2)
        return self._at_hand[1]

    def _sums(
        self,
        queries: NDArray[np.float32],
        against: NDArray[np.float32],
        firsts: NDArray[np.intp],
    ) -> NDArray[np.float32]:
        """(len(firsts), m): the scores of n strips, from each of ``firsts`` and each of m on."""
        count, width, n = len(queries), len(against), self._per_patch
        if self._buffers.shape[1] < count * width:
            self._buffers = np.empty((2, count * width), np.float32)
        total, spare = self._buffers
        product_into(queries, against, total[: count * width].reshape(count, width))
        size, added = count * width, 1
        while added < n:
            terms = _smallest_factor(n // added)
            # The next strip of both images is one row and one column on.
            lag = added * (width + 1)
            size -= (terms - 1) * lag
            np.add(total[:size], total[lag : lag + size], out=spare[:size])
            for term in range(2, terms):
                spare[:size] += total[term * lag : term * lag + size]
            total, spare, added = spare, total, added * terms
        sums = total[: (count - n + 1) * width]
        # What the ends of the last row would add to reaches beyond the exemplar.
        sums[size:] = -np.inf
        chosen = spare[: firsts.size * width].reshape(-1, width)
        return np.take(sums.reshape(-1, width), firsts, axis=0, out=chosen, mode="clip")


def _smallest_factor(number: int) -> int:
    """The smallest factor above 1 of a number above 1."""
    return next(factor for factor in range(2, number + 1) if number % factor == 0)

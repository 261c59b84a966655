# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the pieces of a texture come from: use, verbatim pieces, repeats, seams."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from ..pyramid import Shape
from .sampling import all_patches, scaled
from .search import nearest

PATCH = 8
"""Side of the patches that are traced to the exemplar, in pixels."""

STRIDE = 6
"""From one of them to the next: they overlap, and pieces laid out by powers of two are met."""

CELL = 16
"""Side of the exemplar's parts whose use is counted, in pixels."""

SAME = 0.25
"""Two patches differ by less than this part of the exemplar's standard deviation: the same."""

REPEAT, REPEAT_STRIDE, REPEAT_SCALE = 16, 8, 0.5
"""Side and stride of the pieces that may repeat, at half resolution."""

WORST = 0.01
"""Part of the patches that count as the worst."""


@dataclass(frozen=True, slots=True)
class Correspondence:
    """For the 8 × 8 patches of an output, every 6 pixels, the nearest patch of the exemplar."""

    rows: NDArray[np.intp]
    """(down, right): the top row of the nearest patch in the exemplar."""
    columns: NDArray[np.intp]
    """(down, right): its left column."""
    distances: NDArray[np.float32]
    """(down, right): root mean square difference over the values, in the images' unit."""
    exemplar_shape: Shape
    """Height and width of the exemplar."""
    deviation: float
    """The exemplar's standard deviation, each channel around its own mean."""

    @classmethod
    def between(cls, exemplar: NDArray[np.float32], output: NDArray[np.float32]) -> Correspondence:
        """Search, through all patches of the exemplar.

        Raises:
            ValueError: an image has less than 8 pixels on a side.
        """
        patches, keys = all_patches(output, PATCH, STRIDE), all_patches(exemplar, PATCH)
        found, distances = nearest(patches.take(np.arange(len(patches))), keys)
        shape = patches.grid.rows.size, patches.grid.columns.size
        row, column = np.divmod(found.reshape(shape), keys.grid.columns.size)
        height, width = exemplar.shape[:2]
        return cls(row, column, distances.reshape(shape), (height, width), _deviation(exemplar))


def use(found: Correspondence) -> float:
    """How evenly the exemplar is used.

    exp(−KL(p ‖ a)), where p is the part of the output's patches that come from each cell of 16 × 16
    pixels of the exemplar, and a the part of the exemplar's patches that lie there.

    Returns:
        0 to 1, no unit: 1 is even use; using evenly only a share s of the exemplar gives s.
    """
    cells = tuple(-(-side // CELL) for side in found.exemplar_shape)
    height, width = (side - PATCH + 1 for side in found.exemplar_shape)
    rows, columns = np.indices((height, width))
    there = _in_cells(rows, columns, cells)
    used = _in_cells(found.rows, found.columns, cells)
    seen = used > 0
    return float(np.exp(-np.sum(used[seen] * np.log(used[seen] / there[seen]))))


def _in_cells(
    rows: NDArray[np.intp], columns: NDArray[np.intp], cells: tuple[int, ...]
) -> NDArray[np.float64]:
    """The part of the patches whose centre lies in each cell."""
    cell = (rows + PATCH // 2) // CELL * cells[1] + (columns + PATCH // 2) // CELL
    return np.bincount(cell.ravel(), minlength=cells[0] * cells[1]) / cell.size


def largest_piece(found: Correspondence) -> float:
    """The largest piece of the output that is the exemplar's, pixel for pixel.

    Neighbouring 8 × 8 patches belong to one piece when their nearest patches of the exemplar lie
    just as they do, and both differ from them by less than a quarter of the exemplar's standard
    deviation (root mean square).

    Returns:
        The piece's area as a part of the exemplar's, from 0; a whole copy gives about 1.
    """
    rows, columns = np.indices(found.rows.shape)
    down, right = found.rows - rows * STRIDE, found.columns - columns * STRIDE
    same = found.distances <= SAME * found.deviation
    numbers = np.arange(same.size).reshape(same.shape)
    edges = []
    for before, after in ((np.s_[:-1], np.s_[1:]), (np.s_[:, :-1], np.s_[:, 1:])):
        joined = same[before] & same[after]
        joined &= (down[before] == down[after]) & (right[before] == right[after])
        edges.append((numbers[before][joined], numbers[after][joined]))
    sources, targets = (np.concatenate(ends) for ends in zip(*edges, strict=True))
    graph = coo_array((np.ones(sources.size), (sources, targets)), shape=(same.size, same.size))
    _, pieces = connected_components(graph, directed=False)
    patches = np.bincount(pieces[same.ravel()], minlength=1).max()
    height, width = found.exemplar_shape
    return float(patches * STRIDE**2 / (height * width))


def repetition(exemplar: NDArray[np.float32], output: NDArray[np.float32]) -> float:
    """How much of the output is there a second time, beyond what the exemplar itself repeats.

    At half resolution, the part of the 16 × 16 patches (32 pixels of the output, taken every 16)
    that have another one, not overlapping, within a quarter of the exemplar's standard deviation
    (root mean square). The same part of the exemplar is taken off.

    Returns:
        −1 to 1, no unit: 0 is as in the exemplar, 1 is all of it twice. A larger output of an
        exemplar cannot but repeat small things; this looks at pieces as large as an eye finds.

    Raises:
        ValueError: an image has less than 32 pixels on a side.
    """
    least = SAME * _deviation(exemplar)
    own, natural = (_repeated(scaled(i, REPEAT_SCALE), least) for i in (output, exemplar))
    return own - natural


def _repeated(image: NDArray[np.float32], least: float) -> float:
    patches = all_patches(image, REPEAT, REPEAT_STRIDE)
    rows, columns = np.meshgrid(patches.grid.rows, patches.grid.columns, indexing="ij")
    queries = patches.take(np.arange(len(patches)))
    others = all_patches(image, REPEAT)
    found, distances = nearest(queries, others, (rows.ravel(), columns.ravel()))
    row, column = np.divmod(found, others.grid.columns.size)
    # In a small image all others may overlap.
    apart = np.maximum(np.abs(row - rows.ravel()), np.abs(column - columns.ravel())) >= REPEAT
    return float(np.mean(apart & (distances <= least)))


def seam(found: Correspondence) -> float:
    """How bad the worst joints are.

    A patch that crosses a joint is like none of the exemplar: the mean distance to the nearest one,
    over the worst hundredth of the output's 8 × 8 patches.

    Returns:
        In the unit of the images, from 0: no joint shows. Noise and blur raise it as well.
    """
    count = max(1, round(WORST * found.distances.size))
    worst = np.partition(found.distances.ravel(), -count)[-count:]
    return float(worst.mean(dtype=np.float64))


def _deviation(image: NDArray[np.float32]) -> float:
    return float(np.sqrt(image.var(axis=(0, 1), dtype=np.float64).mean()))

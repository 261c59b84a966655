# SPDX-License-Identifier: GPL-3.0-or-later
"""The directions in which many vectors vary most."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh, qr

from .products import gram, product

SAMPLE = 1024
"""Rows from which principal components are measured, about, at most."""

POWERS = (2, 1)
"""Products with the matrix before each time that the directions are made orthonormal again."""


def principal_components(rows: NDArray[np.float32], count: int) -> NDArray[np.float32]:
    """(d, at most count): orthonormal directions in which (n, d) centred rows vary most.

    By subspace iteration: the exact directions do not matter, only what they span.
    """
    rows = np.ascontiguousarray(rows[:: max(1, len(rows) // SAMPLE)])
    matrix = gram(rows)
    # Several products in a row are not to overflow.
    matrix /= max(float(np.trace(matrix)), 1e-30)
    dimension = len(matrix)
    wider = min(dimension, count + 8)
    basis = np.random.default_rng(0).standard_normal((dimension, wider), dtype=np.float32)
    for power in POWERS:
        for _ in range(power):
            basis = product(matrix, basis)
        basis = np.ascontiguousarray(qr(basis, mode="economic", check_finite=False)[0])
    # Within the span, the leading directions first.
    small = product(np.ascontiguousarray(basis.T), product(matrix, basis))
    turn = eigh(small, check_finite=False, driver="evd")[1][:, ::-1][:, : min(count, dimension)]
    return product(basis, np.ascontiguousarray(turn))

# SPDX-License-Identifier: GPL-3.0-or-later
"""The directions in which many vectors vary most."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh, qr

from .products import gram, product

SAMPLE = 2048
"""Rows from which principal components are measured, about, at most."""

ITERATIONS = 3
"""Of the search for principal components."""


def principal_components(rows: NDArray[np.float32], count: int) -> NDArray[np.float32]:
    """(d, at most count): orthonormal directions in which (n, d) centred rows vary most.

    By subspace iteration: the exact directions do not matter, only what they span.
    """
    rows = np.ascontiguousarray(rows[:: max(1, len(rows) // SAMPLE)])
    matrix = gram(rows)
    dimension = len(matrix)
    wider = min(dimension, count + 8)
    basis = np.random.default_rng(0).standard_normal((dimension, wider), dtype=np.float32)
    for _ in range(ITERATIONS):
        basis = np.ascontiguousarray(qr(product(matrix, basis), mode="economic")[0])
    # Within the span, the leading directions first.
    small = product(np.ascontiguousarray(basis.T), product(matrix, basis))
    turn = eigh(small)[1][:, ::-1][:, : min(count, dimension)]
    return product(basis, np.ascontiguousarray(turn))

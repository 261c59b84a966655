# SPDX-License-Identifier: GPL-3.0-or-later
"""The one place for heavy matrix products.

The NumPy inside the official Blender builds has no BLAS, so that ``@`` falls back to plain loops
there; SciPy's wheel brings OpenBLAS.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.blas import sgemm, sgemv, ssymm, ssyrk  # pyright: ignore[reportAttributeAccessIssue]


def add_product(
    left: NDArray[np.float32], right: NDArray[np.float32], out: NDArray[np.float32]
) -> None:
    """Add ``left @ right.T`` to ``out`` in place, without a copy.

    Args:
        left: (n, d), float32, C-contiguous.
        right: (m, d), float32, C-contiguous.
        out: (n, m), float32, C-contiguous.
    """
    # BLAS is column-major: a row-major array is its own transpose there, so that
    # out.T += right @ left.T needs no copy of any of the three.
    sgemm(1.0, right.T, left.T, beta=1.0, c=out.T, trans_a=True, overwrite_c=True)


def product_into(
    left: NDArray[np.float32], right: NDArray[np.float32], out: NDArray[np.float32]
) -> None:
    """Write ``left @ right.T`` to ``out``; shapes and order as for :func:`add_product`."""
    sgemm(1.0, right.T, left.T, c=out.T, trans_a=True, overwrite_c=True)


def product(
    left: NDArray[np.float32], right: NDArray[np.float32], out: NDArray[np.float32] | None = None
) -> NDArray[np.float32]:
    """``left @ right``.

    Args:
        left: (n, d), float32, C-contiguous.
        right: (d, m), the same.
        out: (n, m), the same, to be written to; a new array when None.

    Returns:
        (n, m), C-contiguous.
    """
    if out is None:
        return sgemm(1.0, right.T, left.T).T
    return sgemm(1.0, right.T, left.T, c=out.T, overwrite_c=True).T


def gram(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """``rows.T @ rows``: (n, d), float32, C-contiguous, gives (d, d)."""
    upper = upper_gram(rows)
    return np.ascontiguousarray(upper + np.triu(upper, 1).T)


def upper_gram(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """The upper triangle of ``rows.T @ rows``, which costs half of it all; below it 0.

    Args:
        rows: (n, d), float32, C-contiguous.

    Returns:
        (d, d), as :func:`symmetric_product` and ``eigh(…, lower=False)`` take it.
    """
    return ssyrk(1.0, rows.T)


def symmetric_product(
    upper: NDArray[np.float32], right: NDArray[np.float32]
) -> NDArray[np.float32]:
    """A symmetric matrix, of which the upper triangle is given, times another.

    Args:
        upper: (d, d), float32, of :func:`upper_gram`.
        right: (d, m), float32, C-contiguous.

    Returns:
        (d, m), C-contiguous.
    """
    return ssymm(1.0, upper, right.T, side=True).T


def times_vector(matrix: NDArray[np.float32], vector: NDArray[np.float32]) -> NDArray[np.float32]:
    """``matrix @ vector``: (n, m), C-contiguous, and (m,) give (n,)."""
    return sgemv(1.0, matrix.T, vector, trans=True)


def vector_times(vector: NDArray[np.float32], matrix: NDArray[np.float32]) -> NDArray[np.float32]:
    """``vector @ matrix``: (n,) and (n, m), C-contiguous, give (m,)."""
    return sgemv(1.0, matrix.T, vector)

# SPDX-License-Identifier: GPL-3.0-or-later
"""How far two sets of values are apart as distributions, in one dimension at a time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def wasserstein_of_rows(ones: NDArray[np.float32], others: NDArray[np.float32]) -> float:
    """The Wasserstein-2 distance of two sets of values, root mean square over the rows.

    In one dimension it is that of the quantile functions, which sorting gives.

    Args:
        ones: (rows, n).
        others: (rows, m), in the same unit.

    Returns:
        In the unit of the values, from 0: the same values, equally often.
    """
    most = max(ones.shape[1], others.shape[1])
    difference = _quantiles(ones, most) - _quantiles(others, most)
    return float(np.sqrt(np.mean(np.square(difference), dtype=np.float64)))


def _quantiles(values: NDArray[np.float32], count: int) -> NDArray[np.float32]:
    """(rows, count): evenly spaced values of the quantile function of each row."""
    rising = np.sort(values, axis=1)
    if rising.shape[1] == count:
        return rising
    places = (np.arange(count) + 0.5) * (rising.shape[1] / count)
    return rising[:, places.astype(np.intp)]

# SPDX-License-Identifier: GPL-3.0-or-later
"""Mean and deviation of an exemplar's codes, which a state keeps."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .products import vector_times


class Moments:
    """Mean and deviation of each component of an exemplar's codes, to which a state is matched.

    Aggregation shrinks contrast, so that average patches would win at the next step.
    """

    def __init__(self, codes: NDArray[np.float32]) -> None:
        """Measure (blocks, q) codes."""
        self._mean, self._deviation = codes.mean(axis=0), codes.std(axis=0)

    def match(self, state: NDArray[np.float32]) -> None:
        """Give each component of ``state``, (height, width, q), these moments, in place."""
        flat = state.reshape(-1, state.shape[2])
        # Products add up rows of a few numbers much sooner than NumPy's own means of columns.
        flat -= vector_times(np.full(len(flat), 1.0 / len(flat), np.float32), flat)
        deviation = np.sqrt(np.einsum("nq,nq->q", flat, flat) / len(flat))
        flat *= self._deviation / np.maximum(deviation, np.float32(1e-6))
        flat += self._mean

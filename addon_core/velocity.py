# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the flow carries each patch: the mean of its neighbours, weighted (equation 6).

The velocity is v = Σ ω (φ − ψ) / (1 − t). Because the patches ψ of an image average back to the
image, only the target Σ ω φ is ever formed, where patches are averaged (`aggregation.py`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .search import Neighbours


def euler_step(
    state: NDArray[np.float32], target: NDArray[np.float32], part: float
) -> NDArray[np.float32]:
    """The state moved on in place: x ← x + part · (target − x); ``target`` is used up.

    Args:
        state: of any shape.
        target: of the same shape, the aggregated targets of its patches.
        part: Δt / (1 − t), what is covered of the way that remains.
    """
    target -= state
    target *= np.float32(part)
    state += target
    return state


def weights(found: Neighbours, t: float) -> NDArray[np.float32]:
    """(…, k): ω = softmax(−‖ψ − tφ‖² / 2(1 − t)²), each k summing to 1, at a time t below 1."""
    # −‖ψ − tφ‖²/2 is t·s up to a constant of the row.
    exponents = found.scores * np.float32(t / (1.0 - t) ** 2)
    if t == 0.0:
        exponents = np.where(np.isneginf(found.scores), found.scores, np.float32(0.0))
    exponents -= exponents.max(axis=-1, keepdims=True)
    np.exp(exponents, out=exponents)
    exponents /= exponents.sum(axis=-1, keepdims=True)
    return exponents

# SPDX-License-Identifier: GPL-3.0-or-later
"""A patch's target from all patches, from few of them, and how far apart the two can be.

Notation of the paper: a patch ψ at time t, the exemplar's n patches φᵢ, the squared distances
dᵢ = ‖ψ − tφᵢ‖² in rising order, s = 1 − t, the weights ωᵢ = exp(−dᵢ/2s²) / Σⱼ exp(−dⱼ/2s²), the
target m = Σ ωᵢφᵢ over all patches and the velocity v = (m − ψ)/s. A search that finds only the set
S uses m_S = Σ_S ωᵢφᵢ / Ω, with Ω = Σ_S ωᵢ. The weights sum to one, so m = Ω m_S + Σ_{i∉S} ωᵢφᵢ, and

    m − m_S = Σ_{i∉S} ωᵢ (φᵢ − m_S),    ‖m − m_S‖ ≤ (1 − Ω) max_{i∉S} ‖φᵢ − m_S‖ ≤ (1 − Ω) D,    (1)

with D the diameter of the set of patches. It holds for any S: the nearest k, a random share, what a
memory kept. For the k nearest no weight outside S is above the (k+1)-th, so that with
eᵢ = exp(−(dᵢ − d₁)/2s²) and q = (n − k) e_{k+1} / Σ_{i≤k} eᵢ

    1 − Ω ≤ q / (1 + q),    ‖m − m_S‖ ≤ D q / (1 + q),    (2)

which needs only the k + 1 nearest. The velocity is off by ‖m − m_S‖/s, and *relative to itself* by
‖m − m_S‖ / ‖m − ψ‖: s cancels. (2) is below ε D as soon as d_{k+1} − d₁ ≥ 2s² ln((n − k)/ε): as t
nears 1 the temperature 2s² falls, and a few neighbours are the whole sum.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Errors:
    """Of some patches at one time, each (patches,)."""

    measured: NDArray[np.float64]
    """‖m − m_S‖ / ‖m − ψ‖: of the target and of the velocity alike"""
    any_set: NDArray[np.float64]
    """the first bound of (1), over ‖m − ψ‖"""
    nearest: NDArray[np.float64]
    """the bound (2), over ‖m − ψ‖; NaN where S is not the k nearest"""
    tail: NDArray[np.float64]
    """1 − Ω"""


class FullSum:
    """The full sum at one time, for some patches ψ and all φ."""

    def __init__(self, queries: NDArray[np.float64], keys: NDArray[np.float64], t: float) -> None:
        """``queries`` (n, d) and ``keys`` (m, d)."""
        self._keys = keys
        squares = (keys**2).sum(axis=1)
        # ‖ψ‖² is the same for all patches, and has no part in any difference.
        distances = t * t * squares - 2.0 * t * (queries @ keys.T)
        distances -= distances.min(axis=1, keepdims=True)
        self._exponents = -distances / (2.0 * (1.0 - t) ** 2)
        """(n, m): the logarithms of eᵢ"""
        self._order = np.argsort(distances, axis=1)
        self._weights = _softmax(self._exponents)
        self._target = self._weights @ keys
        self._way = np.linalg.norm(self._target - queries, axis=1)
        self._diameter = 2.0 * np.linalg.norm(keys - keys.mean(axis=0), axis=1).max()
        """at least the diameter: no patch is further from the mean than half of this"""

    def of_nearest(self, count: int) -> Errors:
        """With S the ``count`` nearest."""
        errors = self.of(self._order[:, :count])
        factors = np.exp(np.take_along_axis(self._exponents, self._order[:, : count + 1], axis=1))
        q = (len(self._keys) - count) * factors[:, count] / factors[:, :count].sum(axis=1)
        return replace(errors, nearest=self._diameter * q / (1.0 + q) / self._way)

    def of(self, found: NDArray[np.intp]) -> Errors:
        """With S the given patches, (n, any) numbers without repeats in a row."""
        outside = np.ones(self._weights.shape, bool)
        np.put_along_axis(outside, found, False, axis=1)
        target = _softmax(np.where(outside, -np.inf, self._exponents)) @ self._keys
        tail = np.where(outside, self._weights, 0.0).sum(axis=1)
        apart = np.sqrt(
            np.maximum(
                (self._keys**2).sum(axis=1)
                - 2.0 * (target @ self._keys.T)
                + (target**2).sum(axis=1, keepdims=True),
                0.0,
            )
        )
        furthest = np.where(outside, apart, 0.0).max(axis=1)
        missing = np.linalg.norm(self._target - target, axis=1)
        return Errors(
            missing / self._way,
            tail * furthest / self._way,
            np.full(len(target), np.nan),
            tail,
        )


def _softmax(exponents: NDArray[np.float64]) -> NDArray[np.float64]:
    factors = np.exp(exponents - exponents.max(axis=1, keepdims=True))
    return factors / factors.sum(axis=1, keepdims=True)


def joined(errors: list[Errors]) -> Errors:
    return Errors(
        *(
            np.concatenate([getattr(each, field) for each in errors])
            for field in ("measured", "any_set", "nearest", "tail")
        )
    )

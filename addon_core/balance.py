# SPDX-License-Identifier: GPL-3.0-or-later
"""A coarse level of the fast method: softmax over all patches, every part used evenly.

At a coarse level all patches fit into one matrix of scores, so that no search is needed. Left to
themselves some parts of the exemplar would be used many times and others never; prices, one for
each patch of the exemplar, move the weights towards even use. That is entropic optimal transport
between the patches of the output and those of the exemplar (Cuturi 2013), with one side relaxed.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from .latent import SPAN, LatentExemplar
from .overlap import Overlap, bands
from .products import add_product, product, times_vector, vector_times
from .progress import Meter
from .pyramid import Shape
from .velocity import euler_step

ROUNDS = 20
"""Scalings of Sinkhorn at each step."""

BORDER = 1.75
"""Weight of the patches at the exemplar's border, whose outer pixels lie in few other patches."""

BAND = 2048
"""Patches of the output handled at once, at most; prices are measured on twice as many."""

KERNEL = 2**23
"""Numbers in the matrix of weights of a band, about, at most: bounds the memory."""

LARGEST = 1e3
"""Bound of the factor by which prices change a weight within one step."""


def balanced_flow(
    exemplar: LatentExemplar,
    state: NDArray[np.float32],
    times: NDArray[np.float64],
    balance: float,
    meter: Meter,
) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
    """Carry a state along the flow, by Euler steps.

    Args:
        exemplar: the level's exemplar.
        state: (height, width, q), of blocks on a torus, at the first time; is used up.
        times: increasing, the last is 1.
        balance: 0 lets every patch choose for itself, 1 asks for even use.
        meter: is told of every band.

    Returns:
        The state at time 1, and (height, width) numbers of the patch with the largest weight.
    """
    height, width, size = state.shape
    codes = _codes_of_patches(exemplar)
    target = _even_use(exemplar.patch_shape)
    prices = np.zeros(len(exemplar.features), np.float32)
    matches = np.empty((height, width), np.intp)
    at_once = max(1, min(BAND, KERNEL // len(prices)))
    for t, following in pairwise(times.tolist()):
        features = exemplar.features_of(state)
        if balance > 0.0:
            sample = np.ascontiguousarray(features[:: -(-len(features) // (2 * at_once))])
            factors = _balancing_factors(_kernel(exemplar, sample, prices, t), target, balance)
            prices += np.log(factors) * np.float32((1.0 - t) ** 2)
        mean = Overlap((height, width, size))
        for band in bands((height, width), at_once):
            weights = _kernel(exemplar, features[band.start * width : band.stop * width], prices, t)
            weights /= weights.sum(axis=1, keepdims=True)
            matches[band] = weights.argmax(axis=1).reshape(-1, width)
            mean.add(band, product(weights, codes))
            meter.advance(band.stop / height)
        exemplar.quantiles.match(mean.state)
        state = euler_step(state, mean.state, (following - t) / (1.0 - t))
        meter.step += 1
    return state, matches


def _kernel(
    exemplar: LatentExemplar, features: NDArray[np.float32], prices: NDArray[np.float32], t: float
) -> NDArray[np.float32]:
    """(n, patches): exp of scores and prices over the temperature, each row's largest 1.

    The score of ψ and φ is ⟨ψ, tφ⟩ − t²‖φ‖²/2, which is −‖ψ − tφ‖²/2 up to a constant of the row.
    Prices are in its units, so that they stay right as the temperature falls with t.
    """
    scores = np.empty((len(features), len(exemplar.features)), np.float32)
    scores[:] = prices - np.float32(t * t) * exemplar.half_norms
    add_product(features, np.float32(t) * exemplar.features, scores)
    scores -= scores.max(axis=1, keepdims=True)
    scores *= np.float32(1.0 / (1.0 - t) ** 2)
    return np.exp(scores, out=scores)


def _balancing_factors(
    kernel: NDArray[np.float32], target: NDArray[np.float32], balance: float
) -> NDArray[np.float32]:
    """(patches,): what to multiply the columns of a kernel by, so that rows of sum 1 meet a target.

    Args:
        kernel: (n, patches).
        target: (patches,), of sum 1.
        balance: how strongly, 0 to 1.
    """
    factors = np.ones(kernel.shape[1], np.float32)
    wanted = target * np.float32(len(kernel))
    for _ in range(ROUNDS):
        rows = 1.0 / times_vector(kernel, factors)
        used = factors * vector_times(rows, kernel)
        factors *= (wanted / np.maximum(used, np.float32(1e-6))) ** np.float32(balance)
        np.clip(factors, 1.0 / LARGEST, LARGEST, out=factors)
    return factors


def _even_use(shape: Shape) -> NDArray[np.float32]:
    """(patches,), of sum 1: the part of the output that each patch of the exemplar should have."""
    use = np.ones(shape, np.float32)
    use[[0, -1], :] *= BORDER
    use[:, [0, -1]] *= BORDER
    return (use / use.sum()).ravel()


def _codes_of_patches(exemplar: LatentExemplar) -> NDArray[np.float32]:
    """(patches, 16 q)."""
    rows, columns = (np.arange(count) for count in exemplar.patch_shape)
    corners = (rows[:, None] * exemplar.shape[1] + columns).ravel()
    inside = (np.arange(SPAN)[:, None] * exemplar.shape[1] + np.arange(SPAN)).ravel()
    return exemplar.codes[corners[:, None] + inside].reshape(len(corners), -1)

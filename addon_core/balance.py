# SPDX-License-Identifier: GPL-3.0-or-later
"""A coarse level of the fast method: softmax over all patches, every part used evenly.

At a coarse level all patches fit into one matrix of scores, so that no search is needed. Left to
themselves some parts of the exemplar would be used many times and others never; prices, one for
each patch of the exemplar, move the weights towards even use. That is entropic optimal transport
between the patches of the output and those of the exemplar (Cuturi 2013), with one side relaxed.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .blocks import bands
from .borders import patch_shape, shares, sides
from .continuity import Continuity
from .latent import SIDES, LatentExemplar
from .overlap import overlapped
from .products import add_product, product, times_vector, vector_times
from .progress import Meter
from .pyramid import Wraps
from .velocity import euler_step

ROUNDS = 32
"""Scalings of Sinkhorn at a step. After t = 0.5 they become fewer, as (1 − t)²: most patches have
made their choice by then."""

OVER = 1.7
"""How much further than to even use a scaling goes, which makes it reach it sooner (successive
over-relaxation, Thibault et al. 2021)."""

BAND = 2048
"""Patches of the output handled at once, at most; prices are measured on twice as many."""

KERNEL = 2**23
"""Numbers in the matrix of weights of a band, about, at most: bounds the memory."""

OVERHANG = 1e4
"""What it costs to reach over the exemplar's border where the output ends, in the units of a score:
more than anything gains."""

LARGEST = 1e8
"""Bound of the factor by which prices change a weight within one step."""


def balanced_flow(
    exemplar: LatentExemplar,
    state: NDArray[np.float32],
    before: NDArray[np.int32] | None,
    times: NDArray[np.float64],
    balance: float,
    wraps: Wraps,
    meter: Meter,
) -> NDArray[np.int32]:
    """Carry a state along the flow, by Euler steps.

    Args:
        exemplar: the level's exemplar.
        state: (rows, columns, q), of blocks, at the first time; is used up.
        before: (height, width), the numbers of the patches that the state shows, if it shows any:
            what goes on with them gains from the first step on, and what copies too much loses.
        times: increasing, the last is 1.
        balance: 0 lets every patch choose for itself, 1 asks for even use.
        wraps: of the output.
        meter: is told of every band.

    Returns:
        (height, width) numbers of the patches with the largest weight.
    """
    height, width = patch_shape((state.shape[0], state.shape[1]), wraps)
    prices = np.zeros(exemplar.sources.size, np.float32)
    matches = np.zeros((height, width), np.int32)
    at_once = max(1, min(BAND, KERNEL // len(prices)))
    at_once = height * width if height * width <= 2 * at_once else at_once
    sample = slice(None, None, max(1, -(-height * width // (2 * at_once))))
    continuity = Continuity((height, width), exemplar, wraps)
    if before is not None:
        continuity.look(before)
    share = shares((height, width), wraps).ravel()[sample]
    ends = sides((height, width), wraps).ravel()
    for t, following in meter.steps(times):
        features = exemplar.features_of(state, wraps)
        kernel = _kernel(exemplar, features, sample, continuity, ends, prices, t)
        factors = _balancing_factors(kernel, share, exemplar, balance, t)
        prices += np.log(factors) * np.float32((1.0 - t) ** 2)
        means = np.empty_like(features)
        for band in bands((height, width), at_once):
            part = slice(band.start * width, band.stop * width)
            if len(kernel) == height * width:
                kernel *= factors
            else:
                kernel = _kernel(exemplar, features, part, continuity, ends, prices, t)
            matches[band] = exemplar.sources[kernel.argmax(axis=1)].reshape(-1, width)
            if following < 1.0:
                means[part] = product(kernel, exemplar.source_features)
                # Here, and not in the kernel, which has far longer rows to divide.
                means[part] /= times_vector(kernel, np.ones_like(prices))[:, None]
            meter.advance(band.stop / height)
        meter.step += 1
        # Of the state at time 1 nothing would be asked.
        if following < 1.0:
            continuity.look(matches)
            target = overlapped(means, (height, width), exemplar, wraps)
            exemplar.moments.match(target)
            state = euler_step(state, target, (following - t) / (1.0 - t))
    return matches


def _kernel(
    exemplar: LatentExemplar,
    features: NDArray[np.float32],
    part: slice,
    continuity: Continuity,
    ends: NDArray[np.uint8],
    prices: NDArray[np.float32],
    t: float,
) -> NDArray[np.float32]:
    """(n, sources): exp of scores and prices over the temperature, each row's largest 1.

    The score of ψ and φ is ⟨ψ, tφ⟩ − t²‖φ‖²/2, which is −‖ψ − tφ‖²/2 up to a constant of the row.
    Prices are in its units, so that they stay right as the temperature falls with t; and so is what
    patches gain and lose by those around.

    Args:
        exemplar: the level's exemplar.
        features: (places, d), of the whole state.
        part: the n places that are wanted.
        continuity: what neighbours say.
        ends: (places,), on which sides the output ends there.
        prices: (sources,).
        t: the time.
    """
    features = np.ascontiguousarray(features[part])
    scores = np.empty((len(features), exemplar.sources.size), np.float32)
    scores[:] = prices - np.float32(t * t) * exemplar.source_half_norms
    continuity.add_to(scores, part, t)
    overhangs = exemplar.overhangs[exemplar.sources]
    for side in SIDES:
        places = np.flatnonzero(ends[part] & side)
        scores[places] -= np.float32(OVERHANG) * ((overhangs & side) > 0)
    add_product(features, np.float32(t) * exemplar.source_features, scores)
    scores -= scores.max(axis=1, keepdims=True)
    scores *= np.float32(1.0 / (1.0 - t) ** 2)
    return np.exp(scores, out=scores)


def _balancing_factors(
    kernel: NDArray[np.float32],
    share: NDArray[np.float32],
    exemplar: LatentExemplar,
    balance: float,
    t: float,
) -> NDArray[np.float32]:
    """(sources,): what to multiply the columns of a kernel by, so that its rows use all alike.

    Args:
        kernel: (n, sources).
        share: (n,), the sum that each row has then.
        exemplar: the level's exemplar.
        balance: how strongly, 0 to 1.
        t: the time.
    """
    factors = np.ones(kernel.shape[1], np.float32)
    power = np.float32(OVER * balance)
    wanted = np.float32(share.sum() / kernel.shape[1])
    rounds = 1 + int(ROUNDS * min(1.0, 4.0 * (1.0 - t) ** 2)) if balance > 0.0 else 0
    for _ in range(rounds):
        rows = share / times_vector(kernel, factors)
        used = exemplar.even_over_copies(factors * vector_times(rows, kernel))
        factors *= (wanted / np.maximum(used, np.float32(1e-6))) ** power
        # Twice as quick as ``np.clip`` on so few numbers.
        np.minimum(factors, LARGEST, out=factors)
        np.maximum(factors, 1.0 / LARGEST, out=factors)
    return factors

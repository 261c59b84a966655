# SPDX-License-Identifier: GPL-3.0-or-later
"""A fine level of the fast method: matches inherited from the coarser level, and from neighbours.

Neighbouring patches of a texture come from neighbouring places of the exemplar (Ashikhmin 2001).
The candidates of a patch are its own match, and the matches of its four neighbours, moved by the
one block that lies between. A wider search would find closer patches, but undo the coherence that
keeps objects whole. Inside a piece all candidates are the same and the flow has nothing to move, so
that it runs only where pieces meet.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .borders import blocks_under, sides
from .latent import LatentExemplar
from .overlap import Proposals
from .pieces import TORUS, around, continuations, disputed, goes_on, widened
from .prices import prices_of_patches
from .progress import Meter
from .pyramid import Wraps
from .velocity import euler_step

PRICE = 2.5
"""What a part of the exemplar that is used e times as often as the mean costs at balance 1, in the
units of a score, for each number of a code."""

BAND = 4096
"""Patches compared at once: bounds the memory."""


def coherent_flow(
    exemplar: LatentExemplar,
    matches: NDArray[np.int32],
    times: NDArray[np.float64],
    balance: float,
    wraps: Wraps,
    random: np.random.Generator,
    meter: Meter,
) -> NDArray[np.int32]:
    """Start from the mean of the matches and noise, and follow the flow, by Euler steps.

    Args:
        exemplar: the level's exemplar.
        matches: (height, width), the numbers of the patches to begin with.
        times: increasing, the last is 1; at the first, t, the noise has a deviation of 1 − t.
        balance: 0 to 1, how much parts that are used often give way to others.
        wraps: of the output.
        random: draws the noise.
        meter: is told of every step.

    Returns:
        (height, width) matches.
    """
    # A joint moves by at most one block in a step.
    below, right = goes_on(matches, exemplar.patch_shape[1], wraps)
    near = widened(disputed(below, right, wraps), len(times))
    places = np.flatnonzero(near)
    rank = np.cumsum(near.ravel(), dtype=np.int32).reshape(near.shape) - 1

    def targets() -> NDArray[np.float32]:
        proposals = Proposals(matches, exemplar, wraps)
        target = exemplar.codes.take(proposals.first.take(places), axis=0)
        target[rank.ravel()[proposals.places]] = proposals.means()
        return target

    state = random.standard_normal((len(places), exemplar.code_size), dtype=np.float32)
    state *= np.float32(1.0 - times[0])
    state += np.float32(times[0]) * targets()
    scale = np.float32(PRICE * balance * exemplar.code_size)
    for t, following in meter.steps(times):
        prices = scale * prices_of_patches(exemplar, matches, wraps)
        matches = _best(exemplar, state, rank, matches, prices, t, wraps)
        meter.step += 1
        meter.advance()
        # Of the state at time 1 nothing would be asked.
        if following < 1.0:
            state = euler_step(state, targets(), (following - t) / (1.0 - t))
    return matches


def _best(
    exemplar: LatentExemplar,
    state: NDArray[np.float32],
    rank: NDArray[np.int32],
    matches: NDArray[np.int32],
    prices: NDArray[np.float32],
    t: float,
    wraps: Wraps,
) -> NDArray[np.int32]:
    """(height, width): each patch's candidate with the largest score, less its price.

    Args:
        exemplar: the level's exemplar.
        state: (n, q), where pieces meet.
        rank: (rows, columns), which row of the state a block has there.
        matches: (height, width), of the step before.
        prices: (patches,), in the units of a score.
        t: the time.
        wraps: of the output.
    """
    below, right = goes_on(matches, exemplar.patch_shape[1], wraps)
    apart = ~(below & right & np.roll(below, 1, 0) & np.roll(right, 1, 1))
    worth = -np.float32(t * t) * exemplar.half_norms - prices
    places = np.flatnonzero(apart)
    ends = sides(matches.shape, wraps).ravel()
    best = matches.ravel().copy()
    for start in range(0, len(places), BAND):
        part = places[start : start + BAND]
        windows = state.take(rank.take(blocks_under(matches.shape, part, wraps)), axis=0)
        features = exemplar.project(windows.reshape(len(part), -1))
        features *= np.float32(t)
        own = best[part]
        largest = np.einsum("nd,nd->n", features, exemplar.features.take(own, axis=0))
        largest += worth.take(own)
        standing = around(matches, part, TORUS)
        for candidates in continuations(standing, exemplar.usable):
            # Most neighbours belong to the same piece, and go on with the same patch.
            lies_within = (exemplar.overhangs.take(candidates) & ends.take(part)) == 0
            other = np.flatnonzero((candidates >= 0) & (candidates != own) & lies_within)
            patches = candidates[other]
            theirs = exemplar.features.take(patches, axis=0)
            scores = np.einsum("nd,nd->n", features.take(other, axis=0), theirs)
            scores += worth.take(patches)
            better = scores > largest.take(other)
            largest[other[better]] = scores[better]
            own[other[better]] = patches[better]
        best[part] = own
    return best.reshape(matches.shape)

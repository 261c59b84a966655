# SPDX-License-Identifier: GPL-3.0-or-later
"""Where pieces meet: the cut between them, which blocks choose together.

If each block chooses for itself, two pieces that both fit alternate along their joint, like teeth.
Here a block that changes from one piece to the other costs what one sees there: how much differs
what each piece shows on both sides of the cut (Kwatra 2003, equation 1). Places choose in turn, as
on a chess board, what their neighbours would go on with (iterated conditional modes, Besag 1986).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .latent import LatentExemplar
from .pieces import DIRECTIONS, around
from .pyramid import Wraps

ROUNDS = 2
"""How often every place may choose."""

CUT = 8.0
"""What a cut costs wherever it runs, in squared units of a code."""

WORTHWHILE = 0.999
"""A block changes only when the cost falls below this part of what it is."""

BAND = 8192
"""Blocks handled at once: bounds the memory."""


def recut(
    exemplar: LatentExemplar,
    chosen: NDArray[np.int32],
    places: NDArray[np.intp],
    wanted: NDArray[np.float32],
    cost: NDArray[np.float32],
    wraps: Wraps,
) -> NDArray[np.int32]:
    """(height, width): the same blocks, but for those near joints of pieces.

    Args:
        exemplar: in the latent.
        chosen: (height, width), numbers of the exemplar's blocks; is used up.
        places: (n,), where blocks may change.
        wanted: (n, q), the state there.
        cost: (blocks,), what the squared distance from there to a block is multiplied by.
        wraps: of the output.
    """
    width = chosen.shape[1]
    flat = chosen.ravel()
    odd = (places // width + places % width) % 2 == 1
    turns = [np.flatnonzero(odd == turn) for turn in (False, True)]
    for _ in range(ROUNDS):
        for turn in turns:
            for start in range(0, len(turn), BAND):
                part = turn[start : start + BAND]
                own = places[part]
                standing = around(chosen, own, wraps)
                apart = (standing >= 0) & (standing - _steps(exemplar) != flat[own])
                joint = np.flatnonzero(apart.any(axis=0))
                own, part, standing = own[joint], part[joint], standing[:, joint]
                flat[own] = _best(exemplar, flat[own], standing, wanted[part], cost)
    return chosen


def _steps(exemplar: LatentExemplar) -> NDArray[np.int32]:
    """(4, 1): how far in the exemplar's numbers the neighbours below, above and beside lie."""
    return (DIRECTIONS @ np.array([exemplar.shape[1], 1], np.int32))[:, None]


def _best(
    exemplar: LatentExemplar,
    own: NDArray[np.int32],
    standing: NDArray[np.int32],
    wanted: NDArray[np.float32],
    cost: NDArray[np.float32],
) -> NDArray[np.int32]:
    """(n,): of a place's block and what its neighbours would go on with, what costs least.

    Args:
        exemplar: in the latent.
        own: (n,), the block that is there.
        standing: (4, n), the neighbours', −1 for none.
        wanted: (n, q), the state there.
        cost: (blocks,), of a squared distance.
    """
    codes, last = exemplar.codes, np.int32(len(exemplar.codes) - 1)
    steps = _steps(exemplar)
    going_on = np.clip(standing - steps, 0, last)
    going_on[standing < 0] = -1
    theirs, expected = codes[standing], codes[going_on]

    def costs(blocks: NDArray[np.int32], at: NDArray[np.intp]) -> NDArray[np.float32]:
        shown = codes.take(blocks, axis=0)
        apart = wanted.take(at, axis=0) - shown
        total = np.einsum("nq,nq->n", apart, apart) * cost.take(blocks)
        for number, step in enumerate(steps[:, 0]):
            goes_on = going_on[number].take(at)
            cut = np.flatnonzero((blocks != goes_on) & (goes_on >= 0))
            there = at.take(cut)
            here = shown.take(cut, axis=0) - expected[number].take(there, axis=0)
            beyond = codes.take(np.clip(blocks.take(cut) + step, 0, last), axis=0)
            beyond -= theirs[number].take(there, axis=0)
            seen = np.einsum("nq,nq->n", here, here) + np.einsum("nq,nq->n", beyond, beyond)
            total[cut] += 0.5 * seen + CUT
        return total

    best = own.copy()
    least = costs(own, np.arange(len(own))) * WORTHWHILE
    for candidates in going_on:
        is_inside = exemplar.inside[candidates] & (candidates >= 0)
        other = np.flatnonzero((candidates != own) & is_inside)
        blocks = candidates[other]
        total = costs(blocks, other)
        less = total < least[other]
        best[other[less]] = blocks[less]
        least[other[less]] = total[less]
    return best

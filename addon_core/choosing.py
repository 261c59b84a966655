# SPDX-License-Identifier: GPL-3.0-or-later
"""From matches to blocks of the exemplar.

The mean of what overlapping patches propose for a block would be a blur. Instead each block of the
output takes the one of them that is nearest to it. What nothing inside the exemplar is proposed for
is filled.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .holes import filled
from .latent import LatentExemplar
from .overlap import Proposals, use_of_blocks
from .pyramid import Wraps

EVENNESS = 0.5
"""Exponent of a block's use in the cost of choosing it, at balance 1."""

NEVER = 1e9
"""The cost of a block outside the exemplar."""

BAND = 8192
"""Blocks handled at once: bounds the memory."""


def chosen_blocks(
    exemplar: LatentExemplar,
    matches: NDArray[np.int32],
    balance: float,
    wraps: Wraps,
) -> NDArray[np.int32]:
    """(rows, columns): for each block of the output the number of the exemplar's block it takes.

    Args:
        exemplar: in the latent.
        matches: (height, width), the numbers of the exemplar's patches.
        balance: 0 to 1, how much blocks that are proposed often give way to others.
        wraps: of the output.
    """
    proposals = Proposals(matches, exemplar, wraps)
    cost = _cost_of_use(exemplar, matches, balance, wraps)
    chosen = _nearest(exemplar, proposals, cost)
    return filled(exemplar, chosen, wraps)


def _nearest(
    exemplar: LatentExemplar,
    proposals: Proposals,
    cost: NDArray[np.float32],
) -> NDArray[np.int32]:
    """(height, width): what each block would take by itself.

    Args:
        exemplar: in the latent.
        proposals: of the matched patches.
        cost: (blocks,), what the squared distance to a block of the exemplar is multiplied by.
    """
    chosen = proposals.first.copy()
    wanted = proposals.means()
    for start in range(0, len(wanted), BAND):
        places = proposals.places[start : start + BAND]
        proposed, _ = proposals.at(places)
        least = np.full(len(places), np.inf, np.float32)
        best = proposed[:, 0].copy()
        for column in proposed.T:
            apart = wanted[start : start + BAND] - exemplar.codes.take(column, axis=0)
            distance = np.einsum("nq,nq->n", apart, apart) * cost.take(column)
            nearer = distance < least
            least[nearer] = distance[nearer]
            best[nearer] = column[nearer]
        chosen.ravel()[places] = best
    return chosen


def _cost_of_use(
    exemplar: LatentExemplar, matches: NDArray[np.int32], balance: float, wraps: Wraps
) -> NDArray[np.float32]:
    """(blocks,): a factor that grows with how often each block is proposed."""
    use = use_of_blocks(matches, exemplar, wraps)
    inside = exemplar.inside.reshape(exemplar.shape)
    relative = np.maximum(use / use[inside].mean(), np.float32(0.05))
    # The margin is there for the search alone.
    return np.where(inside, relative ** (EVENNESS * balance), NEVER).astype(np.float32).ravel()

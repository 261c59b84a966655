# SPDX-License-Identifier: GPL-3.0-or-later
"""A fine level of the fast method: matches inherited from the coarser level, and from neighbours.

Neighbouring patches of a texture come from neighbouring places of the exemplar (Ashikhmin 2001).
The candidates of a patch are its own match, and the matches of its four neighbours, moved by the
one block that lies between. A wider search would find closer patches, but undo the coherence that
keeps objects whole.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter

from .latent import LatentExemplar
from .overlap import aggregated
from .progress import Meter
from .velocity import euler_step

NEIGHBOURS = ((0, 1), (0, -1), (1, 0), (-1, 0))
"""By how many blocks, down and right, a match moves to become a candidate."""

PRICE = 0.3
"""How much a part of the exemplar that is used e times as often as the mean costs, at balance 1."""

REACH = 5
"""Side, in patches, of the parts whose use is counted."""


def coherent_flow(
    exemplar: LatentExemplar,
    state: NDArray[np.float32],
    matches: NDArray[np.intp],
    times: NDArray[np.float64],
    balance: float,
    meter: Meter,
) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
    """Carry a state along the flow, by Euler steps.

    Args:
        exemplar: the level's exemplar.
        state: (height, width, q), of blocks on a torus, at the first time; is used up.
        matches: (height, width), the numbers of the patches to begin with.
        times: increasing, the last is 1.
        balance: 0 to 1, how much parts that are used often give way to others.
        meter: is told of every step.

    Returns:
        The state at time 1, and (height, width) matches.
    """
    for t, following in pairwise(times.tolist()):
        features = exemplar.features_of(state)
        prices = _prices(exemplar, matches, balance) * np.float32((1.0 - t) ** 2)
        matches = _best(exemplar, features, matches, prices, t)
        target = aggregated(matches, exemplar)
        exemplar.quantiles.match(target)
        state = euler_step(state, target, (following - t) / (1.0 - t))
        meter.step += 1
        meter.advance()
    return state, matches


def _best(
    exemplar: LatentExemplar,
    features: NDArray[np.float32],
    matches: NDArray[np.intp],
    prices: NDArray[np.float32],
    t: float,
) -> NDArray[np.intp]:
    """(height, width): each patch's candidate with the largest score, less its price."""
    worth = -np.float32(t * t) * exemplar.half_norms - prices

    def score(patches: NDArray[np.intp], places: NDArray[np.intp] | slice) -> NDArray[np.float32]:
        products = np.einsum("nd,nd->n", features[places], exemplar.features[patches])
        return np.float32(t) * products + worth[patches]

    best = matches.ravel().copy()
    largest = score(best, slice(None))
    for down, right in NEIGHBOURS:
        candidates = _moved(matches, exemplar, down, right).ravel()
        # Where the neighbours agree, which is nearly everywhere, there is nothing to score.
        places = np.flatnonzero(candidates != best)
        candidates = candidates[places]
        scores = score(candidates, places)
        better = scores > largest[places]
        best[places[better]] = candidates[better]
        largest[places[better]] = scores[better]
    return best.reshape(matches.shape)


def _moved(
    matches: NDArray[np.intp], exemplar: LatentExemplar, down: int, right: int
) -> NDArray[np.intp]:
    """What each patch would match if it went on where its neighbour comes from."""
    rows, columns = exemplar.patch_shape
    row, column = np.divmod(np.roll(matches, (down, right), (0, 1)), columns)
    row = np.clip(row + down, 0, rows - 1)
    column = np.clip(column + right, 0, columns - 1)
    return row * columns + column


def _prices(
    exemplar: LatentExemplar, matches: NDArray[np.intp], balance: float
) -> NDArray[np.float32]:
    """(patches,): in the units of a score over the temperature."""
    count = len(exemplar.features)
    use = np.bincount(matches.ravel(), minlength=count).reshape(exemplar.patch_shape)
    smooth = uniform_filter(use.astype(np.float32), REACH)
    often = np.log(np.maximum(smooth / smooth.mean(), np.float32(0.1)))
    scale = np.float32(PRICE * balance * exemplar.code_size)
    return scale * np.clip(often, -1.0, 1.5).ravel()

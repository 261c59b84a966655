# SPDX-License-Identifier: GPL-3.0-or-later
"""Pieces expand into each other, to where the cuts between them are seen least.

Aligned pieces fit, but their joints still run where the coarser level had them. Here some pieces at
a time offer to go on over their neighbours, and a minimum cut of a graph decides which places take
the offer (expansion moves, Boykov 2001; on textures Kwatra 2003): a joint can jump to the far side
of an object, which steps of one block never find.
"""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, maximum_flow

from .coherence import prices_of
from .latent import LatentExemplar
from .pieces import (
    MORE_ON_TORUS,
    TORUS,
    around,
    beside,
    continuations,
    goes_on,
    neighbours,
    piece_numbers,
)
from .pyramid import Wraps

SHARE = 0.35
"""Which part of the pieces, drawn at random, offers to go on in a round."""

REACH = 6
"""How far they offer it, in blocks."""

LARGE = 0.35
"""A piece that is this part of the exemplar is large enough and offers nothing: copies show. On a
torus ``MORE_ON_TORUS`` more."""

PRICE = 0.2
"""What a price in units of a score is in those of a distance."""

IMPOSSIBLE = 200.0
"""The distance from a patch that is not there."""

UNIT = 64.0
"""The graph's capacities are whole numbers: so many are one unit of a distance."""


def expanded(
    matches: NDArray[np.int32],
    exemplar: LatentExemplar,
    rounds: int,
    balance: float,
    wraps: Wraps,
    random: np.random.Generator,
) -> NDArray[np.int32]:
    """Move the joints of pieces to where they cost least.

    Args:
        matches: (height, width), the numbers of the exemplar's patches.
        exemplar: the level's exemplar.
        rounds: how often pieces offer to go on.
        balance: 0 to 1, how much parts that are used often give way to others.
        wraps: of the output.
        random: draws the pieces that offer it in a round.

    Returns:
        (height, width) matches.
    """
    large = (LARGE + MORE_ON_TORUS * all(wraps)) * exemplar.sources.size
    for _ in range(rounds):
        below, right = goes_on(matches, exemplar.patch_shape[1], wraps)
        piece, pieces = piece_numbers(below, right, wraps)
        offering = np.bincount(piece.ravel(), minlength=pieces) < large
        offering &= random.random(pieces) < SHARE
        offer = _offered(matches, offering[piece], exemplar)
        places = np.flatnonzero(offer != matches)
        if len(places):
            prices = prices_of(exemplar, matches, balance, wraps)
            worse = prices.take(offer.ravel()[places])
            worse -= prices.take(matches.ravel()[places])
            worse *= np.float32(PRICE)
            taken = places[_taken(matches, offer, places, worse, exemplar, wraps)]
            matches = matches.copy()
            matches.ravel()[taken] = offer.ravel()[taken]
    return matches


def _offered(
    matches: NDArray[np.int32], offering: NDArray[np.bool_], exemplar: LatentExemplar
) -> NDArray[np.int32]:
    """(height, width): the matches, over which the offering pieces go on as far as they reach.

    Args:
        matches: (height, width) numbers of patches.
        offering: (height, width), True in the pieces that offer.
        exemplar: the level's exemplar.
    """
    inner = exemplar.inner.reshape(exemplar.patch_shape)
    offer = np.where(offering, matches, np.int32(-1)).ravel()
    front = np.flatnonzero(offering)
    for _ in range(REACH):
        reached = np.zeros(offer.size, bool)
        reached[neighbours(matches.shape, front, TORUS)] = True
        reached &= offer < 0
        front = np.flatnonzero(reached)
        standing = around(offer.reshape(matches.shape), front, TORUS)
        offer[front] = continuations(standing, inner).max(axis=0)
        front = front[offer[front] >= 0]
    return np.where(offer < 0, matches.ravel(), offer).reshape(matches.shape)


def _taken(
    matches: NDArray[np.int32],
    offer: NDArray[np.int32],
    places: NDArray[np.intp],
    worse: NDArray[np.float32],
    exemplar: LatentExemplar,
    wraps: Wraps,
) -> NDArray[np.bool_]:
    """(n,): which of the places take the offer, so that all cuts and prices together cost least.

    Args:
        matches: (height, width), what is there.
        offer: (height, width), what might be.
        places: (n,), where they differ.
        worse: (n,), what the offer costs there beyond what is there, in the units of a distance.
        exemplar: the level's exemplar.
        wraps: of the output.
    """
    height, width = matches.shape
    count = len(places)
    # All other places share one number: whatever they are told, they keep what they have.
    node = np.full(matches.size, count, np.intp)
    node[places] = np.arange(count)
    keep, take = matches.ravel(), offer.ravel()
    cost = np.append(worse, 0.0)
    tails, heads, capacities = [], [], []
    for down, right in ((1, 0), (0, 1)):
        either = node.reshape(height, width) < count
        either |= np.roll(either, (-down, -right), (0, 1))
        either[height - down :] &= wraps[0]
        either[:, width - right :] &= wraps[1]
        first = np.flatnonzero(either)
        row, column = np.divmod(first, width)
        second = (row + down) % height * width + (column + right) % width
        cut = partial(_cut, step=(down, right), exemplar=exemplar)
        kept, both = cut(keep[first], keep[second]), cut(take[first], take[second])
        one, other = cut(take[first], keep[second]), cut(keep[first], take[second])
        # What two places cost is a sum of what each costs and of one capacity between them
        # (Kolmogorov and Zabih 2004, section 4).
        cost += np.bincount(node[first], one - kept, count + 1)
        cost += np.bincount(node[second], both - one, count + 1)
        inner = np.flatnonzero((node[first] < count) & (node[second] < count))
        tails.append(node[first[inner]])
        heads.append(node[second[inner]])
        capacities.append((one + other - kept - both)[inner])
    source, sink = count, count + 1
    dear, cheap = np.flatnonzero(cost[:count] > 0.0), np.flatnonzero(cost[:count] < 0.0)
    tails += [np.full(len(dear), source), cheap]
    heads += [dear, np.full(len(cheap), sink)]
    capacities += [cost[dear], -cost[cheap]]
    # Where three pieces meet a capacity may come out negative: there the cut counts a little more.
    whole = np.rint(UNIT * np.maximum(np.concatenate(capacities), 0.0)).astype(np.int32)
    ends = np.concatenate(tails).astype(np.int32), np.concatenate(heads).astype(np.int32)
    graph = csr_array((whole, ends), shape=(count + 2, count + 2))
    rest = graph - maximum_flow(graph, source, sink).flow
    rest.data = np.maximum(rest.data, 0)
    rest.eliminate_zeros()
    takes = np.ones(count + 2, bool)
    takes[breadth_first_order(rest, source, return_predecessors=False)] = False
    return takes[:count]


def _cut(
    first: NDArray[np.int32],
    second: NDArray[np.int32],
    step: tuple[int, int],
    exemplar: LatentExemplar,
) -> NDArray[np.float32]:
    """(n,): how much one sees of a cut between two neighbouring places, 0 where there is none.

    That is how far, at both, what one's piece shows is from what the other's shows (Kwatra 2003,
    equation 1), on the mean.

    Args:
        first: (n,), the patches at one.
        second: (n,), those at the other.
        step: down and right, from one to the other.
        exemplar: the level's exemplar.
    """
    features, _ = exemplar.leading
    columns = exemplar.patch_shape[1]
    seen = np.zeros(len(first), np.float32)
    along = step[0] * columns + step[1]
    is_cut = second - first != along
    # The last patch of a row does not go on with the first one of the next.
    is_cut |= first % columns >= columns - step[1]
    cut = np.flatnonzero(is_cut)
    for there, here, sign in ((first[cut], second[cut], 1), (second[cut], first[cut], -1)):
        patches = beside(there, sign * step[0], sign * step[1], exemplar.usable)
        apart = features.take(patches, axis=0)
        apart -= features.take(here, axis=0)
        distance = np.sqrt(np.einsum("nd,nd->n", apart, apart))
        seen[cut] += 0.5 * np.where(patches >= 0, distance, np.float32(IMPOSSIBLE))
    return seen

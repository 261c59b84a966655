# SPDX-License-Identifier: GPL-3.0-or-later
"""Cuts between pieces: how much one sees of them, and which cost least.

A cut runs between two neighbouring places at which different pieces stand, and one sees of it what
differs, at both, between what the two pieces show there (Kwatra 2003, equation 1). Where some
places may take what another piece offers them, a minimum cut of a graph tells which of them do
(Boykov 2001, Kolmogorov and Zabih 2004).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, maximum_flow

from .latent import LatentExemplar
from .pieces import beside
from .pyramid import Wraps

FAR = 5
"""Side, in blocks, of what of a texture one sees as one from further away."""

FAR_WEIGHT = 2.0
"""How much a difference seen from there counts beside one between single blocks. In noise blocks
differ everywhere, and what one sees of a cut is a step from light to dark along it."""

IMPOSSIBLE = 200.0
"""The distance from what is not there."""

UNIT = 64.0
"""The graph's capacities are whole numbers: so many are one unit of a distance."""


@dataclass(frozen=True, slots=True)
class Stock:
    """Of what pieces are made: the patches of an exemplar, or its blocks."""

    shown: NDArray[np.float32]
    """(n, k, d): what one sees of each, close up and, where k is 2, from further away"""
    is_there: NDArray[np.bool_]
    """(rows, columns): False where there is none, n places in all"""
    may_stand: NDArray[np.bool_]
    """(rows, columns): those that may stand in an output"""

    @classmethod
    def of_patches(cls, exemplar: LatentExemplar) -> Stock:
        """Those wholly inside may be offered."""
        inner = exemplar.inner.reshape(exemplar.patch_shape)
        return cls(exemplar.leading[0][:, None], exemplar.usable, inner)

    @classmethod
    def of_blocks(cls, exemplar: LatentExemplar) -> Stock:
        """Those inside may stand somewhere; beyond the border they go on as in a mirror."""
        inside = exemplar.inside.reshape(exemplar.shape)
        grid = exemplar.codes.reshape(*exemplar.shape, -1)
        far = cast(NDArray[np.float32], uniform_filter(grid, FAR, mode="nearest", axes=(0, 1)))
        shown = np.empty((len(exemplar.codes), 2, exemplar.code_size), np.float32)
        shown[:, 0] = exemplar.codes
        np.multiply(far.reshape(exemplar.codes.shape), FAR_WEIGHT, out=shown[:, 1])
        return cls(shown, exemplar.reachable, inside)


def cut(
    first: NDArray[np.int32], second: NDArray[np.int32], step: tuple[int, int], stock: Stock
) -> NDArray[np.float32]:
    """(n,): how much one sees of a cut between two neighbouring places, 0 where there is none.

    Args:
        first: (n,), what stands at one.
        second: (n,), what stands at the other.
        step: down and right, from one to the other.
        stock: of what the pieces are made.
    """
    columns = stock.is_there.shape[1]
    seen = np.zeros(len(first), np.float32)
    along = step[0] * columns + step[1]
    is_cut = second - first != along
    # The last one of a row does not go on with the first one of the next.
    is_cut |= first % columns >= columns - step[1]
    cut = np.flatnonzero(is_cut)
    for there, here, sign in ((first[cut], second[cut], 1), (second[cut], first[cut], -1)):
        going_on = beside(there, sign * step[0], sign * step[1], stock.is_there)
        apart = stock.shown.take(going_on, axis=0)
        apart -= stock.shown.take(here, axis=0)
        distances = np.sqrt(np.einsum("nkd,nkd->kn", apart, apart))
        distance = np.where(going_on >= 0, distances.sum(axis=0), np.float32(IMPOSSIBLE))
        seen[cut] += 0.5 * distance
    return seen


def cheapest(
    standing: NDArray[np.int32],
    offer: NDArray[np.int32],
    prices: NDArray[np.float32],
    stock: Stock,
    wraps: Wraps,
) -> NDArray[np.int32]:
    """(height, width): what is there or is offered, so that all cuts and prices cost least.

    Args:
        standing: (height, width), what is there.
        offer: (height, width), what might be; the same where nothing is offered.
        prices: (n,), of all of the stock, in the units of a distance.
        stock: of what the pieces are made.
        wraps: of the output.
    """
    places = np.flatnonzero(offer != standing)
    if not len(places):
        return standing
    height, width = standing.shape
    count = len(places)
    # All other places share one number: whatever they are told, they keep what they have.
    node = np.full(standing.size, count, np.intp)
    node[places] = np.arange(count)
    keep, take = standing.ravel(), offer.ravel()
    cost = np.append(prices.take(take[places]) - prices.take(keep[places]), 0.0)
    ends: list[NDArray[np.intp]] = []
    capacities: list[NDArray[np.floating]] = []
    for down, right in ((1, 0), (0, 1)):
        either = node.reshape(height, width) < count
        either |= np.roll(either, (-down, -right), (0, 1))
        either[height - down :] &= wraps[0]
        either[:, width - right :] &= wraps[1]
        first = np.flatnonzero(either)
        row, column = np.divmod(first, width)
        second = (row + down) % height * width + (column + right) % width
        seen = cut(
            np.concatenate((keep[first], take[first], take[first], keep[first])),
            np.concatenate((keep[second], take[second], keep[second], take[second])),
            (down, right),
            stock,
        )
        kept, both, one, other = seen.reshape(4, -1)
        # What two places cost is a sum of what each costs and of one capacity between them
        # (Kolmogorov and Zabih 2004, section 4).
        cost += np.bincount(node[first], one - kept, count + 1)
        cost += np.bincount(node[second], both - one, count + 1)
        inner = np.flatnonzero((node[first] < count) & (node[second] < count))
        ends.append(np.stack((node[first[inner]], node[second[inner]])))
        capacities.append((one + other - kept - both)[inner])
    source, sink = count, count + 1
    dear, cheap = np.flatnonzero(cost[:count] > 0.0), np.flatnonzero(cost[:count] < 0.0)
    ends.append(np.stack((np.full(len(dear), source), dear)))
    ends.append(np.stack((cheap, np.full(len(cheap), sink))))
    capacities += [cost[dear], -cost[cheap]]
    # Where three pieces meet a capacity may come out negative: there the cut counts a little more.
    whole = np.rint(UNIT * np.maximum(np.concatenate(capacities), 0.0)).astype(np.int32)
    there = np.concatenate(ends, axis=1).astype(np.int32)
    # With the way back, of no capacity, the flow lies in the same places as the graph.
    there = np.concatenate((there, there[::-1]), axis=1)
    graph = csr_array((np.append(whole, np.zeros_like(whole)), there), shape=(count + 2, count + 2))
    rest = graph.copy()
    rest.data -= maximum_flow(graph, source, sink).flow.data
    rest.eliminate_zeros()
    keeps = breadth_first_order(rest, source, return_predecessors=False)
    takes = np.ones(count + 2, bool)
    takes[keeps] = False
    result = standing.copy()
    result.ravel()[places[takes[:count]]] = take[places[takes[:count]]]
    return result

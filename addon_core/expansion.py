# SPDX-License-Identifier: GPL-3.0-or-later
"""Pieces expand into each other, to where the cuts between them are seen least.

Aligned pieces fit, but their joints still run where the coarser level had them. Here some pieces at
a time offer to go on over their neighbours, and a minimum cut decides which places take the offer
(expansion moves, Boykov 2001; on textures Kwatra 2003): a joint can jump to the far side of an
object, which steps of one block never find. Patches do so where the layout is still rough; at the
end the blocks of which the pixels are taken do.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from .blocks import bands
from .cuts import Stock, cheapest
from .latent import MARGIN, LatentExemplar
from .pieces import (
    MORE_ON_TORUS,
    TORUS,
    around,
    continuations,
    goes_on,
    neighbours,
    piece_numbers,
)
from .prices import prices_of_blocks, prices_of_patches
from .progress import Meter
from .pyramid import Wraps

SHARE = 0.35
"""Which part of the pieces, drawn at random, offers to go on in a round."""

REACH = 6
"""How far they offer it, in blocks, at most."""

PART = 5
"""Nor further than this part of the exemplar's shorter side: a small one would be copied whole."""

LARGE = 0.35
"""A piece that is this part of the exemplar is large enough and offers nothing: copies show. On a
torus ``MORE_ON_TORUS`` more."""

PRICE_OF_PATCH = 8.0
"""What a price is in units of a distance between patches, at balance 1."""

PRICE_OF_BLOCK = 1.4
"""The same between blocks."""

BAND = 2**17
"""Places among which one cut is sought: bounds the memory."""


def expanded_patches(
    matches: NDArray[np.int32],
    exemplar: LatentExemplar,
    rounds: int,
    balance: float,
    wraps: Wraps,
    random: np.random.Generator,
    meter: Meter,
) -> NDArray[np.int32]:
    """Move the joints of pieces to where they cost least.

    Args:
        matches: (height, width), the numbers of the exemplar's patches.
        exemplar: the level's exemplar.
        rounds: how often pieces offer to go on.
        balance: 0 to 1, how much parts that are used often give way to others.
        wraps: of the output.
        random: draws the pieces that offer it in a round.
        meter: is told of every round; all together they are one step.

    Returns:
        (height, width) matches.
    """

    def prices(matches: NDArray[np.int32]) -> NDArray[np.float32]:
        return np.float32(PRICE_OF_PATCH * balance) * prices_of_patches(exemplar, matches, wraps)

    stock = Stock.of_patches(exemplar)
    large = _large(exemplar.sources.size, exemplar, wraps)
    return _expanded(matches, stock, large, _reach(exemplar), prices, rounds, wraps, random, meter)


def expanded_blocks(
    chosen: NDArray[np.int32],
    exemplar: LatentExemplar,
    rounds: int,
    balance: float,
    wraps: Wraps,
    random: np.random.Generator,
    meter: Meter,
) -> NDArray[np.int32]:
    """The same for blocks, all of them inside the exemplar.

    Args:
        chosen: (height, width), the numbers of the exemplar's blocks.
        exemplar: the level's exemplar.
        rounds: how often pieces offer to go on.
        balance: 0 to 1, how much parts that are used often give way to others.
        wraps: of the output.
        random: draws the pieces that offer it in a round.
        meter: is told of every round; all together they are one step.

    Returns:
        (height, width) blocks.
    """

    def prices(chosen: NDArray[np.int32]) -> NDArray[np.float32]:
        return np.float32(PRICE_OF_BLOCK * balance) * prices_of_blocks(exemplar, chosen)

    stock = Stock.of_blocks(exemplar)
    large = _large(int(np.count_nonzero(exemplar.inside)), exemplar, wraps)
    return _expanded(chosen, stock, large, _reach(exemplar), prices, rounds, wraps, random, meter)


def _large(count: int, exemplar: LatentExemplar, wraps: Wraps) -> float:
    """How many places a large piece has, of so many in all copies of the exemplar."""
    return (LARGE + MORE_ON_TORUS * all(wraps)) * count / len(exemplar.poses)


def _reach(exemplar: LatentExemplar) -> int:
    """How far pieces of it offer to go on, in blocks."""
    side = min(exemplar.pitch, exemplar.shape[1]) - 2 * MARGIN
    return min(REACH, max(1, side // PART))


def _expanded(
    standing: NDArray[np.int32],
    stock: Stock,
    large: float,
    reach: int,
    prices: Callable[[NDArray[np.int32]], NDArray[np.float32]],
    rounds: int,
    wraps: Wraps,
    random: np.random.Generator,
    meter: Meter,
) -> NDArray[np.int32]:
    """(height, width): what stands there after so many rounds.

    Args:
        standing: (height, width), what stands there before.
        stock: of what the pieces are made.
        large: of how many places a piece offers nothing any more.
        reach: how far it offers to go on.
        prices: of all of the stock, in the units of a distance, for what stands there.
        rounds: how often pieces offer to go on.
        wraps: of the output.
        random: draws the pieces that offer it in a round.
        meter: is told of every round; all together they are one step.
    """
    for done in range(rounds):
        if meter.is_hurried:
            return standing
        meter.advance(done / rounds)
        below, right = goes_on(standing, stock.is_there.shape[1], wraps)
        piece, pieces = piece_numbers(below, right, wraps)
        offering = np.bincount(piece.ravel(), minlength=pieces) < large
        offering &= random.random(pieces) < SHARE
        offer = _offered(standing, offering[piece], reach, stock)
        standing = _taken(standing, offer, prices(standing), stock, wraps)
    meter.step += 1
    meter.advance()
    return standing


def _taken(
    standing: NDArray[np.int32],
    offer: NDArray[np.int32],
    prices: NDArray[np.float32],
    stock: Stock,
    wraps: Wraps,
) -> NDArray[np.int32]:
    """(height, width): what stands there when the offer was made, one band after the other.

    The arguments are those of :func:`cheapest`.
    """
    height = len(standing)
    parts = list(bands(standing.shape, BAND))
    if len(parts) == 1:
        return cheapest(standing, offer, prices, stock, wraps)
    standing = standing.copy()
    for part in parts:
        # The rows next to a band keep what they have, and are seen.
        above, below = (int(wraps[0] or 0 < row < height) for row in (part.start, part.stop))
        rows = np.arange(part.start - above, part.stop + below) % height
        inner = slice(above, above + part.stop - part.start)
        before = standing[rows]
        offered = before.copy()
        offered[inner] = offer[part]
        after = cheapest(before, offered, prices, stock, (False, wraps[1]))
        standing[part] = after[inner]
    return standing


def _offered(
    standing: NDArray[np.int32], offering: NDArray[np.bool_], reach: int, stock: Stock
) -> NDArray[np.int32]:
    """(height, width): what stands there, and over it what the offering pieces go on with.

    Args:
        standing: (height, width).
        offering: (height, width), True in the pieces that offer.
        reach: how far.
        stock: of what the pieces are made.
    """
    offer = np.where(offering, standing, np.int32(-1)).ravel()
    front = np.flatnonzero(offering)
    for _ in range(reach):
        reached = np.zeros(offer.size, bool)
        reached[neighbours(standing.shape, front, TORUS)] = True
        reached &= offer < 0
        front = np.flatnonzero(reached)
        beyond = around(offer.reshape(standing.shape), front, TORUS)
        offer[front] = continuations(beyond, stock.may_stand).max(axis=0)
        front = front[offer[front] >= 0]
    return np.where(offer < 0, standing.ravel(), offer).reshape(standing.shape)

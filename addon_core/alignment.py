# SPDX-License-Identifier: GPL-3.0-or-later
"""Pieces moved as a whole so that they fit to each other.

A level inherits its pieces from the coarser one, which placed them by blocks twice as large. Before
the flow goes on, each piece may take its pixels from a little further up or down, left or right in
the exemplar, wherever its border continues best what its neighbours show there: lines run on,
courses of bricks meet. The layout of the output stays; what a piece shows slides.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .latent import LatentExemplar
from .pieces import goes_on, piece_numbers

ROUNDS = 4
"""How often the pieces look at each other; half of them, drawn at random, move each time."""

WORTHWHILE = 0.999
"""A piece moves only when the cost falls below this part of what it is."""

BAND = 4096
"""Pairs compared at once: bounds the memory."""


def aligned(
    matches: NDArray[np.int32],
    exemplar: LatentExemplar,
    reach: int,
    random: np.random.Generator,
) -> NDArray[np.int32]:
    """Move each piece within the exemplar to where it fits best to the pieces around.

    Args:
        matches: (height, width), on a torus, the numbers of the exemplar's patches.
        exemplar: the level's exemplar.
        reach: how far a piece may move in each direction, in blocks.
        random: draws the pieces that move in a round.

    Returns:
        (height, width) matches.
    """
    rows, columns = exemplar.patch_shape
    below, right = goes_on(matches, columns)
    piece, pieces = piece_numbers(below, right)
    row, column = np.divmod(matches, np.int32(columns))
    joints = _Joints.between(piece, row, column, below, right)
    if not len(joints.own):
        return matches
    least, most = _room(piece, pieces, np.stack([row, column]), (rows, columns))
    side = np.arange(-reach, reach + 1, dtype=np.int32)
    moves = np.stack(np.meshgrid(side, side, indexing="ij"), axis=-1).reshape(-1, 2)
    stay = len(moves) // 2
    shift = np.zeros((pieces, 2), np.int32)
    for _ in range(ROUNDS):
        costs = np.empty((len(moves), pieces))
        for number, move in enumerate(moves):
            costs[number] = _cost(joints, exemplar, shift, move, pieces)
            costs[number, (least > move).any(axis=1) | (most < move).any(axis=1)] = np.inf
        costs[stay] *= WORTHWHILE
        turn = random.random(pieces) < 0.5
        shift[turn] = moves[costs.argmin(axis=0)][turn]
    return (row + shift[piece, 0]) * np.int32(columns) + column + shift[piece, 1]


@dataclass(frozen=True, slots=True)
class _Joints:
    """Neighbouring places of different pieces, each pair once from either side."""

    own: NDArray[np.int32]
    """(n,): the piece of the first place"""
    other: NDArray[np.int32]
    """(n,): the piece of the second"""
    source: NDArray[np.int32]
    """(n, 2): row and column of the patch that the first place matches"""
    target: NDArray[np.int32]
    """(n, 2): of the one that the second matches"""
    step: NDArray[np.int32]
    """(n, 2): from the first place to the second, down and right"""

    @classmethod
    def between(
        cls,
        piece: NDArray[np.int32],
        row: NDArray[np.int32],
        column: NDArray[np.int32],
        below: NDArray[np.bool_],
        right: NDArray[np.bool_],
    ) -> _Joints:
        """Find them all; (height, width) pieces, matched rows and columns, and what goes on."""
        firsts, seconds, steps = [], [], []
        numbers = np.arange(piece.size).reshape(piece.shape)
        for axis, same in enumerate((below, right)):
            joint = ~same & (np.roll(piece, -1, axis) != piece)
            first, second = numbers[joint], np.roll(numbers, -1, axis)[joint]
            step = np.zeros((len(first), 2), np.int32)
            step[:, axis] = 1
            firsts += [first, second]
            seconds += [second, first]
            steps += [step, -step]
        first, second = np.concatenate(firsts), np.concatenate(seconds)
        matched = np.stack([row.ravel(), column.ravel()], axis=1)
        flat = piece.ravel()
        return cls(
            flat[first], flat[second], matched[first], matched[second], np.concatenate(steps)
        )


def _room(
    piece: NDArray[np.int32], pieces: int, matched: NDArray[np.int32], shape: tuple[int, int]
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """(pieces, 2) each: how far up and left, and down and right, a piece can move at most."""
    ends = np.asarray(shape, np.int32)[:, None] - 1
    flat = matched.reshape(2, -1)
    least, most = np.full((2, pieces), ends), np.zeros((2, pieces), np.int32)
    for axis in (0, 1):
        np.minimum.at(least[axis], piece.ravel(), flat[axis])
        np.maximum.at(most[axis], piece.ravel(), flat[axis])
    return -least.T, (ends - most).T


def _cost(
    joints: _Joints,
    exemplar: LatentExemplar,
    shift: NDArray[np.int32],
    move: NDArray[np.int32],
    pieces: int,
) -> NDArray[np.float64]:
    """(pieces,): how little each piece, moved, and its neighbours, shifted, show the same.

    At a joint both pieces can go on into the other: the patches that they would have at the two
    places are compared, the sum of squared differences of their features.
    """
    total = np.zeros(pieces)
    for start in range(0, len(joints.own), BAND):
        part = slice(start, start + BAND)
        step = joints.step[part]
        own = joints.source[part] + move
        other = joints.target[part] + shift[joints.other[part]]
        distance = np.zeros(len(own), np.float32)
        for mine, theirs in ((own, other - step), (own + step, other)):
            apart = _features(exemplar, mine) - _features(exemplar, theirs)
            distance += np.einsum("nd,nd->n", apart, apart)
        total += np.bincount(joints.own[part], distance, pieces)
    return total


def _features(exemplar: LatentExemplar, patches: NDArray[np.int32]) -> NDArray[np.float32]:
    """(n, d): of patches given by (n, 2) rows and columns, the nearest there are."""
    rows, columns = exemplar.patch_shape
    row = np.clip(patches[:, 0], 0, rows - 1)
    column = np.clip(patches[:, 1], 0, columns - 1)
    return exemplar.features[row * columns + column]

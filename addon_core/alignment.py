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
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter

from .latent import MARGIN, SPAN, LatentExemplar
from .pieces import goes_on, piece_numbers
from .pyramid import Wraps

ROUNDS = 16
"""How often the pieces look at each other; half of them, drawn at random, move each time."""

JOINTS = 48
"""Joints of a piece that are looked at, on the mean, at most: a long border needs no more."""

WORTHWHILE = 0.999
"""A piece moves only when the cost falls below this part of what it is."""

SMALL = 0.02
"""Part of the exemplar up to which a piece gains when it becomes one with another: it is moved back
to where it belongs. A larger one would only make a larger copy."""

BAND = 16384
"""Pairs compared at once: bounds the memory."""


def aligned(
    matches: NDArray[np.int32],
    exemplar: LatentExemplar,
    reach: int,
    wraps: Wraps,
    random: np.random.Generator,
) -> NDArray[np.int32]:
    """Move each piece within the exemplar to where it fits best to the pieces around.

    Args:
        matches: (height, width), the numbers of the exemplar's patches.
        exemplar: the level's exemplar.
        reach: how far a piece may move in each direction, in blocks.
        wraps: of the output.
        random: draws the pieces that move in a round.

    Returns:
        (height, width) matches.
    """
    rows, columns = exemplar.patch_shape
    below, right = goes_on(matches, columns, wraps)
    piece, pieces = piece_numbers(below, right, wraps)
    matched = np.stack(np.divmod(matches, np.int32(columns)), axis=-1)
    joints = _Joints.between(piece, matched, below, right, JOINTS * pieces)
    if not len(joints.pieces):
        return matches
    side = np.arange(-reach, reach + 1, dtype=np.int32)
    moves = np.stack(np.meshgrid(side, side, indexing="ij"), axis=-1).reshape(-1, 2)
    stay = len(moves) // 2
    impossible = _impossible(piece, pieces, matched, exemplar.usable, moves)
    impossible |= _overhanging(piece, pieces, matched, exemplar, moves, wraps)
    impossible = impossible[:, joints.pieces]
    impossible[stay] = False
    # Beyond the last patches the nearest there is stands for those that a piece would go on with.
    edge = reach + 1
    numbers = np.pad(exemplar.nearest.reshape(rows, columns), edge, "edge")
    shift = np.zeros((pieces, 2), np.int32)
    apart = np.empty((len(moves), len(joints.other)), np.float32)
    is_large = np.bincount(piece.ravel()) > SMALL * exemplar.pitch * columns
    own = np.repeat(joints.pieces, np.diff(joints.starts, append=len(joints.other)))
    gains_nothing = is_large[own]
    has_moved = np.ones(pieces, bool)
    for _ in range(ROUNDS):
        stale = np.flatnonzero(has_moved[joints.other])
        _look_across(apart, stale, joints, exemplar, numbers, shift, moves, gains_nothing)
        costs = np.add.reduceat(apart, joints.starts, axis=1)
        costs[impossible] = np.inf
        costs[stay] *= WORTHWHILE
        turn = random.random(pieces)[joints.pieces] < 0.5
        wanted = shift.copy()
        wanted[joints.pieces[turn]] = moves[costs.argmin(axis=0)[turn]]
        has_moved = (wanted != shift).any(axis=1)
        shift = wanted
    matched += shift[piece]
    return matched[..., 0] * np.int32(columns) + matched[..., 1]


@dataclass(frozen=True, slots=True)
class _Joints:
    """Places that two pieces lay claim to, each from the side of either.

    Of two neighbouring places, one of each piece, one is looked at: both pieces can go on there.
    They are sorted by the piece whose side they are seen from, so that its costs can be added up.
    """

    pieces: NDArray[np.int32]
    """(m,): the pieces from whose side any are seen"""
    starts: NDArray[np.intp]
    """(m,): where the joints of each begin"""
    other: NDArray[np.int32]
    """(n,): the piece of the other side"""
    source: NDArray[np.int32]
    """(n, 2): row and column of the patch by which this piece goes on there"""
    target: NDArray[np.int32]
    """(n, 2): of the one by which the other piece does"""

    @classmethod
    def between(
        cls,
        piece: NDArray[np.int32],
        matched: NDArray[np.int32],
        below: NDArray[np.bool_],
        right: NDArray[np.bool_],
        most: int,
    ) -> _Joints:
        """Find them all, or every so many of them.

        Args:
            piece: (height, width) numbers of the pieces.
            matched: (height, width, 2), row and column of each place's match.
            below: (height, width), whether the place below goes on.
            right: (height, width), whether the place to the right goes on.
            most: how many there may be, about.
        """
        own, other, source, target = [], [], [], []
        odd = np.indices(piece.shape).sum(axis=0) % 2 == 1
        for axis, same in enumerate((below, right)):
            next_piece, next_matched = np.roll(piece, -1, axis), np.roll(matched, -1, axis)
            joint = ~same & (next_piece != piece)
            step = np.zeros(2, np.int32)
            step[axis] = 1
            first, second = piece[joint], next_piece[joint]
            # Every other joint is looked at from the far side.
            far = odd[joint][:, None]
            from_first = matched[joint] + far * step
            from_second = next_matched[joint] - ~far * step
            own += [first, second]
            other += [second, first]
            source += [from_first, from_second]
            target += [from_second, from_first]
        every = max(1, -(-sum(map(len, own)) // most))
        pieces = np.concatenate([part[::every] for part in own])
        order = np.argsort(pieces, kind="stable")
        pieces, starts = np.unique(pieces[order], return_index=True)
        taken = (
            np.concatenate([part[::every] for part in parts])[order]
            for parts in (other, source, target)
        )
        return cls(pieces, starts, *taken)


def _impossible(
    piece: NDArray[np.int32],
    pieces: int,
    matched: NDArray[np.int32],
    usable: NDArray[np.bool_],
    moves: NDArray[np.int32],
) -> NDArray[np.bool_]:
    """(moves, pieces): whether a piece, moved so, would take what is not there or not usable.

    Args:
        piece: (height, width) numbers of the pieces.
        pieces: how many there are.
        matched: (height, width, 2), row and column of each place's match.
        usable: (rows, columns), of the exemplar's patches.
        moves: (moves, 2), down and right, all up to the furthest.
    """
    edge = int(moves.max())
    lacking = np.pad(~usable, edge, constant_values=True)
    # Most places lie too far from what is not usable to get there.
    is_close = maximum_filter(lacking, 2 * edge + 1)[edge:-edge, edge:-edge]
    row, column = matched.reshape(-1, 2).T
    close = np.flatnonzero(is_close[row, column])
    lacks = np.zeros((2 * edge + 1, 2 * edge + 1, pieces), bool)
    if close.size:
        close = close[np.argsort(piece.ravel()[close], kind="stable")]
        own, starts = np.unique(piece.ravel()[close], return_index=True)
        across = sliding_window_view(lacking, 2 * edge + 1, axis=1)
        for down, lack in enumerate(lacks):
            there = across[row[close] + down, column[close]]
            lack[:, own] = np.logical_or.reduceat(there, starts, axis=0).T
    return lacks.reshape(-1, pieces)


def _overhanging(
    piece: NDArray[np.int32],
    pieces: int,
    matched: NDArray[np.int32],
    exemplar: LatentExemplar,
    moves: NDArray[np.int32],
    wraps: Wraps,
) -> NDArray[np.bool_]:
    """(moves, pieces): whether a piece, moved so, would reach over the exemplar at an end.

    Args:
        piece: (height, width) numbers of the pieces.
        pieces: how many there are.
        matched: (height, width, 2), row and column of each place's match.
        exemplar: the level's exemplar.
        moves: (moves, 2), down and right.
        wraps: of the output.
    """
    reaches = np.zeros((len(moves), pieces), bool)
    within = matched % np.array([exemplar.pitch, exemplar.patch_shape[1]], np.int32)
    last = exemplar.pitch - SPAN - MARGIN, exemplar.patch_shape[1] - 1 - MARGIN
    for axis in np.flatnonzero(~np.array(wraps)):
        own, place = piece.swapaxes(0, axis), within[:, :, axis].swapaxes(0, axis)
        # By how many blocks each may move on.
        up, down = np.full((2, pieces), np.iinfo(np.int32).max, np.int32)
        np.minimum.at(up, own[0], place[0] - MARGIN)
        np.minimum.at(down, own[-1], last[axis] - place[-1])
        move = moves[:, axis, None]
        reaches |= (-move > up) | (move > down)
    return reaches


def _look_across(
    apart: NDArray[np.float32],
    stale: NDArray[np.intp],
    joints: _Joints,
    exemplar: LatentExemplar,
    numbers: NDArray[np.int32],
    shift: NDArray[np.int32],
    moves: NDArray[np.int32],
    gains_nothing: NDArray[np.bool_],
) -> None:
    """Measure how little two pieces show the same at joints.

    Args:
        apart: (moves, n): is given half the squared difference of the features of the two patches,
            for each move of a joint's own piece, the other one being shifted.
        stale: the joints to be measured; what others have stays.
        joints: of the pieces.
        exemplar: the level's exemplar.
        numbers: (rows, columns) of the patches, with an edge all around.
        shift: (pieces, 2), down and right.
        moves: (moves, 2), those to be tried.
        gains_nothing: (n,), where a move after which the two go on with each other is to count as
            much as none.
    """
    along = np.array([numbers.shape[1], 1], np.int32)
    flat = numbers.ravel()
    edge = int(moves.max()) + 1
    features, half_norms = exemplar.leading
    step = max(1, BAND // len(moves))
    for start in range(0, len(stale), step):
        part = stale[start : start + step]
        target = flat.take((joints.target[part] + shift[joints.other[part]] + edge) @ along)
        source = (joints.source[part] + edge) @ along
        patches = flat.take(source + (moves @ along)[:, None])
        # The terms of the square are added one by one: a pass less over all features.
        found = half_norms.take(patches) + half_norms.take(target)
        theirs = features.take(target, axis=0)
        found -= np.einsum("mnd,nd->mn", features.take(patches, axis=0), theirs)
        # The very same patch from both sides would always seem to fit best.
        move, joint = np.nonzero((patches == target) & gains_nothing[part])
        found[move, joint] = found[len(moves) // 2, joint]
        apart[:, part] = found

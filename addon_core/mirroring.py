# SPDX-License-Identifier: GPL-3.0-or-later
"""Which patches would fold a texture: show a piece's mirror image beside it.

Where a texture meets its own mirror image along a line it goes on without the least joint, so that
a flow among mirrored copies would fold everything there, and the eye sees butterflies.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from .latent import SPAN, LatentExemplar
from .pieces import DIRECTIONS
from .poses import moved
from .settings import Pose

DISTANCE = SPAN
"""How far apart, in blocks, two places are of which one must not mirror the other: as far as the
first patches that share no block, so that a narrow strip between the two makes no difference."""

SLACK = 1
"""By how many blocks the line may lie outside of the two."""


def mirror_images(exemplar: LatentExemplar) -> list[NDArray[np.int32]]:
    """What would fold the texture at a place, by the patch that stands ``DISTANCE`` away.

    Args:
        exemplar: the level's exemplar; what two of its poses do one after the other is among them.

    Returns:
        For each of ``DIRECTIONS``, in which that patch lies from the place: (patches, n) numbers of
        patches, −1 for none; n is 0 where no copy mirrors another one that way.
    """
    # To find nothing would take as long, and most exemplars have one copy.
    if not any(is_mirrored for _, is_mirrored in exemplar.poses):
        return [np.empty((len(exemplar.features), 0), np.int32)] * len(DIRECTIONS)
    copies = _Copies(exemplar)
    return [_across(copies, direction) for direction in DIRECTIONS]


class _Copies:
    """Where the patches of each copy lie in the exemplar."""

    def __init__(self, exemplar: LatentExemplar) -> None:
        rows, columns = exemplar.places[0].shape
        stacked = np.arange(len(exemplar.features), dtype=np.int32).reshape(exemplar.patch_shape)
        margin = DISTANCE + SLACK
        shape = len(exemplar.poses), rows + 2 * margin, columns + 2 * margin
        self._found = np.full(shape, -1, np.int32)
        self.patches = stacked.size
        self._lying: list[tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]] = []
        for copy, places in enumerate(exemplar.places):
            row, column = np.divmod(places, np.int32(columns))
            own = stacked[copy * exemplar.pitch :][: places.shape[0], : places.shape[1]]
            self._lying.append((own, row + margin, column + margin))
            self._found[copy, row + margin, column + margin] = own
        self.ways = [_way(pose) for pose in exemplar.poses]

    def with_way(self, way: NDArray[np.int_]) -> int | None:
        """The copy that lies so."""
        return next((n for n, own in enumerate(self.ways) if np.array_equal(own, way)), None)

    def beside(self, others: Sequence[int], step: NDArray[np.int_]) -> NDArray[np.int32]:
        """(patches,): of another copy, the patches that lie a step from each copy's, −1 for none.

        Args:
            others: for each copy the other one.
            step: (2,), down and to the right, as each copy lies.
        """
        patches = np.full(self.patches, -1, np.int32)
        for (own, row, column), way, other in zip(self._lying, self.ways, others, strict=True):
            down, right = way @ step
            patches[own] = self._found[other, row + down, column + right]
        return patches


def _across(copies: _Copies, direction: NDArray[np.int32]) -> NDArray[np.int32]:
    """(patches, n): what :func:`mirror_images` returns for one direction."""
    found: list[NDArray[np.int32]] = []
    for mirrored, steps in _folds(direction):
        others = [copies.with_way(way @ mirrored) for way in copies.ways]
        there = [other for other in others if other is not None]
        if len(there) == len(others):
            found += [copies.beside(there, step) for step in steps]
    return np.stack(found, axis=1) if found else np.empty((copies.patches, 0), np.int32)


def _folds(direction: NDArray[np.int32]) -> Iterator[tuple[NDArray[np.int_], NDArray[np.int_]]]:
    """What mirrors a place across lines between it and another one.

    Args:
        direction: (2,), of the other one, ``DISTANCE`` away.

    Yields:
        (2, 2), the mirroring, and (n, 2), from the other place to mirror images of the first, down
        and to the right.
    """
    aside = direction[::-1]
    for across, times in ((direction, 2), (direction + aside, 1), (direction - aside, 1)):
        mirrored = np.eye(2, dtype=int) - 2 * np.outer(across, across) // (across @ across)
        steps = np.arange(-SLACK, times * DISTANCE + SLACK + 1)
        yield mirrored, steps[:, None] * across - DISTANCE * direction


def _way(pose: Pose) -> NDArray[np.int_]:
    """(2, 2): how far one goes in the exemplar by a step down in the copy, and by one right."""
    row, column = (moved(own, pose) for own in np.mgrid[:2, :2])
    return np.array([[own[1, 0] - own[0, 0], own[0, 1] - own[0, 0]] for own in (row, column)])

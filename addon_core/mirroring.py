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


def mirror_images(exemplar: LatentExemplar, poses: Sequence[Pose]) -> list[NDArray[np.int32]]:
    """What would fold the texture at a place, by the patch that stands ``DISTANCE`` away.

    Args:
        exemplar: of which each copy lies as its pose says.
        poses: one for each copy, the exemplar's own first; what two of them do one after the other
            is among them too.

    Returns:
        For each of ``DIRECTIONS``, in which that patch lies from the place: (patches, n) numbers of
        patches, −1 for none; n is 0 where no copy mirrors another one that way.
    """
    rows, columns = (side - SPAN + 1 for side in exemplar.first_shape)
    upright = np.arange(rows * columns).reshape(rows, columns)
    lying = [moved(upright, pose) for pose in poses]
    stacked = np.arange(len(exemplar.features), dtype=np.int32).reshape(exemplar.patch_shape)
    margin = DISTANCE + SLACK
    numbers = np.full((len(poses), rows + 2 * margin, columns + 2 * margin), -1, np.int32)
    own = []
    for copy, places in enumerate(lying):
        top = copy * exemplar.pitch
        own.append(stacked[top : top + places.shape[0], : places.shape[1]])
        row, column = np.divmod(places, columns)
        numbers[copy, row + margin, column + margin] = own[copy]
    ways = [_way(pose).tolist() for pose in poses]
    result = []
    for direction in DIRECTIONS:
        images: list[list[NDArray[np.int32]]] = [[] for _ in poses]
        for mirrored, steps in _folds(direction):
            for copy, way in enumerate(ways):
                other = (np.array(way) @ mirrored).tolist()
                if other in ways:
                    row, column = np.divmod(lying[copy], columns)
                    images[copy] += [
                        numbers[ways.index(other), row + margin + down, column + margin + right]
                        for down, right in steps @ np.transpose(way)
                    ]
        found = np.full((len(exemplar.features), len(images[0])), -1, np.int32)
        for copy, several in enumerate(images):
            for number, image in enumerate(several):
                found[own[copy], number] = image
        result.append(found)
    return result


def _folds(direction: NDArray[np.int_]) -> Iterator[tuple[NDArray[np.int_], NDArray[np.int_]]]:
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

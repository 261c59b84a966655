# SPDX-License-Identifier: GPL-3.0-or-later
"""Holes: blocks of an output for which no patch proposes anything inside the exemplar.

Patches may reach a little over the exemplar's border, where it is mirrored. Where two pieces meet
that both do, nothing but mirrored blocks is left, which one sees as a fold. There another piece is
laid: the patch most like what the mirror shows, and what goes on around it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import label

from .borders import blocks_under, patch_shape
from .latent import MARGIN, SPAN, LatentExemplar
from .products import product_into
from .pyramid import Wraps

KERNEL = 2**22
"""Scores computed at once: bounds the memory."""


def filled(exemplar: LatentExemplar, chosen: NDArray[np.int32], wraps: Wraps) -> NDArray[np.int32]:
    """(height, width): the same blocks, but for those outside the exemplar.

    Args:
        exemplar: in the latent.
        chosen: (height, width), numbers of the exemplar's blocks; is used up.
        wraps: of the output.
    """
    if not exemplar.inner.any():
        return chosen
    patches = patch_shape((chosen.shape[0], chosen.shape[1]), wraps)
    while not (inside := exemplar.inside.take(chosen)).all():
        hole = np.empty(chosen.shape, np.int32)
        label(~inside, np.ones((3, 3)), hole)
        places = np.flatnonzero(hole)
        number = hole.ravel()[places] - 1
        middle = _middles(places, number)
        row, column = np.divmod(middle, chosen.shape[1])
        top, above = _around(row, patches[0], wraps[0])
        left, before = _around(column, patches[1], wraps[1])
        blocks = blocks_under(patches, top * patches[1] + left, wraps)
        shown = exemplar.codes.take(chosen.ravel().take(blocks), axis=0)
        best = _most_alike(exemplar, exemplar.project(shown.reshape(len(middle), -1)))
        down, right = np.divmod(places, chosen.shape[1])
        down += (above - row)[number]
        right += (before - column)[number]
        _lay(exemplar, chosen, places, best[number], down, right)
    return chosen


def _middles(places: NDArray[np.intp], number: NDArray[np.int32]) -> NDArray[np.intp]:
    """(holes,): the middle one of each hole's places, so that each round covers one at least."""
    order = np.argsort(number, kind="stable")
    ends = np.cumsum(np.bincount(number))
    starts = np.concatenate([[0], ends[:-1]])
    return places[order[(starts + ends) // 2]]


def _around(
    place: NDArray[np.intp], patches: int, wrapped: bool
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Where patches start that lie around (n,) places along an axis, and how far these lie in."""
    start = place - SPAN // 2
    if wrapped:
        return start % patches, np.full(len(place), SPAN // 2)
    start = np.clip(start, 0, patches - 1)
    return start, place - start


def _most_alike(exemplar: LatentExemplar, features: NDArray[np.float32]) -> NDArray[np.intp]:
    """(n,): for each of (n, d) features the patch wholly inside that differs least from it."""
    best = np.empty(len(features), np.intp)
    outside = np.flatnonzero(~exemplar.inner)
    step = max(1, KERNEL // len(exemplar.features))
    for start in range(0, len(features), step):
        part = features[start : start + step]
        scores = np.empty((len(part), len(exemplar.features)), np.float32)
        product_into(part, exemplar.features, scores)
        scores -= exemplar.half_norms
        scores[:, outside] = -np.inf
        best[start : start + step] = scores.argmax(axis=1)
    return best


def _lay(
    exemplar: LatentExemplar,
    chosen: NDArray[np.int32],
    places: NDArray[np.intp],
    patch: NDArray[np.intp],
    down: NDArray[np.intp],
    right: NDArray[np.intp],
) -> None:
    """Let pieces cover holes, up to two blocks around their patch: no margin is wider than that.

    Args:
        exemplar: in the latent.
        chosen: (height, width), is changed.
        places: (n,), where holes are.
        patch: (n,), the patch that lies around the middle of each one's hole.
        down: (n,), how far each lies below the first block of that, in the output.
        right: (n,), and how far to the right.
    """
    low, high = -MARGIN, SPAN - 1 + MARGIN
    near = (low <= down) & (down <= high) & (low <= right) & (right <= high)
    row, column = np.divmod(patch, exemplar.patch_shape[1])
    laid = (row + down) * exemplar.shape[1] + column + right
    chosen.ravel()[places[near]] = laid[near]

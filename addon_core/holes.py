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

from .latent import MARGIN, SPAN, LatentExemplar
from .overlap import blocks_under
from .products import product_into
from .pyramid import Shape

KERNEL = 2**22
"""Scores computed at once: bounds the memory."""


def filled(exemplar: LatentExemplar, chosen: NDArray[np.int32]) -> NDArray[np.int32]:
    """(height, width): the same blocks, but for those outside the exemplar.

    Args:
        exemplar: in the latent.
        chosen: (height, width), on a torus, numbers of the exemplar's blocks; is used up.
    """
    if not exemplar.inner.any():
        return chosen
    while not (inside := exemplar.inside.take(chosen)).all():
        hole = np.empty(chosen.shape, np.int32)
        label(~inside, np.ones((3, 3)), hole)
        places = np.flatnonzero(hole)
        number = hole.ravel()[places] - 1
        middle = _middles(places, number)
        around = blocks_under(chosen.shape, _starts(middle, chosen.shape))
        shown = exemplar.codes.take(chosen.ravel().take(around), axis=0)
        best = _most_alike(exemplar, exemplar.project(shown.reshape(len(middle), -1)))
        _lay(exemplar, chosen, places, middle[number], best[number])
    return chosen


def _middles(places: NDArray[np.intp], number: NDArray[np.int32]) -> NDArray[np.intp]:
    """(holes,): the middle one of each hole's places, so that each round covers one at least."""
    order = np.argsort(number, kind="stable")
    ends = np.cumsum(np.bincount(number))
    starts = np.concatenate([[0], ends[:-1]])
    return places[order[(starts + ends) // 2]]


def _starts(middle: NDArray[np.intp], shape: Shape) -> NDArray[np.intp]:
    """(n,): where the patches start that lie around each of (n,) places."""
    row, column = np.divmod(middle, shape[1])
    return (row - SPAN // 2) % shape[0] * shape[1] + (column - SPAN // 2) % shape[1]


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
    middle: NDArray[np.intp],
    patch: NDArray[np.intp],
) -> None:
    """Let pieces cover holes, up to two blocks around their patch: no margin is wider than that.

    Args:
        exemplar: in the latent.
        chosen: (height, width), is changed.
        places: (n,), where holes are.
        middle: (n,), the middle of the hole that each of them belongs to.
        patch: (n,), the patch around that.
    """
    width = chosen.shape[1]
    down = places // width - middle // width + SPAN // 2
    right = places % width - middle % width + SPAN // 2
    low, high = -MARGIN, SPAN - 1 + MARGIN
    near = (low <= down) & (down <= high) & (low <= right) & (right <= high)
    row, column = np.divmod(patch, exemplar.patch_shape[1])
    laid = (row + down) * exemplar.shape[1] + column + right
    chosen.ravel()[places[near]] = laid[near]

# SPDX-License-Identifier: GPL-3.0-or-later
"""From the patches of one image to the nearest ones of another: cover and structure."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..patches import Patches
from ..products import add_product
from .sampling import SCALES, all_patches, sample, scaled

COVER_PATCH = 7
"""Side of the patches that are to be covered, in pixels."""

STRUCTURE_PATCH = 8
"""Side of the patches whose structure is looked at, in pixels."""

SAMPLE = 1024
"""Patches that are searched for at each scale, at most: the standard error is about 3 %."""

QUERIES, KEYS = 1024, 4096
"""Patches compared at once: bounds the memory."""


def cover(exemplar: NDArray[np.float32], output: NDArray[np.float32]) -> float:
    """How far the exemplar's patches are from the nearest ones of the output.

    The completeness of bidirectional similarity (Simakov et al. 2008), with distances not squared.
    From at most 1024 of the exemplar's 7 × 7 patches, drawn at random (seeded), to all of the
    output's, root mean square over a patch's values; mean over patches and three scales.

    Returns:
        In the unit of the images, from 0: every part of the exemplar is there.

    Raises:
        ValueError: an image has less than 28 pixels on a side.
    """
    return float(np.mean(_distances(exemplar, output, COVER_PATCH)))


def structure(
    exemplar: NDArray[np.float32], output: NDArray[np.float32]
) -> tuple[float, float, float]:
    """How far the output's patches are from the nearest ones of the exemplar.

    The coherence of bidirectional similarity (Simakov et al. 2008), with distances not squared:
    from at most 1024 of the output's 8 × 8 patches, drawn at random (seeded), to all of the
    exemplar's, root mean square over a patch's values; mean over patches. At half and quarter
    resolution a patch covers 16 and 32 pixels, so that things cut in two show.

    Returns:
        At full, half and quarter resolution, in the unit of the images, from 0: nothing is there
        that the exemplar has not.

    Raises:
        ValueError: an image has less than 32 pixels on a side.
    """
    full, half, quarter = _distances(output, exemplar, STRUCTURE_PATCH)
    return full, half, quarter


def _distances(source: NDArray[np.float32], target: NDArray[np.float32], size: int) -> list[float]:
    """The mean distance from a patch of ``source`` to its nearest of ``target``, a scale each."""
    means = []
    for scale in SCALES:
        patches = all_patches(scaled(source, scale), size)
        queries = patches.take(sample(len(patches), SAMPLE))
        _, distances = nearest(queries, all_patches(scaled(target, scale), size))
        means.append(float(distances.mean(dtype=np.float64)))
    return means


def nearest(
    queries: NDArray[np.float32],
    keys: Patches,
    corners: tuple[NDArray[np.intp], NDArray[np.intp]] | None = None,
) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """The nearest patch of each query, by search through all.

    Args:
        queries: (n, d).
        keys: patches of d values each.
        corners: the row and the column of each query, (n,) each, when it comes from the same image:
            patches that overlap with it do not count.

    Returns:
        (n,) numbers of the patches, and (n,) distances, root mean square over the values.
    """
    # Without a common offset float32 tells more apart.
    centre = keys.mean()
    centred = queries - centre
    best = np.zeros(len(queries), np.intp)
    largest = np.full(len(queries), -np.inf, np.float32)
    for start in range(0, len(keys), KEYS):
        numbers = np.arange(start, min(start + KEYS, len(keys)))
        block = keys.take(numbers) - centre
        half_norms = 0.5 * np.einsum("nd,nd->n", block, block)
        for first in range(0, len(queries), QUERIES):
            part = slice(first, min(first + QUERIES, len(queries)))
            scores = np.empty((part.stop - first, len(block)), np.float32)
            scores[:] = -half_norms
            add_product(centred[part], block, scores)
            if corners is not None:
                scores[_overlapping(corners, part, keys, numbers)] = -np.inf
            found = scores.argmax(axis=1)
            score = np.take_along_axis(scores, found[:, None], axis=1)[:, 0]
            better = score > largest[part]
            largest[part][better] = score[better]
            best[part][better] = numbers[found[better]]
    difference = queries - keys.take(best)
    return best, np.sqrt(np.einsum("nd,nd->n", difference, difference) / keys.dimension)


def _overlapping(
    corners: tuple[NDArray[np.intp], NDArray[np.intp]],
    part: slice,
    keys: Patches,
    numbers: NDArray[np.intp],
) -> NDArray[np.bool_]:
    row, column = np.divmod(numbers, keys.grid.columns.size)
    down = np.abs(keys.grid.rows[row] - corners[0][part, None])
    right = np.abs(keys.grid.columns[column] - corners[1][part, None])
    return (down < keys.grid.patch_size) & (right < keys.grid.patch_size)

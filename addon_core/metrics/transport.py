# SPDX-License-Identifier: GPL-3.0-or-later
"""Optimal transport between the patches of two images: the distance of their distributions."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from ..distributions import wasserstein_of_rows
from ..products import add_product, product
from .sampling import SCALES, SEED, all_patches, sample, scaled

PATCH = 7
"""Side of a patch of the sliced distance, in pixels."""

DIRECTIONS = 128
"""On which patches are projected."""

SAMPLE = 2**16
"""Patches of an image at one scale, at most, for the sliced distance."""

ASSIGNED = 4096
"""Patches of an image, at most, for the exact distance, whose time grows with their cube."""


def sliced_wasserstein(exemplar: NDArray[np.float32], output: NDArray[np.float32]) -> float:
    """The sliced Wasserstein-2 distance of the patches of two images.

    Patches of 7 × 7 pixels are projected on 128 random unit directions (seeded); on each the
    distance is that of two sorted lists (Rabin, Peyré, Delon, Bernot 2011). Root mean square over
    the directions, mean over full, half and quarter resolution. Of more than 65 536 patches at one
    scale that many are drawn at random (seeded).

    Returns:
        In the unit of the images, from 0: the same patches, equally often. A shift of all values by
        m gives about m.

    Raises:
        ValueError: an image has less than 28 pixels on a side.
    """
    return float(np.mean([_sliced(scaled(exemplar, s), scaled(output, s)) for s in SCALES]))


def _sliced(first: NDArray[np.float32], second: NDArray[np.float32]) -> float:
    dimension = PATCH * PATCH * first.shape[2]
    random = np.random.default_rng(SEED)
    directions = random.standard_normal((dimension, DIRECTIONS), dtype=np.float32)
    directions /= np.linalg.norm(directions, axis=0)
    ones, others = (_projections(image, directions) for image in (first, second))
    return wasserstein_of_rows(ones, others)


def _projections(
    image: NDArray[np.float32], directions: NDArray[np.float32]
) -> NDArray[np.float32]:
    """(directions, patches)"""
    patches = all_patches(image, PATCH)
    projections = product(patches.take(sample(len(patches), SAMPLE)), directions)
    return np.ascontiguousarray(projections.T)


def wasserstein(
    exemplar: NDArray[np.float32], output: NDArray[np.float32], patch_size: int = 16
) -> float:
    """The Wasserstein-2 distance of the patches of two images that do not overlap.

    What figure 2 of the paper (arXiv 2509.22318) shows, per value: times the root of the number of
    values in a patch it is the distance itself. Solved exactly as an assignment. Of more than 4096
    patches that many are drawn at random (seeded); where one image has more, a whole multiple of
    the other's number is drawn (seeded), and each of the others assigned that often.

    Args:
        exemplar: (height, width, channels).
        output: the same number of channels.
        patch_size: side of a patch in pixels.

    Returns:
        In the unit of the images, from 0: the same patches.

    Raises:
        ValueError: an image is smaller than a patch.
    """
    few, many = sorted(
        (all_patches(image, patch_size, patch_size) for image in (exemplar, output)), key=len
    )
    count = min(len(few), ASSIGNED)
    times = max(1, min(len(many), ASSIGNED) // count)
    ones = few.take(sample(len(few), count))
    others = many.take(sample(len(many), count * times))
    half_squares = np.float32(0.5) * (
        np.einsum("nd,nd->n", ones, ones)[:, None] + np.einsum("nd,nd->n", others, others)
    )
    add_product(-ones, others, half_squares)
    rows, columns = linear_sum_assignment(np.tile(half_squares, (times, 1)))
    difference = ones[rows % count] - others[columns]
    return float(np.sqrt(np.mean(np.square(difference), dtype=np.float64)))

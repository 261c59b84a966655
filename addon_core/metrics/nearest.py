# SPDX-License-Identifier: GPL-3.0-or-later
"""From the patches of one image to the nearest ones of another: cover and structure."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .sampling import SCALES, all_patches, sample, scaled
from .search import nearest

COVER_PATCH = 7
"""Side of the patches that are to be covered, in pixels."""

STRUCTURE_PATCH = 8
"""Side of the patches whose structure is looked at, in pixels."""

SAMPLE = 1024
"""Patches that are searched for at each scale, at most: the standard error is about 3 %."""


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

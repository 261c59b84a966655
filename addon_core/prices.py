# SPDX-License-Identifier: GPL-3.0-or-later
"""What the exemplar's parts cost for being used often, at the fine levels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter

from .latent import LatentExemplar
from .overlap import use_of_blocks
from .pyramid import Wraps
from .window import over_patches

REACH = 3
"""Side, in blocks, of the parts whose use is counted where patches are priced."""

REACH_OF_BLOCKS = 5
"""The same where blocks are."""

LEAST = 0.05
"""Parts that are used less than this, beside the mean, are no cheaper."""

CHEAPEST, DEAREST = -1.0, 1.5
"""Bounds of a price: logarithms of the use, beside the mean."""


def prices_of_patches(
    exemplar: LatentExemplar, matches: NDArray[np.int32], wraps: Wraps
) -> NDArray[np.float32]:
    """(patches,): how dear each patch of the exemplar is, ``CHEAPEST`` to ``DEAREST``.

    Args:
        exemplar: the level's exemplar.
        matches: (height, width), the numbers of its patches that are used.
        wraps: of the output.
    """
    often = _often(use_of_blocks(matches, exemplar, wraps), exemplar, REACH)
    return np.clip(over_patches(often), CHEAPEST, DEAREST).ravel()


def prices_of_blocks(exemplar: LatentExemplar, chosen: NDArray[np.int32]) -> NDArray[np.float32]:
    """(blocks,): how dear each block of the exemplar is, ``CHEAPEST`` to ``DEAREST``.

    Args:
        exemplar: the level's exemplar.
        chosen: (height, width), the numbers of its blocks that are used.
    """
    use = np.bincount(chosen.ravel(), minlength=len(exemplar.codes)).astype(np.float32)
    use = exemplar.even_over_copies(use).reshape(exemplar.shape)
    return np.clip(_often(use, exemplar, REACH_OF_BLOCKS), CHEAPEST, DEAREST).ravel()


def _often(use: NDArray[np.float32], exemplar: LatentExemplar, reach: int) -> NDArray[np.float32]:
    """The logarithm of how often the blocks around each are used beside the mean, 0 outside.

    Args:
        use: ``exemplar.shape``, of each block.
        exemplar: the level's exemplar.
        reach: side of what lies around, in blocks.
    """
    inside = exemplar.inside.reshape(exemplar.shape)
    # Near the border the mean is over what lies inside.
    smooth = uniform_filter(use * inside, reach)
    smooth /= np.maximum(uniform_filter(inside.astype(np.float32), reach), np.float32(1e-3))
    return np.log(np.maximum(smooth / smooth[inside].mean(), np.float32(LEAST))) * inside

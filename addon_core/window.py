# SPDX-License-Identifier: GPL-3.0-or-later
"""The Gaussian window under which the blocks of overlapping patches are averaged."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .latent import SPAN

_GAUSSIAN = np.exp(-0.5 * ((np.arange(SPAN) - (SPAN - 1) / 2) / (SPAN / 4)) ** 2)

PROFILE = _GAUSSIAN / _GAUSSIAN.sum()
"""(4,): along one axis."""

_ALONG = PROFILE.astype(np.float32)

WINDOW = np.outer(PROFILE, PROFILE).astype(np.float32)
"""(4, 4): the weight of each block of a patch, of sum 1: a block may lie in 16 patches."""


def over_blocks(patches: NDArray[np.float32]) -> NDArray[np.float32]:
    """Values of patches added up over the blocks under them.

    Args:
        patches: (rows, columns), of an exemplar.

    Returns:
        (rows + 3, columns + 3).
    """
    rows, columns = patches.shape
    tall = np.zeros((rows + SPAN - 1, columns), np.float32)
    blocks = np.zeros((rows + SPAN - 1, columns + SPAN - 1), np.float32)
    # The window is a product of two, one along each axis.
    for offset, weight in enumerate(_ALONG):
        tall[offset : offset + rows] += weight * patches
    for offset, weight in enumerate(_ALONG):
        blocks[:, offset : offset + columns] += weight * tall
    return blocks


def over_patches(blocks: NDArray[np.float32]) -> NDArray[np.float32]:
    """Means of the values of the blocks under each patch.

    Args:
        blocks: (height, width), of an exemplar.

    Returns:
        (height − 3, width − 3).
    """
    rows, columns = (side - SPAN + 1 for side in blocks.shape)
    tall = np.zeros((rows, columns + SPAN - 1), np.float32)
    patches = np.zeros((rows, columns), np.float32)
    for offset, weight in enumerate(_ALONG):
        tall += weight * blocks[offset : offset + rows]
    for offset, weight in enumerate(_ALONG):
        patches += weight * tall[:, offset : offset + columns]
    return patches

# SPDX-License-Identifier: GPL-3.0-or-later
"""Normal maps as vectors, which is how normals are averaged, and back.

The mean of unit vectors points between them, but is shorter: it is made unit length again. Channels
after the third, such as alpha, are left as they are.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .maps import Kind

SHORTEST = 0.01
"""A vector below this length points nowhere, and is made to point straight up: 8-bit grey, the
nearest to (0, 0, 0) that can be stored, has 0.007."""

BAND = 64
"""Rows handled at once: they stay in the cache."""


def vectors_of(pixels: NDArray[np.float32], kind: Kind) -> NDArray[np.float32]:
    """(height, width, channels): unit vectors, x right, y up, z out of the surface.

    Args:
        pixels: (height, width, channels), at least three channels, 0 to 1.
        kind: one of the normal maps.
    """
    vectors = pixels.copy()
    for channel in range(3):
        scale = _scale(channel, kind)
        vectors[:, :, channel] *= 2 * scale
        vectors[:, :, channel] -= scale
    _make_unit(vectors)
    return vectors


def pixels_of(vectors: NDArray[np.float32], kind: Kind) -> NDArray[np.float32]:
    """(height, width, channels): made unit length, 0 to 1; ``vectors`` are used up."""
    _make_unit(vectors)
    for channel in range(3):
        vectors[:, :, channel] *= 0.5 * _scale(channel, kind)
        vectors[:, :, channel] += 0.5
    return vectors


def _scale(channel: int, kind: Kind) -> float:
    return -1.0 if channel == 1 and kind is Kind.NORMAL_DIRECTX else 1.0


def _make_unit(vectors: NDArray[np.float32]) -> None:
    for top in range(0, len(vectors), BAND):
        # One component at a time: NumPy is slow over a last axis of three.
        x, y, z = np.moveaxis(vectors[top : top + BAND, :, :3], 2, 0)
        length = np.sqrt(x * x + y * y + z * z)
        is_short = length < SHORTEST
        x[is_short], y[is_short], z[is_short], length[is_short] = 0.0, 0.0, 1.0, 1.0
        for component in (x, y, z):
            component /= length

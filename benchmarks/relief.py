# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a material's relief, as its normals tell it, is that of its height."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.fft import dctn, idctn
from scipy.ndimage import gaussian_filter

from .edges import correlation

Slopes = NDArray[np.float32]
"""(2, height, width): how much the surface rises to the right, and up the picture."""

SCALE = 2.0
"""Standard deviation, in pixels, of the Gaussian below which slopes are grain: normals made from
photos hold much there that is no slope of any height."""


def told(normals: NDArray[np.float32]) -> Slopes:
    """What normals tell, in pixels of height a pixel.

    Args:
        normals: (height, width, 3), y up, 0 to 1 as stored, none of them lying flat.
    """
    x, y, z = np.moveaxis(2 * normals - 1, 2, 0)
    return np.stack((-x / z, -y / z))


def found(height: NDArray[np.float32]) -> Slopes:
    """The slopes of a height, (height, width, 1), in its unit a pixel."""
    down, right = np.gradient(height[:, :, 0])
    return np.stack((right, -down))


def integrated(slopes: Slopes) -> NDArray[np.float32]:
    """(height, width, 1): the relief whose slopes are nearest to these, for a material without one.

    The least squares of Frankot and Chellappa (1988), by cosines, so that it need not repeat. What
    leans as a whole is left out.
    """
    right, up = slopes - slopes.mean(axis=(1, 2), keepdims=True)
    # The divergence of slopes that end at the border is the Laplacian of the height.
    across = (right[:, 1:] + right[:, :-1]) / 2
    down = -(up[1:] + up[:-1]) / 2
    divergence = np.diff(across, axis=1, prepend=0, append=0)
    divergence += np.diff(down, axis=0, prepend=0, append=0)
    rows, columns = (2 * np.cos(np.pi * np.arange(side) / side) - 2 for side in right.shape)
    laplacian = rows[:, None] + columns
    laplacian[0, 0] = 1.0
    spectrum = dctn(divergence, norm="ortho") / laplacian
    spectrum[0, 0] = 0.0
    return np.asarray(idctn(spectrum, norm="ortho"), np.float32)[:, :, None]


def agreement(one: Slopes, other: Slopes) -> tuple[float, float]:
    """The correlation of slopes across and up the picture, finer grain left aside."""
    across, up = (
        correlation(*(gaussian_filter(slopes, SCALE) for slopes in pair))
        for pair in zip(one, other, strict=True)
    )
    return across, up

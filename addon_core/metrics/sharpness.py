# SPDX-License-Identifier: GPL-3.0-or-later
"""How sharp a texture is beside its exemplar."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SHARPEST = 0.1
"""Part of the pixels whose gradients count."""


def sharpness(exemplar: NDArray[np.float32], output: NDArray[np.float32]) -> float:
    """The output's sharpest gradients as a part of the exemplar's.

    A gradient is that of central differences, its length taken over both directions and all
    channels; the mean of the largest tenth is compared. Blur lowers it, and so does a texture that
    lost its edges; noise, seams and ringing raise it.

    Returns:
        From 0; 1 is as sharp, no unit. Infinite where the exemplar is flat and the output is not.
    """
    own, wanted = _sharpest(output), _sharpest(exemplar)
    if wanted == 0.0:
        return 1.0 if own == 0.0 else float("inf")
    return own / wanted


def _sharpest(image: NDArray[np.float32]) -> float:
    down = image[2:, 1:-1] - image[:-2, 1:-1]
    right = image[1:-1, 2:] - image[1:-1, :-2]
    lengths = np.sqrt(np.square(down).sum(axis=2) + np.square(right).sum(axis=2)).ravel() / 2
    count = max(1, round(SHARPEST * lengths.size))
    return float(np.partition(lengths, -count)[-count:].mean(dtype=np.float64))

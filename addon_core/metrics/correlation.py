# SPDX-License-Identifier: GPL-3.0-or-later
"""The autocorrelation of two images compared: rhythm, direction, distance of things."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..pyramid import Shape


def autocorrelation_score(exemplar: NDArray[np.float32], output: NDArray[np.float32]) -> float:
    """The mean squared difference of two images' autocorrelations, per pixel.

    As the paper's code (arXiv 2509.22318) has it: both images are cut to their common size around
    their centres; the circular autocorrelations, not normalised, are compared at every lag and for
    each channel, and the mean square is divided by the number of pixels. The mean of every channel
    is left out (there, only that of the first).

    Returns:
        In the fourth power of the images' unit, from 0. The paper's figures are for values from −1
        to 1.
    """
    height, width = np.minimum(exemplar.shape[:2], output.shape[:2]).tolist()
    powers = [_power(_centre(image, (height, width))) for image in (exemplar, output)]
    difference = np.fft.ifft2(powers[0] - powers[1], axes=(0, 1)).real
    return float(np.mean(difference**2) / (height * width))


def _power(image: NDArray[np.float32]) -> NDArray[np.float64]:
    power = np.abs(np.fft.fft2(image.astype(np.float64), axes=(0, 1))) ** 2
    power[0, 0] = 0.0
    return power


def _centre(image: NDArray[np.float32], shape: Shape) -> NDArray[np.float32]:
    top, left = ((have - want) // 2 for have, want in zip(image.shape, shape, strict=False))
    return image[top : top + shape[0], left : left + shape[1]]

# SPDX-License-Identifier: GPL-3.0-or-later
"""Statistics of features of an image, whatever computes them: Gram score and SIFID."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh
from scipy.ndimage import gaussian_filter

from ..products import gram
from .sampling import SCALES, scaled

Features = Callable[[NDArray[np.float32]], Sequence[NDArray[np.float32]]]
"""From an image, (height, width, channels), to maps of features, (any, any, features) each: the
layers of a network, or what :func:`oriented_filters` gives."""

ANGLES = np.arange(4) * (np.pi / 4)


def oriented_filters(image: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    """A small fixed bank of oriented filters, which stands in for the layers of a network.

    At full, half and quarter resolution and for every channel: the channel smoothed by a Gaussian
    of one pixel, and its first and second derivative along four directions (steerable filters,
    Freeman and Adelson 1991), the positive and the negative part of each apart.

    Args:
        image: (height, width, channels).

    Returns:
        Three maps, (height, width, 17 · channels), in the unit of the image.
    """
    return [_oriented(scaled(image, scale)) for scale in SCALES]


def _oriented(image: NDArray[np.float32]) -> NDArray[np.float32]:
    def derivative(*order: int) -> NDArray[np.float32]:
        smooth = gaussian_filter(image, (1, 1, 0), (*order, 0))  # pyright: ignore[reportArgumentType]
        return np.asarray(smooth, np.float32)

    dy, dx, dyy, dxy, dxx = (derivative(*o) for o in ((1, 0), (0, 1), (2, 0), (1, 1), (0, 2)))
    maps = [derivative(0, 0)]
    for sine, cosine in zip(np.sin(ANGLES).tolist(), np.cos(ANGLES).tolist(), strict=True):
        first = cosine * dx + sine * dy
        second = cosine**2 * dxx + 2 * cosine * sine * dxy + sine**2 * dyy
        maps += [np.maximum(part, 0) for part in (first, -first, second, -second)]
    return np.concatenate(maps, axis=2)


def gram_score(
    exemplar: NDArray[np.float32],
    output: NDArray[np.float32],
    features: Features = oriented_filters,
) -> float:
    """The squared difference of two images' Gram matrices.

    Gatys, Ecker and Bethge 2015, as the paper's code (arXiv 2509.22318) scales it: each map's
    matrix of products of features, summed over the map, is divided by the numbers in the map; mean
    of the squared differences over a matrix, sum over the maps. The paper takes the layers
    relu1_1, relu2_1 and relu3_1 of VGG-19.

    Returns:
        In the fourth power of the features' unit, from 0.
    """
    pairs = zip(features(exemplar), features(output), strict=True)
    return float(sum(np.mean((_gram(one) - _gram(other)) ** 2) for one, other in pairs))


def _gram(maps: NDArray[np.float32]) -> NDArray[np.float64]:
    rows = np.ascontiguousarray(maps.reshape(-1, maps.shape[2]), np.float32)
    return gram(rows).astype(np.float64) / rows.size


def sifid(
    exemplar: NDArray[np.float32],
    output: NDArray[np.float32],
    features: Features = oriented_filters,
) -> float:
    """The Fréchet distance of two images' features, seen as Gaussian: single image FID.

    Rott Shaham, Dekel and Michaeli 2019: ‖m₁ − m₂‖² + tr(C₁ + C₂ − 2 (C₁C₂)^½), with the mean m and
    the covariance C of the features over all places of one image. Mean over the maps; the paper
    (arXiv 2509.22318) takes one map, the 64 features of Inception's first block.

    Returns:
        In the squared unit of the features, from 0.
    """
    pairs = zip(features(exemplar), features(output), strict=True)
    return float(np.mean([_frechet(one, other) for one, other in pairs]))


def _frechet(first: NDArray[np.float32], second: NDArray[np.float32]) -> float:
    mean, covariance = _moments(first)
    other_mean, other_covariance = _moments(second)
    values, vectors = eigh(covariance)
    root = (vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T
    # The eigenvalues of C₁C₂ are those of this symmetric product.
    shared = eigh(root @ other_covariance @ root, eigvals_only=True)
    overlap = np.sqrt(np.maximum(shared, 0.0)).sum()
    distance = np.sum((mean - other_mean) ** 2)
    distance += np.trace(covariance) + np.trace(other_covariance) - 2 * overlap
    return max(float(distance), 0.0)


def _moments(maps: NDArray[np.float32]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    rows = maps.reshape(-1, maps.shape[2])
    mean = rows.mean(axis=0, dtype=np.float64)
    centred = np.ascontiguousarray(rows - mean.astype(np.float32), np.float32)
    return mean, gram(centred).astype(np.float64) / len(rows)

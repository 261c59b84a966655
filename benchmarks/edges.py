# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the edges of a material's maps lie at the same places."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
from numpy.typing import NDArray

from .wholes import Maps

Pairs = dict[tuple[str, str], float]
"""A figure of each pair of maps, by what they are for."""

CROPS = 4
"""Crops of an exemplar along each side, from whose scatter is told what a correlation is worth."""


def strength(image: NDArray[np.float32]) -> NDArray[np.float32]:
    """(height, width): the length of the gradient, over all channels, by pixel."""
    return np.sqrt(sum(np.square(along).sum(axis=2) for along in np.gradient(image, axis=(0, 1))))


def strengths(maps: Maps) -> Maps:
    return {role: strength(image) for role, image in maps.items()}


def correlation(one: NDArray[np.floating], other: NDArray[np.floating]) -> float:
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])


def agreements(edges: Maps) -> Pairs:
    """Of each pair of maps, the correlation of their edges' strengths."""
    return {pair: correlation(*(edges[role] for role in pair)) for pair in combinations(edges, 2)}


def drifted(edges: Maps) -> Pairs:
    """The same where the second map of each pair lies one pixel to the right and below."""
    return {
        (one, other): correlation(edges[one], np.roll(edges[other], (1, 1), (0, 1)))
        for one, other in combinations(edges, 2)
    }


def scatter(edges: Maps) -> Pairs:
    """Of each pair, the standard deviation of the correlation over crops that do not overlap."""
    height, width = (side // CROPS for side in next(iter(edges.values())).shape)
    corners = product(range(0, height * CROPS, height), range(0, width * CROPS, width))
    crops = [
        agreements({role: image[y : y + height, x : x + width] for role, image in edges.items()})
        for y, x in corners
    ]
    return {pair: float(np.std([crop[pair] for crop in crops], ddof=1)) for pair in crops[0]}

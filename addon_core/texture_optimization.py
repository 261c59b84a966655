# SPDX-License-Identifier: GPL-3.0-or-later
"""Texture Optimization (Kwatra, Essa, Bobick, Kwatra 2005), the baseline of the paper's table 1.

In turns, each patch of the image is given the nearest patch of the exemplar, and the image becomes
the mean of what its patches were given: coarse to fine, and large patches first. The parameters are
those of the implementation beside the paper (arXiv 2509.22318); what differs is that images are
scaled down without aliasing, and that every pixel is covered whatever the size.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .aggregation import Aggregation
from .arguments import checked_exemplar, checked_size
from .assignment import Assignment
from .channels import Normalisation
from .patches import Grid, Patches
from .pyramid import Shape, level_shapes, resize

PATCH_SIZES = ((8,), (16, 8), (32, 16, 8))
"""In pixels, at a quarter, half and the whole of the size; the stride is a quarter of each."""

SMALLEST = 32
"""The least side, in pixels, of an exemplar and of an image: at each scale they hold a patch."""

PUBLISHED_SIDE = 512
"""The side of an exemplar, in pixels, that the implementation beside the paper takes for given."""

ITERATIONS = 11
"""At each patch size, at most."""

EXPONENT = 0.8
"""Of the distances whose sum is made small (r)."""

LEAST = 5e-4
"""Distances below weigh like this one, in units of the exemplar's standard deviation.

Published as 10⁻⁴ for values from 0 to 1; this is the same at a deviation of 0.2."""

BLOCK = 8
"""Side in pixels of the blocks that are shuffled into the first image."""


def synthesize(
    exemplar: ArrayLike, size: Shape, seed: int = 0, matched: bool = True
) -> NDArray[np.float32]:
    """Make a new texture by Texture Optimization.

    The same arguments give the same pixels, bit for bit, on the same machine with the same versions
    of NumPy and SciPy.

    Args:
        exemplar: (height, width, channels) or (height, width), any real numbers in any unit; it is
            not changed. Both sides at least 32 pixels.
        size: height and width of the result in pixels, at least 32.
        seed: of the shuffled blocks, from 0. An exemplar with both sides below 64 pixels has one
            block only at the first scale, and one result whatever the seed.
        matched: whether the exemplar is scaled down as the image is. Published beside the paper is
            otherwise: a quarter and half of 512 × 512, whatever the exemplar has. One of 256 × 256
            is then halved at the first scale and left as it is at the second and the third, so that
            the first two make everything twice as large as the third one knows it.

    Returns:
        (height, width, channels), float32, in the exemplar's values, within their range up to
        rounding.

    Raises:
        ValueError: an exemplar of another shape, too small, or with values that are not finite; a
            size too small; a negative seed.
    """
    exemplar = checked_exemplar(exemplar, SMALLEST)
    size = checked_size(size, SMALLEST)
    if seed < 0:
        raise ValueError(f"the seed is {seed}, but must be 0 or more")
    normalisation = Normalisation.of(exemplar)
    if not normalisation.varying.any():
        return np.tile(normalisation.mean, (*size, 1))
    normal = normalisation.apply(exemplar)
    lowest, highest = normal.min(axis=(0, 1)), normal.max(axis=(0, 1))

    def scaled(image: NDArray[np.float32], shape: Shape) -> NDArray[np.float32]:
        # Sharp edges overshoot in a bicubic filter.
        return np.clip(resize(image, shape), lowest, highest)

    image: NDArray[np.float32] | None = None
    for patch_sizes, shape, exemplar_shape in zip(
        PATCH_SIZES,
        level_shapes(size, len(PATCH_SIZES)),
        exemplar_shapes(exemplar.shape[:2], matched),
        strict=True,
    ):
        known = scaled(normal, exemplar_shape)
        image = shuffled(known, shape, seed) if image is None else scaled(image, shape)
        for patch_size in patch_sizes:
            image = optimized(image, known, patch_size)
    assert image is not None
    return normalisation.undo(image)


def exemplar_shapes(shape: Shape, matched: bool) -> list[Shape]:
    """Height and width of the exemplar at each scale."""
    own = level_shapes(shape, len(PATCH_SIZES))
    if matched:
        return own
    return [*level_shapes((PUBLISHED_SIDE, PUBLISHED_SIDE), len(PATCH_SIZES))[:-1], own[-1]]


def shuffled(exemplar: NDArray[np.float32], shape: Shape, seed: int) -> NDArray[np.float32]:
    """(\\*shape, channels): the exemplar's blocks in random order, each about equally often."""
    height, width = shape
    blocks = Patches(exemplar, Grid.inside(exemplar.shape[:2], BLOCK, BLOCK))
    down, right = -(-height // BLOCK), -(-width // BLOCK)
    numbers = np.resize(np.arange(len(blocks)), max(len(blocks), down * right))
    chosen = np.random.default_rng(seed).permutation(numbers)[: down * right]
    laid = blocks.take(chosen).reshape(down, right, BLOCK, BLOCK, -1).swapaxes(1, 2)
    laid = laid.reshape(down * BLOCK, right * BLOCK, -1)
    return np.ascontiguousarray(laid[:height, :width])


def optimized(
    image: NDArray[np.float32], exemplar: NDArray[np.float32], patch_size: int
) -> NDArray[np.float32]:
    """Iterate with patches of one size until none is given another one, or for long enough."""
    stride = patch_size // 4
    inside = Grid.inside(exemplar.shape[:2], patch_size, stride)
    grid = Grid.covering(image.shape[:2], patch_size, stride)
    assignment = Assignment(Patches(exemplar, inside), image, grid)
    aggregation = weighted_aggregation(exemplar, inside, image.shape, grid)
    for iteration in range(ITERATIONS):
        if not assignment.update(image) and iteration > 0:
            break
        image = averaged(aggregation, assignment.matches, assignment.distances)
    return image


def weighted_aggregation(
    exemplar: NDArray[np.float32], inside: Grid, shape: tuple[int, ...], grid: Grid
) -> Aggregation:
    """Of the exemplar's patches, with one more channel, of 1, that becomes their mean weight."""
    ones = np.ones((*exemplar.shape[:2], 1), np.float32)
    patches = Patches(np.concatenate((exemplar, ones), axis=2), inside)
    height, width, channels = shape
    return Aggregation(patches, (height, width, channels + 1), grid, width=math.inf)


def averaged(
    aggregation: Aggregation, matches: NDArray[np.intp], distances: NDArray[np.float32]
) -> NDArray[np.float32]:
    """(height, width, channels): the weighted mean of the patches that lie over a pixel.

    With the weights ‖ψ − φ‖^(r − 2) one such step makes Σ ‖ψ − φ‖^r smaller, where the mean alone
    would Σ ‖ψ − φ‖²: patches that fit nowhere spoil less (section 3.1 there; iteratively reweighted
    least squares).

    Args:
        aggregation: of patches whose last channel is 1.
        matches: (n,) numbers of those that the image's patches were given.
        distances: (n,) how far they were from them.
    """
    weights = np.maximum(distances, np.float32(LEAST)) ** np.float32(EXPONENT - 2)
    # The last channel becomes the mean weight, by which the others are divided.
    image = aggregation.image(matches[:, None], weights[:, None])
    return np.ascontiguousarray(image[:, :, :-1] / image[:, :, -1:])

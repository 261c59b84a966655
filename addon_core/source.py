# SPDX-License-Identifier: GPL-3.0-or-later
"""What patches are taken from: the exemplar, and copies of it that are turned and mirrored.

Copies are stacked into one image where they are looked up, and no patch touches two of them.

What is wholly transparent has values all the same, whatever was left there. No patch touches such
pixels, at any level. They hold those of the nearest opaque ones, so that nothing bleeds into the
coarse levels, nor into what is blended with the pixels around.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt

from .areas import resized_by_area
from .patches import Grid
from .pyramid import LevelsLowered, Shape, level_shapes, resize

FEWEST = 16
"""Patches that are left at the coarsest level, at least: fewer are no texture."""


@dataclass(frozen=True, slots=True)
class Source:
    """An exemplar, normalised."""

    images: tuple[NDArray[np.float32], ...]
    """(height, width, channels) of the exemplar, and the same or (width, height, channels) of each
    copy."""
    opaque: tuple[NDArray[np.bool_], ...] | None = None
    """Of each, (height, width): False where no patch may lie; None when it may anywhere."""
    name: str = ""
    """What an artist calls the image that has the transparent pixels."""

    def resized(self, shape: Shape) -> Source:
        """At a coarser level: a pixel is opaque where all that lies under it is."""
        return self.pyramid([shape])[0]

    def pyramid(self, shapes: Sequence[Shape]) -> list[Source]:
        """At several levels, coarse to fine.

        The images of each are made from those three levels finer, or from its own. From its own
        each level would cost as much as the finest, and from the next finer one the filters add up
        until the coarse images are worse to go by.
        """
        levels: list[Source] = []
        for shape in reversed(shapes):
            finer = levels[-3].images if len(levels) >= 3 else self.images
            across = shape[1], shape[0]
            shown = [shape if own.shape == self.images[0].shape else across for own in self.images]
            images = tuple(map(resize, finer, shown))
            opaque = None
            if self.opaque is not None:
                opaque = tuple(map(_coarser, self.opaque, shown))
            levels.append(Source(images, opaque, self.name))
        return levels[::-1]

    def levels(self, most: int, patch_size: int, stride: int) -> int:
        """How many levels leave enough patches to choose from, at most as many as given.

        Warns with :class:`LevelsLowered` when levels are given up.

        Raises:
            ValueError: no patch is left at all; the message names the image.
        """
        if self.opaque is None:
            return most
        opaque = self.opaque[0]
        for levels in range(most, 0, -1):
            shape = level_shapes(opaque.shape, levels)[0]
            coarsest = ~touched(~opaque, shape)
            patches = Grid.inside(shape, patch_size, stride).within(coarsest).sum()
            if patches >= (FEWEST if levels > 1 else 1):
                break
        else:
            raise ValueError(
                f"{self.name} has no part without transparent pixels that is as large as a patch, "
                f"{patch_size} × {patch_size} pixels. Take an image with larger opaque parts, or "
                "turn its transparency off"
            )
        if levels < most:
            warnings.warn(
                f"The parts of {self.name} without transparent pixels are too small for {most} "
                f"levels of {patch_size}-pixel patches: {levels} used instead, so that large "
                "features may be cut. An image with larger opaque parts avoids this.",
                LevelsLowered,
                stacklevel=2,
            )
        return levels


def stacked(images: Sequence[NDArray[Any]]) -> NDArray[Any]:
    """Images one below the other, (height, width, …) each, all made as large as the largest.

    What is added, below and to the right, is 0 or False.
    """
    if len(images) == 1:
        return images[0]
    height, width = (max(image.shape[axis] for image in images) for axis in (0, 1))
    stack = np.zeros((len(images), height, width, *images[0].shape[2:]), images[0].dtype)
    for place, image in zip(stack, images, strict=True):
        place[: image.shape[0], : image.shape[1]] = image
    return stack.reshape(-1, *stack.shape[2:])


def _coarser(opaque: NDArray[np.bool_], shape: Shape) -> NDArray[np.bool_]:
    return ~touched(~opaque, shape)


def touched(pixels: NDArray[np.bool_], shape: Shape) -> NDArray[np.bool_]:
    """``shape``: the pixels of an image of another size under which any of these lies."""
    return _shares(pixels, shape) > 0.0


def covered(pixels: NDArray[np.bool_], shape: Shape) -> NDArray[np.bool_]:
    """``shape``: the pixels of an image of another size under which only these lie."""
    return _shares(pixels, shape) > 0.999


def _shares(pixels: NDArray[np.bool_], shape: Shape) -> NDArray[np.float32]:
    return resized_by_area(pixels[:, :, None].astype(np.float32), shape)[:, :, 0]


def filled(image: NDArray[np.float32], transparent: NDArray[np.bool_]) -> NDArray[np.float32]:
    """(height, width, channels): the image with each transparent pixel like the nearest other one.

    Args:
        image: (height, width, channels).
        transparent: (height, width), not everywhere.
    """
    row, column = nearest_place(~transparent)
    return image[row, column]


def nearest_place(places: NDArray[np.bool_]) -> NDArray[np.int32]:
    """(2, height, width): row and column of the nearest of some places, (height, width)."""
    return cast(
        NDArray[np.int32],
        distance_transform_edt(~places, return_distances=False, return_indices=True),
    )

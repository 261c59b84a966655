# SPDX-License-Identifier: GPL-3.0-or-later
"""What the fast method lays out brought to the size that is wanted.

Each level doubles the one before, and a picture is made of whole blocks; a texture may have any
size. Where it does not wrap it is cropped. Where it does, cropping would open it.
A level that should have one row less than twice as many gives it up before the flow goes on, along
the seam at which the pieces go on with each other best without it, and the flow mends the joint
like any other. Up to three pixels that are left at the end are taken out in the same way.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .blocks import BLOCK, bands
from .latent import LatentExemplar
from .pyramid import Shape, Wraps
from .seams import Costs, cheapest, without

ROOM = 32
"""Rows, the last ones, among which a seam finds its way: more are hardly better, and slower."""

BAND = 2**16
"""Pixels moved at once, about: bounds the memory, and stays in the cache."""


def fitted_matches(
    matches: NDArray[np.int32], shape: Shape, exemplar: LatentExemplar, wraps: Wraps
) -> NDArray[np.int32]:
    """Matches with the rows and columns that are too many taken out, cropped where none wraps.

    Args:
        matches: (height, width), the numbers of the exemplar's patches.
        shape: how many are wanted, at most as many.
        exemplar: the level's exemplar.
        wraps: of the output.
    """
    matches = matches[: None if wraps[0] else shape[0], : None if wraps[1] else shape[1]]
    matches = _shortened(matches, shape[0], partial(_joints, exemplar, False), wraps[1])
    matches = _shortened(matches.T, shape[1], partial(_joints, exemplar, True), wraps[0]).T
    return np.ascontiguousarray(matches)


def fitted_pixels(pixels: NDArray[np.float32], size: Shape, wraps: Wraps) -> NDArray[np.float32]:
    """(height, width, channels): pixels of the size that is wanted, cropped where none wraps.

    Args:
        pixels: at least as large; used up.
        size: height and width.
        wraps: of the output.
    """
    pixels = pixels[: None if wraps[0] else size[0], : None if wraps[1] else size[1]]
    pixels = _shortened(pixels, size[0], _steps, wraps[1])
    pixels = _shortened(pixels.swapaxes(0, 1), size[1], _steps, wraps[0]).swapaxes(0, 1)
    # Pieces meet between blocks, seldom within: the border goes through the middles.
    _roll(pixels, BLOCK // 2 * wraps[0], BLOCK // 2 * wraps[1])
    return np.ascontiguousarray(pixels)


def _roll(pixels: NDArray[np.float32], down: int, right: int) -> None:
    """Move (height, width, channels) round and round in place: a second image takes memory."""
    if down:
        # From the last rows to the first, so that none is written over before it has moved.
        last = pixels[-down:].copy()
        for band in reversed(list(bands(pixels[:-down].shape[:2], BAND))):
            pixels[band.start + down : band.stop + down] = pixels[band]
        pixels[:down] = last
    if right:
        for band in bands(pixels.shape[:2], BAND):
            pixels[band] = np.roll(pixels[band], right, axis=1)


def _shortened(
    places: NDArray[Any], length: int, costs: Callable[[NDArray[Any]], Costs], closed: bool
) -> NDArray[Any]:
    """(length, columns, …) of at least as many places.

    Args:
        places: (rows, columns, …), of which the first row lies below the last.
        length: how many rows are wanted.
        costs: of taking out each place of some rows, the first and the last of them left out.
        closed: whether the first column lies beside the last, so that seams are to close as well.
    """
    excess = len(places) - length
    if excess <= 0:
        return places
    top = max(0, len(places) - ROOM - excess)
    strip = places.take(np.arange(top - 1, len(places) + 1), axis=0, mode="wrap")
    for _ in range(excess):
        strip = without(strip, 1 + cheapest(costs(strip), closed))
    return np.concatenate((places[:top], strip[1:-1]))


def _joints(exemplar: LatentExemplar, turned: bool, matches: NDArray[np.int32]) -> Costs:
    """By how much the neighbours around a match fit each other less when it is taken out.

    Two fit as far as the second has the feature of the patch by which the first goes on, by the
    squared difference; what is counted is the change in the sum over all neighbours.

    Args:
        exemplar: the level's exemplar.
        turned: whether the rows of the matches are columns of the output.
        matches: (rows, columns).
    """
    rows, columns = exemplar.patch_shape
    row, column = np.divmod(matches, np.int32(columns))
    further = [
        np.minimum(row + 1, rows - 1) * columns + column,
        row * columns + np.minimum(column + 1, columns - 1),
    ]
    below, right = (
        exemplar.features[exemplar.nearest[patches]] for patches in further[:: -1 if turned else 1]
    )
    own = exemplar.features[matches]
    beside = np.roll(own, -1, axis=1)
    over, along = _apart(below[:-1], own[1:]), _apart(right, beside)
    return Costs(
        out=_apart(below[:-2], own[2:]) - over[:-1] - over[1:],
        level=-along[1:-1],
        down=_apart(right[2:], beside[1:-1]) - along[1:-1] - along[2:],
        up=_apart(right[:-2], beside[1:-1]) - along[:-2] - along[1:-1],
    )


def _steps(pixels: NDArray[np.float32]) -> Costs:
    """How much it shows where a picture meets itself, moved up by one pixel.

    Of two neighbours one is the picture's, the other the moved one's, and what counts is how
    different the two pictures are at both (Kwatra et al. 2003, "Graphcut Textures", equation 1).

    Args:
        pixels: (rows, columns, channels).
    """
    moved = _apart(pixels[:-1], pixels[1:])
    aside = moved + np.roll(moved, -1, axis=1)
    out = moved[:-1] + moved[1:]
    return Costs(out, np.zeros_like(out), down=aside[1:], up=aside[:-1])


def _apart(first: NDArray[np.float32], second: NDArray[np.float32]) -> NDArray[np.float32]:
    """(rows, columns): the squared differences, summed over the last axis."""
    difference = first - second
    return np.einsum("ymd,ymd->ym", difference, difference)

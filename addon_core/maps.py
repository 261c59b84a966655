# SPDX-License-Identifier: GPL-3.0-or-later
"""The maps of a material: what each one is, and the sizes at which they come back.

Without NumPy, so that Blender may load this while it starts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from .pyramid import Shape


class Kind(StrEnum):
    """What the values of a map are, which says how they are averaged."""

    COLOUR = "colour"
    """Grey or RGB, with or without alpha; averaged as it is stored."""
    DATA = "data"
    """Any channels: roughness, height, several packed into one image; averaged as they are."""
    NORMAL = "normal"
    """Tangent-space normals, (x, y, z) from −1 to 1 stored as 0 to 1, where x points right and y up
    in the image as it is looked at; averaged as vectors, and turned with the patches."""
    NORMAL_DIRECTX = "normal_directx"
    """The same with green inverted: y points down."""


@dataclass(frozen=True, slots=True, eq=False)
class Map:
    """One image of a material."""

    pixels: ArrayLike
    """(height, width, channels) or (height, width), any real numbers in any unit."""
    kind: Kind = Kind.DATA
    weight: float = 1.0
    """Influence on the choice of patches beside that of the other maps, however many channels each
    has, from 0: a map of weight 0 goes along."""
    alpha: int | None = None
    """Which channel is opacity, if any. Where it is 0 or less there is nothing to see, and
    nothing is taken from there, of this map and of those beside it."""
    name: str = ""
    """By which an artist knows it, for messages."""
    bottom_up: bool = False
    """Whether the first row is the lowest one, as in Blender, and not the highest, as in most
    files: normals are turned by it."""


def output_shapes(shapes: Sequence[Shape], size: Shape) -> list[Shape]:
    """Heights and widths at which maps come back, in the ratios that they had to each other.

    Args:
        shapes: heights and widths of the maps.
        size: of the first map's result.
    """
    (rows, columns), (height, width) = shapes[0], size
    return [
        (max(1, round(height * own[0] / rows)), max(1, round(width * own[1] / columns)))
        for own in shapes
    ]


def working_shapes(shapes: Sequence[Shape], size: Shape) -> tuple[Shape, Shape]:
    """Heights and widths of the exemplar and of the output at which all maps are worked on.

    Those of the largest map: no other has more to show. Arguments as for :func:`output_shapes`.
    """
    pairs = zip(shapes, output_shapes(shapes, size), strict=True)
    return max(pairs, key=lambda pair: pair[0][0] * pair[0][1])


def are_alike(one: Shape, other: Shape) -> bool:
    """Whether one shape can be the other one scaled, each side rounded to whole pixels."""
    small, large = sorted((one, other))
    least = max((side - 1) / whole for side, whole in zip(small, large, strict=True))
    most = min((side + 1) / whole for side, whole in zip(small, large, strict=True))
    return least <= most

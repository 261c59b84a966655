# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run starts from: one image, or the maps of a material, read once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import bpy

from ..addon_core.maps import Map, output_shapes
from . import images, saving
from .new_image import Plan
from .recipe import Source


@dataclass(frozen=True, slots=True, eq=False)
class Exemplar:
    """An image to make more of, as one of the maps. Holds a reference: for use at once."""

    image: bpy.types.Image
    source: Source
    """What a recipe notes of it."""


def checked(
    given: bpy.types.Image | Sequence[Exemplar] | None,
) -> list[Exemplar]:
    """One image alone, or several, as exemplars that can be read.

    Raises:
        images.UnusableImage: one cannot be.
    """
    if given is None or isinstance(given, bpy.types.Image):
        images.check(given)
        assert given is not None
        return [Exemplar(given, Source(given.name))]
    for each in given:
        images.check(each.image)
    return list(given)


def read(
    exemplars: Sequence[Exemplar], width: int, height: int, destination: str
) -> tuple[list[Map], list[Plan]]:
    """Their pixels, and what the new images are to be.

    Args:
        exemplars: as `checked` returns them.
        width: of the first new image, in pixels.
        height: of the first new image, in pixels.
        destination: where results go, one of `preferences.SCENE_DESTINATIONS`.

    Raises:
        images.UnusableImage: one has values that are no numbers.
    """
    maps, plans = [], []
    sizes = [(each.image.size[1], each.image.size[0]) for each in exemplars]
    for each, (rows, columns) in zip(exemplars, output_shapes(sizes, (height, width)), strict=True):
        pixels, kind = images.read(each.image)
        source = each.source
        maps.append(kind.map_of(pixels, source))
        target = saving.target_for(each.image, destination)
        plans.append(Plan(source.name, columns, rows, kind, target))
    return maps, plans

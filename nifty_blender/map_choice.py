# SPDX-License-Identifier: GPL-3.0-or-later
"""Which maps of a material are wanted, how much each counts, and what they are made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import bpy

from . import material_maps, recipe
from .exemplar import Exemplar
from .map_roles import Role
from .material_maps import MaterialMap
from .properties import plain
from .recipe import Recipe, Source


@dataclass(frozen=True, slots=True)
class Choice:
    """A map of a material, as the artist wants it. Holds a reference: for use at once."""

    map: MaterialMap
    """Where it is used, and for what."""
    image: bpy.types.Image
    """What to make more of: the map's image, or what that was made from."""
    made_by: Recipe | None = None
    """How the map's image was made, where it is not what to make more of."""

    @property
    def properties(self) -> Any:
        """The properties that the artist sets."""
        return self.image.nifty_map  # type: ignore[attr-defined]

    @property
    def is_wanted(self) -> bool:
        """Whether it is ticked."""
        return self.properties.is_wanted

    @property
    def is_settable(self) -> bool:
        """Whether it is ticked and weighed here, and not where it is linked from."""
        return self.image.is_editable

    @property
    def weight_name(self) -> str:
        """Name of the property that has its weight."""
        is_base = self.map.uses[0].role is Role.BASE_COLOR
        return "weight_as_base" if is_base else "weight"

    @property
    def weight(self) -> float:
        """How much it counts in the choice of pieces."""
        return plain(getattr(self.properties, self.weight_name))

    def exemplar(self) -> Exemplar:
        """For a run."""
        name, kind, has_opacity = self.image.name, self.map.kind, self.map.alpha_is_opacity
        for noted in self.made_by.sources if self.made_by else ():
            if noted.name == name:
                kind, has_opacity = noted.kind, noted.has_opacity
        return Exemplar(self.image, Source(name, kind, self.weight, has_opacity))


def choices(material: bpy.types.Material) -> list[Choice]:
    """All maps of a material, base colour first.

    Of a material that was made as a whole the textures are made from what that was made from:
    else whoever goes on with the result, for another seed or size, would make copies of copies.
    """
    found = [Choice(each, image) for each in material_maps.find(material) if (image := each.find())]
    made_by = {recipe.read(each.image) for each in found if each.is_wanted}
    noted = made_by.pop() if len(made_by) == 1 else None
    if noted is None or not noted.material or recipe.missing_sources(noted):
        return found
    return [_from_source(each, noted) for each in found]


def wanted(material: bpy.types.Material) -> list[Choice]:
    """Those that are ticked."""
    return [each for each in choices(material) if each.is_wanted]


def made_together(material: bpy.types.Material, image: bpy.types.Image) -> Sequence[MaterialMap]:
    """The maps of a material that were made in one run with an image, in the recipe's order.

    Empty where not all of them are there.
    """
    noted = recipe.read(image)
    assert noted is not None
    found: dict[str, MaterialMap] = {}
    for each in material_maps.find(material):
        other = each.find()
        if other is not None and recipe.read(other) == noted:
            found[recipe.source_name(other)] = each
    maps = [found[source.name] for source in noted.sources if source.name in found]
    is_whole = len(maps) == len(noted.sources)
    return maps if is_whole and image.session_uid in [each.image for each in maps] else ()


def _from_source(choice: Choice, noted: Recipe) -> Choice:
    if recipe.read(choice.image) != noted:
        return choice
    return Choice(choice.map, bpy.data.images[recipe.source_name(choice.image)], noted)

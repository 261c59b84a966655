# SPDX-License-Identifier: GPL-3.0-or-later
"""What becomes of the new maps of a material, at the end of a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import bpy

from . import nodes, placing
from .material_maps import MaterialMap

COPY, BESIDE, ALONE = "COPY", "BESIDE", "ALONE"

RESULTS = (
    (
        COPY,
        "Duplicate Material",
        "A duplicate of the material with the new images, named after it; the material stays as "
        "it is",
    ),
    (BESIDE, "Nodes Beside", "New Image Texture nodes in the same material, below the old ones"),
    (ALONE, "Images Only", "New images, used nowhere yet"),
)
"""What can become of them, the default first."""


@dataclass(frozen=True, slots=True)
class MaterialPlace:
    """Holds values only: an undo invalidates references."""

    material: int
    """Session identifier."""
    maps: tuple[MaterialMap, ...]
    """Those whose images are replaced, in the order of the run's maps."""
    result: str
    """One of `RESULTS`."""
    wearer: int | None
    """Session identifier of the object that gets a duplicate instead of the material."""

    @classmethod
    def of(
        cls,
        context: bpy.types.Context,
        material: bpy.types.Material,
        maps: Sequence[MaterialMap],
        result: str,
        is_assigned: bool,
    ) -> MaterialPlace:
        """Check that it can be done.

        Args:
            context: its active object is the one that gets a duplicate, if it has the material.
            material: the original.
            maps: those whose images are replaced, in the order of the run's maps.
            result: one of `RESULTS`.
            is_assigned: whether an object gets a duplicate.

        Raises:
            UnusableImage: the object, or the nodes, cannot be changed.
        """
        thing = wearer_of(context, material) if is_assigned and result == COPY else None
        if thing is not None:
            placing.check_wearer(thing, material)
        if result == BESIDE:
            placing.check_beside(maps)
        uid = thing.session_uid if thing else None
        return cls(material.session_uid, tuple(maps), result, uid)

    def take(self, textures: Sequence[Sequence[bpy.types.Image]]) -> None:
        """Put the new maps where they belong; the first of several textures is what is worn."""
        material = next((m for m in bpy.data.materials if m.session_uid == self.material), None)
        wearer = next((o for o in bpy.data.objects if o.session_uid == self.wearer), None)
        for images in textures:
            results = {old.image: new for old, new in zip(self.maps, images, strict=True)}
            if material is None or self.result == ALONE:
                nodes.keep(images)
            elif self.result == BESIDE:
                placing.place_beside(self.maps, results)
            else:
                # Meanwhile the artist may have given it something else to wear.
                is_worn = wearer is not None and _wears(wearer, material)
                placing.place_copy(material, results, wearer if is_worn else None)
                wearer = None


def wearer_of(context: bpy.types.Context, material: bpy.types.Material) -> bpy.types.Object | None:
    """The active object, if it has the material."""
    thing = context.active_object
    return thing if thing is not None and _wears(thing, material) else None


def _wears(thing: bpy.types.Object, material: bpy.types.Material) -> bool:
    return any(slot.material == material for slot in thing.material_slots)

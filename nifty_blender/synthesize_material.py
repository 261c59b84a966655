# SPDX-License-Identifier: GPL-3.0-or-later
"""The operator that makes all maps of a material anew, together."""

import bpy
from bpy.props import BoolProperty, EnumProperty, StringProperty

from . import map_choice, material_checks
from .checks import Refused
from .map_choice import Choice
from .material_place import COPY, RESULTS, MaterialPlace
from .parameters import WithParameters
from .properties import setting_properties
from .run import Run
from .sidebars import active_material


class _SynthesizeMaterial(WithParameters):
    bl_idname = "nifty.synthesize_material"
    bl_label = "Synthesize Material"
    bl_description = (
        "Make all ticked maps of the material anew, from the same pieces, so that what belongs "
        "together stays together. The material itself stays as it is"
    )
    bl_options = {"UNDO"}

    shown_names = ("material_result", "is_assigned")

    material: StringProperty(
        name="Material",
        description="Name of the material; if empty, that of the shader editor or the active "
        "object's",
        options={"SKIP_SAVE"},
    )
    material_result: EnumProperty(
        name="Result",
        description="What becomes of the new maps",
        items=RESULTS,
        default=COPY,
        options={"SKIP_SAVE"},
    )
    is_assigned: BoolProperty(
        name="Assign to Object",
        description="Give the duplicate to the active object, in each slot that has the material",
        default=True,
        options={"SKIP_SAVE"},
    )

    def first_source(self, context: bpy.types.Context) -> bpy.types.Image | None:
        """The first map that is ticked: that of the base colour, if there is one."""
        material = self._named(context)
        chosen = map_choice.wanted(material) if material else []
        return chosen[0].image if chosen else None

    def asked(self, context: bpy.types.Context) -> Run:
        """A run for the maps of the material."""
        material = self._named(context)
        if material is None and self.material:
            raise Refused(f"There is no material named “{self.material}” in this file.")
        if material is None:
            raise Refused(
                "There is no material. Select an object that has one, open a material in the "
                "shader editor, or give the name of one."
            )
        chosen = _checked(material)
        maps = [each.map for each in chosen]
        place = MaterialPlace.of(context, material, maps, self.material_result, self.is_assigned)
        settings = self.complete(chosen[0].image)
        made_by = chosen[0].made_by
        return Run(
            [each.exemplar() for each in chosen],
            self.width,
            self.height,
            settings,
            place,
            self.variations,
            self.destination,
            made_by.material if made_by else material.name,
        )

    def _named(self, context: bpy.types.Context) -> bpy.types.Material | None:
        if self.material:
            return bpy.data.materials.get(self.material)
        return active_material(context)


def _checked(material: bpy.types.Material) -> list[Choice]:
    """The maps that are ticked; refuses those that cannot be made together."""
    found = map_choice.choices(material)
    chosen = [each for each in found if each.is_wanted]
    if found and not chosen:
        raise Refused(f"No map of “{material.name}” is ticked. Tick those that you want.")
    material_checks.check(material, [each.map for each in chosen])
    return chosen


NIFTY_OT_synthesize_material = type(
    "NIFTY_OT_synthesize_material",
    (_SynthesizeMaterial,),
    {
        "__annotations__": setting_properties("SKIP_SAVE"),
        "__doc__": _SynthesizeMaterial.bl_description,
    },
)

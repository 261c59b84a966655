# SPDX-License-Identifier: GPL-3.0-or-later
"""Operators around the synthesis of a material: see its tiling, mend its normal maps."""

import bpy

from . import map_choice, material_checks, material_maps, tiling_preview
from .sidebars import active_material


class _OfMaterial(bpy.types.Operator):
    """Is for the material that an editor is at, or the active object's."""

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        if active_material(context) is None:
            cls.poll_message_set("Select an object that has a material")
            return False
        return True


class NIFTY_OT_tiling_preview(_OfMaterial):
    bl_idname = "nifty.tiling_preview"
    bl_label = "2 × 2 Preview"
    bl_description = (
        "Show the material's textures repeated, twice as often in each direction, by nodes that "
        "are taken away again when it is switched off"
    )
    bl_options = {"UNDO"}

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Switch it on or off."""
        material = active_material(context)
        assert material is not None
        if tiling_preview.is_repeated(material):
            tiling_preview.stop_repeating(material)
            return {"FINISHED"}
        tiling_preview.repeat(material, [each.image for each in material_maps.find(material)])
        if not tiling_preview.is_repeated(material):
            self.report(
                {"ERROR"}, f"“{material.name}” has no image textures that it could show repeated."
            )
            return {"CANCELLED"}
        return {"FINISHED"}


class NIFTY_OT_mend_normals(_OfMaterial):
    bl_idname = "nifty.mend_normals"
    bl_label = "Mend Normal Maps"
    bl_description = (
        "Set the colour space of the material's normal maps to Non-Color: their colours are "
        "directions, which any other colour space bends"
    )
    bl_options = {"UNDO"}

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Mend those that are ticked and bent."""
        material = active_material(context)
        assert material is not None
        maps = [each.map for each in map_choice.wanted(material)]
        problems = material_checks.problems(material, maps)
        mended = [problem for problem in problems if material_checks.read_as_data(problem)]
        if not mended:
            self.report({"INFO"}, f"No normal map of “{material.name}” needs mending")
            return {"CANCELLED"}
        return {"FINISHED"}

# SPDX-License-Identifier: GPL-3.0-or-later
"""Presets: the shipped ones, and the artist's own, which Blender itself keeps."""

from typing import Any

import bpy
from bl_operators.presets import AddPresetBase
from bpy.props import StringProperty

from ..addon_core.settings import DEFAULTS, OF_A_TEXTURE, PRESETS
from .properties import apply

FOLDER = "nifty"


class NIFTY_MT_presets(bpy.types.Menu):
    bl_label = "Presets"
    bl_description = "Settings for a purpose: NIFTY's own, and those that you keep"
    preset_subdir = FOLDER
    preset_operator = "script.execute_preset"

    def draw(self, context: bpy.types.Context) -> None:
        """List the shipped presets, then the artist's."""
        for name in PRESETS:
            button: Any = self.layout.operator(
                NIFTY_OT_preset_apply.bl_idname, text=name.capitalize()
            )
            button.preset = name
        self.layout.separator()
        self.draw_preset(context)


class NIFTY_OT_preset_apply(bpy.types.Operator):
    bl_idname = "nifty.preset_apply"
    bl_label = "Apply Preset"
    bl_description = "Set all settings to those of this preset, but for the seed and Seamless"
    bl_options = {"UNDO", "INTERNAL"}

    preset: StringProperty(name="Preset", description="Name of a shipped preset")

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Copy the preset's settings to the scene."""
        if self.preset not in PRESETS:
            self.report({"ERROR"}, f"There is no preset “{self.preset}”")
            return {"CANCELLED"}
        apply(PRESETS[self.preset], context.scene.nifty)  # type: ignore[attr-defined]
        NIFTY_MT_presets.bl_label = self.preset.capitalize()
        return {"FINISHED"}


class NIFTY_OT_preset_add(AddPresetBase, bpy.types.Operator):
    bl_idname = "nifty.preset_add"
    bl_label = "Add or Remove Preset"
    bl_description = "Keep the present settings under a name, or remove the preset that is shown"

    preset_menu = "NIFTY_MT_presets"
    preset_subdir = FOLDER
    preset_defines = ("nifty = bpy.context.scene.nifty",)
    preset_values = tuple(f"nifty.{name}" for name in DEFAULTS if name not in OF_A_TEXTURE)

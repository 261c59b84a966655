# SPDX-License-Identifier: GPL-3.0-or-later
"""The panel for all maps of a material at once, in the shader editor's tab “NIFTY”."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import bpy

from . import map_choice, material_checks, queue_list, recipe_buttons, tiling_preview
from .map_choice import Choice
from .map_roles import Use
from .material_checks import Problem
from .material_place import COPY, wearer_of
from .material_tools import NIFTY_OT_mend_normals, NIFTY_OT_tiling_preview
from .sidebars import ShaderSidebar, active_material
from .synthesize_material import NIFTY_OT_synthesize_material
from .wrapping import BUTTON, draw_wrapped

ROLES = 0.72
"""Part of a line that says what a map is for; the rest is its weight."""


class NIFTY_PT_material(ShaderSidebar, bpy.types.Panel):
    bl_label = "Whole Material"

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the material's maps with all that can be done, and the one that is being made."""
        material = active_material(context)
        if material is None:
            draw_wrapped(self.layout, context.region.width, "Open a material", "INFO")
        else:
            _draw_material(self.layout, context, material)
        if queue_list.is_of_material():
            queue_list.draw(self.layout)


def _draw_material(
    layout: bpy.types.UILayout, context: bpy.types.Context, material: bpy.types.Material
) -> None:
    """The maps, what is wrong with them, what becomes of them, and the buttons."""
    width = context.region.width
    layout.label(text=material.name, icon="MATERIAL", translate=False)
    found = map_choice.choices(material)
    if not found:
        (problem,) = material_checks.problems(material, ())
        draw_wrapped(layout, width, problem.message, "INFO")
        return
    _draw_maps(layout, found)
    linked = _why_not_settable(found)
    if linked:
        draw_wrapped(layout, width, linked, "INFO")
    chosen = [each for each in found if each.is_wanted]
    problems = _problems(material, chosen)
    for problem in problems:
        _draw_problem(layout, width, problem)
    shown: Any = context.scene.nifty  # type: ignore[attr-defined]
    _draw_result(layout, context, material, shown)
    if not problems:
        columns, rows = shown.output_size(chosen[0].image)
        layout.label(text=f"{columns} × {rows} pixels, as set above")
    button = layout.column()
    button.scale_y = BUTTON
    button.enabled = not problems
    button.operator(NIFTY_OT_synthesize_material.bl_idname, icon="MATERIAL")
    layout.operator(
        NIFTY_OT_tiling_preview.bl_idname,
        icon="MESH_GRID",
        depress=tiling_preview.is_repeated(material),
    )
    made = next((each for each in chosen if each.made_by), None)
    if made is not None:
        recipe_buttons.draw(layout, context, made.map.find(), is_named=True)


def _problems(material: bpy.types.Material, chosen: Sequence[Choice]) -> list[Problem]:
    if not chosen:
        return [Problem("Tick the maps that you want")]
    return material_checks.problems(material, [each.map for each in chosen])


def _draw_maps(layout: bpy.types.UILayout, found: Sequence[Choice]) -> None:
    column = layout.box().column()
    for each in found:
        lines = column.column(align=True)
        first = lines.split(factor=ROLES)
        first.enabled = each.is_settable
        left = first.row(align=True)
        left.prop(each.properties, "is_wanted", text="")
        use, *others = each.map.uses
        left.label(text=_label(use))
        weight = first.column()
        weight.active = each.is_wanted
        weight.prop(each.properties, each.weight_name, text="")
        further = lines.column(align=True)
        further.active = False
        for other in others:
            further.label(text=_label(other), icon="BLANK1")
        width, height = each.image.size
        size = f"{width} × {height}" if width else "missing"
        further.label(text=f"{size}, {each.image.name}", icon="BLANK1", translate=False)


def _why_not_settable(found: Sequence[Choice]) -> str | None:
    """Why ticks and weights are greyed, or None where none is."""
    linked = [each.image for each in found if not each.is_settable]
    if not linked:
        return None
    files = dict.fromkeys(bpy.path.basename(i.library.filepath) for i in linked if i.library)
    where = ", ".join(f"“{name}”" for name in files)
    return (
        f"Images linked from {where} have the ticks and weights that were set there. To choose "
        "here, make the material and its images local"
    )


def _label(use: Use) -> str:
    return use.role.value if use.channel is None else f"{use.role.value} ({use.channel})"


def _draw_problem(layout: bpy.types.UILayout, width: int, problem: Problem) -> None:
    draw_wrapped(layout, width, problem.message, "ERROR")
    if problem.bent is not None:
        layout.operator(NIFTY_OT_mend_normals.bl_idname, text="Fix: Non-Color", icon="CHECKMARK")


def _draw_result(
    layout: bpy.types.UILayout,
    context: bpy.types.Context,
    material: bpy.types.Material,
    shown: Any,
) -> None:
    column = layout.column(align=True)
    column.prop(shown, "material_result", text="")
    row = column.row()
    row.enabled = shown.material_result == COPY and wearer_of(context, material) is not None
    row.prop(shown, "is_assigned")
    if shown.material_result != COPY:
        draw_wrapped(column, context.region.width, "Only for a duplicate", "INFO")
    elif not row.enabled:
        draw_wrapped(column, context.region.width, "The active object has another material", "INFO")
    row = layout.row()
    row.label(text="Seamless")
    row.prop(shown, "tile", text="")

# SPDX-License-Identifier: GPL-3.0-or-later
"""The tab “NIFTY” in the shader editor's sidebar."""

from typing import Any

import bpy

from ..addon_core.settings import ALLOWED, DEFAULTS, FAST, OF_A_TEXTURE
from . import images, live_switch, nodes, preferences, queue_list, recipe_buttons, worker
from .presets import NIFTY_MT_presets, NIFTY_OT_preset_add
from .seed import NIFTY_OT_new_seed
from .sidebars import ShaderSidebar
from .synthesize import NIFTY_OT_synthesize
from .wrapping import BUTTON, draw_wrapped


class NIFTY_PT_synthesize(ShaderSidebar, bpy.types.Panel):
    bl_label = "Texture Synthesis"

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the source, the size, the seed, and the button or the progress."""
        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        node = nodes.active_image_node(context)
        image = nodes.source_of(node)
        problem = _problem(node, image)
        if image is not None and not problem:
            _draw_source(layout, image)
        if problem:
            draw_wrapped(layout, context.region.width, problem, "INFO")
        shown: Any = context.scene.nifty  # type: ignore[attr-defined]
        if preferences.starts_with_panel():
            worker.prepare_early(shown.method)
        _draw_size(layout, shown, None if problem else image)
        row = layout.row(align=True)
        row.prop(shown, "seed")
        row.operator(NIFTY_OT_new_seed.bl_idname, text="", icon="FILE_REFRESH")
        layout.prop(shown, "tile")
        layout.prop(shown, "variations")
        layout.prop(shown, "destination")
        button = layout.column()
        button.scale_y = BUTTON
        button.enabled = problem is None
        button.operator(NIFTY_OT_synthesize.bl_idname, icon="TEXTURE")
        _draw_live(layout, context)
        recipe_buttons.draw(layout, context, None if problem else image)
        if not queue_list.is_of_material():
            queue_list.draw(layout)


class NIFTY_PT_settings(ShaderSidebar, bpy.types.Panel):
    bl_label = "Settings"
    bl_parent_id = "NIFTY_PT_synthesize"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the presets and the settings that have an effect."""
        layout = self.layout
        row = layout.row(align=True)
        row.menu(NIFTY_MT_presets.__name__, text=NIFTY_MT_presets.bl_label)
        row.operator(NIFTY_OT_preset_add.bl_idname, text="", icon="ADD")
        remove: Any = row.operator(NIFTY_OT_preset_add.bl_idname, text="", icon="REMOVE")
        remove.remove_active = True
        layout.use_property_split = True
        layout.use_property_decorate = False
        shown: Any = context.scene.nifty  # type: ignore[attr-defined]
        column = layout.column()
        said = set()
        for name in DEFAULTS:
            if name in OF_A_TEXTURE or ALLOWED[name].only not in (None, shown.method):
                continue
            reason = _without_effect(name, shown)
            line = column.column()
            line.enabled = reason is None
            line.prop(shown, name)
            if reason and reason not in said:
                said.add(reason)
                draw_wrapped(column, context.region.width, reason, "INFO")


def _without_effect(name: str, shown: Any) -> str | None:
    """Why a setting makes no difference as the others are, or None where it does."""
    if name in ("memory", "warmup") and shown.share == 1.0:
        return "Only for a share below 1: all patches are searched, none has to be remembered"
    if name == "warmup" and not shown.memory:
        return "Only with Memory, which it fills"
    return None


def _problem(node: bpy.types.Node | None, image: bpy.types.Image | None) -> str | None:
    if node is None:
        return "Select an Image Texture node"
    try:
        images.check(image)
    except images.UnusableImage as error:
        return str(error)
    return None


def _draw_source(layout: bpy.types.UILayout, image: bpy.types.Image) -> None:
    row = layout.row()
    row.template_icon(icon_value=layout.icon(image), scale=4.0)
    column = row.column(align=True)
    column.label(text=image.name, translate=False)
    width, height = image.size
    depth = "float" if image.is_float else "8 bit"
    column.label(text=f"{width} × {height}")
    column.label(text=f"{image.colorspace_settings.name}, {depth}", translate=False)


def _draw_live(layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
    live = live_switch.now
    icon = "HIDE_ON" if live is None else "HIDE_OFF"
    layout.operator(live_switch.NIFTY_OT_live.bl_idname, icon=icon, depress=live is not None)
    if live is None:
        return
    shown: Any = context.scene.nifty  # type: ignore[attr-defined]
    if shown.method != FAST:
        draw_wrapped(layout, context.region.width, "Drafts are made by the fast method", "INFO")
    if live.problem:
        draw_wrapped(layout, context.region.width, live.problem, "ERROR")
    elif live.reached is not None and live.reached.reduction > 1:
        size = f"{live.reached.width} × {live.reached.height}"
        text = f"Shown at {size}, {live.reached.reduction} times smaller"
        draw_wrapped(layout, context.region.width, text, "INFO")


def _draw_size(layout: bpy.types.UILayout, shown: Any, image: bpy.types.Image | None) -> None:
    layout.row().prop(shown, "size_mode", expand=True)
    column = layout.column(align=True)
    if shown.size_mode == "PIXELS":
        column.prop(shown, "width")
        column.prop(shown, "height")
        return
    column.prop(shown, "factor")
    if image is not None:
        width, height = shown.output_size(image)
        row = column.row()
        row.alignment = "RIGHT"
        row.label(text=f"{width} × {height} pixels")

# SPDX-License-Identifier: GPL-3.0-or-later
"""The tab “NIFTY” in the shader editor's sidebar."""

from typing import Any

import bpy

from ..addon_core.settings import ALLOWED, DEFAULTS
from . import images, nodes, preferences, queue_list, recipe_buttons, worker
from .presets import NIFTY_MT_presets, NIFTY_OT_preset_add
from .seed import NIFTY_OT_new_seed
from .sidebars import ShaderSidebar
from .synthesize import NIFTY_OT_synthesize
from .wrapping import draw_wrapped

BUTTON = 1.5
"""Height of the large button, in rows."""


class NIFTY_PT_synthesize(ShaderSidebar, bpy.types.Panel):
    bl_label = "Texture Synthesis"

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the source, the size, the seed, and the button or the progress."""
        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        node = nodes.active_image_node(context)
        image = node.image if node else None
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
        layout.prop(shown, "variations")
        button = layout.column()
        button.scale_y = BUTTON
        button.enabled = problem is None
        button.operator(NIFTY_OT_synthesize.bl_idname, icon="TEXTURE")
        recipe_buttons.draw(layout, context, None if problem else image)
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
        for name in DEFAULTS:
            if name == "seed":
                continue
            if ALLOWED[name].only in (None, shown.method):
                line = column.column()
                line.enabled = _has_effect(name, shown)
                line.prop(shown, name)


def _has_effect(name: str, shown: Any) -> bool:
    # With every patch searched at every step there is nothing to remember.
    if name == "memory":
        return shown.share < 1.0
    if name == "warmup":
        return shown.share < 1.0 and shown.memory
    return True


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

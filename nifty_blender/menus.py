# SPDX-License-Identifier: GPL-3.0-or-later
"""NIFTY in the editors' menus: what is in a menu, the search (F3) finds."""

from typing import Any

import bpy

from .live_switch import NIFTY_OT_live
from .material_tools import NIFTY_OT_mend_normals, NIFTY_OT_tiling_preview
from .presets import NIFTY_MT_presets, NIFTY_OT_preset_add
from .seed import NIFTY_OT_new_seed
from .stopping import NIFTY_OT_cancel, NIFTY_OT_cancel_all, NIFTY_OT_finish_now
from .synthesize import NIFTY_OT_synthesize
from .synthesize_material import NIFTY_OT_synthesize_material
from .variations import NIFTY_OT_another, NIFTY_OT_redo

_BY_RECIPE = (NIFTY_OT_another, NIFTY_OT_redo)
_OF_MATERIAL = (NIFTY_OT_synthesize_material, NIFTY_OT_tiling_preview, NIFTY_OT_mend_normals)
_UNDER_WAY = (NIFTY_OT_finish_now, NIFTY_OT_cancel, NIFTY_OT_cancel_all)


class NIFTY_MT_shader(bpy.types.Menu):
    bl_label = "NIFTY"
    bl_description = (
        "New textures from the active Image Texture node, or from all maps of the material"
    )

    def draw(self, context: bpy.types.Context) -> None:
        """List all that can be done in the shader editor."""
        first = (NIFTY_OT_synthesize, NIFTY_OT_live, NIFTY_OT_new_seed)
        _list(self.layout, (*first, *_OF_MATERIAL, *_BY_RECIPE, *_UNDER_WAY, NIFTY_OT_preset_add))
        self.layout.menu(NIFTY_MT_presets.__name__, text="Presets")


class NIFTY_MT_image(bpy.types.Menu):
    bl_label = "NIFTY"
    bl_description = "More textures like the one that is shown"

    def draw(self, context: bpy.types.Context) -> None:
        """List all that can be done in the image editor."""
        _list(self.layout, (*_BY_RECIPE, *_UNDER_WAY))


def _list(layout: bpy.types.UILayout, operators: Any) -> None:
    for operator in operators:
        layout.operator(operator.bl_idname)


def _draw_in_node_menu(menu: Any, context: bpy.types.Context) -> None:
    space = context.space_data
    if isinstance(space, bpy.types.SpaceNodeEditor) and space.tree_type == "ShaderNodeTree":
        menu.layout.separator()
        menu.layout.menu(NIFTY_MT_shader.__name__)


def _draw_in_image_menu(menu: Any, context: bpy.types.Context) -> None:
    menu.layout.separator()
    menu.layout.menu(NIFTY_MT_image.__name__)


def register() -> None:
    """Add the menus to Blender's own."""
    bpy.types.NODE_MT_node.append(_draw_in_node_menu)  # type: ignore[attr-defined]
    bpy.types.IMAGE_MT_image.append(_draw_in_image_menu)  # type: ignore[attr-defined]


def unregister() -> None:
    """Take them away again."""
    bpy.types.NODE_MT_node.remove(_draw_in_node_menu)  # type: ignore[attr-defined]
    bpy.types.IMAGE_MT_image.remove(_draw_in_image_menu)  # type: ignore[attr-defined]

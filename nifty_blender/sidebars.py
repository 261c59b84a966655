# SPDX-License-Identifier: GPL-3.0-or-later
"""The sidebars that have a tab “NIFTY”."""

from __future__ import annotations

from collections.abc import Collection

import bpy

from . import nodes


class ShaderSidebar:
    """For a panel in the shader editor's sidebar."""

    bl_space_type = "NODE_EDITOR"
    bl_region_type = "UI"
    bl_category = "NIFTY"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Shown in the shader editor only."""
        space = context.space_data
        return isinstance(space, bpy.types.SpaceNodeEditor) and space.tree_type == "ShaderNodeTree"


class ImageSidebar:
    """For a panel in the image editor's sidebar."""

    bl_space_type = "IMAGE_EDITOR"
    bl_region_type = "UI"
    bl_category = "NIFTY"


def active_image(context: bpy.types.Context) -> bpy.types.Image | None:
    """The image that the editor is at: the active Image Texture node's, or the one shown."""
    space = context.space_data
    if isinstance(space, bpy.types.SpaceImageEditor):
        return space.image
    node = nodes.active_image_node(context)
    return nodes.source_of(node)


def active_material(context: bpy.types.Context) -> bpy.types.Material | None:
    """The material that the shader editor is at, elsewhere that of the active object."""
    space = context.space_data
    if isinstance(space, bpy.types.SpaceNodeEditor) and space.node_tree is not None:
        return next((m for m in bpy.data.materials if m.node_tree == space.node_tree), None)
    thing = context.active_object
    return thing.active_material if thing else None


def redraw(areas: Collection[str] = ("NODE_EDITOR", "IMAGE_EDITOR")) -> None:
    """Have them drawn again, or other kinds of areas, in all windows."""
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            if area.type in areas:
                area.tag_redraw()

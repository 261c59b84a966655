# SPDX-License-Identifier: GPL-3.0-or-later
"""The sidebars that have a tab “NIFTY”."""

import bpy


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


def redraw() -> None:
    """Have them drawn again, in all windows."""
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            if area.type in {"NODE_EDITOR", "IMAGE_EDITOR"}:
                area.tag_redraw()

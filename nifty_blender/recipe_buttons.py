# SPDX-License-Identifier: GPL-3.0-or-later
"""The buttons for one more texture like the one that an editor is at."""

from __future__ import annotations

import bpy

from . import recipe
from .variations import NIFTY_OT_another, NIFTY_OT_redo
from .wrapping import draw_wrapped


def draw(
    layout: bpy.types.UILayout, context: bpy.types.Context, image: bpy.types.Image | None
) -> None:
    """Draw them, and what is known of how the image was made.

    Args:
        layout: of a panel in a sidebar.
        context: the panel's.
        image: the one that the editor is at; None where there is none that can be used.
    """
    noted = recipe.read(image)
    is_there = noted is None or noted.source in bpy.data.images
    column = layout.column(align=True)
    column.enabled = image is not None and is_there
    column.operator(NIFTY_OT_another.bl_idname, icon="ADD")
    if noted is None:
        return
    column.operator(NIFTY_OT_redo.bl_idname, icon="LOOP_BACK")
    made = f"Made from “{noted.source}” with seed {noted.settings.seed}"
    if is_there:
        draw_wrapped(layout, context.region.width, made, "INFO")
    else:
        gone = f"{made}. That image is not in this file any more: open it to make more of it"
        draw_wrapped(layout, context.region.width, gone, "ERROR")

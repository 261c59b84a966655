# SPDX-License-Identifier: GPL-3.0-or-later
"""The buttons for one more texture like the one that an editor is at."""

from __future__ import annotations

from typing import Any

import bpy

from . import recipe
from .variations import NIFTY_OT_another, NIFTY_OT_redo
from .wrapping import draw_wrapped


def draw(
    layout: bpy.types.UILayout,
    context: bpy.types.Context,
    image: bpy.types.Image | None,
    is_named: bool = False,
) -> None:
    """Draw them, and what is known of how the image was made.

    Args:
        layout: of a panel in a sidebar.
        context: the panel's.
        image: the one that is meant; None where there is none that can be used.
        is_named: whether it is another one than the editor is at.
    """
    noted = recipe.read(image)
    missing = recipe.missing_sources(noted) if noted else []
    column = layout.column(align=True)
    column.enabled = image is not None and not missing
    another: Any = column.operator(NIFTY_OT_another.bl_idname, icon="ADD")
    if noted is None:
        return
    redo: Any = column.operator(NIFTY_OT_redo.bl_idname, icon="LOOP_BACK")
    if is_named and image is not None:
        another.image = redo.image = image.name
    made = f"Made from “{noted.title}” with seed {noted.settings.seed}"
    if missing:
        names = ", ".join(f"“{name}”" for name in missing)
        gone = f"{made}. Not in this file any more: {names}. Open it to make more of it"
        draw_wrapped(layout, context.region.width, gone, "ERROR")
    else:
        draw_wrapped(layout, context.region.width, made, "INFO")

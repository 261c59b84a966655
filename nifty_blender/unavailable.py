# SPDX-License-Identifier: GPL-3.0-or-later
"""What is shown instead of everything else where NIFTY cannot run at all."""

import bpy

from .requirements import numpy_problem
from .wrapping import draw_wrapped


class NIFTY_PT_unavailable(bpy.types.Panel):
    bl_label = "Texture Synthesis"
    bl_space_type = "NODE_EDITOR"
    bl_region_type = "UI"
    bl_category = "NIFTY"

    def draw(self, context: bpy.types.Context) -> None:
        """Say why."""
        draw_wrapped(self.layout, context.region.width, numpy_problem() or "", "ERROR")

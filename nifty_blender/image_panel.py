# SPDX-License-Identifier: GPL-3.0-or-later
"""The tab “NIFTY” in the image editor's sidebar."""

import bpy

from . import queue, queue_list, recipe, recipe_buttons
from .sidebars import ImageSidebar, active_image


class NIFTY_PT_recipe(ImageSidebar, bpy.types.Panel):
    bl_label = "Texture Synthesis"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Shown with a texture that NIFTY made, and while one is made."""
        return bool(queue.runs) or recipe.read(active_image(context)) is not None

    def draw(self, context: bpy.types.Context) -> None:
        """Draw how the texture was made, and the list of those that are being made."""
        image = active_image(context)
        if recipe.read(image) is not None:
            recipe_buttons.draw(self.layout, context, image)
        queue_list.draw(self.layout)

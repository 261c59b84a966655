# SPDX-License-Identifier: GPL-3.0-or-later
"""The operator behind the large button, and of every script."""

import bpy
from bpy.props import StringProperty

from . import nodes
from .checks import Refused
from .parameters import WithParameters
from .properties import setting_properties
from .run import Run


class _Synthesize(WithParameters):
    bl_idname = "nifty.synthesize"
    bl_label = "Synthesize"
    bl_description = "Make a new texture from the image of the active Image Texture node"
    bl_options = {"UNDO"}

    image: StringProperty(
        name="Image",
        description="Name of the image to start from; the active Image Texture node's if empty",
        options={"SKIP_SAVE"},
    )

    def first_source(self, context: bpy.types.Context) -> bpy.types.Image | None:
        """The image to start from."""
        node = nodes.active_image_node(context)
        return bpy.data.images.get(self.image) if self.image else nodes.source_of(node)

    def asked(self, context: bpy.types.Context) -> Run:
        """A run for the image and the settings that are given."""
        image, place = self._source(context)
        settings = self.complete(image)
        return Run(
            image,
            self.width,
            self.height,
            settings,
            place,
            self.variations,
            self.destination,
        )

    def _source(
        self, context: bpy.types.Context
    ) -> tuple[bpy.types.Image | None, nodes.NodePlace | None]:
        node = nodes.active_image_node(context)
        if not self.image:
            if node is None:
                raise Refused(
                    "There is no image. Select an Image Texture node in the shader editor, or "
                    "give the name of an image."
                )
            return nodes.source_of(node), nodes.place_of(context, node)
        image = bpy.data.images.get(self.image)
        if image is None:
            raise Refused(f"There is no image named “{self.image}” in this file.")
        place = nodes.place_of(context, node) if node and nodes.source_of(node) == image else None
        return image, place


NIFTY_OT_synthesize = type(
    "NIFTY_OT_synthesize",
    (_Synthesize,),
    {"__annotations__": setting_properties("SKIP_SAVE"), "__doc__": _Synthesize.bl_description},
)

# SPDX-License-Identifier: GPL-3.0-or-later
"""The operator behind the large button, and of every script."""

import bpy
from bpy.props import EnumProperty, IntProperty, StringProperty

from ..addon_core.settings import DEFAULTS, PRESETS
from . import nodes
from .checks import Refused
from .preferences import PREFERRED, SCENE_DESTINATIONS
from .properties import LARGEST_SIDE, MOST_VARIATIONS, apply, setting_properties, settings_of
from .run import Run
from .working import Working


class _Synthesize(Working):
    bl_idname = "nifty.synthesize"
    bl_label = "Synthesize"
    bl_description = "Make a new texture from the image of the active Image Texture node"
    bl_options = {"UNDO"}

    image: StringProperty(
        name="Image",
        description="Name of the image to start from; the active Image Texture node's if empty",
        options={"SKIP_SAVE"},
    )
    width: IntProperty(
        name="Width",
        description="Width of the new texture in pixels; twice the source's if not given",
        min=0,
        max=LARGEST_SIDE,
        options={"SKIP_SAVE"},
    )
    height: IntProperty(
        name="Height",
        description="Height of the new texture in pixels; twice the source's if not given",
        min=0,
        max=LARGEST_SIDE,
        options={"SKIP_SAVE"},
    )
    variations: IntProperty(
        name="Variations",
        description="How many textures are made, one seed after the other",
        default=1,
        min=1,
        max=MOST_VARIATIONS,
        options={"SKIP_SAVE"},
    )
    destination: EnumProperty(
        name="Results",
        description="Where new textures go",
        items=SCENE_DESTINATIONS,
        default=PREFERRED,
        options={"SKIP_SAVE"},
    )
    preset: StringProperty(
        name="Preset",
        description="Shipped preset from which settings that are not given are taken",
        options={"SKIP_SAVE"},
    )

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """From the panel: what is not given is what the panel shows."""
        shown = context.scene.nifty  # type: ignore[attr-defined]
        for name in ("variations", "destination", *(() if self.preset else DEFAULTS)):
            if not self.properties.is_property_set(name):
                setattr(self, name, getattr(shown, name))
        node = nodes.active_image_node(context)
        image = bpy.data.images.get(self.image) if self.image else nodes.source_of(node)
        if image is not None and not self._size_is_given():
            self.width, self.height = shown.output_size(image)
        return self.execute(context)

    def asked(self, context: bpy.types.Context) -> Run:
        """A run for the image and the settings that are given."""
        image, place = self._source(context)
        if self.preset:
            self._take_preset()
        settings = settings_of(self)
        if image is not None and not self.properties.is_property_set("width"):
            self.width = 2 * image.size[0]
        if image is not None and not self.properties.is_property_set("height"):
            self.height = 2 * image.size[1]
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

    def _size_is_given(self) -> bool:
        return any(self.properties.is_property_set(name) for name in ("width", "height"))

    def _take_preset(self) -> None:
        if self.preset not in PRESETS:
            raise Refused(f"There is no preset “{self.preset}”. There are: {', '.join(PRESETS)}.")
        given = {
            name: getattr(self, name) for name in DEFAULTS if self.properties.is_property_set(name)
        }
        apply(PRESETS[self.preset], self)
        for name, value in given.items():
            setattr(self, name, value)


NIFTY_OT_synthesize = type(
    "NIFTY_OT_synthesize",
    (_Synthesize,),
    {"__annotations__": setting_properties("SKIP_SAVE"), "__doc__": _Synthesize.bl_description},
)

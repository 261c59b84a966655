# SPDX-License-Identifier: GPL-3.0-or-later
"""What operators can be told that make textures with settings of their own."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.props import EnumProperty, IntProperty, StringProperty

from ..addon_core.settings import DEFAULTS, PRESETS, Settings
from .checks import Refused
from .preferences import PREFERRED, SCENE_DESTINATIONS
from .properties import LARGEST_SIDE, MOST_VARIATIONS, apply, settings_of
from .working import Working


class WithParameters(Working):
    """Has a property for each of them; each setting is one as well, in a class that Blender gets.

    The properties of a subclass itself that the panel shows too are named in `shown_names`.
    """

    shown_names: tuple[str, ...] = ()

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

    def first_source(self, context: bpy.types.Context) -> bpy.types.Image | None:
        """The image whose texture has the size that is asked for, if there is one."""
        raise NotImplementedError

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """From the panel: what is not given is what the panel shows."""
        shown: Any = context.scene.nifty  # type: ignore[attr-defined]
        settings = () if self.preset else tuple(DEFAULTS)
        for name in ("variations", "destination", *self.shown_names, *settings):
            if not self.properties.is_property_set(name):
                setattr(self, name, getattr(shown, name))
        source = self.first_source(context)
        if source is not None and not self._size_is_given():
            self.width, self.height = shown.output_size(source)
        return self.execute(context)

    def complete(self, source: bpy.types.Image | None) -> Settings:
        """Settle the size, which is twice the source's where it is not given, and the settings.

        Raises:
            Refused: there is no such preset.
            ValueError: settings that do not go together.
        """
        if self.preset:
            self._take_preset()
        settings = settings_of(self)
        if source is not None and not self.properties.is_property_set("width"):
            self.width = 2 * source.size[0]
        if source is not None and not self.properties.is_property_set("height"):
            self.height = 2 * source.size[1]
        return settings

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

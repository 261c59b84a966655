# SPDX-License-Identifier: GPL-3.0-or-later
"""Blender's properties, made from the settings of the core."""

from typing import Any

import bpy
from bpy.props import BoolProperty, EnumProperty, FloatProperty, IntProperty

from ..addon_core.settings import ALLOWED, DEFAULTS, OF_A_TEXTURE, Settings
from .material_place import COPY, RESULTS
from .preferences import PREFERRED, SCENE_DESTINATIONS

LARGEST_SIDE = 65536
"""Pixels; beyond this Blender's own image buffers are at their limits."""


MOST_VARIATIONS = 64
"""Textures of one run: each is packed into the file."""


def setting_properties(*options: str) -> dict[str, Any]:
    """An annotation for each setting, for a class that Blender is to register."""
    return {name: _property(name, {*options}) for name in DEFAULTS}


def _property(name: str, options: set[str]) -> Any:
    allowed = ALLOWED[name]
    default: Any = DEFAULTS[name]
    texts: dict[str, Any] = {
        "name": allowed.label,
        "description": allowed.help,
        "options": options or {"ANIMATABLE"},
    }
    if allowed.choices:
        items = [(key, *texts) for key, texts in allowed.choices.items()]
        return EnumProperty(items=items, default=default, **texts)
    if isinstance(default, bool):
        return BoolProperty(default=default, **texts)
    assert allowed.minimum is not None and allowed.maximum is not None
    if isinstance(default, int):
        low, high = int(allowed.minimum), int(allowed.maximum)
        return IntProperty(default=default, min=low, max=high, **texts)
    return FloatProperty(
        default=default, min=allowed.minimum, max=allowed.maximum, precision=3, step=5, **texts
    )


def settings_of(properties: Any) -> Settings:
    """The settings that a property group or an operator holds.

    Raises:
        ValueError: settings that do not go together.
    """
    return Settings(**{name: plain(getattr(properties, name)) for name in DEFAULTS})


def plain(value: Any) -> Any:
    """A property's value as a setting."""
    # Blender keeps single precision: 0.1 comes back as 0.10000000149.
    return float(f"{value:.6g}") if isinstance(value, float) else value


def apply(settings: Settings, properties: Any) -> None:
    """Set all settings but those that belong to a texture and not to a preset."""
    for name in DEFAULTS.keys() - OF_A_TEXTURE:
        setattr(properties, name, getattr(settings, name))


class _SceneProperties(bpy.types.PropertyGroup):
    size_mode: EnumProperty(
        name="Size",
        description="How the size of the new texture is given",
        items=(
            ("FACTOR", "Factor", "As a multiple of the source image"),
            ("PIXELS", "Pixels", "As a width and a height"),
        ),
        default="FACTOR",
    )
    factor: FloatProperty(
        name="Factor",
        description="Width and height of the new texture as multiples of the source's",
        default=2.0,
        min=0.05,
        max=64.0,
        soft_max=8.0,
        step=50,
        precision=2,
    )
    width: IntProperty(
        name="Width",
        description="Width of the new texture",
        default=1024,
        min=1,
        max=LARGEST_SIDE,
        subtype="PIXEL",
    )
    height: IntProperty(
        name="Height",
        description="Height of the new texture",
        default=1024,
        min=1,
        max=LARGEST_SIDE,
        subtype="PIXEL",
    )

    variations: IntProperty(
        name="Variations",
        description="How many textures are made at once, each with the next seed",
        default=1,
        min=1,
        max=MOST_VARIATIONS,
        soft_max=16,
    )

    destination: EnumProperty(
        name="Results",
        description="Where new textures go",
        items=SCENE_DESTINATIONS,
        default=PREFERRED,
    )

    material_result: EnumProperty(
        name="Result",
        description="What becomes of the new maps of a material",
        items=RESULTS,
        default=COPY,
    )
    is_assigned: BoolProperty(
        name="Assign to Object",
        description="Give the duplicate to the active object, in each slot that has the material",
        default=True,
    )

    def output_size(self, image: bpy.types.Image) -> tuple[int, int]:
        """Width and height of the new texture in pixels."""
        if self.size_mode == "PIXELS":
            return self.width, self.height
        width, height = image.size
        return max(1, round(width * self.factor)), max(1, round(height * self.factor))


NIFTY_PG_scene = type(
    "NIFTY_PG_scene",
    (_SceneProperties,),
    {"__annotations__": setting_properties(), "__doc__": "What the panel shows of a scene."},
)


class NIFTY_PG_map(bpy.types.PropertyGroup):
    """What is wanted of an image when it is one of the maps of a material."""

    is_wanted: BoolProperty(
        name="Use",
        description="Make this map anew together with the others; without it, the new material "
        "has the old one, which does not fit the others any more",
        default=True,
    )
    weight: FloatProperty(
        name="Weight",
        description="How much this map counts in the choice of pieces, beside the others; with 0 "
        "it goes along with them",
        default=0.25,
        min=0.0,
        max=100.0,
        soft_max=1.0,
        precision=2,
        step=5,
    )
    weight_as_base: FloatProperty(
        name="Weight",
        description="How much the base colour counts in the choice of pieces, beside the other "
        "maps; with 0 it goes along with them",
        default=1.0,
        min=0.0,
        max=100.0,
        soft_max=1.0,
        precision=2,
        step=5,
    )


def register() -> None:
    """Give every scene and every image its properties."""
    images: Any = bpy.types.Image
    images.nifty_map = bpy.props.PointerProperty(type=NIFTY_PG_map)
    bpy.types.Scene.nifty = bpy.props.PointerProperty(type=NIFTY_PG_scene)  # type: ignore[attr-defined]


def unregister() -> None:
    """Take them away again."""
    del bpy.types.Image.nifty_map  # type: ignore[attr-defined]
    del bpy.types.Scene.nifty  # type: ignore[attr-defined]

# SPDX-License-Identifier: GPL-3.0-or-later
"""A wall of bricks with maps whose pixels tell where they come from."""

from __future__ import annotations

from typing import Any

import bpy
import numpy as np
from numpy.typing import NDArray

from tests.blender.exemplars import HEIGHT, QUICK, WIDTH
from tests.blender.shading import add, new_material, shade, texture

SETTINGS = {**QUICK, "neighbours": 1}
"""Settings of a synthesis that is over at once."""

MAPS = ("wall_color.png", "wall_rough.png", "wall_nor.png")
"""Names of the images that `wall` has, base colour first, in the order in which they are found."""


def wall(name: str = "Wall") -> Any:
    """A material with three maps, worn by the active object."""
    color, rough, normal = (new_map(each, i == 0) for i, each in enumerate(MAPS))
    material = new_material(name)
    tree = material.node_tree
    shade(tree, Base_Color=texture(tree, color), Roughness=texture(tree, rough))
    shade(tree, Normal=add(tree, "NormalMap", {"Color": texture(tree, normal)}))
    wear(material)
    return material


def wear(material: Any) -> Any:
    """A new active object in the material."""
    thing = bpy.data.objects.new("House", bpy.data.meshes.new("House"))
    thing.data.materials.append(material)
    bpy.context.scene.collection.objects.link(thing)
    bpy.context.view_layer.objects.active = thing
    return thing


def new_map(
    name: str,
    is_colour: bool = False,
    size: tuple[int, int] = (WIDTH, HEIGHT),
    is_float: bool = False,
) -> Any:
    """A packed image; all maps rise from left to right, by 3/4 of their range, normals slant."""
    image = bpy.data.images.new(name, *size, alpha=True, float_buffer=is_float)
    image.colorspace_settings.name = "sRGB" if is_colour and not is_float else "Non-Color"
    width, height = size
    values = np.ones((height, width, 4), np.float32)
    rise = (np.arange(width) + 0.5) / width * 0.75
    if "nor" in name:
        values[..., 0] = (rise * 0.8 + 1) / 2
        values[..., 1] = 0.5
        values[..., 2] = (np.sqrt(1 - (rise * 0.8) ** 2) + 1) / 2
    else:
        values[..., 0] = rise
        values[..., 1:3] = 0.2 if is_colour else rise[:, None]
    image.pixels.foreach_set(values.ravel())
    image.pack()
    return image


def rise_of(pixels: NDArray[np.float32], name: str) -> NDArray[np.float32]:
    """(height, width): how far right in the exemplar a map's pixels come from, 0 to 0.75."""
    red = pixels[..., 0]
    return (2 * red - 1) / 0.8 if "nor" in name else red


def made_of(material: Any) -> list[Any]:
    """The images of a material's nodes, base colour first, as `wall` has them."""
    tree = material.node_tree
    nodes = [node for node in tree.nodes if node.bl_idname == "ShaderNodeTexImage"]
    return [node.image for node in nodes]

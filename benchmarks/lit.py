# SPDX-License-Identifier: GPL-3.0-or-later
"""A material lit from its sides, as Blender's Cycles shows it."""

from __future__ import annotations

import tempfile
from math import radians
from pathlib import Path
from typing import Any

import bpy
import numpy as np
from numpy.typing import NDArray

from .relief import Slopes
from .wholes import Maps

SAMPLES = 4

ELEVATION = 30.0
"""Of the sun above the surface, in degrees."""

SUNS = {"left": (0, -1), "right": (0, 1), "above": (-1, 0), "below": (1, 0)}
"""Where the light comes from in the picture, and by which axes the lamp is tilted."""

SOCKETS = {"base": "Base Color", "roughness": "Roughness", "normal": "Normal"}


Light = dict[str, NDArray[np.float32]]
"""From a sun to a picture in its light, (side, side, 3), linear, from the top row down."""


def pictures(maps: Maps) -> Light:
    """A square piece of surface, seen from above in the light of each sun.

    Args:
        maps: (side, side, channels), of which the shader uses those of `SOCKETS`.

    Returns:
        A pixel of the maps a pixel.
    """
    side = len(maps["base"])
    scene, lamp = _new_scene(side)
    _add_plane(_new_material(maps))
    result = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, tilt in SUNS.items():
            angles = (radians(90 - ELEVATION) * sign for sign in tilt)
            lamp.rotation_euler = *angles, 0.0
            scene.render.filepath = str(Path(folder) / f"{name}.exr")
            bpy.ops.render.render(write_still=True)
            result[name] = _read(scene.render.filepath, side)
    return result


def leaning(lit: Light) -> Slopes:
    """How much more light comes from one side than from the other, as a part of both, −1 to 1.

    What rises to the right faces the left, and what rises up the picture faces what is below it.
    The colour is divided out.
    """
    bright = {name: picture.mean(axis=2) for name, picture in lit.items()}
    pairs = ("left", "right"), ("below", "above")
    return np.stack(
        [(bright[a] - bright[b]) / np.maximum(bright[a] + bright[b], 1e-6) for a, b in pairs]
    )


def _new_scene(side: int) -> tuple[Any, Any]:
    """A scene with a camera over the unit square, and its sun."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene: Any = bpy.context.scene
    scene.render.engine = "CYCLES"
    scene.cycles.samples = SAMPLES
    scene.cycles.use_denoising = scene.cycles.use_adaptive_sampling = False
    # Samples stay within their pixel, which shows one pixel of the maps.
    scene.cycles.pixel_filter_type = "BOX"
    scene.render.resolution_x = scene.render.resolution_y = side
    scene.render.image_settings.file_format = "OPEN_EXR"
    scene.render.image_settings.color_depth = "32"
    camera: Any = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    camera.data.type, camera.data.ortho_scale = "ORTHO", 1.0
    camera.location = 0.5, 0.5, 3.0
    lamp: Any = bpy.data.objects.new("Sun", bpy.data.lights.new("Sun", "SUN"))
    lamp.data.energy, lamp.data.angle = 5.0, 0.0
    for thing in (camera, lamp):
        scene.collection.objects.link(thing)
    scene.camera = camera
    return scene, lamp


def _add_plane(material: bpy.types.Material) -> None:
    mesh: Any = bpy.data.meshes.new("Plane")
    corners = [(0, 0), (1, 0), (1, 1), (0, 1)]
    mesh.from_pydata([(x, y, 0.0) for x, y in corners], [], [(0, 1, 2, 3)])
    layer = mesh.uv_layers.new()
    layer.data.foreach_set("uv", np.array(corners, np.float32).ravel())
    mesh.materials.append(material)
    bpy.context.scene.collection.objects.link(bpy.data.objects.new("Plane", mesh))


def _new_material(maps: Maps) -> bpy.types.Material:
    material: Any = bpy.data.materials.new("Whole")
    if material.node_tree is None:  # Before Blender 5.0 a new material has no nodes.
        material.use_nodes = True
    tree: Any = material.node_tree
    nodes, links = tree.nodes, tree.links
    shader = nodes["Principled BSDF"]
    for role, socket in SOCKETS.items():
        node = nodes.new("ShaderNodeTexImage")
        node.image, node.interpolation = _new_image(role, maps[role]), "Closest"
        output = node.outputs["Color"]
        if role == "normal":
            decoded = nodes.new("ShaderNodeNormalMap")
            links.new(output, decoded.inputs["Color"])
            output = decoded.outputs["Normal"]
        links.new(output, shader.inputs[socket])
    return material


def _new_image(role: str, pixels: NDArray[np.float32]) -> bpy.types.Image:
    height, width, channels = pixels.shape
    image: Any = bpy.data.images.new(role, width, height)
    image.colorspace_settings.name = "sRGB" if role == "base" else "Non-Color"
    rgba = np.ones((height, width, 4), np.float32)
    rgba[:, :, :3] = pixels[::-1, :, : 3 if channels > 2 else 1]
    image.pixels.foreach_set(rgba.ravel())
    return image


def _read(path: str, side: int) -> NDArray[np.float32]:
    image: Any = bpy.data.images.load(path)
    values = np.empty(side * side * 4, np.float32)
    image.pixels.foreach_get(values)
    bpy.data.images.remove(image)
    return values.reshape(side, side, 4)[::-1, :, :3].copy()

# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures of a square unit of surface, seen straight from above, as arrays."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from math import radians
from pathlib import Path

import bpy
import numpy as np
from fields import Field, node
from shading import Surface, attribute, new_material

GRID = 1024
OVERHANG = 0.06


def empty_scene(samples: int) -> None:
    """A new scene with a camera over the unit square and nothing else; samples a pixel."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    camera.data.type, camera.data.ortho_scale = "ORTHO", 1.0
    camera.location = 0.5, 0.5, 3.0
    scene.collection.objects.link(camera)
    scene.camera = camera
    scene.render.engine = "CYCLES"
    scene.cycles.use_denoising = False
    scene.cycles.use_adaptive_sampling = False
    scene.cycles.filter_width = 1.1
    scene.render.image_settings.file_format = "OPEN_EXR"
    scene.render.image_settings.color_depth = "32"
    set_samples(samples)


def set_samples(count: int) -> None:
    """Samples a pixel from now on."""
    bpy.context.scene.cycles.samples = count


def light(sun: float = 2.6, sky: float = 0.75, angle: float = 12.0) -> None:
    """A sun, high on the upper left and soft by `angle` degrees, and an even grey sky."""
    scene = bpy.context.scene
    lamp = bpy.data.lights.new("Sun", "SUN")
    lamp.energy, lamp.angle = sun, radians(angle)
    thing = bpy.data.objects.new("Sun", lamp)
    thing.rotation_euler = radians(-28), radians(-38), 0.0
    scene.collection.objects.link(thing)
    scene.world = bpy.data.worlds.new("Sky")
    if not scene.world.node_tree:
        scene.world.use_nodes = True
    background = scene.world.node_tree.nodes["Background"]
    background.inputs["Color"].default_value = 0.86, 0.93, 1.0, 1.0
    background.inputs["Strength"].default_value = sky


def displaced_grid(paint: Callable[[Field], Surface]) -> tuple[bpy.types.Material, Surface]:
    """A fine grid, a little larger than the picture, that stands out by the surface's height."""
    side = np.linspace(-OVERHANG, 1 + OVERHANG, int(GRID * (1 + 2 * OVERHANG)), dtype=np.float32)
    count = len(side)
    points = np.zeros((count, count, 3), np.float32)
    points[..., 0], points[..., 1] = side[None, :], side[:, None]
    first = (np.arange(count - 1)[:, None] * count + np.arange(count - 1)).ravel()
    faces = first[:, None] + np.array([0, 1, count + 1, count])
    material, output = new_material("Surface")
    points = points.reshape(-1, 3)
    place(new_mesh(points, faces, material, {"flat": points}))
    material.displacement_method = "DISPLACEMENT"
    surface = paint(attribute(material, "flat"))
    lift = node("ShaderNodeDisplacement", {"Height": surface.height, "Midlevel": 0.0, "Scale": 1.0})
    material.node_tree.links.new(lift.socket, output.inputs["Displacement"])
    return material, surface


def add_plane(material: bpy.types.Material) -> None:
    """The ground at height 0, well beyond the picture."""
    corners = np.array([[-1, -1, 0], [2, -1, 0], [2, 2, 0], [-1, 2, 0]])
    place(new_mesh(corners, np.array([[0, 1, 2, 3]]), material))


def new_mesh(
    points: np.ndarray,
    faces: np.ndarray,
    material: bpy.types.Material,
    attributes: dict[str, np.ndarray] | None = None,
) -> bpy.types.Mesh:
    """A smooth mesh of points (n, 3), faces (m, corners), and vectors (n, 3) stored with them."""
    mesh = bpy.data.meshes.new(material.name)
    mesh.vertices.add(len(points))
    mesh.vertices.foreach_set("co", points.astype(np.float32).ravel())
    mesh.loops.add(faces.size)
    mesh.loops.foreach_set("vertex_index", faces.astype(np.int32).ravel())
    mesh.polygons.add(len(faces))
    starts = np.arange(0, faces.size, faces.shape[1], dtype=np.int32)
    mesh.polygons.foreach_set("loop_start", starts)
    mesh.update(calc_edges=True)
    mesh.shade_smooth()
    for name, values in (attributes or {}).items():
        layer = mesh.attributes.new(name, "FLOAT_VECTOR", "POINT")
        layer.data.foreach_set("vector", values.astype(np.float32).ravel())
    mesh.materials.append(material)
    return mesh


def place(mesh: bpy.types.Mesh) -> bpy.types.Object:
    """A new object in the scene that shows the mesh."""
    thing = bpy.data.objects.new(mesh.name, mesh)
    bpy.context.scene.collection.objects.link(thing)
    return thing


def picture(size: int) -> np.ndarray:
    """What the camera sees, (size, size, 3) float32, linear, from the top row down."""
    scene = bpy.context.scene
    scene.render.resolution_x = scene.render.resolution_y = size
    with tempfile.TemporaryDirectory() as folder:
        scene.render.filepath = str(Path(folder) / "picture.exr")
        bpy.ops.render.render(write_still=True)
        image = bpy.data.images.load(scene.render.filepath)
        values = np.empty(size * size * 4, np.float32)
        image.pixels.foreach_get(values)
        bpy.data.images.remove(image)
    return values.reshape(size, size, 4)[::-1, :, :3].copy()

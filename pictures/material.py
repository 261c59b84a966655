# SPDX-License-Identifier: GPL-3.0-or-later
"""A whole material on a wall and a sphere: its exemplar repeated, and what the add-on makes of it.

Usage: python -m pictures.material FILE, where the add-on is installed
"""

import sys
import tempfile
from math import pi
from pathlib import Path
from typing import Any

import bpy
import numpy as np
from mathutils import Vector

from examples.demo import enable_extension, pixels_of, save, side_by_side
from pictures.nodes import BRICKWORK, wall

SIZE = 3 * BRICKWORK

REPEATS = SIZE / 512
"""Exemplars along each side of the wall and around the sphere; half of them from pole to pole."""

SEED = 1
"""One of those whose courses break least, seen by eye: another version may need another one."""

SIDE = 776
"""Pixels of each picture."""


def build() -> list[Any]:
    """Fill the empty scene with a wall, a sphere before it, a lamp at their side, and a camera.

    Returns the things that wear the material. Their coordinates make the textures equally large.
    """
    grid = bpy.ops.mesh.primitive_grid_add
    grid(x_subdivisions=512, y_subdivisions=512, size=2 * pi, rotation=(pi / 2, 0, 0))
    things = [bpy.context.object]
    ball = bpy.ops.mesh.primitive_uv_sphere_add
    ball(segments=512, ring_count=256, location=(1.35, -1.6, -1.45))
    things.append(bpy.context.object)
    for loop in things[-1].data.uv_layers.active.uv:
        loop.vector.y /= 2
    for thing in things:
        thing.data.shade_smooth()

    lamp = bpy.data.lights.new("Sun", "SUN")
    lamp.energy, lamp.angle = 5.5, 0.03
    _add("Sun", lamp).rotation_euler = Vector((0.8, 0.5, -0.4)).to_track_quat("-Z", "Y").to_euler()
    camera = _add("Camera", bpy.data.cameras.new("Camera"))
    camera.location, camera.rotation_euler = (0, -15, 0), (pi / 2, 0, 0)
    camera.data.angle = 0.4
    return things


def _add(name: str, data: Any) -> Any:
    thing = bpy.data.objects.new(name, data)
    bpy.context.scene.collection.objects.link(thing)
    return thing


def set_up_render() -> None:
    """Cycles, with a little light from all around."""
    scene: Any = bpy.context.scene
    scene.camera = bpy.data.objects["Camera"]
    scene.world = bpy.data.worlds.new("Sky")
    if scene.world.node_tree is None:  # before Blender 5.0 a new world has no nodes
        scene.world.use_nodes = True
    scene.world.node_tree.nodes["Background"].inputs["Strength"].default_value = 4.5
    scene.render.engine = "CYCLES"
    scene.cycles.samples = 24
    scene.render.resolution_x = scene.render.resolution_y = SIDE
    scene.view_settings.view_transform = "Standard"


def rendered(things: list[Any], material: Any) -> np.ndarray:
    """(SIDE, SIDE, 4), the bottom row first: the things in this material."""
    for thing in things:
        thing.data.materials.clear()
        thing.data.materials.append(material)
    with tempfile.TemporaryDirectory() as folder:
        bpy.context.scene.render.filepath = str(Path(folder, "picture.png"))
        bpy.ops.render.render(write_still=True)
        return pixels_of(bpy.data.images.load(bpy.context.scene.render.filepath))


def main(path: Path) -> None:
    enable_extension()
    things = build()
    set_up_render()
    before = wall("Bricks", "bricks_512", REPEATS)
    pictures = [rendered(things, before)]
    bpy.ops.nifty.synthesize_material(
        material=before.name, width=SIZE, height=SIZE, tile="xy", seed=SEED
    )
    after = bpy.data.materials[f"{before.name} NIFTY"]
    after.node_tree.nodes["Mapping"].inputs["Scale"].default_value = 1, 1, 1
    pictures.append(rendered(things, after))
    save(side_by_side(*pictures), path)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

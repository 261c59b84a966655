# SPDX-License-Identifier: GPL-3.0-or-later
"""Grow a shipped exemplar with the add-on's operator and show it, where the add-on is installed.

Usage: python examples/demo.py FOLDER (or `python3 build.py demo`, which prepares everything)
"""

import sys
import time
from math import radians
from pathlib import Path

import bpy
import numpy as np

EXEMPLAR = Path(__file__).parent / "rust_256.png"
SIZE = 512
GAP = 16
QUALITY = 90


def enable_extension() -> None:
    """Open an empty file with the add-on enabled."""
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    bpy.ops.preferences.addon_enable(module="bl_ext.user_default.nifty")


def synthesize(exemplar: bpy.types.Image) -> bpy.types.Image:
    """The new image that the add-on's operator makes of `exemplar`."""
    before = set(bpy.data.images.keys())
    bpy.ops.nifty.synthesize(image=exemplar.name, width=SIZE, height=SIZE, seed=1)
    (name,) = set(bpy.data.images.keys()) - before
    return bpy.data.images[name]


def side_by_side(*pictures: np.ndarray) -> np.ndarray:
    """Pictures at 100 % with a gap between them, aligned at the top, on white.

    Each is (height, width, 4) float32, the bottom row first, as Blender holds them; so is all.
    """
    height = max(len(picture) for picture in pictures)
    width = sum(picture.shape[1] + GAP for picture in pictures) - GAP
    canvas = np.ones((height, width, 4), np.float32)
    left = 0
    for picture in pictures:
        canvas[height - len(picture) :, left : left + picture.shape[1]] = picture
        left += picture.shape[1] + GAP
    return canvas


def save(pixels: np.ndarray, path: Path) -> None:
    """Write (height, width, 4) pixels, the bottom row first, as the PNG or JPEG of the ending."""
    image = bpy.data.images.new(path.stem, pixels.shape[1], pixels.shape[0])
    image.pixels.foreach_set(pixels.ravel())
    image.file_format = "JPEG" if path.suffix == ".jpg" else "PNG"
    image.save(filepath=str(path), quality=QUALITY)
    bpy.data.images.remove(image)


def pixels_of(image: bpy.types.Image) -> np.ndarray:
    """(height, width, channels) float32, the bottom row first, as Blender holds them."""
    pixels = np.empty(len(image.pixels), np.float32)
    image.pixels.foreach_get(pixels)
    return pixels.reshape(image.size[1], image.size[0], image.channels)


def show_on_plane(image: bpy.types.Image) -> None:
    """Fill the empty scene with a plane that wears `image`, a light, and a camera."""
    scene = bpy.context.scene
    bpy.ops.mesh.primitive_plane_add(size=2)
    plane = bpy.context.object
    plane.data.materials.append(material_of(image))
    bpy.ops.object.light_add(type="SUN", rotation=(radians(35), radians(20), 0))
    bpy.context.object.data.energy = 4
    bpy.ops.object.camera_add(location=(0, -2.7, 2.4), rotation=(radians(47), 0, 0))
    scene.camera = bpy.context.object
    scene.world = bpy.data.worlds.new("Dim")

    scene.render.engine = "CYCLES"
    scene.cycles.samples = 16
    scene.render.resolution_x, scene.render.resolution_y = 960, 640
    scene.view_settings.view_transform = "Standard"  # shows the texture's own colours


def material_of(image: bpy.types.Image) -> bpy.types.Material:
    material = bpy.data.materials.new(image.name)
    if material.node_tree is None:  # before Blender 5.0 a new material has no nodes
        material.use_nodes = True
    nodes, links = material.node_tree.nodes, material.node_tree.links
    texture = nodes.new("ShaderNodeTexImage")
    texture.image = image
    texture.location = (-320, 300)
    links.new(texture.outputs["Color"], nodes["Principled BSDF"].inputs["Base Color"])
    nodes.active = texture
    return material


def look_through_camera() -> None:
    """Let every 3D view of the file open with the plane in sight, textured."""
    for screen in bpy.data.screens:
        for area in screen.areas:
            if area.type == "VIEW_3D":
                area.spaces.active.shading.type = "MATERIAL"
                area.spaces.active.region_3d.view_perspective = "CAMERA"


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    enable_extension()
    exemplar = bpy.data.images.load(str(EXEMPLAR))
    start = time.perf_counter()
    texture = synthesize(exemplar)
    seconds = time.perf_counter() - start

    texture.save(filepath=str(folder / "texture.png"))
    save(side_by_side(pixels_of(exemplar), pixels_of(texture)), folder / "side_by_side.png")
    bpy.data.images.remove(exemplar)

    show_on_plane(texture)
    look_through_camera()
    bpy.ops.wm.save_as_mainfile(filepath=str(folder / "nifty.blend"))
    bpy.context.scene.render.filepath = str(folder / "render.png")
    bpy.ops.render.render(write_still=True)

    print(f"\n{EXEMPLAR.name} grown to {SIZE} x {SIZE} in {seconds:.1f} s:")
    for name, what in (
        ("texture.png", "the texture"),
        ("side_by_side.png", "the exemplar beside it"),
        ("nifty.blend", "the texture on a plane"),
        ("render.png", "the plane, rendered"),
    ):
        print(f"  {folder / name}  {what}")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())

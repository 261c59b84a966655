# SPDX-License-Identifier: GPL-3.0-or-later
"""Materials to test with: nodes and links in short, a picture of one, and all that is in a tree."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy
import numpy as np
from numpy.typing import NDArray

SIDE = 8
"""Pixels of a map."""


def noise(name: str, colorspace: str = "sRGB", seed: int = 0, size: tuple[int, int] = (SIDE, SIDE)):
    """An image of random pixels, alpha as well; those of normal maps point up more or less."""
    image = bpy.data.images.new(name, *size, alpha=True)
    image.colorspace_settings.name = colorspace
    random = np.random.default_rng([seed, *name.encode()])
    pixels = random.uniform(0.2, 0.8, (size[1], size[0], 4)).astype(np.float32)
    if "nor" in name.lower():
        pixels[..., 2] = 0.95
    image.pixels.foreach_set(pixels.ravel())
    image.pack()
    return image


def new_material(name: str = "Bricks") -> Any:
    """A material with a Principled BSDF."""
    material: Any = bpy.data.materials.new(name)
    if material.node_tree is None:  # Before Blender 5.0 a new material has no nodes.
        material.use_nodes = True
    return material


def new_group(name: str, **sockets: str) -> Any:
    """A node group with these inputs, and one more called ``out`` that is its output."""
    groups: Any = bpy.data.node_groups
    group = groups.new(name, "ShaderNodeTree")
    for socket, kind in sockets.items():
        label = socket.replace("_", " ")
        in_out = "OUTPUT" if socket.startswith("out") else "INPUT"
        group.interface.new_socket(label, in_out=in_out, socket_type=f"NodeSocket{kind}")
    return group


def add(tree: Any, kind: str, inputs: dict[Any, Any] | None = None, **values: Any) -> Any:
    """A node of this kind; its inputs are linked to outputs, or get values."""
    node = tree.nodes.new(kind if kind.startswith("Node") else f"ShaderNode{kind}")
    for name, value in values.items():
        setattr(node, name, value)
    for key, value in (inputs or {}).items():
        connect(tree, value, socket(node, key))
    return node


def socket(node: Any, key: Any) -> Any:
    """An enabled input by its identifier, name or number."""
    if isinstance(key, int):
        return node.inputs[key]
    enabled = [each for each in node.inputs if each.enabled]
    by = [each for each in enabled if each.identifier == key] or [
        each for each in enabled if each.name == key
    ]
    return by[0]


def connect(tree: Any, value: Any, into: Any) -> None:
    """Link an output, or a node's first one, to an input; anything else is the input's value."""
    if isinstance(value, bpy.types.Node):
        value = value.outputs[0]
    if isinstance(value, bpy.types.NodeSocket):
        tree.links.new(value, into)
    else:
        into.default_value = value


def texture(tree: Any, image: Any, vector: Any = None) -> Any:
    """An Image Texture without smoothing, so that every pixel counts."""
    inputs = {} if vector is None else {"Vector": vector}
    return add(tree, "TexImage", inputs, image=image, interpolation="Closest")


def principled(tree: Any) -> Any:
    return next(n for n in tree.nodes if n.bl_idname == "ShaderNodeBsdfPrincipled")


def shade(tree: Any, **inputs: Any) -> None:
    """Connect to the Principled BSDF, whose inputs are written with underscores."""
    for name, value in inputs.items():
        connect(tree, value, principled(tree).inputs[name.replace("_", " ")])


def output_of(tree: Any) -> Any:
    return next(n for n in tree.nodes if n.bl_idname == "ShaderNodeOutputMaterial")


OBLIQUE = 0.0, -0.9, 0.4
"""How the sun is turned that shines from the left, and a little from below."""


def picture(
    material: Any,
    folder: Path,
    size: int = 24,
    sun: tuple[float, float, float] = OBLIQUE,
) -> NDArray[np.float32]:
    """A plane with two UV maps in the material, seen from above and lit by a sun turned so.

    (size, size, 4), linear, the bottom row first.
    """
    scene = bpy.context.scene
    plane = bpy.data.objects.get("Plane") or _new_scene()
    bpy.data.objects["Sun"].rotation_euler = sun
    plane.data.materials.clear()
    plane.data.materials.append(material)
    scene.render.resolution_x = scene.render.resolution_y = size
    scene.render.filepath = str(folder / "picture.exr")
    bpy.ops.render.render(write_still=True)
    image = bpy.data.images.load(scene.render.filepath)
    pixels = np.empty(size * size * 4, np.float32)
    image.pixels.foreach_get(pixels)
    bpy.data.images.remove(image)
    return pixels.reshape(size, size, 4)


def _new_scene() -> Any:
    scene: Any = bpy.context.scene
    scene.render.engine = "CYCLES"
    scene.cycles.samples = 4
    scene.cycles.use_denoising = False
    scene.cycles.use_adaptive_sampling = False
    scene.render.film_transparent = True
    scene.render.image_settings.file_format = "OPEN_EXR"
    scene.render.image_settings.color_mode = "RGBA"
    scene.render.image_settings.color_depth = "32"
    camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    camera.data.type, camera.data.ortho_scale = "ORTHO", 1.0
    camera.location = 0.5, 0.5, 3.0
    lamp = bpy.data.objects.new("Sun", bpy.data.lights.new("Sun", "SUN"))
    lamp.data.energy = 3.0
    mesh: Any = bpy.data.meshes.new("Plane")
    corners = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], np.float32)
    mesh.from_pydata([(x, y, 0.0) for x, y in corners.tolist()], [], [(0, 1, 2, 3)])
    for name, coordinates in (("first", corners), ("second", corners[:, ::-1] * 3 + 0.1)):
        layer = mesh.uv_layers.new(name=name)
        layer.data.foreach_set("uv", np.ascontiguousarray(coordinates).ravel())
    plane = bpy.data.objects.new("Plane", mesh)
    for thing in (camera, lamp, plane):
        scene.collection.objects.link(thing)
    scene.camera = camera
    return plane


def contents(tree: Any) -> Any:
    """Nodes, values, images, groups and links of a tree, to compare; groups by what is in them."""
    nodes = {node.name: _node(node) for node in tree.nodes}
    ends = (("from_node", "name"), ("from_socket", "identifier"))
    ends += (("to_node", "name"), ("to_socket", "identifier"))
    links = {
        (*(getattr(getattr(link, end), key) for end, key in ends), link.is_muted)
        for link in tree.links
    }
    return nodes, links


def _node(node: Any) -> Any:
    kept: dict[str, Any] = {}
    for each in node.bl_rna.properties:
        value = getattr(node, each.identifier)
        if isinstance(value, bpy.types.NodeTree):
            kept[each.identifier] = contents(value)
        elif isinstance(value, bpy.types.ColorRamp):
            kept["ramp"] = [(e.position, e.color[:]) for e in value.elements]
        elif isinstance(value, bpy.types.Image | bpy.types.Node):
            kept[each.identifier] = value.name
        elif isinstance(value, bpy.types.CurveMapping):
            kept["curves"] = [[p.location[:] for p in c.points] for c in value.curves]
        elif not each.is_readonly and each.type != "POINTER":
            kept[each.identifier] = value[:] if hasattr(value, "__getitem__") else value
    kept["inputs"] = {s.identifier: _value(s) for s in node.inputs}
    return kept


def _value(socket: Any) -> Any:
    value = getattr(socket, "default_value", None)
    return value[:] if hasattr(value, "__getitem__") else value

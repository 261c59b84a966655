# SPDX-License-Identifier: GPL-3.0-or-later
"""A material of four maps from `examples/`, as an artist would connect them."""

from pathlib import Path
from typing import Any

import bpy

EXAMPLES = Path(__file__).parents[1] / "examples"

MAPS = {"Base Color": "", "Roughness": "_roughness", "Normal": "_normal", "Displacement": "_height"}
"""What each map is for, with the end of its file's name."""

BRICKWORK = 536
"""Pixels that 12 courses of `bricks_512` are high, and 4 bricks wide: a multiple of them repeats
without a cut brick."""


def wall(name: str, exemplar: str, repeats: float, depth: float = 0.04) -> Any:
    """A new material that repeats an exemplar along each axis, `depth` metres deep."""
    material: Any = bpy.data.materials.new(name)
    if material.node_tree is None:  # before Blender 5.0 a new material has no nodes
        material.use_nodes = True
    material.displacement_method = "BOTH"
    nodes, links = material.node_tree.nodes, material.node_tree.links
    coordinates = nodes.new("ShaderNodeTexCoord")
    mapping = nodes.new("ShaderNodeMapping")
    mapping.inputs["Scale"].default_value = repeats, repeats, repeats
    links.new(coordinates.outputs["UV"], mapping.inputs["Vector"])
    bump, lift = nodes.new("ShaderNodeNormalMap"), nodes.new("ShaderNodeDisplacement")
    lift.inputs["Scale"].default_value = depth
    surface = nodes["Principled BSDF"]
    ends = (surface.inputs["Base Color"], surface.inputs["Roughness"])
    ends += (bump.inputs["Color"], lift.inputs["Height"])
    for row, (end, suffix) in enumerate(zip(ends, MAPS.values(), strict=True)):
        texture = nodes.new("ShaderNodeTexImage")
        texture.image = bpy.data.images.load(str(EXAMPLES / f"{exemplar}{suffix}.png"))
        texture.image.colorspace_settings.name = "Non-Color" if suffix else "sRGB"
        texture.location = -600, 300 - 280 * row
        links.new(mapping.outputs["Vector"], texture.inputs["Vector"])
        links.new(texture.outputs["Color"], end)
    links.new(bump.outputs["Normal"], surface.inputs["Normal"])
    links.new(lift.outputs["Displacement"], nodes["Material Output"].inputs["Displacement"])
    return material

# SPDX-License-Identifier: GPL-3.0-or-later
"""Materials: what one says of a surface, and how that becomes light."""

from __future__ import annotations

from dataclasses import dataclass

import bpy
from fields import Field, Operand, mix, node


@dataclass(frozen=True)
class Surface:
    """What a material says of each point: linear colour, roughness 0 … 1, and height in units of
    the picture's width."""

    colour: Field
    roughness: Operand
    height: Operand = 0.0
    sheen: float = 0.0


def new_material(name: str) -> tuple[bpy.types.Material, bpy.types.Node]:
    """A material without nodes but its output, and that output."""
    material = bpy.data.materials.new(name)
    if not material.node_tree:
        material.use_nodes = True
    material.node_tree.nodes.clear()
    return material, material.node_tree.nodes.new("ShaderNodeOutputMaterial")


def source(material: bpy.types.Material, kind: str, output: str) -> Field:
    """The output of a new node that needs no input."""
    return Field(material.node_tree.nodes.new(kind).outputs[output])


def attribute(material: bpy.types.Material, name: str) -> Field:
    """A vector that is stored at the points of a mesh, as a field."""
    stored = source(material, "ShaderNodeAttribute", "Vector")
    stored.socket.node.attribute_name = name
    return stored


def principled(surface: Surface) -> Field:
    return node(
        "ShaderNodeBsdfPrincipled",
        {
            "Base Color": surface.colour,
            "Roughness": surface.roughness,
            "Sheen Weight": surface.sheen,
        },
    )


def occluded(colour: Field, share: float, reach: float) -> Field:
    """The colour, darkened by that share where the surface within reach hides the sky."""
    openness = node("ShaderNodeAmbientOcclusion", {"Color": colour, "Distance": reach}, samples=4)
    return mix(colour, openness, share)


def emission(value: Field) -> Field:
    return node("ShaderNodeEmission", {"Color": value})


def show(material: bpy.types.Material, shader: Field) -> None:
    """Lets the material's surface be the shader, without making a lamp of every face."""
    material.cycles.emission_sampling = "NONE"
    output = next(n for n in material.node_tree.nodes if n.type == "OUTPUT_MATERIAL")
    material.node_tree.links.new(shader.socket, output.inputs["Surface"])

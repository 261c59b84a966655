# SPDX-License-Identifier: GPL-3.0-or-later
"""Materials as artists build them: a function each, and what is to be found in what it builds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import bpy

from tests.blender.shading import (
    add,
    connect,
    new_group,
    new_material,
    noise,
    output_of,
    principled,
    shade,
    texture,
)

DATA = "Non-Color"

SETUPS: dict[str, Setup] = {}
"""All of them. Tests take names as parameters: what pytest holds outlives Blender, which a function
of this module would hold, and Blender 4.2 does not survive that."""


@dataclass(frozen=True)
class Setup:
    build: Callable[[Any, list[Any]], None]
    """Builds the material's nodes with the images, in the order of `images`."""
    images: dict[str, str]
    """Each image's name and colour space."""
    found: dict[str, tuple[str, str]]
    """Each image that is to be found, in order: its kind, and what it is for."""

    def new_images(self, seed: int = 0) -> list[Any]:
        return [noise(name, space, seed) for name, space in self.images.items()]

    def material(self, images: list[Any]) -> Any:
        material = new_material()
        self.build(material.node_tree, images)
        return material


def setup(found: dict[str, tuple[str, str]], **spaces: str) -> Callable[..., Any]:
    """Registers a function under what is found in its material.

    Args:
        found: names of images as keys; ``kind, "Role, Role.channel"``.
        spaces: images that feed nothing, and their colour spaces.
    """
    images = {
        name: "sRGB" if kind == "colour" else DATA for name, (kind, _) in found.items()
    } | spaces

    def register(build: Callable[[Any, list[Any]], None]) -> Callable[[Any, list[Any]], None]:
        SETUPS[build.__name__] = Setup(build, images, found)
        return build

    return register


@setup(
    {
        "brick_color.png": ("colour", "Base Color"),
        "brick_rough.png": ("data", "Roughness"),
        "brick_normal.png": ("normal", "Normal"),
        "brick_height.png": ("data", "Bump"),
    }
)
def normal_and_bump(tree: Any, images: list[Any]) -> None:
    color, rough, normal, height = (texture(tree, image) for image in images)
    ramp = add(tree, "ValToRGB", {"Fac": rough})
    ramp.color_ramp.elements[0].color = (0.3, 0.3, 0.3, 1)
    mapped = add(tree, "NormalMap", {"Color": normal, "Strength": 0.8})
    bump = add(tree, "Bump", {"Height": height, "Normal": mapped, "Distance": 0.05})
    shade(tree, Base_Color=add(tree, "Gamma", {"Color": color, "Gamma": 1.2}))
    shade(tree, Roughness=ramp, Normal=bump)


@setup(
    {
        "crate_diffuse.png": ("colour", "Base Color"),
        "crate_ORM.png": ("data", "Ambient Occlusion.red, Roughness.green, Metallic.blue"),
    }
)
def packed_orm(tree: Any, images: list[Any]) -> None:
    color, packed = (texture(tree, image) for image in images)
    parts = add(tree, "SeparateColor", {"Color": packed})
    shaded = add(tree, "Mix", data_type="RGBA", blend_type="MULTIPLY")
    connect(tree, 1.0, shaded.inputs[0])
    connect(tree, color, shaded.inputs[6])
    connect(tree, parts.outputs["Red"], shaded.inputs[7])
    shade(tree, Base_Color=shaded.outputs[2])
    shade(tree, Roughness=parts.outputs["Green"], Metallic=parts.outputs["Blue"])


@setup(
    {
        "floor_albedo.png": ("colour", "Base Color"),
        "floor_shine.png": ("data", "Gloss"),
        "floor_spec.png": ("data", "Specular"),
    }
)
def gloss_inverted(tree: Any, images: list[Any]) -> None:
    color, gloss, specular = (texture(tree, image) for image in images)
    rough = add(tree, "Invert", {"Fac": 1.0, "Color": gloss})
    clamped = add(tree, "Clamp", {"Value": rough, "Min": 0.1})
    shade(tree, Base_Color=color, Roughness=clamped, Specular_IOR_Level=specular)


@setup(
    {
        "moss_color.png": ("colour", "Base Color"),
        "moss_rough.png": ("data", "Roughness"),
        "moss_nor.png": ("normal", "Normal"),
    }
)
def node_group(tree: Any, images: list[Any]) -> None:
    """A shader in a group, one of its textures in a group inside it, one outside."""
    color, rough, normal = images
    inner = new_group("Relief", Vector="Vector", Strength="Float", out="Vector")
    given = add(inner, "NodeGroupInput")
    relief = texture(inner, normal, given.outputs["Vector"])
    mapped = add(inner, "NormalMap", {"Color": relief, "Strength": given.outputs["Strength"]})
    add(inner, "NodeGroupOutput", {0: mapped})
    outer = new_group("Layer", Vector="Vector", Rough="Float", out="Shader")
    given = add(outer, "NodeGroupInput")
    nested = add(outer, "Group", node_tree=inner)
    connect(outer, given.outputs["Vector"], nested.inputs["Vector"])
    connect(outer, 0.7, nested.inputs["Strength"])
    shader = add(
        outer,
        "BsdfPrincipled",
        {
            "Base Color": texture(outer, color, given.outputs["Vector"]),
            "Roughness": given.outputs["Rough"],
            "Normal": nested,
        },
    )
    add(outer, "NodeGroupOutput", {0: shader})
    tree.nodes.remove(principled(tree))
    spread = add(tree, "Mapping", {"Vector": add(tree, "UVMap", uv_map="first"), "Scale": (2,) * 3})
    layer = add(tree, "Group", node_tree=outer)
    connect(tree, spread, layer.inputs["Vector"])
    connect(tree, texture(tree, rough, spread), layer.inputs["Rough"])
    connect(tree, layer, output_of(tree).inputs["Surface"])


@setup({"wall_color.png": ("colour", "Base Color"), "wall_rough.png": ("data", "Roughness")})
def shared_image(tree: Any, images: list[Any]) -> None:
    """Two materials with the same images."""
    other = new_material("Other").node_tree
    for each in (tree, other):
        shade(each, Base_Color=texture(each, images[0]), Roughness=texture(each, images[1]))


@setup(
    {
        "rock_basecolor.png": ("colour", "Base Color"),
        "rock_Normal.png": ("normal", "Normal"),
        "rock_disp.png": ("data", "Height"),
    }
)
def displacement(tree: Any, images: list[Any]) -> None:
    color, normal, height = (texture(tree, image) for image in images)
    shade(tree, Base_Color=color, Normal=add(tree, "NormalMap", {"Color": normal}))
    ranged = add(tree, "MapRange", {"Value": height, "To Min": -0.5, "To Max": 0.5})
    moved = add(tree, "Displacement", {"Height": ranged, "Midlevel": 0.0, "Scale": 0.2})
    connect(tree, moved, output_of(tree).inputs["Displacement"])


@setup({"cloth.png": ("colour", "Base Color"), "cloth_bump.png": ("data", "Bump")})
def mapping_and_coordinates(tree: Any, images: list[Any]) -> None:
    coordinates = add(tree, "TexCoord").outputs["UV"]
    mapping = add(
        tree,
        "Mapping",
        {"Vector": coordinates, "Location": (0.1, 0.2, 0), "Scale": (3, 2, 1)},
    )
    reroute = add(tree, "NodeReroute", {0: mapping})
    color, height = (texture(tree, image, reroute) for image in images)
    color.extension, height.interpolation = "MIRROR", "Linear"
    shade(tree, Base_Color=color, Normal=add(tree, "Bump", {"Height": height, "Strength": 0.6}))


@setup(
    {
        "house_color.png": ("colour", "Base Color"),
        "house_lightdirt.png": ("data", "Ambient Occlusion"),
        "house_ao.png": ("data", "Ambient Occlusion"),
    }
)
def several_uv_maps(tree: Any, images: list[Any]) -> None:
    """Colour on one UV map, two maps that darken it on another."""
    first, second = (add(tree, "UVMap", uv_map=name) for name in ("first", "second"))
    color, dirt, occlusion = images
    darker = add(tree, "Math", operation="MULTIPLY")
    connect(tree, texture(tree, dirt, second), darker.inputs[0])
    connect(tree, texture(tree, occlusion, second), darker.inputs[1])
    shaded = add(tree, "MixRGB", blend_type="MULTIPLY")
    connect(tree, 0.8, shaded.inputs[0])
    connect(tree, texture(tree, color, first), shaded.inputs[1])
    connect(tree, darker, shaded.inputs[2])
    shade(tree, Base_Color=shaded)


@setup(
    {
        "grass_color.png": ("colour", "Base Color"),
        "path_color.png": ("colour", "Base Color"),
        "grass_rough.png": ("data", "Roughness"),
        "splat.png": ("data", "Mask"),
    }
)
def mix_of_two(tree: Any, images: list[Any]) -> None:
    grass, path, rough, mask = (texture(tree, image) for image in images)
    mixed = add(tree, "Mix", data_type="RGBA")
    for value, number in ((mask, 0), (grass, 6), (path, 7)):
        connect(tree, value, mixed.inputs[number])
    bright = add(tree, "BrightContrast", {"Color": mixed.outputs[2], "Bright": 0.05})
    shade(tree, Base_Color=add(tree, "HueSaturation", {"Color": bright, "Saturation": 0.9}))
    rougher = add(tree, "Math", {0: rough, 1: 1.3}, operation="MULTIPLY")
    shade(tree, Roughness=rougher)


@setup(
    {
        "leaf.png": ("colour", "Base Color, Alpha.alpha"),
        "leaf_nrm.png": ("normal", "Normal"),
        "leaf_translucency.png": ("data", "Transmission"),
    }
)
def alpha_clipped_leaf(tree: Any, images: list[Any]) -> None:
    leaf, normal, through = (texture(tree, image) for image in images)
    clip = add(tree, "Math", {0: leaf.outputs["Alpha"], 1: 0.5}, operation="GREATER_THAN")
    shade(tree, Base_Color=leaf, Alpha=clip, Transmission_Weight=through)
    shade(tree, Normal=add(tree, "NormalMap", {"Color": normal}))


@setup({"fern.png": ("colour", "Base Color, Alpha.alpha"), "fern_x.png": ("data", "Roughness")})
def cut_out_by_a_shader(tree: Any, images: list[Any]) -> None:
    fern, rough = (texture(tree, image) for image in images)
    shade(tree, Base_Color=fern, Roughness=rough)
    mixed = add(tree, "MixShader", {0: fern.outputs["Alpha"], 1: add(tree, "BsdfTransparent")})
    connect(tree, principled(tree), mixed.inputs[2])
    connect(tree, mixed, output_of(tree).inputs["Surface"])


@setup({"tile_col.png": ("colour", "Base Color"), "tile_norm.png": ("normal_directx", "Normal")})
def green_inverted_by_nodes(tree: Any, images: list[Any]) -> None:
    color, normal = (texture(tree, image) for image in images)
    parts = add(tree, "SeparateColor", {"Color": normal})
    green = add(tree, "Math", {0: 1.0, 1: parts.outputs["Green"]}, operation="SUBTRACT")
    joined = add(tree, "CombineColor", {0: parts.outputs[0], 1: green, 2: parts.outputs[2]})
    shade(tree, Base_Color=color, Normal=add(tree, "NormalMap", {"Color": joined}))


@setup({"plank_norm.png": ("normal_directx", "Normal")})
def green_inverted_by_a_curve(tree: Any, images: list[Any]) -> None:
    curves = add(tree, "RGBCurve", {"Color": texture(tree, images[0])})
    green = curves.mapping.curves[1].points
    green[0].location, green[1].location = (0, 1), (1, 0)
    curves.mapping.update()
    shade(tree, Normal=add(tree, "NormalMap", {"Color": curves}))


@setup(
    {
        "sand_color.png": ("colour", "Base Color"),
        "snow_color.png": ("colour", "Base Color"),
        "sand_rough.png": ("data", "Roughness"),
        "lamp.png": ("colour", "Emission"),
        "snow_cover.png": ("data", "Mask"),
    }
)
def layered_shaders(tree: Any, images: list[Any]) -> None:
    sand, snow, rough, lamp, cover = (texture(tree, image) for image in images)
    shade(tree, Base_Color=sand, Roughness=rough)
    over = add(tree, "BsdfDiffuse", {"Color": snow})
    mixed = add(tree, "MixShader", {0: cover, 1: principled(tree), 2: over})
    glowing = add(tree, "AddShader", {0: mixed, 1: add(tree, "Emission", {"Color": lamp})})
    connect(tree, add(tree, "NodeReroute", {0: glowing}), output_of(tree).inputs["Surface"])


@setup(
    {"oak_color.png": ("colour", "Base Color"), "oak_rough.png": ("data", "Roughness")},
    oak_tint="sRGB",
    oak_metal=DATA,
    oak_unused="sRGB",
)
def muted_nodes_and_links(tree: Any, images: list[Any]) -> None:
    color, rough, tint, metal, _ = (texture(tree, image) for image in images)
    mixed = add(tree, "MixRGB", {"Color1": color, "Color2": tint}, blend_type="ADD")
    metal.mute = mixed.mute = True
    shade(tree, Base_Color=mixed, Metallic=metal)
    shade(tree, Roughness=add(tree, "Invert", {"Color": rough}, mute=True))
    shade(tree, Specular_IOR_Level=tint)
    link = next(each for each in tree.links if each.to_socket.name == "Specular IOR Level")
    link.is_muted = True


@setup(
    {"atlas.png": ("colour", "Base Color, Gloss.alpha"), "atlas_2.png": ("data", "Metallic.red")}
)
def smoothness_in_alpha(tree: Any, images: list[Any]) -> None:
    """As game engines pack it; the metal in the first channel of an image of its own."""
    color, metal = (texture(tree, image) for image in images)
    rough = add(tree, "Invert", {"Fac": 1.0, "Color": color.outputs["Alpha"]})
    old = "SeparateRGB" if bpy.app.version < (4, 3) else "SeparateColor"
    shade(tree, Base_Color=color, Roughness=rough, Metallic=add(tree, old, {0: metal}))

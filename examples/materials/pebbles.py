# SPDX-License-Identifier: GPL-3.0-or-later
"""River pebbles of many rocks, dropped one by one to where each comes to rest lowest."""

from math import pi

import bmesh
import bpy
import numpy as np
from fields import absolute, mix, ramp, rgb, sine, step
from patterns import cells, noise, warp
from scene import add_plane, place
from shading import Surface, new_material, principled, show, source

SHAPES = 20
STONES = 1500
TRIES = 24


def build() -> None:
    rng = np.random.default_rng(4)
    stone = _stone()
    shapes = [_shape(rng, stone) for _ in range(SHAPES)]
    centres, radii = _settle(rng)
    for centre, radius in zip(centres, radii, strict=True):
        pebble = place(shapes[rng.integers(SHAPES)])
        pebble.location = centre
        pebble.rotation_euler = *rng.normal(0, 0.25, 2), rng.uniform(0, 2 * pi)
        pebble.scale = radius * np.array([1.18, 0.92, 0.72]) * rng.uniform(0.9, 1.1, 3)
        pebble.color = *rng.random(3), 1.0
    sand, _ = new_material("Sand")
    add_plane(sand)
    grain = noise(source(sand, "ShaderNodeTexCoord", "Object"), 90, 5, 0.8)
    show(sand, principled(Surface(ramp(grain, "#2b241c", "#6b5c49"), 1.0)))


def _settle(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Centres (n, 3) and radii (n,) of balls, flattened to three quarters of their height, each
    in the lowest of some random places on the ground and the balls before it."""
    radii = np.exp(rng.normal(-3.42, 0.36, STONES)).clip(0.016, 0.066)
    radii = np.concatenate([np.sort(radii)[::-1][: STONES // 3], rng.permutation(radii)])[:STONES]
    centres = np.zeros((STONES, 3))
    for n, radius in enumerate(radii):
        places = rng.uniform(-0.12, 1.12, (TRIES, 2))
        away = np.hypot(*(places[:, None] - centres[None, :n, :2]).transpose(2, 0, 1))
        reach = radii[:n] + radius
        lift = 0.75 * np.sqrt((reach**2 - away**2).clip(0)) + centres[:n, 2]
        rest = np.where(away < reach, lift, 0).max(axis=1, initial=radius * 0.3)
        lowest = rest.argmin()
        centres[n] = *places[lowest], rest[lowest]
    return centres, radii


def _shape(rng: np.random.Generator, material: bpy.types.Material) -> bpy.types.Mesh:
    """A boulder of radius 1: the inside of random half-spaces, worn round."""
    form = bmesh.new()
    bmesh.ops.create_icosphere(form, subdivisions=5, radius=1.0)
    directions = np.array([v.co for v in form.verts])
    planes = rng.normal(size=(13, 3))
    planes /= np.linalg.norm(planes, axis=1, keepdims=True) * rng.uniform(0.8, 1.05, (13, 1))
    facing = np.concatenate(
        [(directions @ planes.T).clip(0), np.full((len(directions), 1), 0.8)], 1
    )
    radius = (facing**7).sum(axis=1) ** (-1 / 7)
    for vertex, reach in zip(form.verts, directions * radius[:, None], strict=True):
        vertex.co = reach
    mesh = bpy.data.meshes.new("Pebble")
    form.to_mesh(mesh)
    form.free()
    mesh.shade_smooth()
    mesh.materials.append(material)
    return mesh


def _stone() -> bpy.types.Material:
    material, _ = new_material("Stone")
    random = source(material, "ShaderNodeObjectInfo", "Color")
    p = source(material, "ShaderNodeTexCoord", "Object") + random * 50.0
    soft = noise(p, 1.6, 6, 0.6)
    grain = noise(p, 14, 4, 0.75, seed=1)
    colour = ramp(
        random.x, "#4d5054", "#8b8a86", "#6b625a", "#b3a795", "#7c6a5a", "#5f6a6e",
        "#a08672", "#c9c3b8", "#8a5f4c", "#6f7568", "#46484a",
    )  # fmt: skip
    colour = colour * (0.45 + soft * 0.75 + random.y * 0.3)
    layers = sine((warp(p, 0.7, 1.3, 4) + random * 3.0).z * (6.0 + random.z * 16.0))
    colour = mix(
        colour, colour * (0.62, 0.58, 0.55), step(layers, -0.2, 1.0) * step(random.y, 0.66, 0.8)
    )
    crystals = cells(p, 11.0, seed=2).random
    granite = step(random.z, 0.62, 0.7)
    salt = (
        0.5
        + crystals.x * 0.8
        + step(crystals.y, 0.8, 0.9) * 0.5
        - step(crystals.z, 0.75, 0.8) * 0.45
    )
    colour = mix(colour, colour * salt, granite)
    vein = step(absolute(noise(warp(p, 0.5, 2), 0.9, 2, seed=3) - 0.5), 0.012, 0.003)
    colour = mix(colour, rgb("#ddd6ca"), vein * step(random.z, 0.22, 0.16) * 0.75)
    colour = colour * (0.55 + grain * 0.9)
    worn = step(noise(p, 3.0, 5, 0.6, seed=5), 0.5, 0.75)
    colour = mix(colour, rgb("#a39682"), worn * 0.25)
    show(material, principled(Surface(colour, 0.5 + grain * 0.35 - random.y * 0.15)))
    return material

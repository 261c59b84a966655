# SPDX-License-Identifier: GPL-3.0-or-later
"""Fallen leaves of beech and maple in autumn colours, strewn over one another on dark soil."""

from math import pi

import bpy
import numpy as np
from fields import Field, absolute, floor, mix, ramp, rgb, step, vector
from patterns import cells, noise
from scene import add_plane, new_mesh, place
from shading import Surface, attribute, new_material, principled, show, source

SHAPES = 14
LEAVES = 1500
ACROSS, ALONG = 97, 33
# Degrees from the tip of a maple leaf, and how far its edge is there; pointed lobes every 46.
MAPLE = (
    (0, 1.0), (9, 0.68), (17, 0.60), (25, 0.34), (38, 0.66), (46, 0.93), (55, 0.62),
    (70, 0.34), (81, 0.48), (92, 0.66), (112, 0.42), (140, 0.30), (170, 0.12),
)  # fmt: skip
COLOURS = (
    "#553018", "#83491f", "#a86c26", "#c4973a", "#963f20", "#6e271d", "#b07f3c",
    "#665a2c", "#86331f", "#c9ab52", "#4a3626", "#7a5a38",
)  # fmt: skip


def build() -> None:
    rng = np.random.default_rng(11)
    leaf = _leaf()
    shapes = [_shape(rng, leaf, maple=n % 3 == 0) for n in range(SHAPES)]
    for n in range(LEAVES):
        kind = rng.integers(SHAPES)
        thing = place(shapes[kind])
        thing.location = *rng.uniform(-0.12, 1.12, 2), 0.02 + 0.30 * n / LEAVES
        thing.rotation_euler = *rng.normal(0, 0.08, 2), rng.uniform(0, 2 * pi)
        thing.scale = np.full(3, rng.uniform(0.11, 0.19) * (1.25 if kind % 3 == 0 else 1.0))
        thing.color = *rng.random(3), 1.0
    soil, _ = new_material("Soil")
    add_plane(soil)
    crumbs = noise(source(soil, "ShaderNodeTexCoord", "Object"), 60, 5, 0.8)
    show(soil, principled(Surface(ramp(crumbs, "#120d09", "#3a2b1e"), 1.0)))


def _shape(rng: np.random.Generator, material: bpy.types.Material, maple: bool) -> bpy.types.Mesh:
    """A curled blade of length 1 with its stalk end at -0.5; `leaf` stores (-1 … 1 across, 0 … 1
    along, 0) at each point."""
    s, t = np.meshgrid(np.linspace(-1, 1, ACROSS), np.linspace(0, 1, ALONG))
    if maple:
        angle = s * np.radians(165) * (1 + 0.03 * rng.normal())
        outline = np.interp(np.abs(np.degrees(angle)), *zip(*MAPLE, strict=True))
        jags = 1 + 0.16 * np.abs((np.degrees(angle) / 11.5 % 1) - 0.5)
        radius = 0.56 * outline * jags * t
        x, y = radius * np.sin(angle), radius * np.cos(angle) - 0.1
    else:
        half = 0.30 * rng.uniform(0.8, 1.1) * np.sin(pi * t**0.85) ** 0.8 * (1 - 0.25 * t)
        half = half * (1 + 0.05 * np.abs((t * 13 % 1) - 0.5))
        x, y = s * half, t - 0.5 + np.abs(s) * half * 0.12
    bend, roll, twist = rng.normal(0, 0.2, 3)
    z = bend * y**2 * 1.2 + (0.15 + abs(roll)) * x**2 * 1.6 + twist * x * y
    for _ in range(4):
        across, along, phase = (*rng.normal(0, 7, 2), rng.uniform(0, 2 * pi))
        z = z + 0.014 * np.sin(across * x + along * y + phase)
    points = np.stack([x, y, z], axis=-1).reshape(-1, 3)
    first = (np.arange(ALONG - 1)[:, None] * ACROSS + np.arange(ACROSS - 1)).ravel()
    faces = first[:, None] + np.array([0, 1, ACROSS + 1, ACROSS])
    where = np.stack([s, t, np.full_like(s, float(maple))], axis=-1).reshape(-1, 3)
    return new_mesh(points, faces, material, {"leaf": where})


def _leaf() -> bpy.types.Material:
    material, _ = new_material("Leaf")
    random = source(material, "ShaderNodeObjectInfo", "Color")
    where = attribute(material, "leaf")
    p = source(material, "ShaderNodeTexCoord", "Object") + random * 40.0
    cloud, fine = noise(p, 3.2, 6, 0.65), noise(p, 26, 4, 0.7, seed=1)
    vein = _veins(where)
    colour = ramp(random.x, *COLOURS) * (0.55 + cloud * 0.75)
    other = ramp(random.y, *COLOURS)
    colour = mix(colour, other, step(cloud + absolute(where.x) * 0.25, 0.52, 0.78) * random.z)
    colour = colour * (0.6 + fine * 0.8)
    blotch = step(noise(p, 7, 4, 0.6, seed=2), 0.60, 0.70)
    freckle = step(cells(p, 17, seed=3).distance, 0.24, 0.1) * step(random.z, 0.4, 0.6)
    colour = mix(colour, rgb("#2e1a0f"), blotch * 0.7)
    colour = mix(colour, rgb("#24140d"), freckle * 0.65)
    colour = mix(colour, colour * 0.5, step(absolute(where.x), 0.86, 1.0) * 0.8)
    colour = mix(colour, colour * 1.5 + (0.03, 0.022, 0.008), vein * 0.75)
    show(material, principled(Surface(colour, 0.42 + fine * 0.4)))
    return material


def _veins(where: Field) -> Field:
    """1 along the middle rib and, thinner, along the ribs that leave it; maples have five."""
    side = absolute(where.x)
    rib = step(side, 0.05, 0.015)
    slanted = where.y * 9.0 - side * 1.6
    branch = step(absolute(slanted - floor(slanted) - 0.5), 0.09, 0.03) * step(side, 1.0, 0.5)
    fan = where.x * (165 / 46)
    main = step(absolute(fan - floor(fan + 0.5)) * (where.y + 0.05), 0.055, 0.02)
    small = vector(where.x, where.y)
    web = step(cells(small, 13).border, 0.09, 0.02) * 0.35
    return mix(rib + branch * 0.7 * (1.0 - rib), main, where.z) + web * 0.4

# SPDX-License-Identifier: GPL-3.0-or-later
"""Old red bricks in running bond: chipped edges, lime bloom, soot, and sandy mortar."""

from fields import (
    Field,
    absolute,
    floor,
    length,
    maximum,
    minimum,
    mix,
    modulo,
    moved,
    ramp,
    rgb,
    step,
    vector,
)
from patterns import cells, noise, warp, white
from shading import Surface

WHOLE = True
BRICK = 0.262, 0.0874
JOINT = 0.0125


def surface(p: Field) -> Surface:
    wavy = warp(warp(moved(p, 0.31, 0.05), 0.007, 9), 0.004, 60, seed=1)
    row = floor(wavy.y / BRICK[1])
    along = wavy.x / BRICK[0] + modulo(row, 2) * 0.5 + (white(vector(row, 0.0), 7).x - 0.5) * 0.12
    column = floor(along)
    random, more = white(vector(column, row), 2), white(vector(column, row), 3)
    inside = vector((along - column - 0.5) * BRICK[0], wavy.y - (row + 0.5) * BRICK[1])
    turned = inside + vector(inside.y, -inside.x) * (more.x - 0.5) * 0.035
    depth = _depth(turned, random) - _chips(p)
    brick = step(depth, -0.0012, 0.0018)

    rough = warp(p, 0.012, 70, seed=18)
    pits = step(cells(rough, 95, seed=4).distance, 0.30, 0.08) * step(
        noise(p, 14, seed=5), 0.46, 0.62
    )
    grit = noise(p, 130, 4, 0.7, seed=6)
    lumps = noise(p, 22, 5, 0.6, seed=8)
    bloom = step(noise(p, 7, 6, 0.68, seed=9) + (more.y - 0.5) * 0.22, 0.56, 0.75)
    soot = step(noise(p * (1.0, 0.55, 1.0), 8, 5, 0.62, seed=10), 0.52, 0.72)
    edge = step(depth, 0.009, 0.0)

    clay = ramp(
        random.x, "#58332c", "#864538", "#975342", "#a16349", "#7a473d", "#ad7a5e", "#6a413c"
    )
    clay = clay * (0.75 + random.y * 0.5) * (0.4 + lumps * 1.2)
    clay = mix(clay, clay * rgb("#6a6468"), step(noise(p, 34, 4, 0.6, seed=11), 0.5, 0.72) * more.z)
    clay = clay * (0.35 + grit * 1.3)
    clay = mix(
        clay, rgb("#c9966f"), step(cells(rough, 75, seed=12).distance, 0.26, 0.1) * random.z * 0.5
    )
    clay = mix(clay, rgb("#2c1a16"), pits * 0.75)
    clay = mix(clay, rgb("#c7b8a6"), bloom * (0.25 + grit * 0.55))
    clay = mix(clay, clay * 1.35 + (0.02, 0.012, 0.008), edge * 0.4)
    sand = noise(p, 190, 3, 0.8, seed=13)
    lime = ramp(sand, "#3d3732", "#857b70", "#b0a594", "#e0d6c6") * (
        0.3 + 1.35 * noise(p, 11, 6, 0.65, seed=14)
    )
    lime = lime * (1.0 - 0.5 * step(depth, -0.005, 0.0))
    colour = mix(lime, clay, brick)
    colour = mix(colour, colour * rgb("#5d564f"), soot * 0.5)

    face = (
        0.013 + random.z * 0.004 + (turned.x * (random.y - 0.5) + turned.y * (more.z - 0.5)) * 0.06
    )
    face = face * step(depth, -0.002, 0.006) + lumps * 0.005 + grit * 0.0024 - pits * 0.0022
    bed = noise(p, 24, 5, 0.6, seed=15) * 0.004 + sand * 0.0022
    roughness = mix(0.86 + sand * 0.14, 0.62 + grit * 0.28 + bloom * 0.1 - random.y * 0.1, brick)
    return Surface(colour, roughness, mix(bed, face, brick))


def _depth(inside: Field, random: Field) -> Field:
    """How far a point lies inside its brick, a box with rounded corners; negative in the joint."""
    corner = 0.008
    half = [(pitch - JOINT) / 2 - corner for pitch in BRICK]
    beyond = absolute(inside) - vector(half[0] - random.y * 0.004, half[1] - random.z * 0.0025)
    outside = length(maximum(beyond, 0.0) * (1.0, 1.0, 0.0))
    return corner - outside - minimum(maximum(beyond.x, beyond.y), 0.0)


def _chips(p: Field) -> Field:
    bite = step(noise(p, 26, 3, seed=16), 0.60, 0.74) * 0.012
    return bite + (noise(p, 75, 4, 0.6, seed=17) - 0.5) * 0.009

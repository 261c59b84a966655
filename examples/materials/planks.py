# SPDX-License-Identifier: GPL-3.0-or-later
"""Weathered floor boards: year rings that flow round knots, cracks, nails, and dark gaps."""

from fields import (
    Field,
    absolute,
    floor,
    length,
    minimum,
    mix,
    moved,
    power,
    ramp,
    rgb,
    sine,
    step,
    vector,
)
from patterns import cells, noise, warp, white
from shading import Surface

WHOLE = True
BOARD = 0.53, 0.128
GAP = 0.0045


def surface(p: Field) -> Surface:
    uneven = warp(moved(p, 0.12, 0.055), 0.004, 6)
    row = floor(uneven.y / BOARD[1])
    along = uneven.x / BOARD[0] + white(vector(row, 0.0), 1).x * 3.0
    column = floor(along)
    cell = vector(column, row)
    random, more = white(cell, 2), white(cell, 3)
    inside = vector((along - column - 0.5) * BOARD[0], uneven.y - (row + 0.5) * BOARD[1])
    ragged = (noise(p * (0.25, 1.0, 1.0), 70, 4, 0.6, seed=4) - 0.5) * 0.006
    rim = minimum(BOARD[0] / 2 - absolute(inside.x), BOARD[1] / 2 - absolute(inside.y))
    rim = rim - GAP / 2 - ragged
    board = step(rim, -0.0008, 0.0012)

    log = inside + random * (40.0, 40.0, 0.0)
    knot = cells(log * (0.5, 1.0, 1.0), 6.0)
    chosen = step(knot.random.x, 0.62, 0.63) * step(knot.border, 0.03, 0.16)
    knot_reach = knot.distance / (0.12 + knot.random.y * 0.14)
    pull = chosen * step(knot_reach, 2.6, 0.0)
    heart = chosen * step(knot_reach + (noise(log, 60, 3, seed=6) - 0.5) * 0.25, 0.62, 0.5)

    slow = noise(log * (0.13, 1.0, 1.0), 9, 2, 0.4, seed=7)
    drift = (slow - 0.5) * 0.34 + (noise(log * (0.3, 1.0, 1.0), 30, 3, seed=8) - 0.5) * 0.012
    rings = (inside.y * (0.5 + random.z) + drift + pull * 0.055) * (62.0 + more.x * 55.0)
    saw = rings - floor(rings)
    late = power(saw, 2.6) * step(saw, 1.0, 0.93)
    pore = noise(log * (0.022, 1.0, 1.0), 210, 4, 0.75, seed=9)
    streak = noise(log * (0.05, 1.0, 1.0), 75, 4, 0.65, seed=10)
    crack = step(absolute(noise(log * (0.035, 1.0, 1.0), 42, 2, 0.4, seed=11) - 0.5), 0.012, 0.003)
    crack = crack * step(noise(log * (0.25, 1.0, 1.0), 11, 2, seed=14), 0.52, 0.62)
    worn = noise(log * (0.22, 1.0, 1.0), 17, 6, 0.68, seed=12)

    wood = ramp(random.x, "#7a5433", "#936a43", "#a67d55", "#8a6547", "#6d4b30", "#b08a62")
    wood = mix(wood, wood * rgb("#8d6a50"), late)
    grey = step(worn + (more.y - 0.5) * 0.35 + (pore - 0.5) * 0.7, 0.42, 0.66)
    wood = mix(wood, rgb("#8b8379"), grey * 0.7)
    wood = wood * (0.4 + streak * 1.2) * (0.1 + pore * 1.8)
    core = mix(rgb("#4a2c1a"), rgb("#27150c"), absolute(sine(knot_reach * 17.0 + worn * 8.0)))
    wood = mix(wood, wood * rgb("#8f6a50"), pull * 0.7)
    wood = mix(wood, core, heart * 0.9)
    wood = mix(wood, rgb("#1d130c"), crack * 0.85)
    nail = _nails(inside)
    stain = step(nail + (worn - 0.5) * 0.012, 0.022, 0.004)
    head = step(nail, 0.0062, 0.0048)
    wood = mix(wood, wood * rgb("#4f4038"), stain * 0.8)
    wood = mix(wood, mix(rgb("#2d2522"), rgb("#6b3c22"), worn), head)
    wood = mix(wood * rgb("#6a5a4c"), wood, step(rim, 0.0, 0.007))
    dust = mix(rgb("#17110c"), rgb("#4b4034"), step(noise(p, 60, 4, 0.7, seed=13), 0.45, 0.75))
    colour = mix(dust, wood, board)

    face = 0.012 + more.z * 0.003 - absolute(inside.y) * absolute(inside.y) * 0.35
    face = face * step(rim, -0.003, 0.007) + late * 0.0009 + (pore - 0.5) * 0.0016
    face = face + (streak - 0.5) * 0.003 - crack * 0.003 + heart * 0.0007 - head * 0.0012
    roughness = 0.58 + worn * 0.35 + (pore - 0.5) * 0.3 - late * 0.08 + crack * 0.15
    roughness = mix(mix(roughness, 0.42 + worn * 0.3, head), 0.95, 1.0 - board)
    return Surface(colour, roughness, mix(-0.006, face, board))


def _nails(inside: Field) -> Field:
    """How far it is to the nearest of the four nails near the corners of a board."""
    corner = BOARD[0] / 2 - 0.026, BOARD[1] / 2 - 0.033, 0.0
    return length((absolute(inside) - corner) * (1.0, 1.0, 0.0))

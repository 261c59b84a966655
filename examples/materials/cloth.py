# SPDX-License-Identifier: GPL-3.0-or-later
"""A plain weave of thick woollen yarn: warp and weft of two colours, slubs, and loose fibres."""

from dataclasses import dataclass
from math import pi

from fields import (
    Field,
    absolute,
    floor,
    maximum,
    mix,
    modulo,
    moved,
    power,
    ramp,
    rgb,
    sine,
    step,
    vector,
)
from patterns import noise, warp, white
from shading import Surface

PITCH = 1 / 17
WAVE = 0.010
THICK = 0.016


@dataclass(frozen=True)
class Yarn:
    """One direction of yarns: how high they reach, their colour, and where they are at all."""

    height: Field
    colour: Field
    there: Field


def surface(p: Field) -> Surface:
    drawn = warp(warp(moved(p, 0.013, 0.021), 0.035, 5), 0.010, 19, seed=1)
    warps = _yarn(drawn.x, drawn.y, 1.0, 1, ("#22303f", "#3a5164", "#5a7688", "#2b3c4c"))
    wefts = _yarn(drawn.y, drawn.x, -1.0, 2, ("#8f7c5f", "#b8a482", "#cbbb9b", "#83704f"))
    above = step(warps.height - wefts.height, -0.0004, 0.0004)
    height = maximum(maximum(warps.height, wefts.height), -0.012)
    colour = mix(wefts.colour, warps.colour, above)
    hole = maximum(warps.there, wefts.there)
    colour = mix(rgb("#17130f"), colour, hole)
    hollow = step(height, -0.008, 0.016)
    return Surface(colour * (0.45 + 0.55 * hollow), 0.92, height, sheen=0.25)


def _yarn(across: Field, along: Field, phase: float, seed: int, colours: tuple[str, ...]) -> Yarn:
    index = floor(across / PITCH)
    own = white(vector(index, 0.0), seed)
    own_more = white(vector(index, 1.0), seed)
    s = along / PITCH
    thickness = noise(vector(index * 3.7, s * 0.35), 1.0, 3, seed=seed) - 0.5
    sway = (noise(vector(index * 5.3, s * 0.5), 1.0, 2, seed=seed + 3) - 0.5) * 0.35
    side = (across / PITCH - index - 0.5 + sway) * 2.0
    width = 0.98 + thickness * 0.55
    round_ = 1.0 - power(absolute(side) / width, 2.2)
    up_or_down = (1.0 - modulo(index, 2) * 2.0) * phase
    rise = sine((s - 0.5) * pi + pi / 2) * up_or_down

    lay = s * 0.9 + own.x * 9.0
    plies = absolute(sine((lay - side * 0.42) * pi * 2.6))
    fibre = vector(side * 4.2 - lay * 2.6, lay * 1.1 + side * 0.9, index * 7.1)
    hair = noise(fibre, 2.3, 4, 0.75, seed=seed + 5)
    fuzz = noise(fibre * (2.3, 0.8, 1.0), 4.5, 3, 0.8, seed=seed + 9)
    fleck = noise(fibre * (1.0, 0.35, 1.0), 1.1, 3, 0.6, seed=seed + 7)
    body = power(maximum(round_, 0.0), 0.5)
    height = (
        body * THICK
        + rise * WAVE
        + (power(plies, 0.6) - 0.6) * 0.0050
        + (hair - 0.5) * 0.007
        + (fuzz - 0.5) * 0.007
    )
    tint = ramp(fleck * 1.5 - 0.25, *colours) * (0.78 + own_more.x * 0.4)
    tint = tint * (0.05 + hair * 0.8 + fuzz * 1.1) * (0.6 + 0.45 * power(plies, 0.5))
    there = step(round_ + (hair - 0.5) * 0.5, 0.0, 0.12)
    return Yarn(mix(-0.03, height, there), tint, there)

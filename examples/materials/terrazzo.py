# SPDX-License-Identifier: GPL-3.0-or-later
"""Polished terrazzo: chips of veined marble, large to tiny, in a pale cement."""

from fields import Field, absolute, mix, moved, ramp, rgb, step
from patterns import Cells, cells, noise, warp
from shading import Surface

MARBLES = (
    "#e8e2d8", "#b9b4ac", "#7d3f33", "#d9a48a", "#3f4a48", "#e3cfa6", "#68766f",
    "#f0ece6", "#2e2f33", "#c58f5e", "#9aa7a3", "#a7604f",
)  # fmt: skip


# Of each grade of chips: how many lie along the picture, the share of them that is there, the
# cement between, and a seed.
GRADES = (64, 0.42, 0.10, 4), (30, 0.5, 0.07, 5), (13, 0.62, 0.045, 6), (8.5, 0.40, 0.05, 7)


def surface(p: Field) -> Surface:
    sand = noise(p, 150, 3, 0.8, seed=1)
    cement = ramp(sand, "#a59d92", "#c9c2b6", "#d8d2c7", "#efebe3")
    cement = cement * (0.82 + 0.32 * noise(p, 9, 5, 0.6, seed=2))
    cement = mix(cement, rgb("#8e867b"), step(cells(p, 150, seed=3).distance, 0.2, 0.08) * 0.5)
    colour, stone = cement, 0.0
    for scale, share, gap, seed in GRADES:
        chips = cells(warp(moved(p, seed * 1.7, seed * 2.9), 0.010, 24, 3), scale)
        ragged = chips.border + (noise(p, 70, 3, 0.6, seed=seed) - 0.5) * 0.05 * scale / 13
        there = step(chips.random.x, 1 - share, 1.001 - share)
        size = gap + (1.0 - chips.random.y) * 0.13
        inside = step(ragged, size, size + 0.0022 * scale) * there
        rim = step(ragged, size + 0.006 * scale, size) * 0.25
        colour = mix(colour, _marble(p, chips, seed) * (1.0 - rim), inside)
        stone = mix(stone, 1.0, inside)
    dust = noise(p, 5, 6, 0.6, seed=8)
    colour = colour * (0.88 + dust * 0.2)
    return Surface(colour, 0.42 - stone * 0.16 + dust * 0.1, stone * 0.0003)


def _marble(p: Field, chips: Cells, seed: int) -> Field:
    own = p + chips.random * (9.0, 9.0, 9.0)
    cloud = noise(warp(own, 0.06, 12, 4, seed=seed), 16, 6, 0.65, seed=seed)
    grain = noise(p, 110, 4, 0.75, seed=seed)
    colour = ramp(chips.random.z, *MARBLES) * (0.4 + cloud * 0.9) * (0.72 + grain * 0.55)
    vein = step(absolute(noise(warp(own, 0.08, 14, 4), 10, 3, seed=seed + 1) - 0.5), 0.022, 0.004)
    light = step(chips.random.y, 0.45, 0.55)
    return mix(colour, mix(rgb("#5d4a40"), rgb("#ece6dc"), light), vein * 0.45)

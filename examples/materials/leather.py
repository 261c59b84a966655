# SPDX-License-Identifier: GPL-3.0-or-later
"""Worn cognac leather: a coarse grain of bulging cells, creases between them, and pores."""

from fields import Field, absolute, maximum, mix, moved, power, ramp, rgb, step
from patterns import cells, noise, warp
from shading import Surface


def surface(p: Field) -> Surface:
    drawn = warp(warp(p, 0.09, 4, 2), 0.020, 24, 2, seed=1)
    large = cells(drawn * (1.0, 1.15, 1.0), 17, 0.75)
    small = cells(moved(warp(drawn, 0.022, 26, seed=2) * (1.1, 1.0, 1.0), 3.0, 5.0), 34, 0.95)
    tiny = cells(moved(drawn, 7.0, 1.0), 85, 1.0)
    crumple = step(noise(p, 6, 4, 0.6, seed=3), 0.38, 0.62)
    crease = step(large.border, 0.10 + 0.05 * crumple, 0.0)
    wrinkle = step(small.border, 0.12, 0.0) * (0.25 + 0.75 * crumple)
    line = step(tiny.border, 0.16, 0.0)
    dome = power(step(large.border, 0.0, 0.42), 0.7)
    pebble = step(small.border, 0.0, 0.34)
    pore = step(cells(moved(drawn, 1.0, 9.0), 62, 1.0).distance, 0.22, 0.06)
    grain = noise(p, 120, 4, 0.7, seed=5)
    hide = noise(p, 9, 6, 0.6, seed=6)
    fold = step(absolute(noise(warp(p, 0.1, 5, seed=8), 4.2, 3, 0.5, seed=7) - 0.5), 0.05, 0.0)

    height = dome * 0.0085 * (0.7 + large.random.x * 0.35) + pebble * 0.0016 - crease * 0.0028
    height = height - wrinkle * 0.0011 - line * 0.0004 - pore * 0.0011 + (grain - 0.5) * 0.0011
    height = height + (hide - 0.5) * 0.006 - fold * 0.002

    colour = ramp(hide * 1.5 - 0.25, "#4e2813", "#6d3a1c", "#884b25", "#9c5b2f", "#7a4220")
    colour = colour * (0.78 + large.random.y * 0.3) * (0.92 + small.random.x * 0.13)
    worn = dome * pebble * step(noise(p, 7, 5, 0.65, seed=9), 0.42, 0.7)
    colour = mix(colour, rgb("#b9804b"), worn * 0.4)
    colour = mix(colour, colour * 0.24, crease * 0.8)
    colour = mix(colour, colour * 0.5, maximum(wrinkle, pore) * 0.7) * (0.7 + grain * 0.6)
    colour = mix(colour, colour * 0.6, fold * 0.6)
    shine = 0.43 + crease * 0.3 + grain * 0.16 + worn * 0.12
    return Surface(colour, shine, height)

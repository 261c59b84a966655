# SPDX-License-Identifier: GPL-3.0-or-later
"""Random patterns, as fields: noise, cells, and what they bend. A seed picks another pattern."""

from __future__ import annotations

from dataclasses import dataclass

from fields import Field, moved, node


def _seeded(p: Field, seed: float) -> Field:
    return moved(p, 0.0, 0.0, seed * 31.7) if seed else p


def noise(
    p: Field, scale: float, detail: float = 3, roughness: float = 0.5, seed: float = 0
) -> Field:
    """Fractal noise, 0 … 1 around 0.5; most of it lies between 0.3 and 0.7."""
    inputs = {"Vector": _seeded(p, seed), "Scale": scale, "Detail": detail, "Roughness": roughness}
    return node("ShaderNodeTexNoise", inputs)


def warp(p: Field, amount: float, scale: float, detail: float = 2, seed: float = 0) -> Field:
    """`p`, moved by up to about half of `amount` in x and y."""
    inputs = {"Vector": _seeded(p, seed), "Scale": scale, "Detail": detail}
    shift = node("ShaderNodeTexNoise", inputs, output="Color") - (0.5, 0.5, 0.5)
    return p + shift * (amount, amount, 0.0)


def white(cell: Field, seed: float = 0) -> Field:
    """Three independent random numbers, 0 … 1, the same all over a cell (a triple of integers)."""
    return node("ShaderNodeTexWhiteNoise", {"Vector": _seeded(cell, seed)}, output="Color")


@dataclass(frozen=True)
class Cells:
    """A Voronoi pattern: distance to the nearest point, three random numbers for each cell, and
    how far it is to the border of the cell, all as fields; distances in units of a cell."""

    distance: Field
    random: Field
    border: Field


def cells(p: Field, scale: float, randomness: float = 1.0, seed: float = 0) -> Cells:
    inputs = {"Vector": _seeded(p, seed), "Scale": scale, "Randomness": randomness}
    plane = {"voronoi_dimensions": "2D"} if not seed else {}
    nearest = node("ShaderNodeTexVoronoi", inputs, output="Distance", **plane)
    random = Field(nearest.socket.node.outputs["Color"])
    border = node("ShaderNodeTexVoronoi", inputs, feature="DISTANCE_TO_EDGE", **plane)
    return Cells(nearest, random, border)

# SPDX-License-Identifier: GPL-3.0-or-later
"""Arithmetic on shader nodes, so that a material reads as formulas instead of as boxes and wires.

A `Field` is a number, a vector or a colour at every point of a surface. Numbers and triples mix
freely with fields; a number beside a triple counts for all three of its components.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import bpy

Triple = tuple[float, float, float]


@dataclass(frozen=True)
class Field:
    """One output of a node, to compute with."""

    socket: bpy.types.NodeSocket

    def __add__(self, other: Operand) -> Field:
        return _arithmetic("ADD", self, other)

    def __sub__(self, other: Operand) -> Field:
        return _arithmetic("SUBTRACT", self, other)

    def __mul__(self, other: Operand) -> Field:
        return _arithmetic("MULTIPLY", self, other)

    def __truediv__(self, other: Operand) -> Field:
        return _arithmetic("DIVIDE", self, other)

    def __rsub__(self, other: Operand) -> Field:
        return _arithmetic("SUBTRACT", other, self)

    def __neg__(self) -> Field:
        return self * -1.0

    __radd__ = __add__
    __rmul__ = __mul__

    @property
    def x(self) -> Field:
        return node("ShaderNodeSeparateXYZ", {0: self}, output=0)

    @property
    def y(self) -> Field:
        return node("ShaderNodeSeparateXYZ", {0: self}, output=1)

    @property
    def z(self) -> Field:
        return node("ShaderNodeSeparateXYZ", {0: self}, output=2)


Operand = Field | float | Triple


def node(
    kind: str, inputs: dict[int | str, Operand], output: int | str = 0, **options: Any
) -> Field:
    """The given output of a new node; `inputs` holds at least one field, whose tree gets it."""
    tree = next(value.socket.id_data for value in inputs.values() if isinstance(value, Field))
    made = tree.nodes.new(kind)
    for name, value in options.items():
        setattr(made, name, value)
    for slot, value in inputs.items():
        if isinstance(value, Field):
            tree.links.new(value.socket, made.inputs[slot])
        else:
            made.inputs[slot].default_value = value
    return Field(made.outputs[output])


def _is_triple(value: Operand) -> bool:
    return value.socket.type != "VALUE" if isinstance(value, Field) else isinstance(value, tuple)


def _arithmetic(operation: str, *operands: Operand) -> Field:
    if not any(map(_is_triple, operands)):
        return node("ShaderNodeMath", dict(enumerate(operands)), operation=operation)
    triples = [(v, v, v) if isinstance(v, int | float) else v for v in operands]
    return node("ShaderNodeVectorMath", dict(enumerate(triples)), operation=operation)


def maximum(a: Operand, b: Operand) -> Field:
    return _arithmetic("MAXIMUM", a, b)


def minimum(a: Operand, b: Operand) -> Field:
    return _arithmetic("MINIMUM", a, b)


def absolute(a: Field) -> Field:
    return _arithmetic("ABSOLUTE", a)


def floor(a: Field) -> Field:
    return _arithmetic("FLOOR", a)


def sine(a: Field) -> Field:
    return _arithmetic("SINE", a)


def modulo(a: Field, b: float) -> Field:
    """The remainder, in 0 … b also for negative `a`."""
    return a - floor(a / b) * b


def power(a: Field, exponent: float) -> Field:
    """`a` to the exponent, for `a` not negative."""
    return _arithmetic("POWER", a, exponent)


def length(a: Field) -> Field:
    return node("ShaderNodeVectorMath", {0: a}, output="Value", operation="LENGTH")


def vector(x: Operand, y: Operand, z: Operand = 0.0) -> Field:
    return node("ShaderNodeCombineXYZ", {0: x, 1: y, 2: z})


def step(a: Operand, low: Operand, high: Operand) -> Field:
    """A smooth rise from 0 where `a` is `low` to 1 where it is `high`; `low` may be the larger."""
    slope = {"Value": a, "From Min": low, "From Max": high}
    return node("ShaderNodeMapRange", slope, interpolation_type="SMOOTHSTEP")


def mix(a: Operand, b: Operand, share: Operand) -> Field:
    """`a` where the share is 0, `b` where it is 1."""
    return a * (1.0 - share) + b * share


def ramp(a: Field, *colours: str) -> Field:
    """The colours, at even distances from `a` = 0 to `a` = 1, and mixed between."""
    field = node("ShaderNodeValToRGB", {0: a})
    elements = field.socket.node.color_ramp.elements
    elements.remove(elements[-1])
    for index, colour in enumerate(colours):
        place = index / (len(colours) - 1)
        element = elements[0] if index == 0 else elements.new(place)
        element.position = place
        element.color = (*rgb(colour), 1.0)
    return field


def rgb(code: str) -> Triple:
    """The linear colour of an sRGB code such as `#a0522d`."""
    values = (int(code[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in values)
    return red, green, blue


def moved(p: Field, x: float, y: float, z: float = 0.0) -> Field:
    return _arithmetic("ADD", p, (x, y, z))

# SPDX-License-Identifier: GPL-3.0-or-later
"""Which channels a shader node turns upside down, as gloss to roughness and DirectX to OpenGL."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

ALL = frozenset({0, 1, 2})
"""Red, green and blue by number; x, y and z of a vector."""


def inverted(node: Any, inputs: list[Any], socket: Any) -> Iterable[int]:
    """The channels that a node inverts between an input and its output.

    Args:
        node: any shader node.
        inputs: its inputs that are enabled, in order.
        socket: the one of them that is followed.
    """
    match node.bl_idname:
        case "ShaderNodeInvert":
            return _above(_constant(inputs[0]), 0.5)
        case "ShaderNodeMath" | "ShaderNodeVectorMath":
            return _inverted_by_math(node, inputs, socket)
        case "ShaderNodeMix" | "ShaderNodeMixRGB":
            return _inverted_by_mix(node, inputs, socket)
        case "ShaderNodeMapRange":
            low, high, start, end = (_constant(bound) for bound in inputs[1:5])
            return _above(start, end) ^ _above(low, high)
        case "ShaderNodeNormalMap":
            return {1} if getattr(node, "convention", "OPENGL") == "DIRECTX" else ()
        case "ShaderNodeValToRGB":
            first, *_, last = node.color_ramp.elements
            return _above(first.color, last.color) if len(node.color_ramp.elements) > 1 else ()
        case "ShaderNodeRGBCurve" | "ShaderNodeVectorCurve" | "ShaderNodeFloatCurve":
            return _inverted_by_curves(list(node.mapping.curves))
        case _:
            return ()


def _inverted_by_math(node: Any, inputs: list[Any], socket: Any) -> Iterable[int]:
    others = [_constant(other) for other in inputs if other != socket]
    if node.operation == "SUBTRACT" and socket == inputs[1]:
        return _above(others[0], 0.5)
    if node.operation in ("MULTIPLY", "MULTIPLY_ADD") and socket in inputs[:2]:
        return _above((0.0, 0.0, 0.0), others[0])
    return ()


def _inverted_by_mix(node: Any, inputs: list[Any], socket: Any) -> Iterable[int]:
    factor, first, second = inputs
    if getattr(node, "data_type", "RGBA") != "RGBA" or not _above(_constant(factor), 0.5):
        return ()
    if node.blend_type in ("DIFFERENCE", "EXCLUSION"):
        return _above(_constant(second if socket == first else first), 0.5)
    if node.blend_type == "SUBTRACT" and socket == second:
        return _above(_constant(first), 0.5)
    return ()


def _inverted_by_curves(curves: list[Any]) -> Iterable[int]:
    falling = [curve.points[0].location.y > curve.points[-1].location.y for curve in curves]
    *single, combined = falling if len(falling) == 4 else [*falling, False]
    if len(single) == 1:
        single *= 3
    return {number for number in ALL if single[number] != combined}


def _constant(socket: Any) -> tuple[float, ...] | None:
    """The three values of an input to which nothing is connected, else None."""
    if socket.is_linked:
        return None
    value = socket.default_value
    return (value,) * 3 if isinstance(value, float) else tuple(value)[:3]


def _above(
    values: Iterable[float] | None, bounds: float | Iterable[float] | None
) -> frozenset[int]:
    """The channels in which both are known and the first is the larger."""
    if values is None or bounds is None:
        return frozenset()
    limits = (bounds,) * 3 if isinstance(bounds, float | int) else bounds
    pairs = zip(values, limits, strict=False)
    return frozenset(number for number, (value, limit) in enumerate(pairs) if value > limit) & ALL

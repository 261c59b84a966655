# SPDX-License-Identifier: GPL-3.0-or-later
"""The maps of an exemplar: what is rendered for each, and how it is stored in a file."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import scene
import shading

COLOUR_SAMPLES = 48
DATA_SAMPLES = 16


def render(material: ModuleType, size: int) -> dict[str, np.ndarray]:
    """Linear float32 maps (size, size, 3 or 1) by kind.

    A module with `build()` lays out its own objects, and one with `surface(place)` describes a
    relief; both give "colour", lit, but a relief whose module says `WHOLE` gives "colour" without
    light, "roughness" 0 … 1, and "height" in units of the picture's width.
    """
    scene.empty_scene(COLOUR_SAMPLES)
    if hasattr(material, "build"):
        material.build()
        scene.light()
        return {"colour": scene.picture(size)}
    stuff, surface = scene.displaced_grid(material.surface)
    if not getattr(material, "WHOLE", False):
        scene.light()
        shading.show(stuff, shading.principled(surface))
        return {"colour": scene.picture(size)}
    colour = shading.occluded(surface.colour, share=0.7, reach=0.02)
    shading.show(stuff, shading.emission(colour))
    maps = {"colour": scene.picture(size)}
    scene.set_samples(DATA_SAMPLES)
    for kind, field in (("roughness", surface.roughness), ("height", surface.height)):
        shading.show(stuff, shading.emission(field))
        maps[kind] = scene.picture(size)[..., :1]
    return maps


def stored(linear: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The maps as integers for files: colour in sRGB, height stretched over 16 bits, and beside a
    height the normals that belong to it."""
    files = {kind: values for kind, values in linear.items() if kind != "height"}
    files = {kind: _bytes(_srgb(v) if kind == "colour" else v) for kind, v in files.items()}
    if "height" in linear:
        height = linear["height"]
        files["normal"] = _bytes(normals(height) * 0.5 + 0.5)
        files["height"] = _words((height - height.min()) / np.ptp(height))
    return files


def normals(height: np.ndarray) -> np.ndarray:
    """Unit normals (n, n, 3) of a height (n, n, 1) in units of the picture's width; x to the right,
    y up (OpenGL's way), z toward the viewer."""
    down, right = np.gradient(height[..., 0], 1 / len(height))
    steep = np.stack([-right, down, np.ones_like(down)], axis=-1)
    return steep / np.linalg.norm(steep, axis=-1, keepdims=True)


def _srgb(linear: np.ndarray) -> np.ndarray:
    linear = linear.clip(0, 1)
    return np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)


def _bytes(values: np.ndarray) -> np.ndarray:
    return np.rint(values.clip(0, 1) * 255).astype(np.uint8)


def _words(values: np.ndarray) -> np.ndarray:
    return np.rint(values.clip(0, 1) * 65535).astype(np.uint16)

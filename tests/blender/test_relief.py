# SPDX-License-Identifier: GPL-3.0-or-later
"""Relief in the light: what stands out of the exemplar stands out of the texture."""

from __future__ import annotations

from math import radians
from pathlib import Path
from typing import Any

import bpy
import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from tests.blender.shading import add, new_material, picture, shade, texture
from tests.blender.walls import made_of, wear

SIDE = 96
"""Pixels of the exemplar."""

TILT = radians(60)
"""Of a sun that stands 30° above the surface."""

SUNS = {"left": (0, -TILT, 0), "right": (0, TILT, 0), "above": (-TILT, 0, 0), "below": (TILT, 0, 0)}


def slopes(height: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """How much a relief rises to the right and up; the first row is the lowest."""
    up, right = np.gradient(height)
    return right, up


def waves() -> NDArray[np.float32]:
    """(96, 96): a relief that is steep on one side, as shows best what is turned."""
    noise = gaussian_filter(np.random.default_rng(0).standard_normal((SIDE, SIDE)), 6)
    rows, columns = np.indices((SIDE, SIDE))
    relief = sum(
        4 * ((side / period + 3 * noise) % 1.0) ** 2 for side, period in ((rows, 12), (columns, 17))
    )
    return gaussian_filter(relief, 1.5).astype(np.float32)


def new_image(name: str, values: NDArray[np.float32]) -> Any:
    """A packed float image of (height, width, 3), values as they are."""
    image = bpy.data.images.new(name, SIDE, SIDE, float_buffer=True, is_data=True)
    rgba = np.ones((SIDE, SIDE, 4), np.float32)
    rgba[:, :, :3] = values
    image.pixels.foreach_set(rgba.ravel())
    image.pack()
    return image


def relief() -> Any:
    """A material whose colour is its height, and whose normals are those of the height."""
    height = waves()
    right, up = slopes(height)
    normals = np.dstack((-right, -up, np.ones_like(right)))
    normals /= np.linalg.norm(normals, axis=2, keepdims=True)
    grey = height[:, :, None] / height.max()
    material = new_material("Relief")
    tree = material.node_tree
    shade(tree, Base_Color=texture(tree, new_image("height", grey)))
    normal = texture(tree, new_image("normal", normals / 2 + 0.5))
    shade(tree, Normal=add(tree, "NormalMap", {"Color": normal}))
    wear(material)
    return material


def agreement(images: Any, material: Any, folder: Path) -> list[float]:
    """Correlation of what is bright on one side with what rises to the other, across and up."""
    height = images.values(made_of(material)[0])[:, :, 0]
    lit = {sun: picture(material, folder, len(height), turn)[:, :, 0] for sun, turn in SUNS.items()}
    found, pairs = [], (("left", "right"), ("below", "above"))
    for (one, other), slope in zip(pairs, slopes(height), strict=True):
        # The colour is divided out.
        brighter = (lit[one] - lit[other]) / np.maximum(lit[one] + lit[other], 1e-6)
        found.append(float(np.corrcoef(brighter.ravel(), slope.ravel())[0, 1]))
    return found


@pytest.mark.parametrize(("turns", "mirrors"), [(False, "none"), (True, "none"), (True, "xy")])
def test_relief_in_the_light_does_not_turn_inside_out(images, tmp_path, turns, mirrors):
    original = relief()
    shown = agreement(images, original, tmp_path)
    options = {"method": "fast", "levels": 2, "steps": 6, "turns": turns, "mirrors": mirrors}
    assert bpy.ops.nifty.synthesize_material(width=128, height=128, **options) == {"FINISHED"}
    made = agreement(images, bpy.data.materials["Relief NIFTY"], tmp_path)
    assert min(shown) > 0.9
    assert min(made) > 0.9 * min(shown)

# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole materials: their maps from files, and new ones made of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from addon_core import Kind, Map, Settings, synthesize_maps

from .report import EXAMPLES

OURS = ("bricks_512", "planks_512")

OTHERS_COUNT = 0.25
"""What each map weighs beside the base colour, as the add-on has it."""

SIDE = 2048
"""Of an output, in pixels."""

Maps = dict[str, NDArray[np.float32]]
"""From what a map is for to (height, width, channels), 0 to 1 as stored; the base colour first."""


@dataclass(frozen=True, slots=True)
class Whole:
    """A material that is there."""

    name: str
    maps: Maps
    most: dict[str, int]
    """Of each map, the integer in its file that stands for 1."""
    ours: bool
    """From `examples/`: its pictures may be kept."""

    def given(self, along: Maps | None = None) -> list[Map]:
        """What a synthesis is given.

        Args:
            along: further maps, that count for nothing.
        """
        roles = [(role, OTHERS_COUNT if role != "base" else 1.0) for role in self.maps]
        roles += [(role, 0.0) for role in along or {}]
        every = self.maps | (along or {})
        return [
            Map(every[role], Kind.NORMAL if role == "normal" else Kind.DATA, weight, name=role)
            for role, weight in roles
        ]

    def made(self, settings: Settings, along: Maps | None = None) -> Maps:
        """New maps, rounded as in a file of the same kind, and what goes along, not rounded."""
        along = along or {}
        results = synthesize_maps(self.given(along), (SIDE, SIDE), settings)
        named = zip((*self.maps, *along), results, strict=True)
        return {role: self._stored(role, pixels) for role, pixels in named}

    def _stored(self, role: str, pixels: NDArray[np.float32]) -> NDArray[np.float32]:
        if role not in self.most:
            return pixels
        most = self.most[role]
        return np.asarray(np.rint(pixels.clip(0, 1) * most) / most, np.float32)


def whole(name: str, paths: Sequence[Path], ours: bool = False) -> Whole:
    """The material of these files: `NAME.png` or `…_base.png`, and `…_ROLE.png`."""
    maps, most = {}, {}
    for path in paths:
        role = "base" if path.stem == name else path.stem.rpartition("_")[2]
        with Image.open(path) as image:
            stored = np.asarray(image)
        most[role] = np.iinfo(stored.dtype).max
        pixels = stored.reshape(*stored.shape[:2], -1).astype(np.float32)
        maps[role] = pixels / np.float32(most[role])
    maps = {"base": maps.pop("base"), **dict(sorted(maps.items()))}
    return Whole(name, maps, most, ours)


def middle(image: NDArray[Any], side: int) -> NDArray[Any]:
    """A square of an image, (height, width, …), with sides of at most so many pixels."""
    height, width = image.shape[:2]
    top, left = (max(0, whole - side) // 2 for whole in (height, width))
    return image[top : top + side, left : left + side]


def wholes(folders: Sequence[Path]) -> list[Whole]:
    """Those of `examples/`, and one of all the PNGs of each folder."""
    ours = [whole(name, sorted(EXAMPLES.glob(f"{name}*.png")), ours=True) for name in OURS]
    return ours + [whole(folder.name, sorted(folder.glob("*.png"))) for folder in folders]

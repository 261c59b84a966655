# SPDX-License-Identifier: GPL-3.0-or-later
"""Exemplars and the textures made of them, side by side at 100 %.

Usage: python -m pictures.textures FILE, where the add-on is installed
"""

import sys
from pathlib import Path

import bpy
import numpy as np

from examples.demo import (
    EXEMPLAR,
    GAP,
    enable_extension,
    pixels_of,
    save,
    side_by_side,
    synthesize,
)

ROWS = (("rust", "leaves"), ("terrazzo", "leather"))
"""The exemplars, as they are laid out."""


def pair(name: str) -> np.ndarray:
    """An exemplar with its texture to the right."""
    exemplar = bpy.data.images.load(str(EXEMPLAR.with_name(f"{name}_256.png")))
    return side_by_side(pixels_of(exemplar), pixels_of(synthesize(exemplar)))


def stacked(*pictures: np.ndarray) -> np.ndarray:
    """Pictures of the same width below each other, with a gap."""
    gap = np.ones((GAP, *pictures[0].shape[1:]), np.float32)
    upwards = [part for picture in reversed(pictures) for part in (gap, picture)]
    return np.concatenate(upwards[1:])


def main(path: Path) -> None:
    enable_extension()
    save(stacked(*(side_by_side(*map(pair, names)) for names in ROWS)), path)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

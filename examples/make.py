# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the exemplars of this folder: `python make.py [NAME ...]`, with Blender's module `bpy`."""

from __future__ import annotations

import argparse
import importlib
from pathlib import Path

import maps
import numpy as np
from png import write_png

FOLDER = Path(__file__).parent
SIZES = 512, 256
NAMES = sorted(path.stem for path in (FOLDER / "materials").glob("[a-z]*.py"))


def make(name: str) -> None:
    """Renders one exemplar once and writes all its maps at all sizes."""
    linear = maps.render(importlib.import_module(f"materials.{name}"), max(SIZES))
    for size in SIZES:
        for kind, values in maps.stored({k: reduced(v, size) for k, v in linear.items()}).items():
            suffix = "" if kind == "colour" else f"_{kind}"
            write_png(FOLDER / f"{name}_{size}{suffix}.png", values, srgb=kind == "colour")


def reduced(values: np.ndarray, size: int) -> np.ndarray:
    """Square blocks of (n, n, channels) averaged to (size, size, channels)."""
    factor = len(values) // size
    return values.reshape(size, factor, size, factor, -1).mean(axis=(1, 3))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"any of: {', '.join(NAMES)}")
    names = parser.parse_args().names
    if unknown := set(names) - set(NAMES):
        parser.error(
            f"no exemplar is named {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}"
        )
    for name in names or NAMES:
        make(name)


if __name__ == "__main__":
    main()

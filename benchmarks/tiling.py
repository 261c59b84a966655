# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether tiled outputs go on over their borders, and what tiling costs.

`python3 build.py bench tiling [FOLDER …] [--seeds N] [--note TEXT]`
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from pathlib import Path
from statistics import median

import numpy as np
from numpy.typing import NDArray

from addon_core import PRESETS, Settings, synthesize
from addon_core.metrics import relative_steps
from addon_core.pyramid import Shape

from .exemplars import exemplar
from .quality import exemplars_of
from .report import machine, number, table, write

SIZES: dict[str, list[Shape]] = {
    "standard": [(512, 384), (509, 383), (491, 353)],
    "paper": [(256, 192), (251, 191)],
}
"""From a preset to heights and widths: multiples of all that its levels may ask for, and primes. At
the last ones the fast method gives up rows of blocks as well as pixels."""

TILES = ("x", "y", "xy")

TIMED: list[Shape] = [(512, 512), (509, 503), (2048, 2048), (2039, 2029)]

PAIRS = 5

ALIKE = 16
"""Pixels from one row to the next one that is like it: pieces move by blocks of coarse levels, so
that what lies on such a lattice in the exemplar does so in the output, its border included."""


@dataclass
class Borders:
    """The borders of some outputs of one exemplar; logarithms, each a mean over the channels."""

    tiled: dict[str, list[float]] = field(default_factory=dict)
    """The relative step over each border that is to go on, as a part of those inside, by tiling."""
    others: list[float] = field(default_factory=list)
    """Over each that is not."""
    borders: list[float] = field(default_factory=list)
    """The relative step over each border that is to go on."""
    inside: list[NDArray[np.float64]] = field(default_factory=list)
    """Over all rows inside, and all columns, of each tiled output."""

    def add(self, output: NDArray[np.float32], settings: Settings) -> None:
        for axis, wraps in enumerate(settings.wraps):
            steps = np.log(relative_steps(output, axis)).mean(axis=1)
            over = float(steps[-1] - steps[-1 - ALIKE : 0 : -ALIKE].mean())
            if not wraps:
                self.others.append(over)
                continue
            self.tiled.setdefault(settings.tile, []).append(over)
            self.borders.append(steps[-1])
            # The steps beside the border are compared with the border's.
            self.inside.append(steps[1:-2])

    def every(self) -> list[float]:
        return [over for steps in self.tiled.values() for over in steps]

    def outlying(self) -> float:
        """The part of the borders outside what 95 % of the rows inside keep to."""
        least, most = np.quantile(np.concatenate(self.inside), [0.025, 0.975])
        over = np.array(self.borders)
        return float(np.mean((over < least) | (over > most)))


def borders(image: NDArray[np.float32], preset: str, seeds: int) -> Borders:
    found = Borders()
    # The same seed makes nearly the same texture by another tiling, no second sample.
    for seed, (size, tile, _) in enumerate(product(SIZES[preset], ("none", *TILES), range(seeds))):
        settings = replace(PRESETS[preset], tile=tile, seed=seed)
        found.add(synthesize(image, size, settings), settings)
    return found


def shown(logarithms: Sequence[float]) -> str:
    """Their geometric mean, and the standard error of it."""
    mean = np.exp(np.mean(logarithms))
    if len(logarithms) < 3:
        return f"{mean:.2f}"
    return f"{mean:.3f} ± {mean * np.std(logarithms, ddof=1) / len(logarithms) ** 0.5:.3f}"


def border_table(found: dict[str, Borders]) -> str:
    """A row for each exemplar, and one for all."""
    rows = [
        [
            name,
            *(shown(of.tiled[tile]) for tile in TILES),
            shown(of.every()),
            number(float(np.concatenate(of.inside).std()), 2),
            f"{of.outlying():.2f}",
            shown(of.others),
        ]
        for name, of in found.items()
    ]
    pooled = [[x for of in found.values() for x in of.tiled[tile]] for tile in TILES]
    rows.append(
        [
            "**all**",
            *(shown(steps) for steps in (*pooled, [x for steps in pooled for x in steps])),
            "",
            f"{np.mean([of.outlying() for of in found.values()]):.2f}",
            shown([x for of in found.values() for x in of.others]),
        ]
    )
    return table(["", *TILES, "all tiled", "inside ±", "outlying", "untiled"], rows)


def cost_table() -> str:
    """Seconds with and without tiling, in turns."""
    image = exemplar("rust")
    rows = []
    for size in TIMED:
        seconds: dict[str, list[float]] = {"none": [], "xy": []}
        for _ in range(PAIRS):
            for tile, taken in seconds.items():
                start = time.perf_counter()
                synthesize(image, size, Settings(tile=tile))
                taken.append(time.perf_counter() - start)
        times = median(b / a for a, b in zip(*seconds.values(), strict=True))
        medians = (number(median(taken)) for taken in seconds.values())
        rows.append([f"{size[1]} × {size[0]}", *medians, f"{times:.2f}"])
    return table(["standard, from 256²", "untiled, s", "tiled on X and Y, s", "times"], rows)


def main() -> None:
    parser = argparse.ArgumentParser(prog="build.py bench tiling", description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path, help="more exemplars")
    parser.add_argument("--seeds", type=int, default=24, help="outputs of each, of the paper 1")
    parser.add_argument("--note", default="", help="what a reader must know of this run")
    arguments = parser.parse_args()
    parts = []
    for preset, sizes in SIZES.items():
        seeds = 1 if preset == "paper" else arguments.seeds
        found = {}
        for given in exemplars_of(arguments.folders):
            found[given.name] = borders(given.image, preset, seeds)
            print(preset, given.name, shown(found[given.name].every()), flush=True)
        shapes = ", ".join(f"{width} × {height}" for height, width in sizes)
        title = f"## {preset.capitalize()}, {seeds} of each at {shapes}"
        parts.append(f"{title}\n\n{border_table(found)}")
    write(
        "tiling.md",
        f"# Seamless outputs\n\n{machine()}. {arguments.note}\n\n"
        "The step over a border as a part of the steps beside it (`relative_steps` in "
        "`addon_core/metrics/`), and that as a part of what it is inside, over every "
        f"{ALIKE}th row: 1 is like the inside. Geometric means over outputs and their tiled "
        "borders, with the standard error, by what is tiled. *Inside ±* is the standard deviation "
        "of the relative steps of the rows and columns inside, *outlying* the part of the tiled "
        "borders outside what 95 % of those keep to (0.05 is right), *untiled* the borders of the "
        "same outputs that are not tiled.\n\n"
        + "\n".join(parts)
        + f"\n## Cost\n\n{PAIRS} pairs in turns, medians.\n\n{cost_table()}",
    )


if __name__ == "__main__":
    main()

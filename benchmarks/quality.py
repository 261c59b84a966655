# SPDX-License-Identifier: GPL-3.0-or-later
"""The paper's table 1: methods on the same exemplars, by every metric, with time and memory.

`python3 build.py bench quality [FOLDER ...] [--seeds N] [--method NAME] [--other NAME=FOLDER]
[--note TEXT]`
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from .evaluation import measure_all
from .methods import METHODS, Method, Pixels, available, read
from .quality_tables import MEMORY, SECONDS, Output, report
from .report import EXAMPLES, RESULTS, write

PANEL = 340
"""Side in pixels of the crop of each output in a picture, at 100 %."""

ACROSS = 4
"""Crops side by side in a picture."""


@dataclass(frozen=True, slots=True)
class Exemplar:
    name: str
    path: Path
    image: Pixels
    ours: bool
    """From `examples/`: its pictures may be kept."""


def exemplars_of(folders: Sequence[Path]) -> list[Exemplar]:
    """Those of `examples/` at 256, and every PNG and JPEG of the folders."""
    found = [
        Exemplar(path.stem.removesuffix("_256"), path, read(path), True)
        for path in sorted(EXAMPLES.glob("*_256.png"))
    ]
    taken = {exemplar.name for exemplar in found}
    for folder in folders:
        for path in sorted(p for p in folder.iterdir() if p.suffix in (".png", ".jpg", ".jpeg")):
            name = path.stem if path.stem not in taken else f"{path.stem} ({folder.name})"
            found.append(Exemplar(name, path, read(path), False))
    return found


def picture(exemplar: Exemplar, outputs: dict[str, Pixels]) -> None:
    """Exemplar and outputs, the same crop of each at 100 %."""
    panels = {"exemplar": exemplar.image, **outputs}
    across, down = PANEL + 6, PANEL + 24
    rows = -(-len(panels) // ACROSS)
    sheet = Image.new("RGB", (min(len(panels), ACROSS) * across - 6, rows * down - 6), "white")
    draw = ImageDraw.Draw(sheet)
    for place, (label, pixels) in enumerate(panels.items()):
        row, column = divmod(place, ACROSS)
        panel = Image.fromarray(pixels[:PANEL, :PANEL].astype(np.uint8))
        sheet.paste(panel, (column * across, row * down + 18))
        draw.text((column * across + 2, row * down + 3), label, fill="black")
    folder = RESULTS / "quality"
    folder.mkdir(parents=True, exist_ok=True)
    sheet.save(folder / f"{exemplar.name}.jpg", quality=88, subsampling=0)


def others_of(exemplar: Exemplar, others: Sequence[tuple[str, Path]]) -> list[tuple[str, Pixels]]:
    """Outputs that other programs made for an exemplar, each with the program's name."""
    return [
        (name, read(path))
        for name, folder in others
        if not exemplar.ours
        for path in sorted(folder.glob(f"{exemplar.path.stem}.*"))
    ]


def collect(
    exemplars: Sequence[Exemplar],
    methods: Sequence[Method],
    others: Sequence[tuple[str, Path]],
    seeds: int,
) -> list[Output]:
    memory = {method.label: method.memory(exemplars[0].path) for method in methods}
    outputs = []
    for exemplar in exemplars:
        made = others_of(exemplar, others)
        costs = [{} for _ in made]
        shown = {}
        # What is timed has the machine for itself: everything is made before it is measured.
        for method in methods:
            for seed in range(min(seeds, method.seeds or seeds)):
                start = time.perf_counter()
                output = method.run(exemplar.path, seed)
                costs.append({SECONDS: time.perf_counter() - start, MEMORY: memory[method.label]})
                made.append((method.label, output))
                shown.setdefault(method.label, output)
        figures = measure_all(exemplar.image, [output for _, output in made])
        outputs += [
            Output(exemplar.name, label, {**measured, **cost})
            for (label, _), measured, cost in zip(made, figures, costs, strict=True)
        ]
        if exemplar.ours:
            picture(exemplar, shown)
        print(exemplar.name, flush=True)
    return outputs


def main() -> None:
    parser = argparse.ArgumentParser(prog="build.py bench quality", description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path, help="more exemplars")
    parser.add_argument(
        "--seeds", type=int, default=1, help="how many outputs of each, seeds from 0"
    )
    parser.add_argument(
        "--other",
        action="append",
        default=[],
        metavar="NAME=FOLDER",
        help="another program's outputs for the folders' exemplars, under the same names",
    )
    parser.add_argument(
        "--method", action="append", choices=available(), help="only this one (repeatable)"
    )
    parser.add_argument("--note", default="", help="what a reader must know of this run")
    arguments = parser.parse_args()
    others = [
        (name, Path(folder)) for name, _, folder in (o.partition("=") for o in arguments.other)
    ]
    chosen = arguments.method or available()
    methods = [method for name, method in METHODS.items() if name in chosen]
    outputs = collect(exemplars_of(arguments.folders), methods, others, arguments.seeds)
    rows = [asdict(output) for output in outputs]
    (RESULTS / "quality.json").write_text(json.dumps(rows, indent=1, ensure_ascii=False), "utf-8")
    names = [name for name, _ in others]
    write("quality.md", report(outputs, names, arguments.seeds, arguments.note))


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: GPL-3.0-or-later
"""Quality: the presets and other programs on the same exemplars, by every metric.

`python3 build.py bench quality [FOLDER ...] [--seeds N] [--other NAME=FOLDER] [--note TEXT]`
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from addon_core import PRESETS, metrics, synthesize

from .quality_tables import GMIC, METRICS, Output, report
from .report import EXAMPLES, RESULTS, write

SIZE = 512
"""Side of an output in pixels."""

OURS = ("paper", "draft", "standard", "fine")
"""The presets that are measured."""

PANEL = 340
"""Side in pixels of the crop of each output in a picture, at 100 %."""


@dataclass(frozen=True, slots=True)
class Exemplar:
    name: str
    path: Path
    image: NDArray[np.float32]
    """(height, width, 3), 0 to 255"""
    ours: bool
    """From `examples/`: its pictures may be kept."""


def measure(exemplar: NDArray[np.float32], output: NDArray[np.float32]) -> dict[str, float]:
    """Every metric; both images have values from 0 to 255."""
    full, half, quarter = metrics.structure(exemplar, output)
    found = metrics.Correspondence.between(exemplar, output)
    figures = (
        metrics.sliced_wasserstein(exemplar, output),
        metrics.cover(exemplar, output),
        full,
        half,
        quarter,
        metrics.wasserstein(exemplar, output),
        # The paper has values from −1 to 1 here.
        metrics.autocorrelation_score(exemplar / 127.5, output / 127.5),
        metrics.gram_score(exemplar, output),
        metrics.sifid(exemplar, output),
        metrics.sharpness(exemplar, output),
        metrics.use(found),
        metrics.largest_piece(found),
        metrics.repetition(exemplar, output),
        metrics.seam(found),
    )
    return dict(zip(METRICS, figures, strict=True))


def read(path: Path) -> NDArray[np.float32]:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"), np.float32)


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


def run_preset(name: str) -> Callable[[Exemplar, int], NDArray[np.float32]]:
    def run(exemplar: Exemplar, seed: int) -> NDArray[np.float32]:
        settings = replace(PRESETS[name], seed=seed)
        # As stored in 8 bits, like what it is compared with.
        return np.clip(np.rint(synthesize(exemplar.image, (SIZE, SIZE), settings)), 0, 255)

    return run


def run_gmic(exemplar: Exemplar, seed: int) -> NDArray[np.float32]:
    with tempfile.TemporaryDirectory() as folder:
        result = Path(folder) / "result.png"
        command = ["gmic", exemplar.path, "srand", str(seed)]
        command += ["syntexturize_matchpatch", f"{SIZE},{SIZE}", "o", result]
        subprocess.run(command, check=True, capture_output=True)
        return read(result)


def picture(exemplar: Exemplar, outputs: dict[str, NDArray[np.float32]]) -> None:
    """Exemplar and outputs side by side, the same crop of each at 100 %."""
    panels = {"exemplar": exemplar.image, **outputs}
    sheet = Image.new("RGB", (len(panels) * (PANEL + 6) - 6, PANEL + 18), "white")
    draw = ImageDraw.Draw(sheet)
    for place, (label, pixels) in enumerate(panels.items()):
        panel = Image.fromarray(pixels[:PANEL, :PANEL].astype(np.uint8))
        sheet.paste(panel, (place * (PANEL + 6), 18))
        draw.text((place * (PANEL + 6) + 2, 3), label, fill="black")
    folder = RESULTS / "quality"
    folder.mkdir(parents=True, exist_ok=True)
    sheet.save(folder / f"{exemplar.name}.jpg", quality=88, subsampling=0)


def collect(arguments: argparse.Namespace) -> list[Output]:
    methods: dict[str, Callable[[Exemplar, int], NDArray[np.float32]]] = {}
    if shutil.which("gmic"):
        methods[GMIC] = run_gmic
    methods |= {name: run_preset(name) for name in arguments.preset or OURS}
    others = [
        (name, Path(folder)) for name, _, folder in (o.partition("=") for o in arguments.other)
    ]
    outputs = []
    for exemplar in exemplars_of(arguments.folders):
        shown = {}
        for name, folder in others:
            for path in sorted(folder.glob(f"{exemplar.path.stem}.*")) * (not exemplar.ours):
                outputs.append(Output(exemplar.name, name, measure(exemplar.image, read(path))))
        for method, run in methods.items():
            for seed in range(arguments.seeds):
                start = time.perf_counter()
                output = run(exemplar, seed)
                seconds = time.perf_counter() - start
                shown.setdefault(method, output)
                figures = {**measure(exemplar.image, output), "seconds": seconds}
                outputs.append(Output(exemplar.name, method, figures))
            print(f"{exemplar.name}: {method}", flush=True)
        if exemplar.ours:
            picture(exemplar, shown)
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
        "--preset", action="append", choices=OURS, help="only this one (repeatable)"
    )
    parser.add_argument("--note", default="", help="what a reader must know of this run")
    arguments = parser.parse_args()
    outputs = collect(arguments)
    rows = [asdict(output) for output in outputs]
    (RESULTS / "quality.json").write_text(json.dumps(rows, indent=1, ensure_ascii=False), "utf-8")
    others = [name for name, _, _ in (other.partition("=") for other in arguments.other)]
    write("quality.md", report(outputs, others, arguments.seeds, arguments.note))


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: GPL-3.0-or-later
"""The methods that the quality benchmark compares.

`python -m benchmarks.methods NAME EXEMPLAR` runs one and prints the peak memory.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from addon_core import PRESETS, synthesize, texture_optimization

from .memory import peak_of_module, peak_of_program, print_peak

SIZE = 512
"""Side of an output in pixels."""

Pixels = NDArray[np.float32]
"""(height, width, 3), 0 to 255."""


@dataclass(frozen=True, slots=True)
class Method:
    name: str
    """For the command line."""
    label: str
    """In tables and pictures."""
    run: Callable[[Path, int], Pixels]
    """From the file of an exemplar and a seed to an output."""
    memory: Callable[[Path], float]
    """Peak in MB of a run on the exemplar in that file; NaN where the system does not tell."""
    seeds: int | None = None
    """How many outputs of an exemplar at most: of a slow method one has to do."""


def read(path: Path) -> Pixels:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"), np.float32)


def _ours(
    name: str,
    label: str,
    synthesis: Callable[[Pixels, int], Pixels],
    seeds: int | None = None,
) -> Method:
    def run(exemplar: Path, seed: int) -> Pixels:
        # As stored in 8 bits, like what it is compared with.
        return np.clip(np.rint(synthesis(read(exemplar), seed)), 0, 255)

    def memory(exemplar: Path) -> float:
        return peak_of_module(__name__, name, str(exemplar))

    return Method(name, label, run, memory, seeds)


def _preset(name: str) -> Method:
    def synthesis(exemplar: Pixels, seed: int) -> Pixels:
        return synthesize(exemplar, (SIZE, SIZE), replace(PRESETS[name], seed=seed))

    return _ours(name, name, synthesis)


def _kwatra(name: str, label: str, matched: bool) -> Method:
    def synthesis(exemplar: Pixels, seed: int) -> Pixels:
        return texture_optimization.synthesize(exemplar, (SIZE, SIZE), seed, matched)

    return _ours(name, label, synthesis, seeds=1)


def _gmic_command(exemplar: Path, seed: int, result: Path) -> list[str]:
    command = ["gmic", str(exemplar), "srand", str(seed)]
    return [*command, "syntexturize_matchpatch", f"{SIZE},{SIZE}", "o", str(result)]


def _run_gmic(exemplar: Path, seed: int) -> Pixels:
    with tempfile.TemporaryDirectory() as folder:
        result = Path(folder) / "result.png"
        subprocess.run(_gmic_command(exemplar, seed, result), check=True, capture_output=True)
        return read(result)


def _memory_of_gmic(exemplar: Path) -> float:
    with tempfile.TemporaryDirectory() as folder:
        return peak_of_program(_gmic_command(exemplar, 0, Path(folder) / "result.png"))


METHODS = {
    method.name: method
    for method in (
        Method("gmic", "G'MIC", _run_gmic, _memory_of_gmic),
        _kwatra("kwatra-published", "texture optimization, published scales", matched=False),
        _kwatra("kwatra", "texture optimization, matched scales", matched=True),
        *map(_preset, ("paper", "draft", "standard", "fine")),
    )
}
"""In the order of the tables."""


def available() -> list[str]:
    """Names of the methods that can be run here."""
    return [name for name in METHODS if name != "gmic" or shutil.which("gmic")]


if __name__ == "__main__":
    chosen, exemplar = METHODS[sys.argv[1]], Path(sys.argv[2])
    print_peak(lambda: chosen.run(exemplar, 0))

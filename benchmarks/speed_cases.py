# SPDX-License-Identifier: GPL-3.0-or-later
"""What the speed benchmark runs, and the most that it may take.

`python -m benchmarks.speed_cases EXEMPLAR_SIDE OUTPUT_SIDE CHANNELS PRESET` prints the peak memory.
"""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .memory import peak_of_module, print_peak
from .report import EXAMPLES
from .timing import run


@dataclass(frozen=True, slots=True)
class Case:
    """An exemplar's side, an output's side, channels, and the most it may take."""

    exemplar: int
    output: int
    channels: int = 3
    draft: float = math.nan
    """in yardsticks; NaN where nothing was set as a target"""
    standard: float = math.nan
    memory: float = math.nan
    """in MB above the start, the output itself included"""
    paper: float = math.nan
    """in yardsticks, of the paper's method"""

    def __str__(self) -> str:
        channels = "RGB" if self.channels == 3 else f"{self.channels} channels"
        return f"{self.exemplar}² → {self.output}², {channels}"

    def most(self, chosen: str) -> float:
        """Yardsticks that the settings of this name may take."""
        return self.paper if chosen in PAPER else getattr(self, chosen)


PRESETS_TIMED = ("draft", "standard")

TARGETS = (
    Case(256, 512, 3, 0.7, 2.0, 100.0),
    Case(256, 512, 8, 1.0, 3.0, 150.0),
    Case(1024, 2048, 3, 6.0, 20.0, 250.0),
    Case(1024, 4096, 3, 24.0, 80.0, 500.0),
    Case(1024, 2048, 8, 12.0, 40.0, 500.0),
)
"""What was set as a target."""

# Beside the output array, which is what the target leaves out.
HUGE = Case(1024, 8192, 3, 110.0, 350.0, 1200.0 + 8192 * 8192 * 3 * 4 / 1e6)

PAPER = {
    "paper": Case(256, 512, memory=400.0, paper=57.0),
    "paper, r = 0.1": Case(256, 512, memory=400.0, paper=14.0),
}
"""The paper's method: 8 s, and 2 s with a tenth of the patches and the memory, at Y = 0.14 s."""

GROWTH = (Case(1024, 1024), Case(256, 2048), Case(2048, 2048))
"""How the time grows with the output and with the exemplar."""


def exemplar(side: int, channels: int) -> NDArray[np.float32]:
    """(side, side, channels): the bricks, mirrored where the side is above 512.

    Eight channels are the whole material: colour, normal, roughness and height.
    """
    stored = 256 if side <= 256 else 512
    names = ("", "_normal", "_roughness", "_height") if channels == 8 else ("",)
    maps = []
    for name in names:
        with Image.open(EXAMPLES / f"bricks_{stored}{name}.png") as image:
            values = np.asarray(image).astype(np.float32)
            maps.append(values / (65535 if image.mode.startswith("I") else 255))
    whole = np.dstack(maps)
    while len(whole) < side:
        whole = np.concatenate((whole, whole[::-1]))
        whole = np.concatenate((whole, whole[:, ::-1]), axis=1)
    return np.ascontiguousarray(whole)


def peak_memory(case: Case, preset: str) -> float:
    """MB above the start in a process of its own; NaN where the system does not tell."""
    sides = str(case.exemplar), str(case.output), str(case.channels)
    return peak_of_module(__name__, *sides, preset)


if __name__ == "__main__":
    *sides, chosen = sys.argv[1:]
    asked = Case(*map(int, sides))
    loaded = exemplar(asked.exemplar, asked.channels)
    print_peak(lambda: run(loaded, asked.output, chosen))

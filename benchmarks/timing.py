# SPDX-License-Identifier: GPL-3.0-or-later
"""The time of a run, in seconds and in units of one matrix product.

`python -m benchmarks.timing EXEMPLAR.npy OUTPUT_SIDE PRESET` prints it in JSON. All that this
module imports is NumPy, SciPy and the core, so that any Python can run it.
"""

from __future__ import annotations

import json
import platform
import sys
import time
from dataclasses import asdict, dataclass, field, replace
from statistics import median

import numpy as np
import scipy
from numpy.typing import NDArray

from addon_core import PRESETS, synthesize
from addon_core.products import product

MOST, LEAST, LONG = 15, 3, 3.0
"""Timed runs of a case: at most, at least, and the seconds after which the least is enough."""


SETTINGS = {**PRESETS, "paper, r = 0.1": replace(PRESETS["paper"], share=0.1)}
"""What can be timed, by name: the presets, and the paper's method with a tenth of the patches."""


@dataclass(frozen=True, slots=True)
class Time:
    seconds: float
    """median"""
    yardsticks: float
    """median of each run's time over that of the yardsticks just before and after it"""


@dataclass
class Yardstick:
    """One float32 product of 4096 × 768 by 768 × 4096, the unit of time."""

    times: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        random = np.random.default_rng(0)
        self._left = random.random((4096, 768), np.float32)
        self._right = random.random((768, 4096), np.float32)
        product(self._left, self._right)

    def measure(self) -> float:
        """Seconds, the median of three."""
        measured = []
        for _ in range(3):
            start = time.perf_counter()
            product(self._left, self._right)
            measured.append(time.perf_counter() - start)
        self.times.append(median(measured))
        return self.times[-1]


def run(image: NDArray[np.float32], side: int, preset: str) -> float:
    """Seconds."""
    start = time.perf_counter()
    synthesize(image, (side, side), SETTINGS[preset])
    return time.perf_counter() - start


def timed(image: NDArray[np.float32], side: int, preset: str, yardstick: Yardstick) -> Time:
    """Medians, after one warm-up."""
    run(image, side, preset)
    seconds, ratios = [], []
    before = yardstick.measure()
    while len(seconds) < LEAST or (len(seconds) < MOST and sum(seconds) < LONG):
        seconds.append(run(image, side, preset))
        # A machine that others use as well is slow for both.
        after = yardstick.measure()
        ratios.append(seconds[-1] / ((before + after) / 2))
        before = after
    return Time(median(seconds), median(ratios))


def versions() -> dict[str, str | float]:
    """Of what runs this, and how many times longer NumPy's own product takes than SciPy's."""
    square = np.random.default_rng(0).random((1024, 1024), np.float32)
    took = []
    for multiply in (np.matmul, product):
        multiply(square, square)
        start = time.perf_counter()
        multiply(square, square)
        took.append(time.perf_counter() - start)
    return {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "scipy": scipy.__version__,
        "product": took[0] / took[1],
    }


if __name__ == "__main__":
    exemplar_path, output_side, chosen = sys.argv[1:]
    outcome = timed(np.load(exemplar_path), int(output_side), chosen, Yardstick())
    print(json.dumps({**asdict(outcome), **versions()}))

# SPDX-License-Identifier: GPL-3.0-or-later
"""Speed and memory: the presets from an exemplar to an output, in units of one matrix product.

`python3 build.py bench speed [--huge] [--note TEXT]`
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np
from matplotlib.figure import Figure

from addon_core.products import product

from .report import RESULTS, machine, number, table, write
from .speed_cases import GROWTH, HUGE, TARGETS, Case, exemplar, peak_memory, run

MOST, LEAST, LONG = 5, 3, 10.0
"""Timed runs of a case: at most, at least, and the seconds after which the least is enough."""

PRESETS_TIMED = ("draft", "standard")


@dataclass(frozen=True, slots=True)
class Timing:
    case: Case
    preset: str
    seconds: float
    """median"""
    yardsticks: float
    """median of each run's time over that of the yardsticks just before and after it"""
    memory: float
    """peak in MB above the start; NaN where the system does not tell"""


class Yardstick:
    """One float32 product of 4096 × 768 by 768 × 4096, the unit of time."""

    def __init__(self) -> None:
        random = np.random.default_rng(0)
        self._left = random.random((4096, 768), np.float32)
        self._right = random.random((768, 4096), np.float32)
        product(self._left, self._right)
        self.times: list[float] = []

    def measure(self) -> float:
        """Seconds, the median of three."""
        measured = []
        for _ in range(3):
            start = time.perf_counter()
            product(self._left, self._right)
            measured.append(time.perf_counter() - start)
        self.times.append(median(measured))
        return self.times[-1]


def timed(case: Case, preset: str, yardstick: Yardstick) -> Timing:
    image = exemplar(case.exemplar, case.channels)
    run(case, preset, image)
    seconds, ratios = [], []
    before = yardstick.measure()
    while len(seconds) < LEAST or (len(seconds) < MOST and sum(seconds) < LONG):
        seconds.append(run(case, preset, image))
        # A machine that others use as well is slow for both.
        after = yardstick.measure()
        ratios.append(seconds[-1] / ((before + after) / 2))
        before = after
    return Timing(case, preset, median(seconds), median(ratios), peak_memory(case, preset))


def targets(timings: Sequence[Timing]) -> str:
    rows = []
    for timing in timings:
        case = timing.case
        most = getattr(case, timing.preset)
        rows.append(
            [
                str(case),
                timing.preset,
                number(timing.seconds),
                number(timing.yardsticks),
                _against(timing.yardsticks, most),
                number(timing.memory),
                _against(timing.memory, case.memory),
            ]
        )
    head = ["case", "preset", "seconds", "Y", "at most", "peak MB", "at most"]
    return table(head, rows)


def _against(value: float, most: float) -> str:
    if math.isnan(most):
        return ""
    return f"{most:.4g} {'✓' if value <= most else '✗'}"


def growth(timings: Sequence[Timing]) -> str:
    """Ratios of time, each at most what was set as a target."""
    took = {(str(timing.case), timing.preset): timing.yardsticks for timing in timings}
    rows = []
    for preset in PRESETS_TIMED:
        pixel = took[str(Case(1024, 4096)), preset] / took[str(Case(1024, 1024)), preset] / 16
        larger = took[str(Case(2048, 2048)), preset] / took[str(Case(256, 2048)), preset]
        rows.append([f"{preset}: an output pixel at 4096² beside one at 1024²"])
        rows[-1] += [f"{pixel:.2f}", _against(pixel, 1.2)]
        rows.append([f"{preset}: an exemplar of 2048² beside one of 256², to 2048²"])
        rows[-1] += [f"{larger:.2f}", _against(larger, 1.5)]
    return table(["growth", "times", "at most"], rows)


def _in_colour(timings: Sequence[Timing], preset: str) -> list[Timing]:
    """Those of RGB, the smallest output first."""
    chosen = (t for t in timings if t.preset == preset and t.case.channels == 3)
    return sorted(chosen, key=lambda timing: timing.case.output)


def plot(timings: Sequence[Timing]) -> None:
    figure = Figure(figsize=(10, 4))
    axes = figure.subplots(1, 2)
    for preset, marker in zip(PRESETS_TIMED, "oD", strict=True):
        shown = _in_colour(timings, preset)
        pixels = [timing.case.output**2 / 1e6 for timing in shown]
        axes[0].plot(pixels, [t.yardsticks for t in shown], marker, label=preset)
        axes[1].plot(pixels, [t.memory for t in shown], marker, label=preset)
        limits = [getattr(timing.case, preset) for timing in shown]
        axes[0].plot(pixels, limits, "_", markersize=14, label=f"{preset}, at most")
    cases = [timing.case for timing in _in_colour(timings, PRESETS_TIMED[0])]
    pixels = [case.output**2 / 1e6 for case in cases]
    axes[1].plot(pixels, [case.memory for case in cases], "_", markersize=14, label="at most")
    for axis, label in zip(axes, ("time in Y", "peak memory above start, MB"), strict=True):
        axis.set(xscale="log", yscale="log", xlabel="output, megapixels (RGB)", ylabel=label)
        axis.grid(alpha=0.3, which="both")
        axis.legend(fontsize=8)
    figure.tight_layout()
    figure.savefig(RESULTS / "speed.png", dpi=90)


def main() -> None:
    parser = argparse.ArgumentParser(prog="build.py bench speed", description=__doc__)
    parser.add_argument("--huge", action="store_true", help=f"also {HUGE}")
    parser.add_argument("--note", default="", help="what a reader must know of this run")
    arguments = parser.parse_args()
    yardstick = Yardstick()
    timings = []
    for case in (*TARGETS, *([HUGE] if arguments.huge else []), *GROWTH):
        for preset in PRESETS_TIMED:
            timings.append(timed(case, preset, yardstick))
            print(f"{case}, {preset}: {timings[-1].seconds:.2f} s", flush=True)
    RESULTS.mkdir(exist_ok=True)
    plot(timings)
    low, unit, high = (number(f(yardstick.times)) for f in (min, median, max))
    write(
        "speed.md",
        f"# Speed\n\n{machine()}. {arguments.note}\n\n"
        "Y is the time of one float32 product of 4096 × 768 by 768 × 4096 in the same process: "
        f"{unit} s here (median; {low} to {high} s while this ran). A run's time in Y is over the "
        f"mean of the Y just before and just after it. Medians of {LEAST} to {MOST} runs after one "
        "warm-up. Peak memory is that of a fresh process, above what it had with the exemplar "
        "loaded, the output included. The exemplar is the bricks, mirrored to sides above 512.\n\n"
        f"{targets(timings)}\n{growth(timings)}\n![](speed.png)\n",
    )


if __name__ == "__main__":
    main()

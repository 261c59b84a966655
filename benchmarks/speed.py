# SPDX-License-Identifier: GPL-3.0-or-later
"""Speed and memory: the presets from an exemplar to an output, in units of one matrix product.

`python3 build.py bench speed [--huge] [--note TEXT]`
`python3 build.py bench speed --python PATH [--path FOLDER] [--note TEXT]`
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from matplotlib.figure import Figure

from .pythons import compare
from .report import RESULTS, machine, number, table, write
from .speed_cases import GROWTH, HUGE, PAPER, PRESETS_TIMED, TARGETS, Case, exemplar, peak_memory
from .timing import LEAST, MOST, Yardstick, timed


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


def measured(case: Case, preset: str, yardstick: Yardstick) -> Timing:
    took = timed(exemplar(case.exemplar, case.channels), case.output, preset, yardstick)
    return Timing(case, preset, took.seconds, took.yardsticks, peak_memory(case, preset))


def targets(timings: Sequence[Timing]) -> str:
    rows = []
    for timing in timings:
        case = timing.case
        most = case.most(timing.preset)
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
    parser.add_argument(
        "--python", help="instead, this Python beside the present one, such as one without BLAS"
    )
    parser.add_argument("--path", help="the folder that holds its SciPy, if it has none")
    parser.add_argument("--note", default="", help="what a reader must know of this run")
    arguments = parser.parse_args()
    if arguments.python:
        compare(arguments.python, arguments.path, arguments.note)
        return
    yardstick = Yardstick()
    timings = []
    cases = (*TARGETS, *([HUGE] if arguments.huge else []), *GROWTH)
    pairs = [(case, preset) for case in cases for preset in PRESETS_TIMED]
    for case, preset in (*pairs, *((case, name) for name, case in PAPER.items())):
        timings.append(measured(case, preset, yardstick))
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

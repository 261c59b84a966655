# SPDX-License-Identifier: GPL-3.0-or-later
"""How time and memory grow with the output and with the exemplar.

`python3 build.py bench growth [--note TEXT]`
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from matplotlib.figure import Figure

from .report import RESULTS, machine, number, table, write
from .speed import Timing, measured
from .speed_cases import Case
from .timing import LEAST, MOST, Yardstick

OUTPUTS = {
    "draft": [Case(256, side) for side in (256, 512, 1024, 2048, 4096)],
    "standard": [Case(256, side) for side in (256, 512, 1024, 2048, 4096)],
    "paper": [Case(256, side) for side in (256, 512, 1024)],
}
"""From a preset to outputs of one exemplar, each twice the one before."""

EXEMPLARS = {
    "draft": [Case(side, 1024) for side in (256, 512, 1024, 2048)],
    "standard": [Case(side, 1024) for side in (256, 512, 1024, 2048)],
    "paper": [Case(side, 512) for side in (256, 512)],
}
"""From a preset to outputs of one size, from exemplars each twice the one before."""


def growth_table(timings: Sequence[Timing], of_output: bool) -> str:
    """A row for each case, with what it takes times the one before."""
    rows = []
    before: Timing | None = None
    for timing in timings:
        if before is None or before.preset != timing.preset:
            times = ["", ""]
        else:
            times = [
                f"{timing.yardsticks / before.yardsticks:.2f}",
                f"{timing.memory / before.memory:.2f}",
            ]
        case = timing.case
        pixels = case.output**2 if of_output else case.exemplar**2
        rows.append(
            [
                timing.preset,
                f"{case.exemplar}² → {case.output}²",
                number(timing.seconds),
                number(timing.yardsticks),
                times[0],
                number(timing.yardsticks / pixels * 1e6),
                number(timing.memory),
                times[1],
            ]
        )
        before = timing
    whose = "of the output" if of_output else "of the exemplar"
    head = ["preset", "case", "seconds", "Y", "times", f"Y per megapixel {whose}"]
    return table([*head, "peak MB", "times"], rows)


def plot(by_output: Sequence[Timing], by_exemplar: Sequence[Timing]) -> None:
    figure = Figure(figsize=(11, 7.5))
    axes = figure.subplots(2, 2)
    sides = (by_output, lambda case: case.output), (by_exemplar, lambda case: case.exemplar)
    for column, (timings, side) in zip(axes.T, sides, strict=True):
        for preset, marker in zip(OUTPUTS, "oDs", strict=True):
            shown = [timing for timing in timings if timing.preset == preset]
            pixels = [side(timing.case) ** 2 / 1e6 for timing in shown]
            label = f"{preset}, to {shown[0].case.output}²" if column is axes.T[1] else preset
            column[0].plot(pixels, [t.yardsticks for t in shown], f"{marker}-", label=label)
            column[1].plot(pixels, [t.memory for t in shown], f"{marker}-", label=label)
        ends = [side(timings[0].case) ** 2 / 1e6, max(side(t.case) ** 2 / 1e6 for t in timings)]
        for axis, first in zip(column, (timings[0].yardsticks, timings[0].memory), strict=True):
            proportional = [first, first * ends[1] / ends[0]]
            axis.plot(ends, proportional, ":", color="0.5", label="in proportion")
            axis.set(xscale="log", yscale="log")
            axis.grid(alpha=0.3, which="both")
        column[0].legend(fontsize=8)
    axes[0, 0].set(title="exemplar of 256²", ylabel="time in Y")
    axes[0, 1].set(title="larger exemplars")
    axes[1, 0].set(xlabel="output, megapixels (RGB)", ylabel="peak memory above start, MB")
    axes[1, 1].set(xlabel="exemplar, megapixels (RGB)")
    figure.tight_layout()
    figure.savefig(RESULTS / "speed_growth.png", dpi=80)


def main() -> None:
    parser = argparse.ArgumentParser(prog="build.py bench growth", description=__doc__)
    parser.add_argument("--note", default="", help="what a reader must know of this run")
    arguments = parser.parse_args()
    yardstick = Yardstick()
    done: dict[tuple[Case, str], Timing] = {}
    for preset in OUTPUTS:
        for case in (*OUTPUTS[preset], *EXEMPLARS[preset]):
            if (case, preset) not in done:
                done[case, preset] = measured(case, preset, yardstick)
                print(f"{case}, {preset}: {done[case, preset].seconds:.2f} s", flush=True)
    by_output, by_exemplar = (
        [done[case, preset] for preset, cases in chosen.items() for case in cases]
        for chosen in (OUTPUTS, EXEMPLARS)
    )
    plot(by_output, by_exemplar)
    write(
        "speed_growth.md",
        f"# How time and memory grow\n\n{machine()}. {arguments.note}\n\n"
        f"RGB; Y as in `speed.md`; medians of {LEAST} to {MOST} runs after one warm-up. Each row "
        "has four times the pixels of the one before: *times* is what it takes times that one, "
        "4 in proportion.\n\n"
        f"## With the output\n\n{growth_table(by_output, True)}\n"
        f"## With the exemplar\n\n{growth_table(by_exemplar, False)}\n![](speed_growth.png)\n",
    )


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: GPL-3.0-or-later
"""What is lost when few neighbours stand for all patches: measured, beside what can be proved.

`python3 build.py bench truncation [--note TEXT]`

The notation, and what is proved, is in `full_sum.py`.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from dataclasses import replace
from unittest.mock import patch

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from addon_core import PRESETS, Settings, paper, synthesize
from addon_core.level import Flow
from addon_core.patches import Patches

from .exemplars import ONE_OF_EACH, exemplar
from .full_sum import Errors, FullSum, joined
from .report import RESULTS, machine, number, table, write

COUNTS = (1, 2, 5, 10, 20)
"""k"""

SIZE = 320
"""Side of an output."""

SAMPLE = 128
"""Patches at each step that are compared with the full sum."""

SEARCHES = {
    "r = 0.1, memory": {"share": 0.1},
    "r = 0.1": {"share": 0.1, "memory": False},
}
"""What finds a set that is not the nearest k."""


Found = defaultdict[tuple[str, int, float], list[Errors]]
"""From a label, a level and a time to the errors there."""


def compared(flow_settings: Settings, name: str, label: str | None, found: Found) -> None:
    """Run the paper's method, and compare what it finds with the full sum at every step.

    Args:
        flow_settings: of the run.
        name: the exemplar.
        label: under which the errors of the sets that the run itself found are kept; None to
            compare the nearest k of each of :data:`COUNTS` instead.
        found: is added to.
    """

    class Compared(Flow):
        def _neighbours(
            self, state: NDArray[np.float32], t: float
        ) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
            count = len(self._grid)
            rows = np.linspace(0, count - 1, min(SAMPLE, count)).astype(np.intp)
            queries = Patches(state, self._grid).take(rows).astype(np.float64)
            patches = self._exemplar.patches
            keys = patches.take(np.arange(len(patches))).astype(np.float64)
            full = FullSum(queries, keys, t)
            at = self._meter.level
            indices, shares = super()._neighbours(state, t)
            if label is not None:
                found[label, at, t].append(full.of(indices[rows]))
            else:
                for nearest in (nearest for nearest in COUNTS if nearest < len(keys)):
                    found[f"k = {nearest}", at, t].append(full.of_nearest(nearest))
            return indices, shares

    with patch.object(paper, "Flow", Compared):
        synthesize(exemplar(name), (SIZE, SIZE), flow_settings)


def _percent(values: NDArray[np.float64]) -> str:
    mean = 100.0 * float(values.mean())
    return number(mean, 2) if mean >= 1e-4 else "< 0.0001"


def means_table(found: dict[tuple[str, int, float], Errors], at: int) -> str:
    """A row for each time: the mean error, and the mean bound, of each label."""
    labels = list(dict.fromkeys(label for label, _, _ in found))
    times = sorted({t for _, there, t in found if there == at})
    rows = []
    for t in times:
        cells = []
        for label in labels:
            errors = found.get((label, at, t))
            cells.append("–" if errors is None else _percent(errors.measured))
            if label == "k = 5" and errors is not None:
                cells += [_percent(errors.nearest), _percent(errors.tail)]
        rows.append([f"{t:.2f}", *cells])
    head = []
    for label in labels:
        head += [label, "bound (2)", "tail"] if label == "k = 5" else [label]
    return table(["t", *head], rows)


def bounds_table(found: dict[tuple[str, int, float], Errors]) -> str:
    """How often a measured error is above its bound, and how much of the bound it takes."""
    rows = []
    for label in dict.fromkeys(label for label, _, _ in found):
        errors = joined([each for (other, _, _), each in found.items() if other == label])
        bounds = {"(1)": errors.any_set}
        if not np.isnan(errors.nearest).any():
            bounds["(2)"] = errors.nearest
        for bound, values in bounds.items():
            # Float64 leaves about this much of a sum of 768 squares.
            above = (errors.measured > values * (1 + 1e-9) + 1e-7).sum()
            share = np.median(errors.measured[values > 1e-6] / values[values > 1e-6])
            rows.append([label, bound, str(errors.measured.size), str(above), number(float(share))])
    return table(["S", "bound", "patches", "above it", "error / bound, median"], rows)


def plot(found: dict[tuple[str, int, float], Errors]) -> None:
    levels = sorted({at for _, at, _ in found})
    figure = Figure(figsize=(3.6 * len(levels), 4))
    axes = figure.subplots(1, len(levels), sharey=True)
    labels = list(dict.fromkeys(label for label, _, _ in found))
    for axis, at in zip(axes, levels, strict=True):
        for place, label in enumerate(labels):
            times = [t for other, there, t in found if (other, there) == (label, at)]
            errors = [found[label, at, t] for t in times]
            style = "--" if label in SEARCHES else "-"
            means = [max(e.measured.mean(), 1e-7) for e in errors]
            axis.plot(times, means, style, c=f"C{place}", label=label)
            if label == "k = 5":
                bound = [max(e.nearest.mean(), 1e-7) for e in errors]
                axis.plot(times, bound, ":", c=f"C{place}", label="bound (2), k = 5")
        axis.set(yscale="log", ylim=(1e-6, 1e2), xlabel="t", title=f"level {at}")
        axis.grid(alpha=0.3)
    axes[0].set_ylabel("error of the velocity, relative")
    axes[0].legend(fontsize=7)
    figure.tight_layout()
    figure.savefig(RESULTS / "truncation.png", dpi=90)


def main() -> None:
    parser = argparse.ArgumentParser(prog="build.py bench truncation", description=__doc__)
    parser.add_argument("--note", default="", help="what a reader must know of this run")
    arguments = parser.parse_args()
    gathered: Found = defaultdict(list)
    for name in ONE_OF_EACH:
        compared(PRESETS["paper"], name, None, gathered)
        for label, changes in SEARCHES.items():
            compared(replace(PRESETS["paper"], **changes), name, label, gathered)
        print(name, flush=True)
    found = {key: joined(errors) for key, errors in gathered.items()}
    plot(found)
    text = (
        f"# Truncation\n\n{machine()}. {arguments.note}\n\n"
        "The error of the velocity when few patches stand for all, relative to the velocity, in "
        f"per cent: means over a sample of the patches of outputs of {SIZE} × {SIZE} from "
        f"{', '.join(ONE_OF_EACH)} at 256 × 256, along the flow of `paper` (k = 5; r = 1 for the "
        "columns k). *tail* is the weight that is left out, 1 − Ω, and bound (2) what is proved of "
        "the error for k = 5: see `benchmarks/full_sum.py`.\n\n"
        f"## Errors beside their bounds\n\n{bounds_table(found)}\n"
    )
    for at in sorted({at for _, at, _ in found}):
        text += f"## Level {at}, in per cent\n\n{means_table(found, at)}\n"
    write("truncation.md", f"{text}![](truncation.png)\n")


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: GPL-3.0-or-later
"""Figure 2 of the paper: how many neighbours, of which share, with and without memory.

`python3 build.py bench neighbours [--seeds N] [--note TEXT]`

Patches that do not overlap are never averaged, so that this measures the flow alone: how well the
distribution of the patches survives that only k of them weigh in, and only a share is searched.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from addon_core import PRESETS, metrics, synthesize

from .exemplars import KINDS, ONE_OF_EACH, exemplar
from .report import RESULTS, machine, number, table, write

PATCH = 16
"""Side of a patch, and from one to the next, in pixels."""

SIZE = 512
"""Side of an output."""

STEPS = 50
"""T, as in the paper's figure."""

COUNTS = (1, 2, 3, 5, 10, 20, 30, 40, 64)
"""k; 64 is the most that the settings allow."""

LINES = {
    "r = 0.1": (0.1, False),
    "r = 0.1, memory": (0.1, True),
    "r = 0.5": (0.5, False),
    "r = 0.5, memory": (0.5, True),
    "r = 1": (1.0, True),
}
"""The share r, and memory, which changes nothing where all is searched."""


def distance(name: str, share: float, memory: bool, count: int, seed: int) -> float:
    """Wasserstein-2 of an output's patches from the exemplar's, per value."""
    settings = replace(
        PRESETS["paper"],
        levels=1,
        steps=STEPS,
        patch_size=PATCH,
        stride=PATCH,
        neighbours=count,
        share=share,
        memory=memory,
        seed=seed,
    )
    image = exemplar(name)
    return metrics.wasserstein(image, synthesize(image, (SIZE, SIZE), settings), PATCH)


def drawn(image: NDArray[np.float32], seed: int) -> float:
    """The same distance of patches of the exemplar drawn at random: what an ideal flow gives."""
    across = len(image) // PATCH
    random = np.random.default_rng(seed)
    rows, columns = random.integers(across, size=(2, SIZE // PATCH, SIZE // PATCH)) * PATCH
    inside = np.arange(PATCH)
    places = rows[:, None, :, None] + inside[:, None, None], columns[:, None, :, None] + inside
    return metrics.wasserstein(image, image[places].reshape(SIZE, SIZE, -1), PATCH)


Curves = dict[str, dict[int, NDArray[np.float64]]]
"""From line and k to (exemplars,) distances, means over the seeds."""


def curves_of(names: Sequence[str], seeds: int) -> Curves:
    patches = (len(exemplar(names[0])) // PATCH) ** 2
    curves: Curves = {}
    for line, (share, memory) in LINES.items():
        curves[line] = {}
        for count in (count for count in COUNTS if count <= round(share * patches)):
            curves[line][count] = np.array(
                [
                    float(np.mean([distance(name, share, memory, count, s) for s in range(seeds)]))
                    for name in names
                ]
            )
            print(f"{line}: k = {count}", flush=True)
    return curves


def curves_table(curves: Curves, choose: slice | int) -> str:
    """A row for each k; the mean over the exemplars, or one of them."""
    rows = []
    for count in COUNTS:
        cells = (curve.get(count) for curve in curves.values())
        rows.append(
            [str(count), *("–" if c is None else number(float(np.mean(c[choose]))) for c in cells)]
        )
    return table(["k", *curves], rows)


def plot(curves: Curves, names: Sequence[str], ideal: Mapping[str, float]) -> None:
    figure = Figure(figsize=(4.2 * len(names), 4))
    axes = figure.subplots(1, len(names))
    colours = {0.1: "tab:blue", 0.5: "tab:purple", 1.0: "tab:red"}
    for place, (axis, name) in enumerate(zip(axes, names, strict=True)):
        for line, curve in curves.items():
            share, memory = LINES[line]
            style = "--" if memory and share < 1 else "-"
            heights = [values[place] for values in curve.values()]
            axis.plot(list(curve), heights, f"{style}o", c=colours[share], ms=4, label=line)
        axis.axhline(ideal[name], c="0.5", label="drawn at random")
        axis.set(xscale="log", xlabel="k", title=f"{name}, {KINDS[name]}", ylim=(0, None))
        axis.set_xticks(COUNTS, map(str, COUNTS))
        axis.minorticks_off()
        axis.grid(alpha=0.3)
    axes[0].set_ylabel("Wasserstein-2, per value")
    axes[0].legend(fontsize=8)
    figure.tight_layout()
    figure.savefig(RESULTS / "neighbours.png", dpi=80)


def main() -> None:
    parser = argparse.ArgumentParser(prog="build.py bench neighbours", description=__doc__)
    parser.add_argument("--seeds", type=int, default=3, help="how many outputs of each")
    parser.add_argument("--note", default="", help="what a reader must know of this run")
    arguments = parser.parse_args()
    names = ONE_OF_EACH
    curves = curves_of(names, arguments.seeds)
    ideal = {
        name: float(np.mean([drawn(exemplar(name), s) for s in range(arguments.seeds)]))
        for name in names
    }
    plot(curves, names, ideal)
    text = (
        f"# Neighbours\n\n{machine()}. {arguments.note}\n\n"
        "The exact Wasserstein-2 distance, per value from 0 to 255, between the patches of an "
        f"exemplar of 256 × 256 and of an output of {SIZE} × {SIZE}, {PATCH} × {PATCH} and not "
        f"overlapping: method `paper`, one level, T = {STEPS}, the patch as its own stride, "
        f"{arguments.seeds} outputs of each. Patches of the exemplar drawn at random have a "
        f"distance of {', '.join(f'{number(ideal[name])} ({name})' for name in names)}. A share of "
        "0.1 holds 26 patches.\n\n"
        f"## Mean over {', '.join(names)}\n\n{curves_table(curves, slice(None))}\n"
    )
    for place, name in enumerate(names):
        text += f"## {name}\n\n{curves_table(curves, place)}\n"
    write("neighbours.md", f"{text}![](neighbours.png)\n")


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: GPL-3.0-or-later
"""The figures of the quality benchmark as tables and a plot."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure

from addon_core import PRESETS

from .evaluation import METRICS
from .methods import METHODS
from .report import RESULTS, machine, number, table

SECONDS, MEMORY = "seconds", "peak MB"

TABLE_1 = ("Gram", "SIFID", "autocorrelation", SECONDS, MEMORY)
"""The metrics of the paper's table 1, and what they cost."""

FURTHER = METRICS[3:]
"""All others."""

SHORT = ("sliced W", "cover", "structure 1", "structure ½", "structure ¼", "sharpness", "piece")
"""The metrics of the tables of one exemplar each: those with targets."""


@dataclass(frozen=True, slots=True)
class Output:
    exemplar: str
    method: str
    figures: dict[str, float]


Means = dict[tuple[str, str], dict[str, float]]
"""From exemplar and method to the mean of each metric over the seeds."""


def means_of(outputs: list[Output]) -> Means:
    gathered = defaultdict(list)
    for output in outputs:
        gathered[output.exemplar, output.method].append(output.figures)
    return {
        key: {name: float(np.mean([f[name] for f in figures])) for name in figures[0]}
        for key, figures in gathered.items()
    }


def overview(means: Means, methods: Sequence[str], exemplars: Sequence[str]) -> str:
    """Every metric of each method, the mean over these exemplars, in two tables."""

    def mean(method: str, name: str) -> float:
        return float(np.mean([means[e, method].get(name, np.nan) for e in exemplars]))

    return "\n".join(
        table(["", *names], [[m, *(number(mean(m, name)) for name in names)] for m in methods])
        for names in (TABLE_1, FURTHER)
    )


def one_by_one(means: Means, exemplars: Sequence[str], methods: Sequence[str]) -> str:
    """The metrics with targets, of each exemplar."""
    rows = []
    for exemplar in exemplars:
        for method in methods:
            if figures := means.get((exemplar, method)):
                rows.append([exemplar, method, *(number(figures[name]) for name in SHORT)])
    return table(["exemplar", "", *SHORT], rows)


def targets(means: Means, exemplars: Sequence[str], rivals: Sequence[str]) -> str:
    """Where `standard` loses to each rival, and by how much on the mean."""
    rows = []
    for rival in rivals:
        known = [e for e in exemplars if (e, rival) in means]
        for name in (*SHORT[:5], "piece", "repetition", "seam"):
            pairs = {e: (means[e, "standard"][name], means[e, rival][name]) for e in known}
            worse = [f"{e} ({number(a)} : {number(b)})" for e, (a, b) in pairs.items() if a > b]
            ours, theirs = np.mean(list(pairs.values()), axis=0)
            ratio = f"{ours / theirs:.2f}" if theirs > 0 else "–"
            count = f"{len(known) - len(worse)} of {len(known)}"
            rows.append([f"{rival}, {name}", ratio, count, ", ".join(worse) or "–"])
    head = [
        "rival and metric",
        "mean, times the rival's",
        "no worse on",
        "worse on (ours : rival's)",
    ]
    return table(head, rows)


def plot(means: Means, exemplars: Sequence[str], methods: Sequence[str]) -> None:
    """A panel for each of four metrics, a row for each exemplar, a dot for each method."""
    shown = ("sliced W", "cover", "structure 1", "structure ¼")
    figure = Figure(figsize=(13, 0.3 * len(exemplars) + 1.5))
    axes = figure.subplots(1, len(shown), sharey=True)
    for axis, name in zip(axes, shown, strict=True):
        for method, marker in zip(methods, "sDo^*vXPp", strict=False):
            places = [i for i, e in enumerate(exemplars) if (e, method) in means]
            values = [means[exemplars[i], method][name] for i in places]
            axis.plot(values, places, marker, label=method, markersize=5, alpha=0.75)
        axis.set_title(name, fontsize=10)
        axis.set_xlim(left=0)
        axis.grid(alpha=0.3)
    axes[0].set_yticks(range(len(exemplars)), exemplars)
    axes[0].invert_yaxis()
    figure.legend(*axes[0].get_legend_handles_labels(), loc="lower center", ncols=5)
    figure.suptitle("Distance from the exemplar, values from 0 to 255: less is better", fontsize=11)
    figure.tight_layout(rect=(0, 0.08, 1, 1))
    figure.savefig(RESULTS / "quality.png", dpi=90)


def report(outputs: list[Output], names: Sequence[str], seeds: int, note: str) -> str:
    """Everything, in Markdown; the plot is written beside it."""
    means = means_of(outputs)
    exemplars = list(dict.fromkeys(output.exemplar for output in outputs))
    present = {method for _, method in means}
    order = (*names, *(method.label for method in METHODS.values()))
    methods = [method for method in order if method in present]
    everywhere = [m for m in methods if all((e, m) in means for e in exemplars)]
    plot(means, exemplars, methods)
    means_of_all = overview(means, everywhere, exemplars)
    text = (
        f"# Quality\n\n{machine()}. {note}\n\n"
        f"Outputs of 512 × 512, {seeds} for each exemplar and method, seeds from 0; of texture "
        "optimization, which takes long, one. Values from 0 to 255. Less is better; of sharpness "
        "and use, 1 is right. What each column means: "
        "`addon_core/metrics/`. Gram and SIFID use the bank of oriented filters, not a network. "
        "`seconds` are the mean over all runs, without warm-up, a program's own start included. "
        f"`peak MB` is of one run on {exemplars[0]}, in a process of its own: above what it had "
        "when all was loaded, but of G'MIC the whole program.\n\n"
        f"## Means over all {len(exemplars)} exemplars\n\n{means_of_all}\n"
    )
    for name in names:
        known = [e for e in exemplars if (e, name) in means]
        if known:
            text += (
                f"## Means over the {len(known)} exemplars that {name} has: {', '.join(known)}\n\n"
                f"{overview(means, methods, known)}\n"
            )
    if "standard" in methods:
        rivals = [method for method in methods if method not in PRESETS]
        text += f"## `standard` beside others\n\n{targets(means, exemplars, rivals)}\n"
    text += (
        f"## Exemplar by exemplar\n\n{one_by_one(means, exemplars, methods)}\n![](quality.png)\n\n"
    )
    for path in sorted((RESULTS / "quality").glob("*.jpg")):
        text += f"![{path.stem}](quality/{path.name})\n"
    return text

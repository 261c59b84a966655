# SPDX-License-Identifier: GPL-3.0-or-later
"""The figures of the settings benchmark as a plot."""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.figure import Figure

from .closeness import Figures, over_exemplars
from .exemplars import KINDS
from .report import RESULTS

SHOWN = ("overall", "sliced W", "cover", "structure ½", "sharpness", "piece")

COLOURS = {"regular": "tab:red", "stochastic": "tab:green", "objects": "tab:blue"}


def plot(
    result: Mapping[str, Mapping[str, Mapping[str, Figures]]], noise: Figures, method: str
) -> None:
    """A column for each setting, a row for each metric, a line for each kind."""
    by_exemplar = next(iter(next(iter(result.values())).values()))
    kinds = dict.fromkeys(KINDS[name] for name in by_exemplar)
    figure = Figure(figsize=(2.6 * len(result) + 1, 2.1 * len(SHOWN)))
    axes = figure.subplots(len(SHOWN), len(result), sharex="col", sharey="row", squeeze=False)
    for column, (title, values) in zip(axes.T, result.items(), strict=True):
        column[0].set_title(title, fontsize=11)
        for axis, metric in zip(column, SHOWN, strict=True):
            for kind in kinds:
                means = [
                    over_exemplars([f for name, f in figures.items() if KINDS[name] == kind])
                    for figures in values.values()
                ]
                heights = [figures[metric] for figures in means]
                axis.plot(range(len(means)), heights, "o-", c=COLOURS[kind], label=kind)
            axis.grid(alpha=0.3)
            if metric == "sharpness":
                axis.axhline(1, color="0.5", zorder=0)
            elif metric != "piece":
                axis.axhspan(1 - noise[metric], 1 + noise[metric], color="0.85", zorder=0)
        column[-1].set_xticks(range(len(values)), values, rotation=30)
    for row, metric in zip(axes, SHOWN, strict=True):
        row[0].set_ylabel(metric)
        if metric not in ("sharpness", "piece"):
            row[0].set_yscale("log")
            row[0].set_yticks((0.5, 1, 2, 4, 8), ("0.5", "1", "2", "4", "8"))
            row[0].minorticks_off()
            row[0].set_ylim(0.35, 10)
    axes[0, 0].legend(fontsize=8)
    figure.suptitle(
        f"Method {method}: distances times the default's (grey: what the seed alone\n"
        "changes of one exemplar); sharpness is right at 1, a piece is better small"
    )
    figure.tight_layout()
    figure.savefig(RESULTS / f"settings_{method}.png", dpi=80)

# SPDX-License-Identifier: GPL-3.0-or-later
"""Which settings matter: each moved alone from its default, by kind of texture.

`python3 build.py bench settings [--method paper|fast] [--seeds N] [--untimed] [--note TEXT]`
"""

from __future__ import annotations

import argparse
import functools
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from addon_core import PRESETS, Settings, synthesize

from .closeness import DISTANCES, LEAST, METRICS, Figures, beside, closeness, mean, over_exemplars
from .exemplars import KINDS, ONE_OF_EACH, exemplar
from .report import machine, number, table, write
from .settings_plot import plot

NOISE_SEEDS = 3
"""Runs of the default, at least: they tell how much the seed alone changes."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """Some settings moved, from the default of a method."""

    title: str
    values: Mapping[str, Mapping[str, Any]]
    """From a label to what is changed; the default itself is among them, and changes nothing."""


def _sweep(name: str, values: Sequence[Any], default: Settings) -> Sweep:
    unchanged = getattr(default, name)
    return Sweep(name, {f"{v:g}": {} if v == unchanged else {name: v} for v in values})


@dataclass(frozen=True, slots=True)
class Plan:
    """What is run for a method."""

    default: Settings
    exemplars: Sequence[str]
    size: int
    """Side of the output."""
    seeds: int
    sweeps: Sequence[Sweep]


def _paper() -> Plan:
    default = PRESETS["paper"]
    one = functools.partial(_sweep, default=default)
    part = {"share": 0.1}
    memory = Sweep(
        "share and memory",
        {
            "all": {},
            "0.5, memory": {"share": 0.5},
            "0.1, warmup 10": {**part, "warmup": 10},
            "0.1, warmup 3": {**part, "warmup": 3},
            "0.1, memory": part,
            "0.1, without": {**part, "memory": False},
        },
    )
    sweeps = (
        one("levels", (1, 2, 3, 4)),
        memory,
        one("neighbours", (1, 2, 3, 5, 10)),
        one("steps", (5, 10, 15, 20, 30)),
        one("patch_size", (8, 16, 24, 32)),
        one("stride", (2, 4, 8)),
        one("renoise", (0.0, 0.25, 0.5, 0.7, 0.9)),
    )
    return Plan(default, ONE_OF_EACH, 320, 1, sweeps)


def _fast() -> Plan:
    default = PRESETS["standard"]
    one = functools.partial(_sweep, default=default)
    levels = Sweep("levels", {"0": {}, **{f"{v}": {"levels": v} for v in (1, 2, 3, 4, 5)}})
    sweeps = (
        levels,
        one("steps", (6, 12, 20, 32, 48, 96)),
        one("layouts", (1, 2, 4)),
        one("balance", (0.0, 0.25, 0.5, 0.75, 1.0)),
    )
    return Plan(default, tuple(KINDS), 512, 1, sweeps)


PLANS = {"paper": _paper, "fast": _fast}


@functools.cache
def run(name: str, settings: Settings, size: int) -> Figures:
    """The metrics of one output, and the seconds it took."""
    image = exemplar(name)
    start = time.perf_counter()
    output = synthesize(image, (size, size), settings)
    seconds = time.perf_counter() - start
    return {**closeness(image, output), "seconds": seconds}


Result = dict[str, dict[str, dict[str, Figures]]]
"""From sweep, label and exemplar to the figures beside the default's."""


def results_of(plan: Plan) -> tuple[Result, dict[str, Figures], Figures]:
    """All sweeps; the default's own figures of each exemplar; how much the seed alone changes."""

    def runs(name: str, settings: Settings, seeds: int) -> list[Figures]:
        return [run(name, replace(settings, seed=seed), plan.size) for seed in range(seeds)]

    repeats = max(NOISE_SEEDS, plan.seeds)
    repeated = {name: runs(name, plan.default, repeats) for name in plan.exemplars}
    # From the same noise as what is compared with it.
    default = {name: mean(figures[: plan.seeds]) for name, figures in repeated.items()}
    variances = [
        {
            metric: np.var([beside(f, default[name])[metric] for f in figures], ddof=1)
            for metric in ("overall", *figures[0])
        }
        for name, figures in repeated.items()
    ]
    noise = {
        metric: float(np.sqrt(np.mean([v[metric] for v in variances]))) for metric in variances[0]
    }
    result: Result = {}
    for sweep in plan.sweeps:
        result[sweep.title] = {}
        for label, changes in sweep.values.items():
            settings = replace(plan.default, **changes)
            result[sweep.title][label] = {
                name: beside(mean(runs(name, settings, plan.seeds)), default[name])
                for name in plan.exemplars
            }
            print(f"{sweep.title}: {label}", flush=True)
    return result, default, noise


def sweep_table(values: Mapping[str, Mapping[str, Figures]], timed: bool) -> str:
    """The mean over the exemplars, and `overall` of each kind."""
    names = ("overall", *METRICS, *(["seconds"] if timed else []))
    kinds = dict.fromkeys(KINDS[name] for name in next(iter(values.values())))
    rows = []
    for label, figures in values.items():
        total = over_exemplars(list(figures.values()))
        by_kind = [
            over_exemplars([f for name, f in figures.items() if KINDS[name] == kind])["overall"]
            for kind in kinds
        ]
        rows.append([label, *(f"{v:.2f}" for v in (*(total[name] for name in names), *by_kind))])
    return table(["", *names, *kinds], rows)


def importance(result: Result, noise: Figures) -> str:
    """From the best to the worst value of each setting, the most important first."""
    rows = []
    for title, values in result.items():
        overall = {
            label: over_exemplars(list(figures.values()))["overall"]
            for label, figures in values.items()
        }
        best, worst = min(overall, key=overall.__getitem__), max(overall, key=overall.__getitem__)
        rows.append((overall[worst] / overall[best], title, best, overall[best], worst))
    head = ["setting", "worst over best", "best", "its `overall`", "worst"]
    shown = [
        [title, f"{ratio:.2f}", best, f"{least:.2f}", worst]
        for ratio, title, best, least, worst in sorted(rows, reverse=True)
    ]
    return (
        f"{table(head, shown)}\nThe seed alone changes the default's `overall` of one exemplar by "
        f"{noise['overall']:.2f} (standard deviation); values that start from the same noise "
        "differ by less where the setting does not matter.\n"
    )


def report(plan: Plan, method: str, timed: bool, note: str) -> str:
    result, default, noise = results_of(plan)
    plot(result, noise, method)
    names = (*METRICS, *(["seconds"] if timed else []))
    own = [[name, KINDS[name], *(number(default[name][m]) for m in names)] for name in default]
    text = (
        f"# Settings of the method `{method}`\n\n{machine()}. {note}\n\n"
        f"Outputs of {plan.size} × {plan.size} from {', '.join(plan.exemplars)} at 256 × 256; each "
        f"setting is moved alone, with {plan.seeds} seed(s), the same for all values. Distances "
        "and seconds are *times the default's*, geometric means over the "
        f"exemplars, in which nothing counts less than {LEAST}; `overall` is the geometric mean "
        f"over the {len(DISTANCES)} distances, and the last columns are `overall` of one kind "
        "each. Less is better; sharpness is right at 1; a piece is better small, and one near 1 is "
        "a copy.\n\n"
        f"## What matters\n\n{importance(result, noise)}\n"
    )
    for title, values in result.items():
        text += f"## {title}\n\n{sweep_table(values, timed)}\n"
    return (
        f"{text}## The default\n\n{table(['exemplar', 'kind', *names], own)}\n"
        f"![](settings_{method}.png)\n"
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="build.py bench settings", description=__doc__)
    parser.add_argument("--method", choices=PLANS, action="append", help="only this one")
    parser.add_argument("--seeds", type=int, help="how many outputs of each value")
    parser.add_argument(
        "--untimed", action="store_true", help="leave out the seconds, on a machine that is busy"
    )
    parser.add_argument("--note", default="", help="what a reader must know of this run")
    arguments = parser.parse_args()
    for method in arguments.method or PLANS:
        plan = PLANS[method]()
        if arguments.seeds:
            plan = replace(plan, seeds=arguments.seeds)
        text = report(plan, method, not arguments.untimed, arguments.note)
        write(f"settings_{method}.md", text)


if __name__ == "__main__":
    main()

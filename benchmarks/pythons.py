# SPDX-License-Identifier: GPL-3.0-or-later
"""Another Python beside this one, such as one whose NumPy has no BLAS."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from .report import ROOT, machine, number, table, write
from .speed_cases import PRESETS_TIMED, TARGETS, Case, exemplar
from .timing import LEAST, MOST

ROUNDS = 3
"""Processes of each Python, in turns: what else the machine does is slow for both."""

FACTOR = 1.2
"""Times this Python's time, at most."""


def timed(python: str, path: str | None, case: Case, preset: str, image: Path) -> dict[str, Any]:
    """What `benchmarks.timing` tells, in a process of that Python."""
    command = [python, "-m", "benchmarks.timing", str(image), str(case.output), preset]
    there = {**os.environ, **({"PYTHONPATH": path} if path else {})}
    outcome = subprocess.run(command, cwd=ROOT, env=there, capture_output=True, text=True)
    if outcome.returncode:
        sys.exit(f"{python} does not run the core:\n{outcome.stderr}")
    return json.loads(outcome.stdout.splitlines()[-1])


def compared(
    pythons: tuple[tuple[str, str | None], ...], case: Case, preset: str, image: Path
) -> list[list[dict[str, Any]]]:
    """For each Python, what each of its rounds told."""
    told: list[list[dict[str, Any]]] = [[] for _ in pythons]
    for _ in range(ROUNDS):
        for (python, path), rounds in zip(pythons, told, strict=True):
            rounds.append(timed(python, path, case, preset, image))
    return told


def described(told: dict[str, Any]) -> str:
    return (
        f"Python {told['python']}, NumPy {told['numpy']}, SciPy {told['scipy']}; NumPy's own "
        f"product of 1024 × 1024 takes {number(told['product'], 2)} times as long as SciPy's"
    )


def compare(python: str, path: str | None, note: str) -> None:
    """Time the cases with targets in both, and write what came out.

    Args:
        python: the other Python, with a NumPy of its own.
        path: the folder that holds its SciPy, None where it has one.
        note: what a reader must know of this run.
    """
    pythons = ((sys.executable, None), (python, path))
    rows: list[list[str]] = []
    told: list[list[dict[str, Any]]] = []
    for case in TARGETS:
        with tempfile.TemporaryDirectory() as folder:
            image = Path(folder) / "exemplar.npy"
            np.save(image, exemplar(case.exemplar, case.channels))
            for preset in PRESETS_TIMED:
                told = compared(pythons, case, preset, image)
                this, other = (median(each["yardsticks"] for each in rounds) for rounds in told)
                seconds = (number(median(each["seconds"] for each in rounds)) for rounds in told)
                verdict = "✓" if other <= FACTOR * this else "✗"
                ratio = f"{other / this:.2f} {verdict}"
                rows.append([str(case), preset, *seconds, number(this), number(other), ratio])
                print(f"{case}, {preset}: {ratio}", flush=True)
    head = ["case", "preset", "seconds", "other", "Y", "other", f"times, at most {FACTOR}"]
    write(
        "speed_python.md",
        f"# Speed with another Python\n\n{machine()}. {note}\n\n"
        f"This one: {described(told[0][0])}.\n\nThe other: {described(told[1][0])}.\n\n"
        f"Medians of {ROUNDS} processes each, in turns, each the median of {LEAST} to {MOST} "
        f"runs after one warm-up; Y as in `speed.md`.\n\n{table(head, rows)}",
    )

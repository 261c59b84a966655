# SPDX-License-Identifier: GPL-3.0-or-later
"""What comes before a texture: the extension's import, the worker's start, its previews.

`python3 build.py bench startup [--note TEXT]`
"""

from __future__ import annotations

import argparse
import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from statistics import median

import numpy as np

from addon_core import Settings, worker
from addon_core.messages import (
    EVENTS,
    Done,
    Message,
    Previewed,
    Request,
    StoredMap,
    from_line,
    to_line,
)

from .report import ROOT, machine, number, table, write
from .speed_cases import exemplar

RUNS = 7
"""Of each, in turns, after one that is not counted."""

QUICK = 256, 512
LONG = 1024, 2048
"""Sides of an exemplar and of an output, in pixels."""

IN_BLENDER = """
import importlib, os, sys, time
import bpy
for name in [name for name in sys.modules if name.split(".")[0] == "numpy"]:
    del sys.modules[name]  # bpy loads it, the application does not
sys.path.insert(0, {parent!r})
start = time.perf_counter()
importlib.import_module({name!r}).register()
print(time.perf_counter() - start, "numpy" in sys.modules, flush=True)
os._exit(0)
"""


def in_turns(cases: dict[str, Callable[[], float]]) -> dict[str, float]:
    """The median of each case's seconds, all of them measured under the same conditions."""
    measured: dict[str, list[float]] = {name: [] for name in cases}
    for run in range(RUNS + 1):
        for name, measure in cases.items():
            seconds = measure()
            if run > 0:
                measured[name].append(seconds)
    return {name: median(seconds) for name, seconds in measured.items()}


def registered() -> float:
    """Seconds of the extension's import and register() in a Blender of its own."""
    code = IN_BLENDER.format(parent=str(ROOT.parent), name=ROOT.name)
    command = [sys.executable, "-c", code]
    told = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.split()
    assert told[-1] == "False", "NumPy was loaded while Blender started"
    return float(told[-2])


def python(code: str) -> float:
    """Seconds of a Python process of its own."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
    return time.perf_counter() - start


class Worker:
    """The worker's process, as Blender starts and asks it."""

    def __init__(self, preview_interval: float = worker.PREVIEW_INTERVAL) -> None:
        code = (
            "from math import inf; from addon_core import worker; "
            f"worker.PREVIEW_INTERVAL = {preview_interval}; worker.main(600.0)"
        )
        self._process = subprocess.Popen(
            [sys.executable, "-c", code],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            text=True,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
        )
        self.previews = 0
        """That the last texture had."""

    def make(self, sides: tuple[int, int]) -> float:
        """Seconds from the request to the texture."""
        with tempfile.TemporaryDirectory() as folder:
            np.save(Path(folder, "exemplar.npy"), exemplar(sides[0], 3))
            path = str(Path(folder, "exemplar.npy"))
            maps = [StoredMap(path)]
            request = Request(folder, maps, sides[1], sides[1], asdict(Settings()))
            start = time.perf_counter()
            assert self._process.stdin is not None
            self._process.stdin.write(to_line(request))
            self._process.stdin.flush()
            told: list[Message] = []
            while not told or not isinstance(told[-1], Done):
                time.sleep(0.002)
                told = _told(Path(folder, EVENTS))
            seconds = time.perf_counter() - start
        self.previews = sum(isinstance(message, Previewed) for message in told)
        return seconds

    def end(self) -> None:
        self._process.kill()
        self._process.communicate()


def _told(events: Path) -> list[Message]:
    lines = events.read_text("utf-8").split("\n")[:-1] if events.exists() else []
    return [from_line(line) for line in lines]


def cold() -> float:
    """Seconds from the start of a worker to its first texture."""
    start = time.perf_counter()
    started = Worker()
    started.make(QUICK)
    seconds = time.perf_counter() - start
    started.end()
    return seconds


def start_table() -> str:
    load = "import numpy, scipy.linalg, scipy.sparse, scipy.ndimage"
    warm = Worker()
    seconds = in_turns(
        {
            "the extension's import and register() in Blender": registered,
            "Python alone": lambda: python("pass"),
            "Python and NumPy": lambda: python("import numpy"),
            "Python, NumPy and SciPy": lambda: python(load),
            "Python and the core": lambda: python("import addon_core.synthesis"),
            "a texture of 512², from the start of a worker": cold,
            "the same from a warm worker": lambda: warm.make(QUICK),
        }
    )
    warm.end()
    return table(["", "seconds"], [[name, number(value)] for name, value in seconds.items()])


def preview_table() -> str:
    workers = {
        "none": Worker(math.inf),
        "as it is": Worker(),
        "one a level": Worker(0.0),
    }
    rows = []
    for sides in (QUICK, LONG):
        cases = {
            name: lambda sides=sides, asked=asked: asked.make(sides)
            for name, asked in workers.items()
        }
        seconds = in_turns(cases)
        for name, asked in workers.items():
            more = 100 * (seconds[name] / seconds["none"] - 1)
            case = f"{sides[0]}² → {sides[1]}², {name}"
            rows.append([case, str(asked.previews), number(seconds[name]), f"{more:+.1f}"])
    for asked in workers.values():
        asked.end()
    return table(["previews", "how many", "seconds", "% more than none"], rows)


def main() -> None:
    parser = argparse.ArgumentParser(prog="build.py bench startup", description=__doc__)
    parser.add_argument("--note", default="", help="what a reader must know of this run")
    arguments = parser.parse_args()
    write(
        "startup.md",
        f"# Start-up\n\n{machine()}. {arguments.note}\n\n"
        f"Medians of {RUNS} runs, all in turns, after one that is not counted; the preset is "
        f"`standard`.\n\n{start_table()}\n"
        f"Previews in the worker; between two are at least {worker.PREVIEW_INTERVAL} s.\n\n"
        f"{preview_table()}",
    )


if __name__ == "__main__":
    main()

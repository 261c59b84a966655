# SPDX-License-Identifier: GPL-3.0-or-later
"""The peak memory of a run, in a process of its own."""

from __future__ import annotations

import math
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from .report import ROOT

LAUNCH = """import os, sys
process = os.spawnvp(os.P_NOWAIT, sys.argv[1], sys.argv[1:])
print(os.wait4(process, 0)[2].ru_maxrss)"""


def peak_of_module(module: str, *arguments: str) -> float:
    """MB above the start that a module of `benchmarks`, run by `python -m`, prints.

    NaN where the system does not tell.
    """
    if not Path("/proc/self/clear_refs").exists():
        return math.nan
    command = [sys.executable, "-m", module, *arguments]
    outcome = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return float(outcome.stdout)


def print_peak(run: Callable[[], object]) -> None:
    """Run once and print the peak memory in MB above what the process had before."""
    # 5 sets the peak back to the present (proc_pid_clear_refs(5)).
    Path("/proc/self/clear_refs").write_text("5", "ascii")
    start = _status("VmRSS")
    run()
    print(_status("VmHWM") - start)


def peak_of_program(command: Sequence[str]) -> float:
    """MB that a program took at most, itself included; NaN where the system does not tell."""
    if sys.platform != "linux":
        return math.nan
    # A process begins with the peak of the one that starts it: that one has to be small.
    launch = [sys.executable, "-I", "-S", "-c", LAUNCH, *command]
    outcome = subprocess.run(launch, check=True, capture_output=True, text=True)
    return int(outcome.stdout.split()[-1]) * 1024 / 1e6


def _status(key: str) -> float:
    """MB."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    (line,) = (line for line in lines if line.startswith(f"{key}:"))
    return int(line.split()[1]) * 1024 / 1e6

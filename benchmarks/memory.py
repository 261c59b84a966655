# SPDX-License-Identifier: GPL-3.0-or-later
"""The peak memory of one run, in a process of its own.

`python -m benchmarks.memory EXEMPLAR_SIDE OUTPUT_SIDE CHANNELS PRESET` prints it in MB.
"""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path

from .report import ROOT
from .speed_cases import Case, exemplar
from .timing import run


def peak_memory(case: Case, preset: str) -> float:
    """MB above the start in a process of its own; NaN where the system does not tell."""
    if not Path("/proc/self/clear_refs").exists():
        return math.nan
    measured = [str(case.exemplar), str(case.output), str(case.channels), preset]
    command = [sys.executable, "-m", "benchmarks.memory", *measured]
    outcome = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return float(outcome.stdout)


def print_peak(case: Case, preset: str) -> None:
    """Run once and print the peak memory in MB above what the process had before."""
    image = exemplar(case.exemplar, case.channels)
    # 5 sets the peak back to the present (proc_pid_clear_refs(5)).
    Path("/proc/self/clear_refs").write_text("5", "ascii")
    start = _status("VmRSS")
    run(image, case.output, preset)
    print(_status("VmHWM") - start)


def _status(key: str) -> float:
    """MB."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    (line,) = (line for line in lines if line.startswith(f"{key}:"))
    return int(line.split()[1]) * 1024 / 1e6


if __name__ == "__main__":
    *sides, chosen = sys.argv[1:]
    print_peak(Case(*map(int, sides)), chosen)

# SPDX-License-Identifier: GPL-3.0-or-later
"""The Blender applications that tests run in: some for their window, some for their commands."""

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from . import ROOT, BuildError

WITH_WINDOW = "BLENDER_WINDOW_EXECUTABLES"
"""Variable that names Blenders which open a window."""

FOR_COMMANDS = "BLENDER_EXECUTABLES"
"""Variable that names Blenders which are given --background or --command."""

INSIDE = ROOT / "tests" / "window" / "inside"
"""What runs inside a Blender with a window: the scenarios of the tests, and what plays any."""

TIMEOUT = 300
"""Seconds that a scenario may take; a window drawn in software on a busy machine is slow."""


@dataclass(frozen=True)
class WindowBlender:
    """A Blender application with a window, and its user folders."""

    executable: str
    resources: Path
    screenshots: Path

    def play(self, scenario: Path, folder: Path, *arguments: str) -> dict[str, object]:
        """Play a scenario in a new window; return what it noted.

        Args:
            scenario: the module's file.
            folder: for what it writes.
            arguments: more of what the scenario wants to know.

        Raises:
            BuildError: a check inside failed, or Blender ended early; with the traceback or the
                end of what Blender printed.
        """
        report = folder / "report.json"
        report.unlink(missing_ok=True)
        self.screenshots.mkdir(parents=True, exist_ok=True)
        ended = self._run(
            "--factory-startup",
            "--enable-event-simulate",
            "--python",
            str(INSIDE / "play.py"),
            "--",
            str(scenario),
            str(folder),
            str(self.screenshots),
            *arguments,
        )
        if not report.exists():
            raise BuildError(f"Blender ended without a report:\n{ended.stdout[-4000:]}")
        noted = json.loads(report.read_text())
        if "failure" in noted:
            raise BuildError(f"{noted['failure']}\n{ended.stdout[-4000:]}")
        return noted

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.executable, *arguments],
            env={**os.environ, "BLENDER_USER_RESOURCES": str(self.resources)},
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=TIMEOUT,
        )


def executables(variable: str = WITH_WINDOW) -> list[str]:
    """Those named in an environment variable, else the `blender` on the path, else none."""
    named = os.environ.get(variable, "")
    found = shutil.which("blender")
    return [name for name in named.split(os.pathsep) if name] or ([found] if found else [])


def pythons() -> set[str]:
    """The Pythons inside all of them; raises BuildError where one does not answer."""
    # Not in the background: the executable may be a launcher that opens a screen for the window.
    with_window = {python_of(each) for each in executables(WITH_WINDOW)}
    return with_window | {python_of(each, "--background") for each in executables(FOR_COMMANDS)}


def python_of(executable: str, *options: str) -> str:
    """The Python inside a Blender, such as "3.14"; raises BuildError where it does not answer."""
    code = "import os, sys; print('python', *sys.version_info[:2], flush=True); os._exit(0)"
    command = [executable, *options, "--factory-startup", "--python-expr", code]
    try:
        outcome = subprocess.run(command, capture_output=True, text=True, timeout=120)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BuildError(f"{executable} does not start as a Blender: {error}") from error
    for line in outcome.stdout.splitlines():
        if line.startswith("python "):
            return ".".join(line.split()[1:])
    raise BuildError(f"{executable} does not start as a Blender: exit {outcome.returncode}")

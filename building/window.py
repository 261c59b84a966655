# SPDX-License-Identifier: GPL-3.0-or-later
"""The Blender applications that tests run in: some for their window, some for their commands."""

import os
import shutil
import subprocess

from . import BuildError

WITH_WINDOW = "BLENDER_WINDOW_EXECUTABLES"
"""Variable that names Blenders which open a window."""

FOR_COMMANDS = "BLENDER_EXECUTABLES"
"""Variable that names Blenders which are given --background or --command."""


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

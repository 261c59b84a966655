# SPDX-License-Identifier: GPL-3.0-or-later
"""The Blender applications that the window tests run in."""

import os
import shutil
import subprocess

from . import BuildError


def executables() -> list[str]:
    """Those named in BLENDER_WINDOW_EXECUTABLES, else the `blender` on the path, else none."""
    named = os.environ.get("BLENDER_WINDOW_EXECUTABLES", "")
    found = shutil.which("blender")
    return [name for name in named.split(os.pathsep) if name] or ([found] if found else [])


def python_of(executable: str) -> str:
    """The Python inside a Blender, such as "3.14"; raises BuildError where it does not answer."""
    code = "import os, sys; print('python', *sys.version_info[:2], flush=True); os._exit(0)"
    # Not in the background: the executable may be a launcher that opens a screen for the window.
    command = [executable, "--factory-startup", "--python-expr", code]
    try:
        outcome = subprocess.run(command, capture_output=True, text=True, timeout=120)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BuildError(f"{executable} does not start as a Blender: {error}") from error
    for line in outcome.stdout.splitlines():
        if line.startswith("python "):
            return ".".join(line.split()[1:])
    raise BuildError(f"{executable} does not start as a Blender: exit {outcome.returncode}")

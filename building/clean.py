# SPDX-License-Identifier: GPL-3.0-or-later
"""Scripts in a Blender that has nothing but the extension, as an artist would install it."""

import os
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from . import ROOT
from .environment import blender_environment
from .package import package
from .platforms import this_platform


def run_clean(*scripts: Sequence[str | Path]) -> int:
    """Run scripts with their arguments, one after the other, until one fails; returns its code.

    They share new user folders, in which the extension's zip is installed.
    """
    python = blender_environment()
    zip_path = package(python, this_platform(), ROOT / "dist")
    with tempfile.TemporaryDirectory(prefix="nifty-clean-") as resources:
        clean = {**os.environ, "BLENDER_USER_RESOURCES": resources}
        for script in (["building/install.py", zip_path], *scripts):
            outcome = subprocess.run([python, *script], cwd=ROOT, env=clean)
            if outcome.returncode:
                return outcome.returncode
    return 0

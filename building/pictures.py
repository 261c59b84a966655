# SPDX-License-Identifier: GPL-3.0-or-later
"""The pictures of the README: some made by Blender as a module, some of its window."""

import tempfile
from pathlib import Path

from . import ENVIRONMENTS, ROOT, window
from .clean import run_clean
from .environment import blender_environment
from .package import BLENDER_PYTHONS, package
from .platforms import this_platform

SCRIPTS = ROOT / "pictures"

RESULTS = SCRIPTS / "results"

MADE = ("textures.jpg", "material.jpg")
"""Those made by the module of `pictures/` that has the same name."""

OF_WINDOW = ("panel.png", "tiling.jpg")
"""Those made by the scenario of `pictures/` that has the same name."""


def make_pictures() -> int:
    """Make all of them; without a Blender that opens a window, those that need none."""
    code = run_clean(*(["-m", f"pictures.{Path(name).stem}", RESULTS / name] for name in MADE))
    if code:
        return code
    made = [*MADE]
    executables = window.executables()
    if executables:
        _photograph(executables[0])
        made += OF_WINDOW
    else:
        left = " and ".join(OF_WINDOW)
        print(f"No Blender with a window is named in {window.WITH_WINDOW}: {left} stay as they are")
    for name in made:
        path = RESULTS / name
        print(f"{path.relative_to(ROOT)}  {path.stat().st_size / 1e3:.0f} kB")
    return 0


def _photograph(executable: str) -> None:
    """Play the scenarios in the window of a Blender in which the extension is installed."""
    pythons = sorted({*BLENDER_PYTHONS, window.python_of(executable)})
    zip_path = package(blender_environment(), this_platform(), ENVIRONMENTS / "test", pythons)
    with tempfile.TemporaryDirectory(prefix="nifty-window-") as temporary:
        blender = window.WindowBlender(executable, Path(temporary, "resources"), RESULTS)
        blender.play(window.INSIDE / "install.py", Path(temporary), str(zip_path))
        for name in OF_WINDOW:
            blender.play(SCRIPTS / f"{Path(name).stem}.py", Path(temporary))

# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs inside Blender: plays one scenario step by step, and writes its report.

A scenario is a generator function of a module. It yields a number of seconds to
wait, or a function that it waits to become true; in between, Blender handles its events and draws.
"""

import importlib
import json
import sys
import time
import traceback
from pathlib import Path

import bpy

HERE = Path(__file__).parent
PATIENCE = 120.0
"""Seconds until a wait has failed."""

SCENARIO, FOLDER, SCREENSHOTS, *ARGUMENTS = sys.argv[sys.argv.index("--") + 1 :]
NAME = Path(SCENARIO).stem
sys.path[:0] = [str(Path(SCENARIO).parent), str(HERE)]
report: dict[str, object] = {}


class _Player:
    def __init__(self) -> None:
        scenario = importlib.import_module(NAME).scenario
        self._steps = scenario(Path(FOLDER), Path(SCREENSHOTS), report, *ARGUMENTS)
        self._condition = None
        self._deadline = 0.0

    def __call__(self) -> float | None:
        try:
            return self._next()
        except StopIteration:
            pass
        except BaseException:
            report["failure"] = traceback.format_exc()
        Path(FOLDER, "report.json").write_text(json.dumps(report))
        bpy.ops.wm.quit_blender()
        return None

    def _next(self) -> float:
        if self._condition is not None and not self._condition():
            if time.monotonic() > self._deadline:
                raise TimeoutError(f"waited {PATIENCE} s in {NAME}: {self._steps.gi_frame}")
            return 0.05
        wanted = next(self._steps)
        self._condition = wanted if callable(wanted) else None
        self._deadline = time.monotonic() + PATIENCE
        return 0.05 if callable(wanted) else wanted


bpy.context.preferences.view.show_splash = False
bpy.app.timers.register(_Player(), first_interval=2.0, persistent=True)

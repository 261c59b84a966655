# SPDX-License-Identifier: GPL-3.0-or-later
"""Real Blender with its real window, driven from inside by simulated mouse and key events."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from building import window

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
TIMEOUT = 300
"""Seconds that a scenario may take; a window drawn in software on a busy machine is slow."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run every window test with every Blender that there is."""
    if "window_blender" in metafunc.fixturenames:
        executables = window.executables()
        metafunc.parametrize(
            "window_blender",
            executables or [None],
            ids=[Path(name).name for name in executables] or ["none"],
            indirect=True,
            scope="session",
        )


@dataclass(frozen=True)
class WindowBlender:
    """A Blender application with a window, and a user folder in which NIFTY is installed."""

    executable: str
    resources: Path
    screenshots: Path

    def play(self, scenario: str, folder: Path, *arguments: str) -> dict[str, object]:
        """Play a scenario of ``inside/`` in a new window; return what it noted.

        A failed check inside fails the test with its traceback.

        Args:
            scenario: the module's name.
            folder: for what it writes.
            arguments: more of what the scenario wants to know.
        """
        report = folder / "report.json"
        self.screenshots.mkdir(parents=True, exist_ok=True)
        ended = self._run(
            "--factory-startup",
            "--enable-event-simulate",
            "--python",
            str(HERE / "inside" / "play.py"),
            "--",
            scenario,
            str(folder),
            str(self.screenshots),
            *arguments,
        )
        if not report.exists():
            pytest.fail(f"Blender ended without a report:\n{ended.stdout[-4000:]}")
        noted = json.loads(report.read_text())
        if "failure" in noted:
            pytest.fail(f"{noted['failure']}\n{ended.stdout[-4000:]}")
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


@pytest.fixture(scope="session")
def window_blender(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[WindowBlender]:
    """A Blender with a window and NIFTY installed; skips where there is none, fails in CI."""
    executable = request.param
    zip_path = os.environ.get("NIFTY_TEST_ZIP")
    if executable is None or zip_path is None:
        reason = (
            "no Blender with a window: name one in BLENDER_WINDOW_EXECUTABLES"
            if executable is None
            else "NIFTY_TEST_ZIP is not set: run the tests through build.py"
        )
        if os.environ.get("NIFTY_REQUIRE_WINDOW"):
            pytest.fail(reason)
        pytest.skip(reason)
    name = Path(executable).name
    # Short and outside pytest's own folder: Blender's sockets and sandboxes dislike long paths.
    resources = Path(tempfile.mkdtemp(prefix="nifty-window-"))
    screenshots = Path(
        os.environ.get("NIFTY_SCREENSHOTS") or tmp_path_factory.mktemp("screenshots")
    )
    blender = WindowBlender(executable, resources, screenshots / name)
    blender.play("install", tmp_path_factory.mktemp("install"), zip_path)
    yield blender
    shutil.rmtree(resources, ignore_errors=True)

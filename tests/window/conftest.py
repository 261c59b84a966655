# SPDX-License-Identifier: GPL-3.0-or-later
"""Real Blender with its real window, driven from inside by simulated mouse and key events."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from building import BuildError, window


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
class Scenarios:
    """The scenarios of ``inside/``, each played in a new window of a Blender that has NIFTY."""

    blender: window.WindowBlender

    def play(self, name: str, folder: Path, *arguments: str) -> dict[str, object]:
        """Play one as `WindowBlender.play` does; a failed check inside fails the test."""
        try:
            return self.blender.play(window.INSIDE / f"{name}.py", folder, *arguments)
        except BuildError as failure:
            pytest.fail(str(failure))


@pytest.fixture(scope="session")
def window_blender(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Scenarios]:
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
    scenarios = Scenarios(window.WindowBlender(executable, resources, screenshots / name))
    scenarios.play("install", tmp_path_factory.mktemp("install"), zip_path)
    yield scenarios
    shutil.rmtree(resources, ignore_errors=True)

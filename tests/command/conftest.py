# SPDX-License-Identifier: GPL-3.0-or-later
"""Real Blender without a window, NIFTY installed, its commands run as from a shell."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from building import window

ROOT = Path(__file__).parents[2]
TIMEOUT = 120
"""Seconds that a command may take; each of them asks for very little."""


@dataclass(frozen=True)
class Blender:
    """A Blender application, and the folder of its settings, where NIFTY is installed."""

    executable: str
    resources: Path

    @property
    def temporary(self) -> Path:
        """The folder for its temporary files."""
        return self.resources / "temporary"

    def start(self, *arguments: Any, **options: Any) -> subprocess.Popen[Any]:
        """Start ``blender --command …``; options are those of `subprocess.Popen`."""
        return subprocess.Popen(
            [self.executable, "--command", *map(str, arguments)],
            env={
                **os.environ,
                "BLENDER_USER_RESOURCES": str(self.resources),
                "TMPDIR": str(self.temporary),
            },
            cwd=ROOT,
            **options,
        )

    def run(self, *arguments: Any) -> tuple[int, str, str]:
        """The exit code, and what went to stdout and stderr, neither of them a terminal."""
        process = self.start(*arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        out, error = process.communicate(timeout=TIMEOUT)
        return process.returncode, out.decode(), error.decode()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run every test with every Blender that there is."""
    if "blender" in metafunc.fixturenames:
        executables = window.executables(window.FOR_COMMANDS)
        metafunc.parametrize(
            "blender",
            executables or [None],
            ids=[Path(name).name for name in executables] or ["none"],
            indirect=True,
            scope="session",
        )


@pytest.fixture(scope="session")
def blender(request: pytest.FixtureRequest) -> Iterator[Blender]:
    """A Blender with NIFTY installed; skips where there is none, fails in CI."""
    executable = request.param
    zip_path = os.environ.get("NIFTY_TEST_ZIP")
    if executable is None or zip_path is None:
        reason = (
            f"no Blender for commands: name one in {window.FOR_COMMANDS}"
            if executable is None
            else "NIFTY_TEST_ZIP is not set: run the tests through build.py"
        )
        if os.environ.get("NIFTY_REQUIRE_WINDOW"):
            pytest.fail(reason)
        pytest.skip(reason)
    # Outside pytest's own folder: Blender's sandboxes dislike long paths.
    resources = Path(tempfile.mkdtemp(prefix="nifty-command-"))
    try:
        installed = Blender(executable, resources)
        installed.temporary.mkdir()
        options = ("install-file", "-r", "user_default", "--enable", zip_path)
        code, out, error = installed.run("extension", *options)
        assert code == 0, out + error
        yield installed
    finally:
        shutil.rmtree(resources, ignore_errors=True)

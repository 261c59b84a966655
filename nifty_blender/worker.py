# SPDX-License-Identifier: GPL-3.0-or-later
"""The worker process, which cannot take the artist's work with it, kept warm between two runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

import bpy

from ..addon_core.messages import Message, to_line
from ..addon_core.settings import FAST
from . import preferences

CHECK = 10.0
"""Seconds between two looks at the one that waits."""

# The child is isolated (-I): it finds neither the core nor the wheels unless told where they are.
_START = (
    "import json, sys; sys.path[:0] = json.loads(sys.argv[1]); "
    "from addon_core.worker import main; main(float(sys.argv[2]))"
)

_waiting: Worker | None = None
"""The one that is kept for the next run."""

_was_prepared = False

_all: set[Worker] = set()


class Worker:
    """A process that serves one request after another, and ends when none comes for a time."""

    def __init__(self, method: str) -> None:
        """Start it.

        Args:
            method: what it is for.

        Raises:
            OSError: there is no room for its errors, or the process cannot be started.
        """
        self._method = method
        self._idle = preferences.idle_seconds()
        # Without a name on disk: whatever becomes of the two processes, no file stays behind.
        self._errors = tempfile.TemporaryFile(dir=bpy.app.tempdir or None)  # noqa: SIM115
        command = [
            sys.executable,
            *(bpy.app.python_args or ("-I",)),  # pyright: ignore[reportAttributeAccessIssue]
            "-c",
            _START,
            json.dumps(_search_path()),
            str(self._idle),
        ]
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=self._errors,
            env=_environment(method),
            text=True,
            # Ctrl+C on Blender's terminal, or closing that, is not for the worker: it would end
            # without tidying up.
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            start_new_session=True,
        )
        self._since = time.monotonic()
        _all.add(self)

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """None while it lives."""
        return self._process.poll()

    def is_ready(self, method: str) -> bool:
        """Whether it can take a request: it lives, is not about to end, and is for this method."""
        is_early = time.monotonic() - self._since < 0.9 * self._idle
        return method == self._method and is_early and self.exit_code is None

    def rest(self) -> None:
        """Note that its last request was over just now."""
        self._since = time.monotonic()

    def send(self, message: Message) -> None:
        """Say something to it; one that died is told by its exit code."""
        assert self._process.stdin is not None
        with suppress(OSError):
            self._process.stdin.write(to_line(message))
            self._process.stdin.flush()

    def errors(self) -> str:
        """What it wrote to stderr; to be read after its end."""
        self._errors.seek(0)
        return self._errors.read().decode(errors="replace").strip()

    def end(self) -> None:
        """End it, whatever it does. May be called again."""
        _all.discard(self)
        # Not by closing its stdin: it would take Blender for ended, and tidy up results that are
        # still to be brought into the file.
        self._process.kill()
        self._process.wait()
        assert self._process.stdin is not None
        with suppress(OSError):  # What was not yet sent has nobody left to read it.
            self._process.stdin.close()
        self._errors.close()


def borrow(method: str) -> Worker:
    """The worker that waits, if it is for this method, else a new one.

    Raises:
        OSError: none waits, and none can be started.
    """
    global _waiting
    worker, _waiting = _waiting, None
    if worker is not None and not worker.is_ready(method):
        worker.end()
        worker = None
    return worker or Worker(method)


def give_back(worker: Worker) -> None:
    """Keep a worker that has done its work, unless there is one already, for the next run."""
    global _waiting
    if _waiting is not None or worker.exit_code is not None:
        worker.end()
        return
    worker.rest()
    _waiting = worker
    if not bpy.app.timers.is_registered(_look_after):
        bpy.app.timers.register(_look_after, first_interval=CHECK, persistent=True)


def _look_after() -> float | None:
    """Let go of one that ended by itself: until then the system keeps its number."""
    if _waiting is not None and _waiting.exit_code is None:
        return CHECK
    end_waiting()
    return None


def is_any_at_work() -> bool:
    """Whether a request is under way, after which there is a worker for the next one."""
    return bool(_all - {_waiting})


def prepare(method: str) -> None:
    """Have a worker wait, so that it loads what it needs while the caller gets ready too.

    Raises:
        OSError: none waits, and none can be started.
    """
    give_back(borrow(method))


def prepare_early(method: str) -> None:
    """Have a worker wait for the first run. Once: one that waited in vain is not replaced."""
    global _was_prepared
    if not _was_prepared and not _all:
        with suppress(OSError):  # The run that cannot have one says so.
            prepare(method)
    _was_prepared = True


def end_waiting() -> None:
    """End the one that waits, if there is one."""
    global _waiting
    worker, _waiting = _waiting, None
    if worker is not None:
        worker.end()


def end_all() -> None:
    """End every one, also those at work."""
    end_waiting()
    if bpy.app.timers.is_registered(_look_after):
        bpy.app.timers.unregister(_look_after)
    for worker in tuple(_all):
        worker.end()


def _environment(method: str) -> dict[str, str] | None:
    """The environment of a worker for this method; None for Blender's own."""
    # OpenBLAS's threads wait for each other by turning in circles. The small products of the fast
    # method gain nothing from a second one, and where Blender or others are busy on the same cores
    # a run took four times as long with two.
    return {**os.environ, "OPENBLAS_NUM_THREADS": "1"} if method == FAST else None


def _search_path() -> list[str]:
    """Folders in which the child finds the core, SciPy and NumPy, the extension's wheels first."""
    folders = [str(Path(__file__).parent.parent)]
    for package in ("scipy", "numpy"):
        spec = find_spec(package)
        if spec is not None and spec.origin is not None:
            folders.append(str(Path(spec.origin).parent.parent))
    return folders

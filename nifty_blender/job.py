# SPDX-License-Identifier: GPL-3.0-or-later
"""One run of the core in a child process, which cannot take the artist's work with it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from typing import IO

import bpy
import numpy as np
from numpy.typing import NDArray

from ..addon_core import arrays
from ..addon_core.messages import (
    Cancel,
    Cancelled,
    Done,
    Failed,
    Message,
    Request,
    from_line,
    to_line,
)
from ..addon_core.settings import Settings

PATIENCE = 0.05
"""Seconds that a worker gets to stop by itself before it is ended."""

# The child is isolated (-I): it finds neither the core nor the wheels unless told where they are.
_START = (
    "import json, sys; sys.path[:0] = json.loads(sys.argv[1]); "
    "from addon_core.worker import main; main()"
)

_open_jobs: set[Job] = set()


class Job:
    """A worker process at work on one request, with its private folder."""

    def __init__(
        self, exemplar: NDArray[np.float32], width: int, height: int, settings: Settings
    ) -> None:
        """Start the worker.

        Args:
            exemplar: (height, width, channels), float32.
            width: of the output, in pixels.
            height: of the output, in pixels.
            settings: the run's settings.

        Raises:
            OSError: the folder cannot be written, or the process not started.
        """
        self._folder = Path(tempfile.mkdtemp(prefix="nifty-", dir=bpy.app.tempdir or None))
        self._process: subprocess.Popen[str] | None = None
        self._events: IO[str] | None = None
        self._rest = ""
        _open_jobs.add(self)
        try:
            arrays.write(self._folder / "exemplar.npy", exemplar)
            self._start()
            self._send(
                Request(
                    str(self._folder),
                    str(self._folder / "exemplar.npy"),
                    height,
                    width,
                    asdict(settings),
                )
            )
        except BaseException:
            self.close()
            raise

    def _start(self) -> None:
        command = [
            sys.executable,
            *(bpy.app.python_args or ("-I",)),  # pyright: ignore[reportAttributeAccessIssue]
            "-c",
            _START,
            json.dumps(_search_path()),
        ]
        # A file instead of a pipe: it can be read without waiting on every system, and a worker
        # that has much to say is never held up.
        path = self._folder / "events.jsonl"
        with path.open("w") as events, (self._folder / "errors.txt").open("w") as errors:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=events,
                stderr=errors,
                text=True,
                # Ctrl+C on Blender's terminal, or closing that, is not for the worker: it would end
                # without tidying up.
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
                start_new_session=True,
            )
        self._events = path.open()

    def poll(self) -> Iterator[Message]:
        """What the worker said since the last call, without waiting.

        Its last word is Done, Cancelled or Failed; a worker that dies without one has failed.
        """
        assert self._process is not None and self._events is not None
        ended = self._process.poll() is not None
        *lines, self._rest = (self._rest + self._events.read()).split("\n")
        for line in lines:
            message = from_line(line)
            yield message
            if isinstance(message, Done | Cancelled | Failed):
                return
        if ended:
            yield Failed(self._obituary(self._process.returncode))

    def _obituary(self, code: int) -> str:
        errors = (self._folder / "errors.txt").read_text(errors="replace").strip()
        if errors:
            print(errors, file=sys.stderr)
        reason = errors.splitlines()[-1] if errors else f"exit code {code}"
        return (
            "The worker process ended unexpectedly, perhaps for want of memory. Try a smaller "
            f"output size. ({reason})"
        )

    def close(self) -> None:
        """End the worker, whatever it does, and remove its folder. May be called again."""
        _open_jobs.discard(self)
        if self._process is not None:
            self._end(self._process)
            self._process = None
        if self._events is not None:
            self._events.close()
            self._events = None
        shutil.rmtree(self._folder, ignore_errors=True)

    def _end(self, process: subprocess.Popen[str]) -> None:
        if process.poll() is None:
            self._send(Cancel())
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        assert process.stdin is not None
        with suppress(OSError):  # What was not yet sent has nobody left to read it.
            process.stdin.close()

    def _send(self, message: Message) -> None:
        assert self._process is not None and self._process.stdin is not None
        with suppress(OSError):  # A worker that died says so through poll().
            self._process.stdin.write(to_line(message))
            self._process.stdin.flush()


def close_all() -> None:
    """End every worker; nothing of them stays behind."""
    for job in tuple(_open_jobs):
        job.close()


def _search_path() -> list[str]:
    """Folders in which the child finds the core, SciPy and NumPy, the extension's wheels first."""
    folders = [str(Path(__file__).parent.parent)]
    for package in ("scipy", "numpy"):
        spec = find_spec(package)
        if spec is not None and spec.origin is not None:
            folders.append(str(Path(spec.origin).parent.parent))
    return folders

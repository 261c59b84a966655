# SPDX-License-Identifier: GPL-3.0-or-later
"""One run of the core: a request to the worker process, and what that says of it."""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import bpy

from ..addon_core import arrays
from ..addon_core.maps import Map
from ..addon_core.messages import (
    EVENTS,
    Cancel,
    Cancelled,
    Done,
    Failed,
    Finish,
    Message,
    Request,
    StoredMap,
    from_line,
)
from ..addon_core.settings import Settings
from . import worker

PATIENCE = 0.05
"""Seconds that a cancelled request gets to stop; after them its worker is ended."""

_open_jobs: set[Job] = set()


class Job:
    """A worker at work on one request, with the request's private folder."""

    def __init__(
        self,
        maps: Sequence[Map],
        width: int,
        height: int,
        settings: Settings,
        as_png: Collection[int] = (),
    ) -> None:
        """Ask for a texture.

        Args:
            maps: of one material, or a single one; the pixels are float32.
            width: of the first map's result, in pixels.
            height: of the first map's result, in pixels.
            settings: the run's settings.
            as_png: numbers of the maps whose results are to be PNG files of 8 bits; those of the
                others are arrays.

        Raises:
            OSError: the folder cannot be written, or no worker started.
        """
        self._folder = Path(tempfile.mkdtemp(prefix="nifty-", dir=bpy.app.tempdir or None))
        self._worker: worker.Worker | None = None
        # A file instead of a pipe: it can be read without waiting on every system, and a worker
        # that has much to say is never held up.
        self._events = (self._folder / EVENTS).open("a+", encoding="utf-8")
        self._rest = ""
        _open_jobs.add(self)
        try:
            self._worker = worker.borrow(settings.method)
            stored = [
                self._stored(number, given, number in as_png) for number, given in enumerate(maps)
            ]
            self._worker.send(Request(str(self._folder), stored, height, width, asdict(settings)))
        except BaseException:
            self.close()
            raise

    def _stored(self, number: int, given: Map, as_png: bool) -> StoredMap:
        path = self._folder / f"map-{number}.npy"
        arrays.write(path, given.pixels)
        return StoredMap(
            str(path),
            given.kind,
            given.weight,
            given.alpha,
            given.name,
            bottom_up=True,  # As Blender's pixels are.
            as_png=as_png,
        )

    def poll(self) -> Iterator[Message]:
        """What the worker said since the last call, without waiting.

        Its last word is Done, Cancelled or Failed; a worker that dies without one has failed. After
        its last word the worker is free for another job, and the folder is there until `close`.
        """
        borrowed = self._worker
        if borrowed is None:
            return
        code = borrowed.exit_code
        *lines, self._rest = (self._rest + self._events.read()).split("\n")
        for line in lines:
            message = from_line(line)
            if isinstance(message, Done | Cancelled | Failed):
                self._worker = None
                worker.give_back(borrowed)
                yield message
                return
            yield message
        if code is not None:
            yield Failed(_obituary(borrowed.errors(), code))

    def tell(self, message: Cancel | Finish) -> None:
        """Say what is wanted of the work that is under way, without waiting for it."""
        if self._worker is not None:
            self._worker.send(message)

    def close(self) -> None:
        """Stop the work, whatever it is at, and remove its folder. May be called again.

        A worker that stops when told to waits for the next request; another is ended.
        """
        _open_jobs.discard(self)
        if self._worker is not None and not self._stops(self._worker):
            self._worker.end()
            self._worker = None
        self._events.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _stops(self, borrowed: worker.Worker) -> bool:
        borrowed.send(Cancel())
        deadline = time.monotonic() + PATIENCE
        while self._worker and borrowed.exit_code is None and time.monotonic() < deadline:
            time.sleep(0.002)
            for _message in self.poll():
                pass
        return self._worker is None


def close_all() -> None:
    """End every job and every worker; nothing of them stays behind."""
    for job in tuple(_open_jobs):
        job.close()
    worker.end_all()


def _obituary(errors: str, code: int) -> str:
    if errors:
        print(errors, file=sys.stderr)
    reason = errors.splitlines()[-1] if errors else f"exit code {code}"
    return (
        "The worker process ended unexpectedly, perhaps for want of memory. Try a smaller "
        f"output size. ({reason})"
    )

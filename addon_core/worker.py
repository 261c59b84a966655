# SPDX-License-Identifier: GPL-3.0-or-later
"""The worker process: takes requests on stdin, one after another, and tells of each in a file.

Blender starts it as a child and keeps it for the next request, so that Python, NumPy and SciPy are
loaded once. It ends by itself when none comes for a time. When Blender ends, however it ends, stdin
closes; the worker then removes the folders of its requests and ends too.
"""

from __future__ import annotations

import os
import shutil
import sys
import threading
import time
import warnings
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, cast

from . import arrays
from .maps import Map
from .messages import (
    EVENTS,
    Advanced,
    Cancel,
    Cancelled,
    Done,
    Failed,
    Finish,
    Message,
    Previewed,
    Request,
    StoredMap,
    Warned,
    from_line,
    to_line,
)
from .progress import Progress, Stopped, Wish
from .settings import Settings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

INTERVAL = 0.05
"""Seconds between two tellings of the progress, at least."""

PREVIEW_INTERVAL = 0.5
"""Seconds before the first preview and between two: a quick run has none, a long one a few."""

PREVIEW_SIDE = 1024
"""Pixels along a preview's longer side, at most."""

Tell = Callable[[Message], None]


@dataclass(frozen=True, slots=True)
class Order:
    """A request, whether it is still wanted, and whether it is wanted soon."""

    request: Request
    cancelled: threading.Event = field(default_factory=threading.Event)
    hurried: threading.Event = field(default_factory=threading.Event)


def main(idle: float) -> None:
    """Serve what comes on stdin, until nothing came for ``idle`` seconds."""
    orders: SimpleQueue[Order] = SimpleQueue()
    threading.Thread(target=_listen, args=(orders,), daemon=True).start()
    with suppress(ImportError, OSError):  # What is wrong is said to the one who asks.
        from . import synthesis  # noqa: F401 - loaded while Blender prepares the request
    with suppress(Empty):
        while True:
            serve(orders.get(timeout=idle))
    # Not by returning: the interpreter would wait for the lock of stdin, which the listener holds.
    os._exit(0)


def serve(order: Order) -> None:
    """Carry out a request, and tell of it in its folder; the last word is what came of it."""
    with (Path(order.request.folder) / EVENTS).open("a", encoding="utf-8") as events:

        def tell(message: Message) -> None:
            events.write(to_line(message))
            events.flush()

        tell(_outcome(order, tell))


def _outcome(order: Order, tell: Tell) -> Done | Cancelled | Failed:
    request = order.request
    try:
        from .synthesis import synthesize_maps
    except (ImportError, OSError) as error:
        return Failed(
            "NumPy or SciPy cannot be used here. Install NIFTY again from the zip made for this "
            f"system and this version of Blender. ({error})"
        )
    folder = Path(request.folder)
    with warnings.catch_warnings():
        warnings.simplefilter("always", UserWarning)
        warnings.showwarning = lambda message, *_rest, **_more: tell(Warned(str(message)))
        try:
            settings = Settings(**cast(dict[str, Any], request.settings))
            maps = [_map_of(stored) for stored in request.maps]
            size = request.height, request.width
            results = synthesize_maps(maps, size, settings, _Listener(order, tell))
            stems = (str(folder / f"result-{number}") for number in range(len(results)))
            return Done([*map(_stored, request.maps, results, stems)])
        except Stopped:
            return Cancelled()
        except ValueError as error:
            return Failed(f"{error}.")
        except MemoryError:
            return Failed("There is not enough memory. Choose a smaller output size.")
        except OSError as error:
            return Failed(
                f"The temporary folder {folder} cannot be used: {error.strerror}. Make room there, "
                "or choose another in Blender's preferences, File Paths, Temporary Files."
            )


def _map_of(stored: StoredMap) -> Map:
    values = asdict(stored)
    del values["as_png"]
    return Map(arrays.read(values.pop("path")), **values)


def _stored(wanted: StoredMap, result: NDArray[np.float32], stem: str) -> str:
    if not wanted.as_png:
        return _write(Path(f"{stem}.npy"), result)
    from . import png

    path = Path(f"{stem}.png")
    path.write_bytes(png.encoded(result))
    return str(path)


class _Listener:
    """Listens to the synthesis, and tells Blender, but not more often than it can use."""

    def __init__(self, order: Order, tell: Tell) -> None:
        self._order = order
        self._tell = tell
        self._told = 0.0
        self._previewed = time.monotonic()

    def __call__(self, progress: Progress) -> bool | Wish:
        now = time.monotonic()
        if now - self._told >= INTERVAL:
            self._told = now
            self._tell(Advanced(progress.level, progress.levels, progress.fraction))
        is_last = progress.level == progress.levels - 1
        is_time = now - self._previewed >= PREVIEW_INTERVAL
        if progress.preview is not None and is_time and not is_last:
            self._previewed = now
            self._show(progress.level, progress.preview)
        if self._order.cancelled.is_set():
            return False
        return Wish.FINISH if self._order.hurried.is_set() else True

    def _show(self, level: int, picture: NDArray[np.float32]) -> None:
        step = -(-max(picture.shape[:2]) // PREVIEW_SIDE)
        path = Path(self._order.request.folder) / f"preview-{level}.npy"
        self._tell(Previewed(_write(path, picture[::step, ::step])))


def _write(path: Path, array: NDArray[np.float32]) -> str:
    arrays.write(path, array)
    return str(path)


def _listen(orders: SimpleQueue[Order]) -> None:
    order, folders = None, []
    for line in sys.stdin:
        message = from_line(line)
        if isinstance(message, Request):
            order = Order(message)
            orders.put(order)
            folders = [*filter(os.path.isdir, folders), message.folder]
        elif isinstance(message, Cancel) and order is not None:
            order.cancelled.set()
        elif isinstance(message, Finish) and order is not None:
            order.hurried.set()
    # Nobody is left to want the results, or to tidy up.
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
    os._exit(1)

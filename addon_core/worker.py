# SPDX-License-Identifier: GPL-3.0-or-later
"""The worker process: takes one request on stdin, and tells of it on stdout.

Blender starts it as a child. When Blender ends, however it ends, stdin closes; the worker then
removes the run's folder and ends too.
"""

from __future__ import annotations

import os
import shutil
import sys
import threading
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, cast

from .messages import (
    Advanced,
    Cancel,
    Cancelled,
    Done,
    Failed,
    Message,
    Previewed,
    Request,
    Warned,
    from_line,
    to_line,
)
from .progress import Progress, Stopped
from .settings import Settings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

INTERVAL = 0.05
"""Seconds between two tellings of the progress, at least."""


def main() -> None:
    """Serve the request that is the first line of stdin."""
    request = from_line(sys.stdin.readline())
    assert isinstance(request, Request)
    cancelled = threading.Event()
    threading.Thread(target=_listen, args=(request, cancelled), daemon=True).start()
    tell(serve(request, cancelled))


def serve(request: Request, cancelled: threading.Event) -> Done | Cancelled | Failed:
    """Carry out one request; what happens on the way is told, what came of it returned."""
    try:
        import numpy as np

        from .synthesis import synthesize
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
            exemplar = np.load(request.exemplar)
            size = request.height, request.width
            result = synthesize(exemplar, size, settings, _Teller(folder, cancelled))
            return Done(_write(folder / "result.npy", result))
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


def tell(message: Message, to: TextIO | None = None) -> None:
    """Write a message, at once."""
    stream = to or sys.stdout
    stream.write(to_line(message))
    stream.flush()


class _Teller:
    """Listens to the synthesis, and tells Blender, but not more often than it can use."""

    def __init__(self, folder: Path, cancelled: threading.Event) -> None:
        self._folder = folder
        self._cancelled = cancelled
        self._told = 0.0

    def __call__(self, progress: Progress) -> bool:
        now = time.monotonic()
        if now - self._told >= INTERVAL:
            self._told = now
            tell(Advanced(progress.level, progress.levels, progress.fraction))
        if progress.preview is not None and progress.level < progress.levels - 1:
            name = f"preview-{progress.level}.npy"
            tell(Previewed(_write(self._folder / name, progress.preview)))
        return not self._cancelled.is_set()


def _write(path: Path, array: NDArray[np.float32]) -> str:
    from . import arrays

    arrays.write(path, array)
    return str(path)


def _listen(request: Request, cancelled: threading.Event) -> None:
    for line in sys.stdin:
        if isinstance(from_line(line), Cancel):
            cancelled.set()
    # Nobody is left to want the result, or to tidy up.
    shutil.rmtree(request.folder, ignore_errors=True)
    os._exit(1)

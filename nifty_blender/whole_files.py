# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that are written whole or not at all: under temporary names, and renamed at the end."""

from __future__ import annotations

import errno
import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


class UnusableFile(ValueError):
    """A file that cannot be read or written; the message says which, why, and what to do."""


@contextmanager
def all_or_none() -> Iterator[Callable[[Path], Path]]:
    """For files that belong together: all of them get their names at the end, or none does.

    Yields:
        What gives the temporary name, in the same folder, under which to write a file.

    Raises:
        UnusableFile: a file cannot be put in its place.
    """
    paths: dict[Path, Path] = {}

    def temporary(path: Path) -> Path:
        name = path.with_name(f".nifty-{uuid.uuid4().hex}{path.suffix}")
        paths[name] = path
        return name

    try:
        yield temporary
        for name, path in paths.items():
            try:
                os.replace(name, path)
            except OSError as error:
                raise UnusableFile(f"{path} cannot be written: {reason_of(error)}.") from error
    finally:
        for name in paths:
            name.unlink(missing_ok=True)


def write(data: bytes, path: Path, temporary: Callable[[Path], Path]) -> None:
    """Write bytes under a temporary name; what is raised is as for `all_or_none`."""
    try:
        temporary(path).write_bytes(data)
    except OSError as error:
        raise UnusableFile(f"{path} cannot be written: {reason_of(error)}.") from error


def reserve(path: Path, size: int) -> None:
    """Make sure of the space, since some of Blender's writers do not notice that a disk is full."""
    size += size // 16 + 2**16  # Incompressible pixels, padding of rows, headers.
    with path.open("wb") as file:
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(file.fileno(), 0, size)
        elif shutil.disk_usage(path.parent).free < size:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def reason_of(error: OSError | RuntimeError) -> str:
    """What the system or Blender says of it, in a few words without a full stop."""
    if isinstance(error, OSError):
        return error.strerror or str(error)
    return str(error).partition("\n")[0].removeprefix("Error: ").rstrip(".")

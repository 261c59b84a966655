# SPDX-License-Identifier: GPL-3.0-or-later
"""How much memory a synthesis needs, and how much this machine has to give."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from .maps import working_shapes
from .settings import FAST, Settings

if TYPE_CHECKING:
    from .pyramid import Shape

BASE = 150 * 2**20
"""Bytes of Python, NumPy, SciPy and the buffers whose size depends on nothing."""


def needed(maps: Sequence[tuple[int, int, int]], size: Shape, settings: Settings) -> int:
    """Bytes that the worker holds at most, an upper estimate.

    Args:
        maps: height, width and channels of each.
        size: height and width of the first one's result.
        settings: the run's settings.
    """
    shapes = [(height, width) for height, width, _ in maps]
    exemplar, size = working_shapes(shapes, size)
    # Copies of the exemplar lie below it.
    exemplar = exemplar[0] * len(settings.poses), exemplar[1]
    channels = sum(count for _, _, count in maps)
    if settings.method == FAST:
        return _needed_by_fast(exemplar, size, channels)
    # Beside the state: its aggregation, the change, noise and the upsampled level.
    images = 5 * size[0] * size[1] + 4 * exemplar[0] * exemplar[1]
    patches = (size[0] // settings.stride + 1) * (size[1] // settings.stride + 1)
    # Numbers and weights of this step's neighbours, and numbers of the step's before.
    neighbours = (8 + 4 + 8) * patches * settings.neighbours
    # A row of the grid at least is handled at once, a patch of the last column cut up on its own.
    across = max(size[1], settings.patch_size) // settings.stride + 1
    further = 2 * settings.patch_size // settings.stride
    scores = max(across + further, 1024) * max(exemplar[1] // settings.stride + further, 4096)
    # Queries, means and their sums, neighbours of a few, and the exemplar's patches at hand.
    copies = max(across, 2048) + 2 * max(across, 4096) + max(settings.neighbours, 512) + 2048
    # A column of the grid more than the queries.
    copies += size[0] // settings.patch_size + 2
    kept = 2 * 2**24
    band = 4 * (2 * scores + copies * settings.patch_size**2 * channels + kept)
    return BASE + 4 * channels * images + neighbours + band


def _needed_by_fast(exemplar: Shape, size: Shape, channels: int) -> int:
    # A block of 16 pixels has a code of 16 numbers, here five times, a feature of 32, and a match.
    latent = 4 * (5 * 16 + 2 * 32 + 8) // 16
    pixels = 4 * 3 * channels
    return (
        BASE
        + (size[0] + 256) * (size[1] + 256) * (latent + pixels)
        + exemplar[0] * exemplar[1] * (latent + 2 * pixels)
        + 4 * 2**23 * 4
    )


def available() -> int | None:
    """Bytes that can be had without swapping, or None where the system does not say."""
    try:
        if sys.platform == "linux":
            return _available_on_linux()
        if sys.platform == "win32":
            return _available_on_windows()
        if sys.platform == "darwin":
            return _available_on_macos()
    except (OSError, ValueError, AttributeError, subprocess.SubprocessError):
        return None
    return None


def _available_on_linux() -> int | None:
    with open("/proc/meminfo", encoding="ascii") as lines:
        for line in lines:
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    return None


def _available_on_windows() -> int:
    class MemoryStatus(ctypes.Structure):
        _fields_ = (
            ("length", ctypes.c_uint32),
            ("load", ctypes.c_uint32),
            ("total_physical", ctypes.c_uint64),
            ("available_physical", ctypes.c_uint64),
            ("total_page_file", ctypes.c_uint64),
            ("available_page_file", ctypes.c_uint64),
            ("total_virtual", ctypes.c_uint64),
            ("available_virtual", ctypes.c_uint64),
            ("available_extended", ctypes.c_uint64),
        )

    status = MemoryStatus()
    status.length = ctypes.sizeof(status)
    if not ctypes.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status)):  # type: ignore[attr-defined]
        raise OSError("GlobalMemoryStatusEx failed")
    return int(status.available_physical)


def _available_on_macos() -> int:
    report = subprocess.run(
        ["/usr/bin/vm_stat"], capture_output=True, text=True, check=True, timeout=2
    ).stdout
    pages = {
        name: int(count.strip(" ."))
        for name, _, count in (line.partition(":") for line in report.splitlines()[1:])
        if count.strip(" .").isdigit()
    }
    free = sum(pages.get(f"Pages {kind}", 0) for kind in ("free", "inactive", "speculative"))
    return free * os.sysconf("SC_PAGE_SIZE")

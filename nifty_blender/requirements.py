# SPDX-License-Identifier: GPL-3.0-or-later
"""What must be there before anything can run, said in an artist's words."""

from __future__ import annotations

import platform
import sys
from importlib import import_module
from importlib.util import find_spec


def numpy_problem() -> str | None:
    """Why Blender's own NumPy cannot be used, or None when no reason is known.

    It is loaded only where it is known to fail: elsewhere that would make Blender start later.
    """
    system = platform.mac_ver()[0]
    if sys.platform != "darwin" or _version(system) >= (13, 3):
        return None
    try:
        import_module("numpy")
    except ImportError:
        return (
            f"The NumPy inside this Blender needs macOS 13.3 or later, and this is {system}. "
            "Update macOS, or use Blender 4.2 LTS or 4.3."
        )
    return None


def scipy_problem() -> str | None:
    """Why SciPy, which comes with the extension, cannot be used, or None when it is there."""
    if find_spec("scipy") is None:
        return (
            "SciPy is missing. It comes inside NIFTY's zip: install the zip made for this system "
            f"and for Python {sys.version_info.major}.{sys.version_info.minor}."
        )
    return None


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".") if part.isdigit())

# SPDX-License-Identifier: GPL-3.0-or-later
"""Texture synthesis by non-local image flow matching, with NumPy and SciPy only.

The door for any script: ``synthesize(exemplar, size, settings)``, ``Settings`` and ``PRESETS``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .progress import Progress, Stopped, Wish
from .settings import PRESETS, Settings

if TYPE_CHECKING:
    from .synthesis import synthesize

__all__ = ["PRESETS", "Progress", "Settings", "Stopped", "Wish", "synthesize"]


def __getattr__(name: str) -> Any:
    # NumPy and SciPy are loaded with the first use: Blender itself only needs the settings.
    if name == "synthesize":
        from .synthesis import synthesize

        return synthesize
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

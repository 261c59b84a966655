# SPDX-License-Identifier: GPL-3.0-or-later
"""Texture synthesis by non-local image flow matching, with NumPy and SciPy only.

The door for any script: ``synthesize(exemplar, size, settings)``, ``synthesize_maps`` for several
``Map`` of one material, ``Settings`` and ``PRESETS``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .maps import Kind, Map
from .progress import Progress, Stopped, Wish
from .settings import PRESETS, Settings

if TYPE_CHECKING:
    from .synthesis import synthesize, synthesize_maps

__all__ = [
    "PRESETS",
    "Kind",
    "Map",
    "Progress",
    "Settings",
    "Stopped",
    "Wish",
    "synthesize",
    "synthesize_maps",
]


def __getattr__(name: str) -> Any:
    # NumPy and SciPy are loaded with the first use: Blender itself only needs the settings.
    if name in ("synthesize", "synthesize_maps"):
        from . import synthesis

        return getattr(synthesis, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

# SPDX-License-Identifier: GPL-3.0-or-later
"""How a texture was made, kept on its image as custom properties."""

from __future__ import annotations

import tomllib
from dataclasses import asdict
from functools import cache
from pathlib import Path

import bpy

from ..addon_core.settings import Settings

KEY = "nifty"


def write(image: bpy.types.Image, source: str, settings: Settings) -> None:
    """Note on a result all that is needed to make it again.

    Args:
        image: the result; its size is a part of the recipe.
        source: name of the exemplar's image datablock.
        settings: the settings, the seed among them.
    """
    image[KEY] = {
        "version": _version(),
        "source": source,
        "width": image.size[0],
        "height": image.size[1],
        **asdict(settings),
    }


@cache
def _version() -> str:
    manifest = Path(__file__).parent.parent / "blender_manifest.toml"
    return tomllib.loads(manifest.read_text(encoding="utf-8"))["version"]

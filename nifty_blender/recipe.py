# SPDX-License-Identifier: GPL-3.0-or-later
"""How a texture was made, kept on its image as custom properties."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import bpy

from ..addon_core.settings import ALLOWED, DEFAULTS, Settings

KEY = "nifty"


@dataclass(frozen=True, slots=True)
class Recipe:
    """All that is needed to make a texture again."""

    source: str
    """Name of the exemplar's image datablock."""
    width: int
    """Of the texture, in pixels."""
    height: int
    """Of the texture, in pixels."""
    settings: Settings
    """The seed among them."""

    def with_seed(self, seed: int) -> Recipe:
        """The same with another seed; beyond the highest they begin at 0 again."""
        highest = ALLOWED["seed"].maximum
        assert highest is not None
        return replace(self, settings=replace(self.settings, seed=seed % (int(highest) + 1)))

    def another(self, made: Iterable[Recipe]) -> Recipe:
        """The same with the next seed that is not among those that are made already."""
        taken = {each.settings.seed for each in made if each.with_seed(0) == self.with_seed(0)}
        recipe = self.with_seed(self.settings.seed + 1)
        while recipe.settings.seed in taken:
            recipe = recipe.with_seed(recipe.settings.seed + 1)
        return recipe


def write(image: bpy.types.Image, recipe: Recipe) -> None:
    """Note on a result how it was made."""
    image[KEY] = {
        "version": _version(),
        "source": recipe.source,
        "width": recipe.width,
        "height": recipe.height,
        **asdict(recipe.settings),
    }


def read(image: bpy.types.Image | None) -> Recipe | None:
    """How an image was made, or None where it is not known.

    Settings that an earlier version did not know have their defaults, those that this one does not
    know are left out.
    """
    noted: Any = image.get(KEY) if image is not None else None
    if not hasattr(noted, "to_dict"):
        return None
    values: Mapping[str, Any] = noted.to_dict()
    try:
        given: dict[str, Any] = {
            name: type(DEFAULTS[name])(values[name]) for name in DEFAULTS if name in values
        }
        settings = Settings(**given)
        return Recipe(str(values["source"]), int(values["width"]), int(values["height"]), settings)
    except (KeyError, TypeError, ValueError):
        return None


def all_written() -> list[Recipe]:
    """Those of all images of the file."""
    return [recipe for recipe in map(read, bpy.data.images) if recipe is not None]


@cache
def _version() -> str:
    manifest = Path(__file__).parent.parent / "blender_manifest.toml"
    return tomllib.loads(manifest.read_text(encoding="utf-8"))["version"]

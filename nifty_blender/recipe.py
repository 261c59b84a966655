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

from ..addon_core.maps import Kind
from ..addon_core.settings import ALLOWED, DEFAULTS, Settings

KEY = "nifty"


@dataclass(frozen=True, slots=True)
class Source:
    """An exemplar: an image alone, or one of the maps of a material."""

    name: str
    """Of the image datablock."""
    kind: Kind = Kind.COLOUR
    weight: float = 1.0
    """Influence on the choice of patches, beside that of the other maps."""
    has_opacity: bool = True
    """Whether its alpha, if it has one, says where there is anything to take patches from."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """All that is needed to make a texture again, or all maps of a material."""

    sources: tuple[Source, ...]
    """At least one."""
    width: int
    """Of the first source's texture, in pixels; those of the others are in proportion."""
    height: int
    """Of the first source's texture, in pixels."""
    settings: Settings
    """The seed among them."""
    material: str = ""
    """Name of the material whose maps the sources are, empty for an image alone."""

    @property
    def title(self) -> str:
        """Name of what it makes more of."""
        return self.material or self.sources[0].name

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


def write(image: bpy.types.Image, recipe: Recipe, source: str) -> None:
    """Note on a result how it was made, and which of the sources is its own, by name."""
    image[KEY] = noted(recipe, source)


def noted(recipe: Recipe, source: str) -> dict[str, Any]:
    """What a result notes: how it was made, and which of the sources is its own, by name."""
    maps = [{**asdict(each), "kind": each.kind.value} for each in recipe.sources]
    return {
        "version": _version(),
        "source": source,
        "width": recipe.width,
        "height": recipe.height,
        **asdict(recipe.settings),
        **({"material": recipe.material, "maps": maps} if recipe.material else {}),
    }


def read(image: bpy.types.Image | None) -> Recipe | None:
    """How an image was made, or None where it is not known.

    Settings that an earlier version did not know have their defaults, those that this one does not
    know are left out.
    """
    found: Any = image.get(KEY) if image is not None else None
    if not hasattr(found, "to_dict"):
        return None
    values: Mapping[str, Any] = found.to_dict()
    try:
        given: dict[str, Any] = {
            name: type(DEFAULTS[name])(values[name]) for name in DEFAULTS if name in values
        }
        settings = Settings(**given)
        sources = tuple(_source(each) for each in values.get("maps", ()))
        return Recipe(
            sources or (Source(str(values["source"])),),
            int(values["width"]),
            int(values["height"]),
            settings,
            str(values.get("material", "")),
        )
    except (KeyError, TypeError, ValueError):
        return None


def source_name(image: bpy.types.Image) -> str:
    """Name of the image that a result, which has a recipe, was made from."""
    found: Any = image[KEY]
    return str(found["source"])


def missing_sources(recipe: Recipe) -> list[str]:
    """Names of the images that it needs and that are not in the file any more."""
    return [each.name for each in recipe.sources if each.name not in bpy.data.images]


def all_written() -> list[Recipe]:
    """Those of all images of the file."""
    return [recipe for recipe in map(read, bpy.data.images) if recipe is not None]


def _source(noted: Mapping[str, Any]) -> Source:
    weight, has_opacity = float(noted["weight"]), bool(noted["has_opacity"])
    return Source(str(noted["name"]), Kind(noted["kind"]), weight, has_opacity)


@cache
def _version() -> str:
    manifest = Path(__file__).parent.parent / "blender_manifest.toml"
    return tomllib.loads(manifest.read_text(encoding="utf-8"))["version"]

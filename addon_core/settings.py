# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings of a synthesis, written once.

Blender's properties, the command line's options and the worker's request are all made from the
fields of :class:`Settings` and the :class:`Allowed` that each one carries.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from numbers import Integral, Real
from types import MappingProxyType
from typing import Any, cast

Value = bool | int | float | str
"""What a setting may be."""

Pose = tuple[int, bool]
"""How a copy of the exemplar lies: by how many quarter turns, after it was mirrored or not."""

FAST, PAPER = "fast", "paper"
"""The methods."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """What a setting accepts, and how it is explained to an artist."""

    label: str
    """Name in the panel."""
    help: str
    """One sentence without a full stop: a tooltip, and the command line's help."""
    minimum: float | None = None
    """Smallest value, inclusive; None for a switch or a choice."""
    maximum: float | None = None
    """Largest value, inclusive; None for a switch or a choice."""
    choices: Mapping[str, tuple[str, str]] | None = None
    """The values of a choice, the name of each in the panel, and what it means; None for everything
    else."""
    only: str | None = None
    """The one method in which the setting has an effect; None for all."""

    def __str__(self) -> str:
        if self.choices:
            return " or ".join(self.choices)
        if self.minimum is None:
            return "true or false"
        return f"{self.minimum:g} to {self.maximum:.10g}"


def _setting(
    default: Any,
    label: str,
    help: str,
    minimum: float | None = None,
    maximum: float | None = None,
    choices: Mapping[str, tuple[str, str]] | None = None,
    only: str | None = None,
) -> Any:
    allowed = Allowed(label, help, minimum, maximum, choices, only)
    return field(default=default, metadata={"allowed": allowed})


@dataclass(frozen=True, slots=True)
class Settings:
    """Parameters of the synthesis; those of the paper under its names (arXiv 2509.22318).

    The defaults are those of the preset ``standard``. Every value is checked when the object is
    made.

    Raises:
        ValueError: a value of the wrong type or out of range, or a stride longer than the patch;
            the message names the setting, the value and what is allowed.
    """

    method: str = _setting(
        FAST,
        "Method",
        "How the texture is made",
        choices={
            FAST: ("Fast", "Sharp, balanced, in a fraction of a second"),
            PAPER: ("Paper", "The algorithm of the paper to the letter, for study and comparison"),
        },
    )
    seed: int = _setting(
        0, "Seed", "Start of the random numbers: another seed makes another texture", 0, 2**31 - 1
    )
    tile: str = _setting(
        "none",
        "Seamless",
        "In which directions the texture goes on without a seam when it is repeated",
        choices={
            "none": ("Off", "The texture ends at its borders"),
            "x": ("X", "The right border goes on at the left one"),
            "y": ("Y", "The upper border goes on at the lower one"),
            "xy": ("X and Y", "Both: the texture fills any surface"),
        },
    )
    turns: bool = _setting(
        False,
        "Quarter Turns",
        "Take the exemplar's pieces turned by quarter turns as well: more to choose from, for "
        "textures without a direction. Normals turn with them",
    )
    mirrors: str = _setting(
        "none",
        "Mirrored",
        "Take the exemplar's pieces mirrored as well: more to choose from, for textures that look "
        "the same in a mirror. Normals are mirrored with them",
        choices={
            "none": ("Off", "Pieces are never mirrored"),
            "x": ("X", "Left and right may be swapped"),
            "y": ("Y", "Top and bottom may be swapped"),
            "xy": ("X and Y", "Both may be"),
        },
    )
    levels: int = _setting(
        0,
        "Levels",
        "Sizes at which the texture is made, each twice the one before; more keep larger features "
        "whole, and 0 chooses by the size of the exemplar",
        0,
        10,
    )
    steps: int = _setting(30, "Steps", "Steps from noise to texture at each level (T)", 1, 200)
    layouts: int = _setting(
        1,
        "Layouts",
        "Rough layouts that are made, of which one becomes the texture: that whose pieces fit and "
        "which shows all parts of the exemplar",
        1,
        16,
        only=FAST,
    )
    balance: float = _setting(
        1.0,
        "Balance",
        "How evenly the parts of the exemplar are used: less keeps large objects whole, more shows "
        "everything that is there",
        0.0,
        1.0,
        only=FAST,
    )
    neighbours: int = _setting(
        5,
        "Neighbours",
        "Patches of the exemplar that each patch moves towards at once (k); "
        "few are sharp, 1 tends to copy",
        1,
        64,
        only=PAPER,
    )
    share: float = _setting(
        1.0,
        "Share",
        "Random share of the exemplar's patches searched at each step (r); less is faster",
        0.001,
        1.0,
        only=PAPER,
    )
    patch_size: int = _setting(16, "Patch Size", "Side of a patch in pixels (p)", 2, 64, only=PAPER)
    stride: int = _setting(
        4,
        "Stride",
        "Pixels from one patch to the next, at most the patch size; "
        "less is smoother and slower, much more shows seams",
        1,
        64,
        only=PAPER,
    )
    renoise: float = _setting(
        0.5,
        "Renoise",
        "How much of a coarser level is kept when the next one starts, the rest is noise (gamma)",
        0.0,
        0.95,
        only=PAPER,
    )
    memory: bool = _setting(
        True,
        "Memory",
        "Keep each patch's best matches for the next step; matters when the share is below 1",
        only=PAPER,
    )
    warmup: int = _setting(
        0,
        "Warmup",
        "Searches before a level's first step, to fill the memory",
        0,
        50,
        only=PAPER,
    )
    aggregation_width: float = _setting(
        0.25,
        "Aggregation",
        "Width of the Gaussian that blends overlapping patches, as a part of the patch size",
        0.05,
        2.0,
        only=PAPER,
    )

    def __post_init__(self) -> None:
        for name, allowed in ALLOWED.items():
            value = _checked(name, getattr(self, name), type(DEFAULTS[name]), allowed)
            object.__setattr__(self, name, value)
        if self.stride > self.patch_size:
            raise ValueError(
                f"stride is {self.stride}, but must be at most the patch size, {self.patch_size}"
            )

    @property
    def smallest_exemplar(self) -> int:
        """The least side, in pixels, of an exemplar: that of a patch."""
        return self.patch_size if self.method == PAPER else 16

    @property
    def patch_stride(self) -> int:
        """Pixels from one patch of the exemplar to the next."""
        return self.stride if self.method == PAPER else 4

    @property
    def poses(self) -> tuple[Pose, ...]:
        """How the copies of the exemplar lie from which patches are taken, itself first."""
        mirrored = {"none": (), "x": ((0, True),), "y": ((2, True),)}
        both = (0, True), (2, True), (2, False)
        if self.turns:
            ways = (False,) if self.mirrors == "none" else (False, True)
            return tuple((quarter, is_mirrored) for is_mirrored in ways for quarter in range(4))
        return ((0, False), *mirrored.get(self.mirrors, both))

    @property
    def wraps(self) -> tuple[bool, bool]:
        """Whether the texture closes on itself from top to bottom, and from side to side."""
        return "y" in self.tile, "x" in self.tile


def _checked(name: str, value: object, kind: type, allowed: Allowed) -> Value:
    refusal = ValueError(f"{name} is {value!r}, but must be {allowed}")
    if kind is str:
        if value not in (allowed.choices or ()):
            raise refusal
        return cast(str, value)
    if kind is bool:
        if not isinstance(value, bool):
            raise refusal
        return value
    wanted = Integral if kind is int else Real
    if isinstance(value, bool) or not isinstance(value, wanted):
        raise refusal
    number = int(value) if isinstance(value, Integral) else float(cast(float, value))
    assert allowed.minimum is not None and allowed.maximum is not None
    if not math.isfinite(number) or not allowed.minimum <= number <= allowed.maximum:
        raise refusal
    return kind(number)


DEFAULTS: Mapping[str, Value] = MappingProxyType(
    {field.name: cast(Value, field.default) for field in fields(Settings)}
)
"""Each setting's name and default, in the order in which an artist meets them."""

ALLOWED: Mapping[str, Allowed] = MappingProxyType(
    {field.name: field.metadata["allowed"] for field in fields(Settings)}
)
"""Each setting's name and what it accepts."""

OF_A_TEXTURE = frozenset({"seed", "tile", "turns", "mirrors"})
"""Settings that belong to a texture and not to a preset: applying one leaves them as they are."""

PRESETS: Mapping[str, Settings] = MappingProxyType(
    {
        "standard": Settings(),
        # So few steps lay out less well: what fits counts more, and even use less.
        "draft": Settings(steps=5, balance=0.7),
        "fine": Settings(steps=48, layouts=2),
        "paper": Settings(method=PAPER, levels=4, steps=15),
    }
)
"""The shipped presets, the default first."""

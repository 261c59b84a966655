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


@dataclass(frozen=True, slots=True)
class Allowed:
    """What a setting accepts, and how it is explained to an artist."""

    label: str
    """Name in the panel."""
    help: str
    """One sentence without a full stop: a tooltip, and the command line's help."""
    minimum: float | None = None
    """Smallest value, inclusive; None for a switch."""
    maximum: float | None = None
    """Largest value, inclusive; None for a switch."""

    def __str__(self) -> str:
        if self.minimum is None:
            return "true or false"
        return f"{self.minimum:g} to {self.maximum:.10g}"


def _setting(
    default: Any,
    label: str,
    help: str,
    minimum: float | None = None,
    maximum: float | None = None,
) -> Any:
    return field(default=default, metadata={"allowed": Allowed(label, help, minimum, maximum)})


@dataclass(frozen=True, slots=True)
class Settings:
    """Parameters of NIFTY under the paper's names (arXiv 2509.22318, section 4).

    The defaults are those of the paper's Table 1. Every value is checked when the object is made.

    Raises:
        ValueError: a value of the wrong type or out of range, or a stride longer than the patch;
            the message names the setting, the value and what is allowed.
    """

    seed: int = _setting(
        0, "Seed", "Start of the random numbers: another seed makes another texture", 0, 2**31 - 1
    )
    neighbours: int = _setting(
        5,
        "Neighbours",
        "Patches of the exemplar that each patch moves towards at once (k); "
        "few are sharp, 1 tends to copy",
        1,
        64,
    )
    share: float = _setting(
        1.0,
        "Share",
        "Random share of the exemplar's patches searched at each step (r); less is faster",
        0.001,
        1.0,
    )
    steps: int = _setting(15, "Steps", "Steps from noise to texture at each level (T)", 1, 200)
    patch_size: int = _setting(16, "Patch Size", "Side of a patch in pixels (p)", 2, 64)
    stride: int = _setting(
        4,
        "Stride",
        "Pixels from one patch to the next, at most the patch size; "
        "less is smoother and slower, much more shows seams",
        1,
        64,
    )
    levels: int = _setting(
        4,
        "Levels",
        "Sizes at which the texture is made, each twice the one before; "
        "more keep larger features whole",
        1,
        8,
    )
    renoise: float = _setting(
        0.5,
        "Renoise",
        "How much of a coarser level is kept when the next one starts, the rest is noise (gamma)",
        0.0,
        0.95,
    )
    memory: bool = _setting(
        True,
        "Memory",
        "Keep each patch's best matches for the next step; matters when the share is below 1",
    )
    warmup: int = _setting(
        0, "Warmup", "Searches before a level's first step, to fill the memory", 0, 50
    )
    aggregation_width: float = _setting(
        0.25,
        "Aggregation",
        "Width of the Gaussian that blends overlapping patches, as a part of the patch size",
        0.05,
        2.0,
    )

    def __post_init__(self) -> None:
        for name, allowed in ALLOWED.items():
            value = _checked(name, getattr(self, name), type(DEFAULTS[name]), allowed)
            object.__setattr__(self, name, value)
        if self.stride > self.patch_size:
            raise ValueError(
                f"stride is {self.stride}, but must be at most the patch size, {self.patch_size}"
            )


def _checked(name: str, value: object, kind: type, allowed: Allowed) -> bool | int | float:
    refusal = ValueError(f"{name} is {value!r}, but must be {allowed}")
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


DEFAULTS: Mapping[str, bool | int | float] = MappingProxyType(
    {field.name: cast(bool | int | float, field.default) for field in fields(Settings)}
)
"""Each setting's name and default, in the order in which an artist meets them."""

ALLOWED: Mapping[str, Allowed] = MappingProxyType(
    {field.name: field.metadata["allowed"] for field in fields(Settings)}
)
"""Each setting's name and what it accepts."""

PRESETS: Mapping[str, Settings] = MappingProxyType({"paper": Settings()})
"""The shipped presets; a preset's seed is not meant to be applied."""

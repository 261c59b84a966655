# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import dataclasses
from typing import Any, cast

import pytest

from addon_core.settings import ALLOWED, DEFAULTS, PRESETS, Settings


def test_the_default_is_the_first_preset():
    assert Settings() == next(iter(PRESETS.values())) == PRESETS["standard"]
    assert dataclasses.asdict(Settings()) == dict(DEFAULTS)


def test_the_preset_paper_is_the_papers_table_1():
    paper = dataclasses.asdict(PRESETS["paper"])
    told = {"neighbours": 5, "share": 1.0, "steps": 15, "patch_size": 16, "stride": 4, "levels": 4}
    told |= {"renoise": 0.5, "memory": True, "aggregation_width": 0.25, "method": "paper"}
    assert {name: paper[name] for name in told} == told


def test_each_choice_is_allowed():
    for name, allowed in ALLOWED.items():
        for choice in allowed.choices or ():
            assert getattr(Settings(**{name: cast(Any, choice)}), name) == choice


def _outside() -> list[tuple[str, object]]:
    cases: list[tuple[str, object]] = []
    for name, allowed in ALLOWED.items():
        cases += [(name, "many"), (name, None)]
        if allowed.minimum is None or allowed.maximum is None:
            cases.append((name, 1))
            continue
        cases += [(name, allowed.minimum - 1), (name, allowed.maximum + 1), (name, True)]
        cases += [(name, float("nan")), (name, float("inf"))]
        if isinstance(DEFAULTS[name], int):
            cases.append((name, allowed.minimum + 0.5))
    return cases


@pytest.mark.parametrize(("name", "value"), _outside())
def test_a_bad_value_is_named_with_what_is_allowed(name: str, value: Any):
    with pytest.raises(ValueError, match=f"^{name} is .*, but must be ") as refusal:
        Settings(**{name: value})
    assert repr(value) in str(refusal.value)
    assert str(ALLOWED[name]) in str(refusal.value)


@pytest.mark.parametrize(("name", "allowed"), ALLOWED.items())
def test_the_bounds_are_allowed(name, allowed):
    if allowed.minimum is None:
        return
    kind = type(DEFAULTS[name])
    others: dict[str, Any] = {"patch_size": 64} if name == "stride" else {}
    others |= {"stride": 1} if name == "patch_size" else {}
    for bound in (allowed.minimum, allowed.maximum):
        assert getattr(Settings(**{name: kind(bound)}, **others), name) == bound


def test_a_stride_longer_than_the_patch_is_refused():
    with pytest.raises(ValueError, match="stride is 9, but must be at most the patch size, 8"):
        Settings(patch_size=8, stride=9)


def test_whole_numbers_are_taken_where_fractions_are():
    assert Settings(share=1).share == 1.0
    assert isinstance(Settings(share=1).share, float)

# SPDX-License-Identifier: GPL-3.0-or-later
"""Presets in the panel: the shipped ones, and those that an artist keeps."""

import importlib
from dataclasses import asdict
from pathlib import Path
from types import ModuleType
from typing import Any

import bpy
import pytest


@pytest.fixture(scope="module")
def properties(extension: ModuleType) -> ModuleType:
    return importlib.import_module(f"{extension.__name__}.nifty_blender.properties")


OWN = {
    "method": "paper",
    "seed": 5,
    "tile": "y",
    "turns": True,
    "mirrors": "x",
    "layouts": 3,
    "balance": 0.5,
    "neighbours": 7,
    "share": 0.25,
    "steps": 9,
    "patch_size": 12,
    "stride": 3,
    "levels": 2,
    "renoise": 0.75,
    "memory": False,
    "warmup": 4,
    "aggregation_width": 0.5,
}
"""A value other than the default for every setting, all exact in single precision."""


def show(values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(bpy.context.scene.nifty, name, value)


def shown(core: ModuleType) -> dict[str, Any]:
    return {name: getattr(bpy.context.scene.nifty, name) for name in asdict(core.Settings())}


def test_a_new_scene_shows_the_defaults(core, properties):
    assert properties.settings_of(bpy.context.scene.nifty) == core.Settings()


def test_every_setting_can_be_set(core):
    assert set(OWN) == set(shown(core))
    show(OWN)
    assert shown(core) == OWN


def test_a_shipped_preset_sets_everything_but_what_belongs_to_a_texture(core):
    show(OWN)
    assert bpy.ops.nifty.preset_apply(preset="paper") == {"FINISHED"}
    kept = {name: OWN[name] for name in ("seed", "tile", "turns", "mirrors")}
    assert shown(core) == {**asdict(core.PRESETS["paper"]), **kept}


def test_an_unknown_preset_changes_nothing(core):
    show(OWN)
    with pytest.raises(RuntimeError, match="no preset “oil”"):
        bpy.ops.nifty.preset_apply(preset="oil")
    assert shown(core) == OWN


def test_an_artists_own_is_kept_and_found_again(core):
    show(OWN)
    bpy.ops.nifty.preset_add(name="Rough Stone")
    path = Path(bpy.utils.preset_find("Rough_Stone", "nifty", ext=".py"))
    try:
        assert path.is_relative_to(bpy.utils.user_resource("SCRIPTS"))
        bpy.ops.nifty.preset_apply(preset="paper")
        show({"seed": 6, "tile": "xy"})
        bpy.ops.script.execute_preset(filepath=str(path), menu_idname="NIFTY_MT_presets")
        assert shown(core) == {**OWN, "seed": 6, "tile": "xy"}
        bpy.ops.nifty.preset_add(remove_active=True)
        assert not path.exists()
    finally:
        path.unlink(missing_ok=True)


def test_a_new_seed_changes_the_seed_alone(core):
    show(OWN)
    bpy.ops.nifty.new_seed()
    changed = shown(core)
    assert changed.pop("seed") != OWN["seed"]
    assert changed == {name: value for name, value in OWN.items() if name != "seed"}

# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything says what it does, and the search finds it."""

from types import SimpleNamespace
from typing import Any

import bpy
import pytest


def operators() -> list[Any]:
    """What Blender knows of each operator."""
    return [getattr(bpy.ops.nifty, name).get_rna_type() for name in dir(bpy.ops.nifty)]


class _Layout:
    """Notes the operators and menus that are drawn into it."""

    def __init__(self) -> None:
        self.drawn: set[str] = set()

    def operator(self, name: str, **_options: Any) -> SimpleNamespace:
        self.drawn.add(name)
        return SimpleNamespace()

    def menu(self, name: str, **_options: Any) -> None:
        self.drawn.add(name)

    def separator(self) -> None:
        pass


def drawn_by(menu: type) -> set[str]:
    layout = _Layout()
    menu.draw(SimpleNamespace(layout=layout, draw_preset=lambda _context: None), bpy.context)
    return layout.drawn


@pytest.mark.usefixtures("extension")
def test_every_operator_is_in_a_menu_where_the_search_finds_it(blender):
    menus = blender("menus")
    in_shader, in_image = drawn_by(menus.NIFTY_MT_shader), drawn_by(menus.NIFTY_MT_image)
    assert "NIFTY_MT_presets" in in_shader
    found = in_shader | drawn_by(blender("presets").NIFTY_MT_presets)
    names = {f"nifty.{name}" for name in dir(bpy.ops.nifty)}
    assert names <= found
    assert in_image == {
        f"nifty.{name}" for name in ("another", "redo", "finish_now", "cancel", "cancel_all")
    }


@pytest.mark.usefixtures("extension")
def test_the_menus_are_in_blenders_own(blender):
    menus = blender("menus")
    for menu, draw in (
        (bpy.types.NODE_MT_node, menus._draw_in_node_menu),
        (bpy.types.IMAGE_MT_image, menus._draw_in_image_menu),
    ):
        assert draw in menu._dyn_ui_initialize()


def test_everything_has_a_tooltip(extension):
    preferences = bpy.context.preferences.addons[extension.__name__].preferences
    shown, of_map = bpy.context.scene.nifty, bpy.data.images.new("map", 1, 1).nifty_map
    for rna in (*operators(), *(each.bl_rna for each in (shown, of_map, preferences))):
        if rna.identifier == "NIFTY_OT_preset_add":
            continue  # Its properties are Blender's own.
        for prop in rna.properties:
            if prop.is_readonly or prop.identifier in ("name", "bl_idname"):
                continue
            assert prop.description, (rna.identifier, prop.identifier)
            assert prop.name[0].isupper(), (rna.identifier, prop.identifier)
            assert not prop.description.endswith("."), "Blender adds the full stop"
    for operator in operators():
        assert operator.description, operator.identifier
        assert not operator.description.endswith("."), operator.description


@pytest.mark.usefixtures("extension")
def test_what_is_greyed_says_why(blender):
    without_effect = blender("panels")._without_effect
    shown = bpy.context.scene.nifty
    shown.method = "paper"
    assert "share" in without_effect("memory", shown)
    assert "share" in without_effect("warmup", shown)
    shown.share = 0.5
    assert without_effect("memory", shown) is None
    shown.memory = False
    assert "Memory" in without_effect("warmup", shown)

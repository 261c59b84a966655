# SPDX-License-Identifier: GPL-3.0-or-later
"""Long messages in a narrow sidebar."""

import textwrap
from typing import Any

import bpy

BUTTON = 1.5
"""Height of a panel's large button, in rows."""

CHARACTER = 7.0
"""Mean width of a character in pixels at a UI scale of 1."""

MARGIN = 60.0
"""Pixels beside the text, at a UI scale of 1."""


def draw_wrapped(layout: bpy.types.UILayout, width: int, text: str, icon: Any) -> None:
    """Draw ``text`` in lines that fit a region of ``width`` pixels, the first with an icon."""
    scale = bpy.context.preferences.system.ui_scale
    characters = max(12, int((width / scale - MARGIN) / CHARACTER))
    column = layout.column(align=True)
    for number, line in enumerate(textwrap.wrap(text, characters)):
        column.label(text=line, icon="BLANK1" if number else icon, translate=False)

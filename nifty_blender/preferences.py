# SPDX-License-Identifier: GPL-3.0-or-later
"""What belongs to the artist and not to a file: where results go, how long NIFTY stays ready."""

from typing import Any

import bpy
from bpy.props import BoolProperty, EnumProperty, IntProperty

MINUTES = 5
"""How long a worker waits for the next run, unless the artist says otherwise."""

PREFERRED, PACKED, BESIDE = "PREFERRED", "PACKED", "BESIDE"
"""Where new textures go."""

DESTINATIONS = (
    (PACKED, "Packed", "Into the .blend file: nothing else to take care of"),
    (
        BESIDE,
        "Beside the Source",
        "Into the folder of the source's file, else into that of the .blend file; as PNG where "
        "that keeps all of the texture, else as OpenEXR. No file is ever replaced",
    ),
)
"""Those that the preferences offer, the default first."""

SCENE_DESTINATIONS = (
    (PREFERRED, "As in Preferences", "What NIFTY's preferences say"),
    *DESTINATIONS,
)
"""Those that a scene offers, the default first."""

_ADD_ON = (__package__ or "").rpartition(".")[0]


def _let_go(_preferences: Any, _context: bpy.types.Context) -> None:
    # It was told at its start how long to wait: the next one waits as long as is wanted now.
    from . import worker

    worker.end_waiting()


class NIFTY_AP_preferences(bpy.types.AddonPreferences):
    bl_idname = _ADD_ON

    minutes: IntProperty(
        name="Stay Ready (Minutes)",
        description="How long NIFTY stays ready after a texture, so that the next one starts at "
        "once; meanwhile it holds about 80 MB of memory, which it then gives back",
        default=MINUTES,
        min=1,
        max=24 * 60,
        soft_max=60,
        update=_let_go,
    )
    starts_with_panel: BoolProperty(
        name="Get Ready With the Panel",
        description="Get ready when NIFTY's panel is first shown, so that even the first texture "
        "starts at once",
        default=False,
    )

    destination: EnumProperty(
        name="Results",
        description="Where new textures go; each scene can have it otherwise",
        items=DESTINATIONS,
        default=PACKED,
    )

    def draw(self, context: bpy.types.Context) -> None:
        """Draw them."""
        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        layout.prop(self, "destination")
        layout.prop(self, "minutes")
        layout.prop(self, "starts_with_panel")


def idle_seconds() -> float:
    """How long a worker waits for the next run."""
    return 60.0 * _value("minutes", MINUTES)


def starts_with_panel() -> bool:
    """Whether a worker is started when the panel is first drawn."""
    return _value("starts_with_panel", False)


def destination() -> str:
    """Where new textures go, unless the scene has it otherwise."""
    return _value("destination", PACKED)


def _value(name: str, default: Any) -> Any:
    # A script can enable an add-on without giving it a place in the preferences.
    entry = bpy.context.preferences.addons.get(_ADD_ON)
    return getattr(entry.preferences, name) if entry and entry.preferences else default

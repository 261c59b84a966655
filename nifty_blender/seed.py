# SPDX-License-Identifier: GPL-3.0-or-later
"""The seed of the next texture."""

import random
from typing import Any

import bpy

from ..addon_core.settings import ALLOWED


class NIFTY_OT_new_seed(bpy.types.Operator):
    bl_idname = "nifty.new_seed"
    bl_label = "New Seed"
    bl_description = "Draw another seed, for another texture of the same kind"
    bl_options = {"UNDO"}

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Set a random seed on the scene."""
        highest = ALLOWED["seed"].maximum
        assert highest is not None
        properties: Any = context.scene.nifty  # type: ignore[attr-defined]
        properties.seed = random.randint(0, int(highest))
        return {"FINISHED"}

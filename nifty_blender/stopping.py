# SPDX-License-Identifier: GPL-3.0-or-later
"""Operators that end a run before its time."""

import bpy
from bpy.props import IntProperty

from . import queue, sidebars


class NIFTY_OT_finish_now(bpy.types.Operator):
    bl_idname = "nifty.finish_now"
    bl_label = "Finish Now"
    bl_description = (
        "Keep the picture of the level that is reached, brought to its full size in a moment; of "
        "several variations those that are made, and the one at work"
    )

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        if queue.runs and queue.runs[0].is_finishing:
            cls.poll_message_set("It is finishing already")
            return False
        return _is_any(cls)

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Tell the worker; the operator that asked for the texture places it as ever."""
        queue.runs[0].finish_now()
        sidebars.redraw()
        return {"FINISHED"}


class NIFTY_OT_cancel(bpy.types.Operator):
    bl_idname = "nifty.cancel"
    bl_label = "Cancel Synthesis"
    bl_description = "Stop this texture and leave the file as it was; the next in the list begins"

    number: IntProperty(
        name="Number",
        description="Which of the list; the one at work if 0",
        options={"SKIP_SAVE", "HIDDEN"},
    )

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return _is_any(cls)

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Stop it; the operator that asked for it sees that and ends."""
        for run in queue.runs[: None if self.number else 1]:
            if self.number in (0, run.number):
                queue.cancel(run)
        sidebars.redraw()
        return {"FINISHED"}


class NIFTY_OT_cancel_all(bpy.types.Operator):
    bl_idname = "nifty.cancel_all"
    bl_label = "Cancel All Syntheses"
    bl_description = "Stop the texture at work and drop all that wait; the file is left as it was"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return _is_any(cls)

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Stop them; the operators that asked for them see that and end."""
        queue.cancel_all()
        sidebars.redraw()
        return {"FINISHED"}


def _is_any(operator: type[bpy.types.Operator]) -> bool:
    if not queue.runs:
        operator.poll_message_set("No texture is being made")
    return bool(queue.runs)

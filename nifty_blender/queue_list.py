# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of the textures that are being made, in the sidebars."""

from typing import Any

import bpy

from . import queue, thumbnail
from .run import Run
from .stopping import NIFTY_OT_cancel, NIFTY_OT_cancel_all, NIFTY_OT_finish_now

PICTURE = 8.0
"""Height of the picture of the level that was reached, in rows."""


def is_of_material() -> bool:
    """Whether the one at work was asked for in the panel for whole materials."""
    return bool(queue.runs) and bool(queue.runs[0].recipes[0].material)


def draw(layout: bpy.types.UILayout) -> None:
    """Draw the one at work with its progress, and those that wait; nothing where there are none."""
    if not queue.runs:
        return
    at_work, *waiting = queue.runs
    box = layout.box().column()
    box.label(text=_name(at_work), icon="TEXTURE", translate=False)
    column = box.column(align=True)
    column.progress(factor=at_work.progress.fraction, text=_state(at_work))
    row = column.row(align=True)
    row.operator(NIFTY_OT_finish_now.bl_idname, icon="CHECKMARK")
    row.operator(NIFTY_OT_cancel.bl_idname, text="Cancel (Esc)", icon="CANCEL")
    if thumbnail.icon():
        box.template_icon(icon_value=thumbnail.icon(), scale=PICTURE)
    for run in waiting:
        row = box.row(align=True)
        row.label(text=_name(run), icon="TIME", translate=False)
        cancel: Any = row.operator(NIFTY_OT_cancel.bl_idname, text="", icon="X")
        cancel.number = run.number
    if waiting:
        box.operator(NIFTY_OT_cancel_all.bl_idname, text="Cancel All", icon="TRASH")


def _name(run: Run) -> str:
    count = len(run.recipes)
    times = f"{count} of " if count > 1 else ""
    return f"{times}{run.title}, {run.width} × {run.height}"


def _state(run: Run) -> str:
    if run.is_finishing:
        return "Finishing"
    progress = run.progress
    # How many levels there are the worker decides, and tells.
    text = f"Level {progress.level + 1} of {progress.levels}" if progress.levels else "Starting"
    if len(run.recipes) > 1:
        text = f"{progress.made + 1} of {len(run.recipes)}: {text[0].lower()}{text[1:]}"
    return text if progress.remaining is None else f"{text}, {_duration(progress.remaining)} left"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d} min" if minutes else f"{rest} s"

# SPDX-License-Identifier: GPL-3.0-or-later
"""The runs that were asked for: the first is at work, the others wait for their turn."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.app.handlers import persistent

from .new_image import PREVIEW
from .recipe import Recipe
from .run import Run

runs: list[Run] = []
"""In the order in which they were asked for."""


def recipes() -> list[Recipe]:
    """Those of all textures that are not there yet."""
    return [recipe for run in runs for recipe in run.recipes]


def is_asked_for(run: Run) -> bool:
    """Whether one that is at work or waits makes the very same, to the end."""
    return any(run.is_like(each) for each in runs if not each.is_finishing)


def cancel(run: Run) -> None:
    """End a run, at work or waiting, and leave nothing of it. It may be over already."""
    if run in runs:
        runs.remove(run)
    run.cancel()


def cancel_all() -> None:
    """End every run, and leave nothing of them."""
    while runs:
        cancel(runs[-1])


@persistent
def follow_undo(*_: Any) -> None:
    """After an undo or a redo: previews that were in the file then, of runs that are over, go."""
    at_work = {image.session_uid for run in runs for image in run.images}
    for image in [image for image in bpy.data.images if PREVIEW in image]:
        if image.session_uid not in at_work:
            bpy.data.images.remove(image)

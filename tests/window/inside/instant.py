# SPDX-License-Identifier: GPL-3.0-or-later
"""The default settings: from the click to the new image."""

import time
from pathlib import Path

import bpy
import stage


def scenario(folder: Path, screenshots: Path, report: dict[str, object]) -> stage.Steps:
    yield from stage.set_up()
    bpy.context.scene.nifty.method = "fast"
    seconds = []
    for seed in range(3):
        bpy.context.scene.nifty.seed = seed
        x, y = yield from stage.find_button("nifty.synthesize")
        before = len(bpy.data.images)
        clicked = time.monotonic()
        yield from stage.click(x, y)
        yield lambda before=before: len(bpy.data.images) > before and not stage.running()
        seconds.append(round(time.monotonic() - clicked, 2))
    report["seconds"] = seconds
    yield from stage.photograph(screenshots / "0-instant.png")
    assert len(stage.texture_nodes()) == 4

# SPDX-License-Identifier: GPL-3.0-or-later
"""Cancel by ESC and by the button, leave the file as it was, and be ready for the next run."""

import time
from pathlib import Path

import bpy
import stage


def scenario(folder: Path, screenshots: Path, report: dict[str, object]) -> stage.Steps:
    yield from stage.set_up()
    images, nodes = set(bpy.data.images.keys()), set(stage.material().node_tree.nodes.keys())
    bpy.context.scene.nifty.factor = 4.0
    report["seconds"] = seconds = _timed_closing()
    for how in ("escape", "button"):
        yield from stage.click_button("nifty.synthesize")
        yield stage.running
        yield lambda: stage.nifty("queue").runs[0].images
        if how == "escape":
            yield from stage.press("ESC")
        else:
            yield from stage.click_button("nifty.cancel", across=0.6)
        yield lambda: not stage.running()
        assert set(bpy.data.images.keys()) == images
        assert set(stage.material().node_tree.nodes.keys()) == nodes
        assert not list(Path(bpy.app.tempdir).glob("nifty-*"))
        workers = stage.nifty("worker")
        assert workers._all <= {workers._waiting}
        yield from stage.photograph(screenshots / f"5-cancelled-by-{how}.png")
    assert len(seconds) == 2

    bpy.context.scene.nifty.factor = 8.0
    yield from stage.click_button("nifty.synthesize")
    yield stage.running
    yield from stage.press("ESC")
    bpy.context.scene.nifty.factor = 1.0
    bpy.context.scene.nifty.method = "fast"
    yield from stage.click_button("nifty.synthesize")
    yield lambda: len(bpy.data.images) > len(images) and not stage.running()
    assert tuple(bpy.data.images["bricks_256 NIFTY"].size) == (256, 256)


def _timed_closing() -> list[float]:
    """How long each closing of a job holds Blender, in seconds."""
    job, seconds = stage.nifty("job").Job, []
    close = job.close

    def timed(self: object) -> None:
        before = time.monotonic()
        close(self)
        seconds.append(round(time.monotonic() - before, 3))

    job.close = timed
    return seconds

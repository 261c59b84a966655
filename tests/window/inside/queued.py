# SPDX-License-Identifier: GPL-3.0-or-later
"""Three runs asked for at once: the list, ESC for the one at work, an undo step for each other.

Then all cancelled, and one finished before its time.
"""

import time
from pathlib import Path

import bpy
import stage


def scenario(folder: Path, screenshots: Path, report: dict[str, object]) -> stage.Steps:
    yield from stage.set_up()
    images = set(bpy.data.images.keys())
    queue = stage.nifty("queue")
    x, y = yield from stage.find_button("nifty.synthesize")
    for factor, method in ((4.0, "paper"), (1.0, "fast"), (2.0, "fast")):
        bpy.context.scene.nifty.factor = factor
        bpy.context.scene.nifty.method = method
        bpy.ops.ed.undo_push(message="Settings")
        yield from stage.click(x, y)
        yield 0.3
    assert [run.width for run in queue.runs] == [1024, 256, 512]
    yield lambda: queue.runs[0].images
    assert [run.progress.elapsed > 0.0 for run in queue.runs] == [True, False, False]
    assert len(stage.nifty("worker")._all) == 1
    yield from stage.photograph(screenshots / "11-queue.png")
    # What the artist does meanwhile is an undo step that holds the preview.
    bpy.ops.ed.undo_push(message="Meanwhile")

    yield from stage.press("ESC")
    yield lambda: not stage.running()
    made = set(bpy.data.images.keys()) - images
    report["made"] = sorted(made)
    assert {tuple(bpy.data.images[name].size) for name in made} == {(256, 256), (512, 512)}
    assert len(stage.texture_nodes()) == 3
    yield from stage.photograph(screenshots / "12-queue-done.png")
    for left in (2, 1):
        yield from stage.press("Z", ctrl=True)
        yield lambda left=left: len(stage.texture_nodes()) == left
    assert set(bpy.data.images.keys()) == images
    for there in (2, 3):
        yield from stage.press("Z", ctrl=True, shift=True)
        yield lambda there=there: len(stage.texture_nodes()) == there

    bpy.context.scene.nifty.factor = 4.0
    bpy.context.scene.nifty.method = "paper"
    yield from stage.click(x, y)
    yield from stage.click(x, y)
    yield 0.5
    assert len(queue.runs) == 1, "a double click makes one"
    bpy.context.scene.nifty.seed += 1
    yield from stage.click(x, y)
    yield lambda: len(queue.runs) == 2
    yield from stage.click_button("nifty.cancel_all")
    assert not queue.runs
    yield 0.5
    assert len(stage.texture_nodes()) == 3

    yield from stage.click(x, y)
    yield lambda: stage.running() and queue.runs[0].images
    at = yield from stage.find_button("nifty.finish_now", across=0.25)
    assert stage.running(), "over before it could be finished"
    yield from stage.click(*at)
    clicked = time.monotonic()
    yield lambda: not stage.running()
    report["seconds to finish"] = time.monotonic() - clicked
    made = bpy.data.images["bricks_256 NIFTY.002"]
    report["finished"] = tuple(made.size)
    assert made.packed_file is not None
    assert len(stage.texture_nodes()) == 4
    yield from stage.photograph(screenshots / "13-finished.png")

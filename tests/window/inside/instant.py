# SPDX-License-Identifier: GPL-3.0-or-later
"""The default settings: from the click to the new image, beside what Blender needs for its part."""

import time
from pathlib import Path
from typing import Any

import bpy
import numpy as np
import stage

RUNS = 5


def scenario(folder: Path, screenshots: Path, report: dict[str, object]) -> stage.Steps:
    yield from stage.set_up()
    bpy.context.scene.nifty.method = "fast"
    clock = _Clock()
    report["nifty"] = with_nifty = []
    report["blender"] = without = []
    x, y = yield from stage.find_button("nifty.synthesize")
    pids = set()
    for seed in range(RUNS):
        bpy.context.scene.nifty.seed = seed
        yield from stage.move(x, y)
        yield 1.0
        stage.window().event_simulate(type="LEFTMOUSE", value="PRESS", x=x, y=y)
        yield 0.1
        clock.start()
        stage.window().event_simulate(type="LEFTMOUSE", value="RELEASE", x=x, y=y)
        yield lambda: clock.drawn > 0.0 and not stage.running()
        with_nifty.append(clock.seconds())
        pids.add(stage.nifty("worker")._waiting.pid)
        yield 1.0
        result = bpy.data.images["bricks_256 NIFTY"]
        stored: Any = result.pixels
        pixels = np.empty(len(stored), np.float32)
        stored.foreach_get(pixels)
        clock.start()
        _what_blender_does(result.size, pixels)
        clock.finished = time.monotonic()
        yield lambda: clock.drawn > 0.0
        without.append(clock.seconds())
    clock.close()
    yield from stage.photograph(screenshots / "0-instant.png")
    assert len(stage.texture_nodes()) == 1 + 2 * RUNS
    assert len(pids) == 1, "a worker for all"


def _what_blender_does(size: Any, pixels: np.ndarray) -> None:
    """The same steps without us: a new image, its pixels, packed, in a new node, an undo step."""
    image = bpy.data.images.new("control", *size)
    stored: Any = image.pixels
    stored.foreach_set(pixels)
    image.update()
    image.pack()
    node = stage.material().node_tree.nodes.new("ShaderNodeTexImage")
    node.image = image
    bpy.ops.ed.undo_push(message="Control")
    stage.editor().tag_redraw()


class _Clock:
    """Notes when a run's core was done, when its image was in, and when that was drawn."""

    def __init__(self) -> None:
        texture = stage.nifty("texture").Texture
        finish = texture.finish

        def finished(*arguments: Any) -> Any:
            self.computed = time.monotonic()
            problem = finish(*arguments)
            self.finished = time.monotonic()
            return problem

        texture.finish = finished
        self._handler = bpy.types.SpaceNodeEditor.draw_handler_add(
            self._note, (), "WINDOW", "POST_PIXEL"
        )

    def start(self) -> None:
        self.computed = self.finished = self.drawn = 0.0
        self._started = time.monotonic()

    def _note(self) -> None:
        if self.finished and not self.drawn:
            self.drawn = time.monotonic()

    def seconds(self) -> dict[str, float]:
        noted = {"computed": self.computed, "finished": self.finished, "drawn": self.drawn}
        return {name: round(at - self._started, 3) for name, at in noted.items() if at}

    def close(self) -> None:
        bpy.types.SpaceNodeEditor.draw_handler_remove(self._handler, "WINDOW")

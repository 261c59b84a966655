# SPDX-License-Identifier: GPL-3.0-or-later
"""Click, progress, the new image, undo, redo, save, reload."""

import time
from pathlib import Path
from typing import Any

import bpy
import numpy as np
import stage


def scenario(folder: Path, screenshots: Path, report: dict[str, object]) -> stage.Steps:
    yield from stage.set_up()
    yield from stage.photograph(screenshots / "1-ready.png")
    bpy.context.scene.nifty.share = 0.3
    images_before = set(bpy.data.images.keys())

    clock = _Clock()
    started, polled = (_timed(stage.nifty("run").Run, name) for name in ("__init__", "poll"))
    yield from stage.click_button("nifty.synthesize")
    yield stage.running
    clock.start()
    yield lambda: not stage.running() or stage.nifty("queue").runs[0].progress.fraction > 0.5
    assert stage.running(), "over before its progress could be seen"
    assert stage.nifty("queue").runs[0].images, "no preview"
    yield from stage.move(stage.editor().x + 200, stage.editor().y + 200)
    yield from stage.photograph(screenshots / "2-running.png")
    # Everything else stays usable: a node can be added while the worker is busy.
    stage.material().node_tree.nodes.new("ShaderNodeValue")
    yield lambda: not stage.running()
    report |= clock.stop()
    # The last look sets and packs the pixels, which is Blender's own time.
    report |= {"start": started[0], "longest_look": max(polled[:-1]), "last_look": polled[-1]}

    (name,) = set(bpy.data.images.keys()) - images_before
    report["name"] = name
    image = bpy.data.images[name]
    assert tuple(image.size) == (512, 512)
    assert image.packed_file is not None
    assert image["nifty"]["source"] == "bricks_256.png"
    pixels = _pixels(image)
    assert pixels[..., :3].std() > 0.05
    source, new = stage.texture_nodes()
    assert new.image == image
    assert new.inputs["Vector"].links[0].from_node == source.inputs["Vector"].links[0].from_node
    assert stage.material().node_tree.nodes.active == source
    yield from stage.photograph(screenshots / "3-done.png")

    yield from stage.press("Z", ctrl=True)
    yield lambda: len(stage.texture_nodes()) == 1
    assert name not in bpy.data.images
    yield from stage.photograph(screenshots / "4-undone.png")
    yield from stage.press("Z", ctrl=True, shift=True)
    yield lambda: len(stage.texture_nodes()) == 2
    assert np.array_equal(_pixels(bpy.data.images[name]), pixels)

    path = folder / "saved.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    bpy.ops.wm.open_mainfile(filepath=str(path))
    yield 2.0
    image = bpy.data.images[name]
    assert np.array_equal(_pixels(image), pixels)
    assert image["nifty"]["width"] == 512
    assert stage.texture_nodes()[1].image == image


def _pixels(image: bpy.types.Image) -> np.ndarray:
    pixels: Any = image.pixels
    values = np.empty(len(pixels), np.float32)
    pixels.foreach_get(values)
    return values.reshape(image.size[1], image.size[0], -1)


def _timed(owner: type, name: str) -> list[float]:
    """Replace a method by one that notes the seconds that each call takes."""
    method, seconds = getattr(owner, name), []

    def timed(*arguments: Any) -> Any:
        before = time.monotonic()
        try:
            return method(*arguments)
        finally:
            seconds.append(time.monotonic() - before)

    setattr(owner, name, timed)
    return seconds


class _Clock:
    """Counts how often the node editor is drawn, and the longest time without an event."""

    def start(self) -> None:
        self._draws = 0
        self._gaps: list[float] = []
        self._last = self._started = time.monotonic()
        self._handler = bpy.types.SpaceNodeEditor.draw_handler_add(
            self._drawn, (), "WINDOW", "POST_PIXEL"
        )
        self._timer = self._tick
        bpy.app.timers.register(self._timer, first_interval=0.01)

    def _drawn(self) -> None:
        self._draws += 1

    def _tick(self) -> float:
        now = time.monotonic()
        self._gaps.append(now - self._last)
        self._last = now
        return 0.01

    def stop(self) -> dict[str, object]:
        bpy.types.SpaceNodeEditor.draw_handler_remove(self._handler, "WINDOW")
        bpy.app.timers.unregister(self._timer)
        return {
            "seconds": time.monotonic() - self._started,
            "draws": self._draws,
            "longest_gap": max(self._gaps),
            "median_gap": sorted(self._gaps)[len(self._gaps) // 2],
        }

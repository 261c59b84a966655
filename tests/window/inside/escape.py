# SPDX-License-Identifier: GPL-3.0-or-later
"""Cancel by ESC and by the button, and leave the file as it was."""

from pathlib import Path

import bpy
import stage


def scenario(folder: Path, screenshots: Path, report: dict[str, object]) -> stage.Steps:
    yield from stage.set_up()
    images, nodes = set(bpy.data.images.keys()), set(stage.material().node_tree.nodes.keys())
    bpy.context.scene.nifty.factor = 4.0
    for how in ("escape", "button"):
        yield from stage.click_button("nifty.synthesize")
        yield stage.running
        yield lambda: stage.nifty("run").current.image is not None
        workers = _workers()
        assert workers
        if how == "escape":
            yield from stage.press("ESC")
        else:
            yield from stage.click_button("nifty.cancel")
        yield lambda: not stage.running()
        yield 0.5
        assert set(bpy.data.images.keys()) == images
        assert set(stage.material().node_tree.nodes.keys()) == nodes
        assert not list(Path(bpy.app.tempdir).glob("nifty-*"))
        assert not any(Path(f"/proc/{worker}").exists() for worker in workers)
        yield from stage.photograph(screenshots / f"5-cancelled-by-{how}.png")


def _workers() -> list[int]:
    return [job._process.pid for job in stage.nifty("job")._open_jobs]

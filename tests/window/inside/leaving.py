# SPDX-License-Identifier: GPL-3.0-or-later
"""Opening another file, disabling the extension and quitting, each with runs under way."""

from pathlib import Path

import bpy
import stage


def scenario(folder: Path, screenshots: Path, report: dict[str, object]) -> stage.Steps:
    yield from _start(report, "load")
    bpy.ops.wm.read_homefile(use_factory_startup=True)
    yield 1.0
    assert not stage.running()
    assert not list(Path(bpy.app.tempdir).glob("nifty-*"))

    yield from _start(report, "disable")
    bpy.ops.preferences.addon_disable(module=stage.EXTENSION)
    yield 1.0
    assert not hasattr(bpy.types, "NIFTY_PT_synthesize")
    assert not list(Path(bpy.app.tempdir).glob("nifty-*"))
    bpy.ops.wm.read_homefile(use_factory_startup=True)
    yield 1.0

    yield from _start(report, "quit")
    yield from stage.click_button("nifty.live")
    yield lambda: stage.nifty("live_switch").now is not None
    yield 1.0
    bpy.context.scene.nifty.seed += 1
    yield lambda: stage.nifty("live_switch").now._job is not None
    report["worker of Live at quit"] = stage.nifty("live_switch").now._job._worker.pid
    report["folder"] = str(next(Path(bpy.app.tempdir).glob("nifty-*")))


def _start(report: dict[str, object], name: str) -> stage.Steps:
    yield from stage.set_up()
    bpy.context.scene.nifty.factor = 4.0
    yield from stage.click_button("nifty.synthesize")
    bpy.context.scene.nifty.seed += 1
    yield from stage.click_button("nifty.synthesize")
    yield stage.running
    yield lambda: stage.nifty("queue").runs[0].progress.fraction > 0.0
    (job,) = stage.nifty("job")._open_jobs
    report[f"worker at {name}"] = job._worker.pid

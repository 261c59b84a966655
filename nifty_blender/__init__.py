# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything of NIFTY that lives inside Blender."""

from __future__ import annotations

import atexit
from collections.abc import Callable, Sequence

import bpy
from bpy.app.handlers import persistent

from .requirements import numpy_problem

_undo: list[Callable[[], None]] = []
"""What unregister() has to do, in this order."""


def register() -> None:
    """Register the classes, the scene's properties, the handler and the command."""
    if numpy_problem():
        from .unavailable import NIFTY_PT_unavailable

        _register_class(NIFTY_PT_unavailable)
        return
    from . import (
        image_panel,
        job,
        live_switch,
        material_panel,
        material_tools,
        menus,
        panels,
        preferences,
        presets,
        properties,
        queue,
        seed,
        stopping,
        synthesize,
        synthesize_material,
        thumbnail,
        variations,
    )

    for cls in (
        preferences.NIFTY_AP_preferences,
        properties.NIFTY_PG_scene,
        properties.NIFTY_PG_map,
        presets.NIFTY_MT_presets,
        presets.NIFTY_OT_preset_apply,
        presets.NIFTY_OT_preset_add,
        synthesize.NIFTY_OT_synthesize,
        synthesize_material.NIFTY_OT_synthesize_material,
        material_tools.NIFTY_OT_tiling_preview,
        material_tools.NIFTY_OT_mend_normals,
        variations.NIFTY_OT_another,
        variations.NIFTY_OT_redo,
        stopping.NIFTY_OT_finish_now,
        stopping.NIFTY_OT_cancel,
        stopping.NIFTY_OT_cancel_all,
        seed.NIFTY_OT_new_seed,
        live_switch.NIFTY_OT_live,
        panels.NIFTY_PT_synthesize,
        panels.NIFTY_PT_settings,
        material_panel.NIFTY_PT_material,
        image_panel.NIFTY_PT_recipe,
        menus.NIFTY_MT_shader,
        menus.NIFTY_MT_image,
    ):
        _register_class(cls)
    properties.register()
    _undo.insert(0, properties.unregister)
    menus.register()
    _undo.insert(0, menus.unregister)
    thumbnail.register()
    _undo.insert(0, thumbnail.unregister)
    for moment, handler in (
        ("load_pre", _stop_before_load),
        ("load_post", live_switch.follow_load),
        ("load_post_fail", live_switch.follow_load),
        ("save_pre", live_switch.put_away),
        ("save_post", live_switch.put_back),
        ("save_post_fail", live_switch.put_back),
        ("undo_post", live_switch.follow_undo),
        ("redo_post", live_switch.follow_undo),
        ("undo_post", queue.follow_undo),
        ("redo_post", queue.follow_undo),
        ("depsgraph_update_post", live_switch.follow_paint),
    ):
        _add_handler(getattr(bpy.app.handlers, moment), handler)
    handle = bpy.utils.register_cli_command("nifty", _command)
    _undo.insert(0, lambda: bpy.utils.unregister_cli_command(handle))
    atexit.register(job.close_all)
    _undo.insert(0, lambda: atexit.unregister(job.close_all))
    _undo.insert(0, job.close_all)
    _undo.insert(0, queue.cancel_all)
    _undo.insert(0, live_switch.switch_off)


def unregister() -> None:
    """Undo register(), and leave no process and no file of a run behind."""
    while _undo:
        _undo.pop(0)()


def _register_class(cls: type) -> None:
    bpy.utils.register_class(cls)
    _undo.insert(0, lambda: bpy.utils.unregister_class(cls))


def _add_handler(handlers: list[Callable[..., None]], handler: Callable[..., None]) -> None:
    handlers.append(handler)
    _undo.insert(0, lambda: handlers.remove(handler))


def _command(arguments: Sequence[str]) -> int:
    from .command import main

    return main(arguments)


@persistent
def _stop_before_load(_path: str) -> None:
    from . import job, live_switch, queue

    live_switch.forget()
    queue.cancel_all()
    job.close_all()

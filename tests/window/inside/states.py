# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures of the panel where nothing can be synthesized, of its settings, of the preferences."""

from contextlib import suppress
from pathlib import Path

import bpy
import stage


def scenario(folder: Path, screenshots: Path, report: dict[str, object]) -> stage.Steps:
    yield from stage.set_up(with_image=False)
    yield from stage.photograph(screenshots / "6-no-node.png")
    tree = stage.material().node_tree
    node = tree.nodes.new("ShaderNodeTexImage")
    tree.nodes.active = node
    yield from stage.photograph(screenshots / "7-no-image.png")
    path = folder / "missing.png"
    node.image = bpy.data.images.load(str(stage.EXEMPLAR))
    node.image.filepath = str(path)
    node.image.reload()
    yield from stage.photograph(screenshots / "8-missing-file.png")
    with suppress(LookupError):  # A button that is greyed out has no command to copy.
        yield from stage.click_button("nifty.synthesize")
    yield 1.0
    assert not stage.running()
    node.image = bpy.data.images.load(str(stage.EXEMPLAR), check_existing=False)
    bpy.context.scene.nifty.size_mode = "PIXELS"
    yield from stage.open_settings()
    yield from stage.photograph(screenshots / "9-settings-paper.png")
    bpy.context.scene.nifty.method = "fast"
    yield from stage.photograph(screenshots / "9-settings-fast.png")
    workers = stage.nifty("worker")
    assert not workers._all
    bpy.context.preferences.addons[stage.EXTENSION].preferences.starts_with_panel = True
    stage.editor().tag_redraw()
    yield lambda: workers._waiting is not None
    report["worker"] = workers._waiting.pid
    stage.editor().ui_type = "PREFERENCES"
    bpy.context.preferences.active_section = "ADDONS"
    bpy.context.window_manager.addon_search = "NIFTY"
    yield 0.5
    bpy.ops.preferences.addon_expand(module=stage.EXTENSION)
    yield from stage.photograph(screenshots / "10-preferences.png")

# SPDX-License-Identifier: GPL-3.0-or-later
"""Played in Blender's window: the add-on's tab in the shader editor, after a run."""

from pathlib import Path

import bpy
import stage

WIDTH = 830
"""Pixels of the shader editor: what a page shows at 100 %."""


def scenario(folder: Path, screenshots: Path, report: dict[str, object]) -> stage.Steps:
    yield from stage.set_up()
    bpy.context.scene.nifty.method = "fast"
    nodes = stage.material().node_tree.nodes
    nodes.remove(nodes["Mapping"])
    stage.texture_nodes()[0].location = -480, 430  # clear of the shader's node
    stage.split("VERTICAL", WIDTH)
    yield 1.0
    yield from stage.click_button("nifty.synthesize")
    yield lambda: len(stage.texture_nodes()) == 2 and not stage.running()
    yield from stage.move(stage.editor().x + 400, stage.editor().y + 40)
    yield from stage.photograph(screenshots / "panel.png", stage.editor())

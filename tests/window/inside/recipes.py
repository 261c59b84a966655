# SPDX-License-Identifier: GPL-3.0-or-later
"""Another variation from the shader editor and by the search, and a redo from the image editor."""

from pathlib import Path
from typing import Any

import bpy
import stage


def scenario(folder: Path, screenshots: Path, report: dict[str, object]) -> stage.Steps:
    yield from stage.set_up()
    bpy.context.scene.nifty.method = "fast"
    yield from stage.click_button("nifty.synthesize")
    yield lambda: len(stage.texture_nodes()) == 2 and not stage.running()
    nodes = stage.material().node_tree.nodes
    nodes.active = stage.texture_nodes()[1]
    yield from stage.photograph(screenshots / "18-recipe.png")
    yield from stage.click_button("nifty.another")
    yield lambda: len(stage.texture_nodes()) == 3 and not stage.running()

    yield from stage.press("F3")
    yield 0.5
    for letter in "another var":
        key: Any = "SPACE" if letter == " " else letter.upper()
        stage.window().event_simulate(type=key, value="PRESS", unicode=letter)
        yield 0.1
    yield 0.5
    yield from stage.photograph(screenshots / "19-search.png")
    yield from _key("RET")
    yield lambda: len(stage.texture_nodes()) == 4 and not stage.running()

    area = stage.editor()
    area.ui_type = "IMAGE_EDITOR"
    area.spaces.active.image = bpy.data.images["bricks_256 NIFTY.002"]
    area.spaces.active.show_region_ui = True
    yield 1.0
    region = next(region for region in area.regions if region.type == "UI")
    if not bpy.types.Region.bl_rna.properties["active_panel_category"].is_readonly:
        region.active_panel_category = "NIFTY"
    yield from stage.photograph(screenshots / "20-image-editor.png")
    with bpy.context.temp_override(window=stage.window(), area=area):
        bpy.ops.nifty.redo("INVOKE_DEFAULT")
    yield lambda: len(stage.texture_nodes()) == 5 and not stage.running()
    report["shown in the image editor"] = area.spaces.active.image.name
    yield from stage.photograph(screenshots / "21-image-editor-after.png")
    made = [image for image in bpy.data.images if "nifty" in image]
    report["seeds"] = [image["nifty"]["seed"] for image in made]


def _key(name: Any) -> stage.Steps:
    for value in ("PRESS", "RELEASE"):
        stage.window().event_simulate(type=name, value=value)
        yield 0.1

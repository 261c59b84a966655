# SPDX-License-Identifier: GPL-3.0-or-later
"""A whole material: mend its normal map, synthesize all maps by a click, see it tiled, undo."""

import time
from pathlib import Path

import bpy
import stage

MAPS = {"Base Color": "", "Roughness": "_roughness", "Normal": "_normal"}
"""What each of the exemplar's files is for, by the end of its name."""


def scenario(folder: Path, screenshots: Path, report: dict[str, object]) -> stage.Steps:
    yield from stage.set_up(with_image=False)
    bpy.context.scene.nifty.method = "fast"
    bpy.context.scene.nifty.tile = "xy"
    _add_maps(stage.material())
    images = set(bpy.data.images.keys())
    bpy.ops.ed.undo_push(message="Maps")
    yield from stage.photograph(screenshots / "11-both-panels.png")
    yield from stage.collapse_first_panel()
    yield from stage.photograph(screenshots / "12-material-bent.png")
    yield from stage.click_button("nifty.mend_normals")
    normal = bpy.data.images["bricks_512_normal.png"]
    yield lambda: normal.colorspace_settings.name == "Non-Color"
    yield from stage.photograph(screenshots / "13-material-ready.png")

    started = time.monotonic()
    yield from stage.click_button("nifty.synthesize_material")
    clicked = time.monotonic()
    yield lambda: "Wall NIFTY" in bpy.data.materials and not stage.running()
    report["seconds"] = time.monotonic() - clicked
    report["finding the button"] = clicked - started
    cube = bpy.data.objects["Cube"]
    assert cube.active_material == bpy.data.materials["Wall NIFTY"]
    made = {name for name in bpy.data.images.keys() if name not in images}
    assert made == {f"bricks_512{end} NIFTY" for end in MAPS.values()}
    assert all(tuple(bpy.data.images[name].size) == (1024, 1024) for name in made)
    assert all(bpy.data.images[name].packed_file for name in made)
    assert bpy.data.images["bricks_512_normal NIFTY"].colorspace_settings.name == "Non-Color"
    yield from stage.photograph(screenshots / "15-material-done.png")

    yield from stage.click_button("nifty.tiling_preview")
    nodes = bpy.data.materials["Wall NIFTY"].node_tree.nodes
    yield lambda: any(node.bl_idname == "ShaderNodeMapping" for node in nodes)
    yield from stage.photograph(screenshots / "16-material-tiled.png")
    yield from stage.press("Z", ctrl=True)
    yield from stage.press("Z", ctrl=True)
    yield lambda: "Wall NIFTY" not in bpy.data.materials
    assert set(bpy.data.images.keys()) == images
    assert bpy.data.objects["Cube"].active_material == stage.material()

    bpy.context.scene.nifty.factor = 4.0
    # The method that is still at it when the picture is taken and the key pressed.
    bpy.context.scene.nifty.method = "paper"
    yield from stage.click_button("nifty.synthesize_material")
    yield lambda: stage.running() and stage.nifty("queue").runs[0].images
    yield from stage.photograph(screenshots / "14-material-running.png")
    assert stage.running(), "over before it could be stopped"
    yield from stage.press("ESC")
    yield lambda: not stage.running()
    assert set(bpy.data.images.keys()) == images
    assert "Wall NIFTY" not in bpy.data.materials


def _add_maps(material: bpy.types.Material) -> None:
    """The exemplar's maps; the normal map in the colour space that Blender gives it."""
    tree = material.node_tree
    shader = tree.nodes["Principled BSDF"]
    for number, (socket, end) in enumerate(MAPS.items()):
        node = tree.nodes.new("ShaderNodeTexImage")
        name = f"{stage.EXEMPLAR.stem.replace('256', '512')}{end}.png"
        node.image = bpy.data.images.load(str(stage.EXEMPLAR.with_name(name)))
        node.location = (-600, 300 - 300 * number)
        if socket == "Roughness":
            node.image.colorspace_settings.name = "Non-Color"
        output = node.outputs["Color"]
        if socket == "Normal":
            mapped = tree.nodes.new("ShaderNodeNormalMap")
            mapped.location = (-250, -300)
            tree.links.new(output, mapped.inputs["Color"])
            output = mapped.outputs["Normal"]
        tree.links.new(output, shader.inputs[socket])

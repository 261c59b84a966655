# SPDX-License-Identifier: GPL-3.0-or-later
"""Played in Blender's window: the 2 × 2 preview of a seamless material, beside its button."""

from pathlib import Path
from typing import Any

import bpy
import stage
from mathutils import Quaternion
from nodes import BRICKWORK, wall

HEIGHT = 580
WIDTH = 272
"""Pixels of the shader editor, little more than the add-on's tab."""

SIDE = 550
"""Pixels of the 3D viewport's width."""

SEED = 1
"""One of those whose courses do not break, seen by eye: another version may need another one."""


def scenario(folder: Path, screenshots: Path, report: dict[str, object]) -> stage.Steps:
    yield from stage.set_up(with_image=False)
    shown: Any = bpy.context.scene.nifty
    shown.method, shown.tile, shown.seed = "fast", "xy", SEED
    shown.size_mode, shown.width, shown.height = "PIXELS", BRICKWORK, BRICKWORK
    for direction, size in (
        ("HORIZONTAL", HEIGHT),
        ("VERTICAL", SIDE + WIDTH),
        ("VERTICAL", WIDTH),
    ):
        stage.split(direction, size)
        yield 1.0
    bpy.context.scene.view_settings.view_transform = "Standard"  # the texture's own colours
    viewport = _new_viewport()
    _show_plane(viewport)
    yield from stage.open_tab()
    yield from stage.collapse_first_panel()
    yield from stage.click_button("nifty.synthesize_material")
    yield lambda: "Bricks NIFTY" in bpy.data.materials and not stage.running()
    yield from stage.click_button("nifty.tiling_preview")
    yield 5.0
    yield from stage.photograph(screenshots / "tiling.jpg", viewport, stage.editor())


def _new_viewport() -> bpy.types.Area:
    """Left of the shader editor, from above, with nothing but what a render shows."""
    editor = stage.editor()
    (area,) = (a for a in stage.window().screen.areas if abs(a.x + a.width - editor.x) < 4)
    area.ui_type = "VIEW_3D"
    space: Any = area.spaces.active
    space.shading.type = "MATERIAL"
    space.overlay.show_overlays = space.show_gizmo = space.show_region_toolbar = False
    space.show_region_ui = space.show_region_tool_header = False
    view = space.region_3d
    view.view_perspective, view.view_rotation = "ORTHO", Quaternion()
    view.view_location, view.view_distance = (0, 0, 0), 1.52
    return area


def _show_plane(viewport: bpy.types.Area) -> None:
    """Let a plane in the material be all that there is."""
    bpy.data.objects.remove(bpy.data.objects["Cube"])
    with bpy.context.temp_override(window=stage.window(), area=viewport):
        bpy.ops.mesh.primitive_plane_add(size=2)
    plane: Any = bpy.context.object
    material = wall("Bricks", "bricks_512", 1, depth=0.005)
    plane.data.materials.append(material)
    for node in material.node_tree.nodes:
        node.location.x -= 9000  # out of sight: the editor is there for its tab

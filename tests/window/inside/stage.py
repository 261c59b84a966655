# SPDX-License-Identifier: GPL-3.0-or-later
"""What the scenarios share: a material in the shader editor, the mouse, the keys, the camera."""

import importlib
import subprocess
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import Any

import bpy

EXEMPLAR = Path(__file__).parents[3] / "examples" / "bricks_256.png"
EXTENSION = "bl_ext.user_default.nifty"
Steps = Generator[float | Callable[[], bool], None, None]


def nifty(module: str):
    """A module of the installed extension."""
    return importlib.import_module(f"{EXTENSION}.nifty_blender.{module}")


def running() -> bool:
    """Whether a synthesis is under way."""
    return bool(nifty("queue").runs)


def window() -> bpy.types.Window:
    return bpy.context.window_manager.windows[0]


def editor() -> bpy.types.Area:
    """The shader editor that set_up() opened; of its parts, the one on the upper right."""
    areas = [area for area in window().screen.areas if area.type == "NODE_EDITOR"]
    return max(areas, key=lambda area: (area.y, area.x))


def material() -> bpy.types.Material:
    return bpy.data.materials["Wall"]


def texture_nodes() -> list[bpy.types.ShaderNodeTexImage]:
    nodes = material().node_tree.nodes
    return [node for node in nodes if isinstance(node, bpy.types.ShaderNodeTexImage)]


def set_up(with_image: bool = True) -> Steps:
    """Give the cube a material with an image, and open the sidebar of a large shader editor."""
    bpy.ops.preferences.addon_enable(module=EXTENSION)
    area = max(window().screen.areas, key=lambda area: area.width * area.height)
    area.ui_type = "ShaderNodeTree"
    cube = bpy.data.objects["Cube"]
    wall = bpy.data.materials.new("Wall")
    if bpy.app.version < (5, 0, 0):
        wall.use_nodes = True
    cube.data.materials.clear()
    cube.data.materials.append(wall)
    tree = wall.node_tree
    if with_image:
        node = tree.nodes.new("ShaderNodeTexImage")
        node.image = bpy.data.images.load(str(EXEMPLAR))
        node.location = (-300, 300)
        mapping = tree.nodes.new("ShaderNodeMapping")
        mapping.location = (-600, 300)
        tree.links.new(mapping.outputs["Vector"], node.inputs["Vector"])
        tree.links.new(node.outputs["Color"], tree.nodes["Principled BSDF"].inputs["Base Color"])
        tree.nodes.active = node
    area.spaces.active.show_region_ui = True
    # The method that takes long enough to be watched.
    bpy.context.scene.nifty.method = "paper"
    bpy.ops.ed.undo_push(message="Set up")
    yield 1.5
    yield from open_tab()


def open_tab() -> Steps:
    """Let the shader editor's sidebar show NIFTY's panels."""
    if bpy.types.Region.bl_rna.properties["active_panel_category"].is_readonly:
        yield from click_tab()
    else:
        sidebar().active_panel_category = "NIFTY"
    yield 1.0


def split(direction: Any, size: int) -> None:
    """Leave the right, or the upper, part of the shader editor's area to it.

    Args:
        direction: ``"VERTICAL"`` beside each other, ``"HORIZONTAL"`` one above the other.
        size: the width or the height of that part, in pixels.
    """
    area = editor()
    whole = area.width if direction == "VERTICAL" else area.height
    with bpy.context.temp_override(window=window(), area=area):
        bpy.ops.screen.area_split(direction=direction, factor=1 - size / whole)


def sidebar() -> bpy.types.Region:
    return next(region for region in editor().regions if region.type == "UI")


def click_tab() -> Steps:
    """Click at the sidebar's tabs from the top down until NIFTY's panel is drawn."""
    drawn = []
    panel = bpy.types.NIFTY_PT_synthesize
    panel.append(note := lambda self, context: drawn.append(True))
    region = sidebar()
    try:
        for y in range(region.y + region.height - 20, region.y + 20, -25):
            if drawn:
                return
            yield from click(region.x + region.width - 8, y)
            yield 0.4
    finally:
        panel.remove(note)


def click(x: int, y: int) -> Steps:
    """Press and release the left mouse button there."""
    yield from move(x, y)
    window().event_simulate(type="LEFTMOUSE", value="PRESS", x=x, y=y)
    yield 0.1
    window().event_simulate(type="LEFTMOUSE", value="RELEASE", x=x, y=y)
    yield 0.1


def move(x: int, y: int) -> Steps:
    window().event_simulate(type="MOUSEMOVE", value="NOTHING", x=x, y=y)
    yield 0.06


def press(key: Any, **modifiers: Any) -> Steps:
    """Press and release a key, with the mouse over the shader editor's nodes."""
    area = editor()
    x, y = area.x + 200, area.y + 200
    yield from move(x, y)
    for value in ("PRESS", "RELEASE"):
        window().event_simulate(type=key, value=value, x=x, y=y, **modifiers)
        yield 0.1


def click_button(command: str, across: float = 0.5) -> Steps:
    """Click the sidebar's button that runs ``command``, wherever it is drawn."""
    x, y = yield from find_button(command, across)
    yield from click(x, y)


def find_button(
    command: str, across: float = 0.5
) -> Generator[float | Callable[[], bool], None, tuple[int, int]]:
    """Where the sidebar's button that runs ``command`` is.

    Blender does not tell where a button is, but it can copy the command of the one under the mouse.

    Args:
        command: what the button's command contains.
        across: how far from the sidebar's left to its right the button is looked for.
    """
    region = sidebar()
    x = region.x + round(across * region.width)
    for y in range(region.y + region.height - 10, region.y + 5, -12):
        yield from move(x, y)
        yield from move(x + 1, y)
        if command in _command_under_mouse():
            return x, y
    raise LookupError(f"no button runs {command}")


def open_settings() -> Steps:
    """Click below the Synthesize button until the closed panel there is drawn."""
    drawn = []
    panel = bpy.types.NIFTY_PT_settings
    panel.append(lambda self, context: drawn.append(True))
    x, y = yield from find_button("nifty.synthesize")
    while not drawn:
        y -= 12
        assert y > sidebar().y, "the settings do not open"
        yield from move(x, y)
        if "nifty" not in _command_under_mouse():
            yield from click(x, y)
            yield 0.4


def collapse_first_panel() -> Steps:
    """Click at the heads of panels until that of single images is closed."""
    drawn = []
    note = lambda self, context: drawn.append(True)  # noqa: E731
    bpy.types.NIFTY_PT_synthesize.append(note)
    region = sidebar()
    x = region.x + region.width // 3
    y = region.y + region.height - 12
    try:
        while True:
            yield from click(x, y)
            drawn.clear()
            region.tag_redraw()
            yield 0.6
            if not drawn:
                return
            y -= 12
            assert y > region.y, "the panel does not close"
    finally:
        bpy.types.NIFTY_PT_synthesize.remove(note)


def _command_under_mouse() -> str:
    manager = bpy.context.window_manager
    manager.clipboard = ""
    with bpy.context.temp_override(window=window(), area=editor(), region=sidebar()):
        if bpy.ops.ui.copy_python_command_button.poll():
            bpy.ops.ui.copy_python_command_button()
    return manager.clipboard


def photograph(path: Path, *shown: bpy.types.Area) -> Steps:
    """Take a picture of the whole screen, or of these areas and what is between them.

    It is taken after all has been drawn, and is of the format that the path's ending says.
    """
    for area in window().screen.areas:
        area.tag_redraw()
    yield 0.5
    crop = ["-crop", _around(shown), "+repage"] if shown else []
    subprocess.run(["import", "-window", "root", *crop, str(path)], check=True)


def _around(areas: Sequence[bpy.types.Area]) -> str:
    """The smallest part of the screen that holds areas, from the top, as ImageMagick names it."""
    left, bottom = min(area.x for area in areas), min(area.y for area in areas)
    width = max(area.x + area.width for area in areas) - left
    height = max(area.y + area.height for area in areas) - bottom
    return f"{width}x{height}+{left}+{window().height - bottom - height}"

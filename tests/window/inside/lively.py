# SPDX-License-Identifier: GPL-3.0-or-later
"""Live: how soon the viewport shows each change, and how long the window is held meanwhile."""

import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

import bpy
import stage

CHANGES = 8


def scenario(folder: Path, screenshots: Path, report: dict[str, object]) -> stage.Steps:
    yield from stage.set_up()
    bpy.context.scene.nifty.method = "fast"
    images = set(bpy.data.images.keys())
    _open_viewport()
    yield 3.0
    clock = _Clock()
    x, y = yield from stage.find_button("nifty.live")
    yield from stage.click(x, y)
    switch = stage.nifty("live_switch")
    yield lambda: clock.drawn > 0.0
    yield 2.0
    report["seconds"] = clock.seconds = []
    for seed in range(1, CHANGES + 1):
        clock.start()
        bpy.context.scene.nifty.seed = seed
        yield lambda: clock.drawn > 0.0
        clock.note()
        yield 0.3
    yield from stage.photograph(screenshots / "15-live.png")

    # Dragged: a change at each look.
    clock.count = 0
    began = time.monotonic()
    for seed in range(100, 160):
        bpy.context.scene.nifty.seed = seed
        yield 0.03
    report["dragged"] = time.monotonic() - began
    report["pictures while dragged"] = clock.count
    last = switch.now
    yield lambda: last.reached.settings.seed == 159 and last._job is None
    report["held"] = clock.held[:]

    bpy.context.scene.nifty.size_mode = "PIXELS"
    bpy.context.scene.nifty.width = bpy.context.scene.nifty.height = 4096
    clock.start()
    yield lambda: clock.drawn > 0.0
    report["shown"] = tuple(stage.texture_nodes()[0].image.size)
    yield from stage.photograph(screenshots / "16-live-smaller.png")
    bpy.context.scene.nifty.size_mode = "FACTOR"

    path = folder / "live.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    assert stage.texture_nodes()[0].image.name == "bricks_256 NIFTY Live"
    yield 1.0
    yield from stage.click(x, y)
    yield lambda: switch.now is None
    assert set(bpy.data.images.keys()) == images
    assert stage.texture_nodes()[0].image.name == "bricks_256.png"
    clock.start()
    yield from stage.press("Z", ctrl=True)
    yield lambda: switch.now is not None and clock.drawn > 0.0
    yield from stage.photograph(screenshots / "17-live-after-undo.png")
    yield from stage.press("Z", ctrl=True)
    yield lambda: switch.now is None
    assert stage.texture_nodes()[0].image.name == "bricks_256.png"

    yield from stage.click(x, y)
    yield lambda: switch.now is not None
    report["seconds after a stroke"] = yield from _paint(clock)
    yield from stage.photograph(screenshots / "18-live-painted.png")
    clock.close()
    bpy.ops.wm.open_mainfile(filepath=str(path))
    yield 1.0
    assert switch.now is None
    assert stage.texture_nodes()[0].image.name == "bricks_256.png"


def _paint(clock: "_Clock") -> Generator[Any, None, float]:
    """Paint on the source in an image editor, with the mouse; seconds until a draft shows it."""
    source = bpy.data.images["bricks_256.png"]
    area = next(a for a in stage.window().screen.areas if a.type == "VIEW_3D")
    area.ui_type = "IMAGE_EDITOR"
    area.spaces.active.image = source
    area.spaces.active.mode = "PAINT"
    yield 2.0
    region = next(region for region in area.regions if region.type == "WINDOW")
    with bpy.context.temp_override(window=stage.window(), area=area, region=region):
        _take_brush()
    x, y = region.x + region.width // 2, region.y + region.height // 2
    yield from stage.click(x, y)  # The first press only wakes the brush.
    yield 1.0
    clock.start()
    yield from stage.move(x, y)
    stage.window().event_simulate(type="LEFTMOUSE", value="PRESS", x=x, y=y)
    for _ in range(10):
        x += 4
        yield from stage.move(x, y)
    assert source.is_dirty
    assert clock.shown == 0.0, "not before the stroke ends"
    clock.start()
    before = clock.count
    stage.window().event_simulate(type="LEFTMOUSE", value="RELEASE", x=x, y=y)
    yield lambda: clock.shown > 0.0
    seconds = round(clock.shown - clock.started, 3)
    yield 1.0
    assert clock.count == before + 1, "once a stroke"
    area.ui_type = "VIEW_3D"
    yield 1.0
    return seconds


def _take_brush() -> None:
    """Have a brush, which Debian's Blender 4.3 comes without."""
    if bpy.context.tool_settings.image_paint.brush is None:
        brush = bpy.data.brushes.new("Round", mode="TEXTURE_PAINT")
        brush.asset_mark()
        bpy.ops.brush.asset_activate(
            asset_library_type="LOCAL", relative_asset_identifier=f"Brush/{brush.name}"
        )


def _open_viewport() -> None:
    """Show the material beside the shader editor, as a render would."""
    area = max(
        (a for a in stage.window().screen.areas if a != stage.editor()),
        key=lambda a: a.width * a.height,
    )
    area.ui_type = "VIEW_3D"
    area.spaces.active.shading.type = "MATERIAL"
    tree = stage.material().node_tree
    coordinates = tree.nodes.new("ShaderNodeTexCoord")
    coordinates.location = (-800, 300)
    tree.links.new(coordinates.outputs["UV"], tree.nodes["Mapping"].inputs["Vector"])
    bpy.ops.ed.undo_push(message="Viewport")


class _Clock:
    """Notes when a draft's picture was in the image, when the viewport was drawn with it, and how
    long each of our turns held the window."""

    def __init__(self) -> None:
        module = stage.nifty("live")
        show, step = module.Live._show, module.Live.step
        self.held: list[float] = []
        self.seconds: list[dict[str, float]] = []
        self.count = 0
        self.start()

        def shown(live: Any, *arguments: Any) -> None:
            show(live, *arguments)
            self.shown = time.monotonic()
            self.count += 1

        def stepped(live: Any) -> Any:
            before = time.monotonic()
            try:
                return step(live)
            finally:
                self.held.append(round(time.monotonic() - before, 4))

        module.Live._show, module.Live.step = shown, stepped
        self._handler = bpy.types.SpaceView3D.draw_handler_add(
            self._draw, (), "WINDOW", "POST_PIXEL"
        )

    def start(self) -> None:
        self.shown = self.drawn = 0.0
        self.started = time.monotonic()

    def note(self) -> None:
        times = {"shown": self.shown, "drawn": self.drawn}
        self.seconds.append({name: round(at - self.started, 3) for name, at in times.items()})

    def _draw(self) -> None:
        if self.shown and not self.drawn:
            self.drawn = time.monotonic()

    def close(self) -> None:
        bpy.types.SpaceView3D.draw_handler_remove(self._handler, "WINDOW")

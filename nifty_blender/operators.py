# SPDX-License-Identifier: GPL-3.0-or-later
"""What an artist and a script can do: synthesize, cancel, a new seed."""

import random
import sys
import time
import traceback
from typing import Any

import bpy
from bpy.props import IntProperty, StringProperty

from ..addon_core.settings import ALLOWED, DEFAULTS, PRESETS
from . import nodes, run
from .properties import LARGEST_SIDE, apply, setting_properties, settings_of

INTERVAL = 0.02
"""Seconds between two looks at the worker: a texture is there that much later at most."""

REDRAW = 0.25
"""Seconds between two drawings of the progress: they take from the worker's time."""


class _Synthesize(bpy.types.Operator):
    bl_idname = "nifty.synthesize"
    bl_label = "Synthesize"
    bl_description = "Make a new texture from the image of the active Image Texture node"
    bl_options = {"UNDO"}

    image: StringProperty(
        name="Image",
        description="Name of the image to start from; the active Image Texture node's if empty",
        options={"SKIP_SAVE"},
    )
    width: IntProperty(
        name="Width",
        description="Width of the new texture in pixels; twice the source's if not given",
        min=0,
        max=LARGEST_SIDE,
        options={"SKIP_SAVE"},
    )
    height: IntProperty(
        name="Height",
        description="Height of the new texture in pixels; twice the source's if not given",
        min=0,
        max=LARGEST_SIDE,
        options={"SKIP_SAVE"},
    )
    preset: StringProperty(
        name="Preset",
        description="Shipped preset from which settings that are not given are taken",
        options={"SKIP_SAVE"},
    )

    _timer: bpy.types.Timer | None = None
    _drawn = 0.0

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        if run.current is not None:
            cls.poll_message_set("A synthesis is under way")
            return False
        return True

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """From the panel: what is not given is what the panel shows."""
        shown = context.scene.nifty  # type: ignore[attr-defined]
        for name in () if self.preset else DEFAULTS:
            if not self.properties.is_property_set(name):
                setattr(self, name, getattr(shown, name))
        node = nodes.active_image_node(context)
        image = bpy.data.images.get(self.image) if self.image else node and node.image
        if image is not None and not self._size_is_given():
            self.width, self.height = shown.output_size(image)
        return self.execute(context)

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Start; with a window go on as a modal operator, without one to the end."""
        try:
            run.current = self._started(context)
            if not bpy.app.background:
                return self._become_modal(context)
            return self._concluded(run.current.wait())
        except (run.Refused, ValueError) as error:
            return self._refused(str(error))
        except Exception:
            return self._broken()

    def _started(self, context: bpy.types.Context) -> run.Run:
        image, place = self._source(context)
        if self.preset:
            self._take_preset()
        settings = settings_of(self)
        if image is not None and not self.properties.is_property_set("width"):
            self.width = 2 * image.size[0]
        if image is not None and not self.properties.is_property_set("height"):
            self.height = 2 * image.size[1]
        return run.Run(image, self.width, self.height, settings, place)

    def _source(
        self, context: bpy.types.Context
    ) -> tuple[bpy.types.Image | None, nodes.NodePlace | None]:
        node = nodes.active_image_node(context)
        if not self.image:
            if node is None:
                raise run.Refused(
                    "There is no image. Select an Image Texture node in the shader editor, or "
                    "give the name of an image."
                )
            return node.image, nodes.place_of(context, node)
        image = bpy.data.images.get(self.image)
        if image is None:
            raise run.Refused(f"There is no image named “{self.image}” in this file.")
        place = nodes.place_of(context, node) if node and node.image == image else None
        return image, place

    def _size_is_given(self) -> bool:
        return any(self.properties.is_property_set(name) for name in ("width", "height"))

    def _take_preset(self) -> None:
        if self.preset not in PRESETS:
            raise run.Refused(
                f"There is no preset “{self.preset}”. There are: {', '.join(PRESETS)}."
            )
        given = {
            name: getattr(self, name) for name in DEFAULTS if self.properties.is_property_set(name)
        }
        apply(PRESETS[self.preset], self)
        for name, value in given.items():
            setattr(self, name, value)

    def _become_modal(self, context: bpy.types.Context) -> set[str]:
        manager = context.window_manager
        self._timer = manager.event_timer_add(INTERVAL, window=context.window)
        manager.modal_handler_add(self)
        self._draw(context)
        return {"RUNNING_MODAL"}

    def modal(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Look at the worker now and then; every event but ESC is for others too."""
        try:
            if run.current is None:
                self._leave(context)
                return self._cancelled()
            if event.type == "ESC" and event.value == "PRESS":
                self.cancel(context)
                return self._cancelled()
            if event.type != "TIMER":
                return {"PASS_THROUGH"}
            outcome = run.current.poll()
            if outcome is run.Outcome.RUNNING:
                if time.monotonic() - self._drawn >= REDRAW:
                    self._draw(context)
                return {"PASS_THROUGH"}
            self._leave(context)
            return self._concluded(outcome)
        except (run.Refused, ValueError) as error:
            self._leave(context)
            return self._refused(str(error))
        except Exception:
            self._leave(context)
            return self._broken()

    def cancel(self, context: bpy.types.Context) -> None:
        """Stop; Blender calls this too when it ends the operator, at a file's load or its end."""
        stop()
        self._leave(context)

    def _draw(self, context: bpy.types.Context) -> None:
        self._drawn = time.monotonic()
        _redraw(context)

    def _leave(self, context: bpy.types.Context) -> None:
        if self._timer is not None:
            context.window_manager.event_timer_remove(self._timer)
            self._timer = None
        _redraw(context)

    def _concluded(self, outcome: run.Outcome) -> set[str]:
        finished, run.current = run.current, None
        if finished is None or outcome is run.Outcome.CANCELLED:
            return self._cancelled()
        image = finished.image
        assert image is not None
        for warning in finished.warnings:
            self.report({"WARNING"}, warning)
        self.report(
            {"INFO"},
            f"NIFTY made “{image.name}”, {finished.width} × {finished.height} pixels, "
            f"in {finished.elapsed:.1f} s",
        )
        return {"FINISHED"}

    def _cancelled(self) -> set[str]:
        self.report({"INFO"}, "NIFTY was cancelled; nothing was changed")
        return {"CANCELLED"}

    def _refused(self, message: str) -> set[str]:
        stop()
        self.report({"ERROR"}, message)
        return {"CANCELLED"}

    def _broken(self) -> set[str]:
        traceback.print_exc()
        error = sys.exc_info()[1]
        return self._refused(
            f"NIFTY met an error of its own and changed nothing ({type(error).__name__}: {error}). "
            "The system console tells more; please report it."
        )


NIFTY_OT_synthesize = type(
    "NIFTY_OT_synthesize",
    (_Synthesize,),
    {"__annotations__": setting_properties("SKIP_SAVE"), "__doc__": _Synthesize.bl_description},
)


class NIFTY_OT_cancel(bpy.types.Operator):
    bl_idname = "nifty.cancel"
    bl_label = "Cancel"
    bl_description = "Stop the synthesis and leave the file as it was"
    bl_options = {"INTERNAL"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return run.current is not None

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Stop the worker; the operator that started it sees that and ends."""
        stop()
        _redraw(context)
        return {"FINISHED"}


class NIFTY_OT_new_seed(bpy.types.Operator):
    bl_idname = "nifty.new_seed"
    bl_label = "New Seed"
    bl_description = "Draw another seed, for another texture of the same kind"
    bl_options = {"UNDO", "INTERNAL"}

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Set a random seed on the scene."""
        highest = ALLOWED["seed"].maximum
        assert highest is not None
        properties: Any = context.scene.nifty  # type: ignore[attr-defined]
        properties.seed = random.randint(0, int(highest))
        return {"FINISHED"}


def stop() -> None:
    """End the run that is under way, if there is one, and leave nothing of it."""
    if run.current is not None:
        stopped, run.current = run.current, None
        stopped.cancel()


def _redraw(context: bpy.types.Context) -> None:
    for window in context.window_manager.windows:
        for area in window.screen.areas:
            if area.type in {"NODE_EDITOR", "IMAGE_EDITOR"}:
                area.tag_redraw()

# SPDX-License-Identifier: GPL-3.0-or-later
"""Operators that make textures: what all of them do from the click to the new images."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable

import bpy

from . import queue, sidebars
from .checks import Refused
from .run import Run

INTERVAL = 0.02
"""Seconds between two looks at the worker: a texture is there that much later at most."""

WAITING = 0.1
"""Seconds between two looks of a run that waits for its turn."""

REDRAW = 0.25
"""Seconds between two drawings of the progress: they take from the worker's time."""


class Working(bpy.types.Operator):
    """Puts a run into the queue and sees it through: one operator, one run, one undo step.

    With a window it goes on as a modal operator, without one to the end.
    """

    _run: Run | None = None
    _timer: bpy.types.Timer | None = None
    _is_at_work = False
    _drawn = 0.0

    def asked(self, context: bpy.types.Context) -> Run:
        """The run that is wanted.

        Raises:
            Refused: there can be none; the message says why.
            ValueError: settings that do not go together.
        """
        raise NotImplementedError

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Start."""
        return self._guarded(context, self._start)

    def modal(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Look at the worker now and then; every event but ESC is for others too."""
        if self._run not in queue.runs:
            self._leave(context)
            return self._cancelled()
        if self._run is not queue.runs[0]:
            return {"PASS_THROUGH"}
        if event.type == "ESC" and event.value == "PRESS":
            self.cancel(context)
            return self._cancelled()
        return self._guarded(context, self._look) if event.type == "TIMER" else {"PASS_THROUGH"}

    def cancel(self, context: bpy.types.Context) -> None:
        """Stop; Blender calls this too when it ends the operator, at a file's load or its end."""
        if self._run is not None:
            queue.cancel(self._run)
        self._leave(context)

    def _guarded(
        self, context: bpy.types.Context, step: Callable[[bpy.types.Context], set[str]]
    ) -> set[str]:
        try:
            return step(context)
        except (Refused, ValueError) as error:
            return self._refused(context, str(error))
        except Exception as error:
            traceback.print_exc()
            return self._refused(
                context,
                "NIFTY met an error of its own and changed nothing "
                f"({type(error).__name__}: {error}). The system console tells more; please report "
                "it.",
            )

    def _start(self, context: bpy.types.Context) -> set[str]:
        run = self.asked(context)
        if queue.is_asked_for(run):  # A double click, more likely than not.
            self.report(
                {"INFO"},
                f"“{run.title}” is being made with this seed and these settings already. Another "
                "seed makes another texture",
            )
            return {"CANCELLED"}
        self._run = run
        queue.runs.append(run)
        if bpy.app.background:
            run.wait()
            return self._concluded(context)
        if run is queue.runs[0]:
            run.poll()
        self._set_timer(context)
        context.window_manager.modal_handler_add(self)
        sidebars.redraw()
        return {"RUNNING_MODAL"}

    def _look(self, context: bpy.types.Context) -> set[str]:
        assert self._run is not None
        if self._run.poll():
            return self._concluded(context)
        if not self._is_at_work:
            self._set_timer(context)
        if time.monotonic() - self._drawn >= REDRAW:
            self._drawn = time.monotonic()
            sidebars.redraw()
        return {"PASS_THROUGH"}

    def _set_timer(self, context: bpy.types.Context) -> None:
        manager = context.window_manager
        if self._timer is not None:
            manager.event_timer_remove(self._timer)
        self._is_at_work = self._run is queue.runs[0]
        interval = INTERVAL if self._is_at_work else WAITING
        self._timer = manager.event_timer_add(interval, window=context.window)

    def _leave(self, context: bpy.types.Context) -> None:
        if self._timer is not None:
            context.window_manager.event_timer_remove(self._timer)
            self._timer = None
        sidebars.redraw()

    def _concluded(self, context: bpy.types.Context) -> set[str]:
        assert self._run is not None
        queue.runs.remove(self._run)
        self._leave(context)
        for warning in self._run.progress.warnings:
            self.report({"WARNING"}, warning)
        made = self._run.first_images
        if isinstance(context.space_data, bpy.types.SpaceImageEditor):
            context.space_data.image = made[0]
        names = ", ".join(f"“{image.name}”" for image in made)
        others = len(self._run.images) - len(made)
        further = f" and {others} more" if others else ""
        width, height = made[0].size
        seconds = self._run.progress.elapsed
        self.report(
            {"INFO"},
            f"NIFTY made {names}{further}, {width} × {height} pixels, in {seconds:.1f} s",
        )
        return {"FINISHED"}

    def _cancelled(self) -> set[str]:
        self.report({"INFO"}, "NIFTY was cancelled; nothing was changed")
        return {"CANCELLED"}

    def _refused(self, context: bpy.types.Context, message: str) -> set[str]:
        self.cancel(context)
        self.report({"ERROR"}, message)
        return {"CANCELLED"}

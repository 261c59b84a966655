# SPDX-License-Identifier: GPL-3.0-or-later
"""Live: a node shows a draft of what the panel asks for, made anew at each change.

What the panel asks for is compared with what is shown, now and then. That needs no word from the
properties, whose callbacks may come at any time, from a render or an undo as well.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import bpy

from ..addon_core import arrays
from ..addon_core.messages import Cancel, Cancelled, Done, Failed
from . import image_making, images, sidebars
from .checks import Refused, starting
from .drafts import Draft, exemplar_for
from .job import Job
from .nodes import SOURCE, NodePlace
from .recipe import Source

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DRAFT = "nifty_draft"
"""Custom property of an image that drafts are shown in."""

INTERVAL = 0.04
"""Seconds between two looks for a change."""

AT_WORK = 0.01
"""Seconds between two looks while a draft is made."""

PATIENCE = 0.25
"""Seconds without a new picture after which a draft is let finish although it is out of date: who
drags a slider wants to see something."""


class Live:
    """Live, switched on for one node. Holds values only: an undo invalidates references."""

    def __init__(self, place: NodePlace, scene: bpy.types.Scene) -> None:
        self.place = place
        self.problem: str | None = None
        self.reached: Draft | None = None
        """What is shown, or is being made."""
        self._scene = scene.session_uid
        self._job: Job | None = None
        self._is_dropped = False
        self._shown_at = 0.0
        self._read: tuple[Any, NDArray[np.float32], images.ImageKind] | None = None

    def step(self) -> float | None:
        """Look for a change, and at the worker; returns the seconds until the next look.

        None where Live is off: the node is gone, or an undo took it back.
        """
        node = live_node(self.place)
        scene = next((s for s in bpy.data.scenes if s.session_uid == self._scene), None)
        if node is None or scene is None:
            self.close()
            return None
        if bpy.app.is_job_running("RENDER"):  # It reads the image that would be written to.
            return INTERVAL
        if self._job is not None:
            self._hear(self._job, node)
        wanted = self._wanted(node, scene.nifty)  # type: ignore[attr-defined]
        if wanted is not None and wanted != self.reached:
            if self._job is None:
                self._begin(wanted, node)
            elif not self._is_dropped and time.monotonic() - self._shown_at < PATIENCE:
                self._is_dropped = True
                self._job.tell(Cancel())
        return AT_WORK if self._job is not None else INTERVAL

    def start_again(self) -> None:
        """Make the draft anew, from the source as it is now."""
        self.reached = self._read = None

    def close(self) -> None:
        """Stop the draft that is being made. May be called again."""
        if self._job is not None:
            self._job.close()
            self._job = None

    def _wanted(self, node: bpy.types.ShaderNodeTexImage, shown: Any) -> Draft | None:
        try:
            if node.image is not None and DRAFT not in node.image:
                # The artist gave the node another image to start from.
                show_drafts(node)
            return Draft.of(node[SOURCE], shown)
        except ValueError as error:
            self._say(str(error))
            return None

    def _begin(self, wanted: Draft, node: bpy.types.ShaderNodeTexImage) -> None:
        self.reached = wanted
        self._is_dropped = False
        try:
            source = node[SOURCE]
            with starting(source.name):
                exemplar, kind = self._exemplar(wanted, source)
                single = kind.map_of(exemplar, Source(source.name))
                self._job = Job([single], wanted.width, wanted.height, wanted.settings)
        except (Refused, ValueError) as error:
            self._say(str(error))

    def _exemplar(
        self, wanted: Draft, source: bpy.types.Image
    ) -> tuple[NDArray[np.float32], images.ImageKind]:
        """Read once for all drafts of it: large images take longer to read than a draft to make."""
        key = wanted.source, wanted.size, wanted.reduction, source.colorspace_settings.name
        if self._read is None or self._read[0] != key:
            self._read = (key, *exemplar_for(wanted, source))
        return self._read[1:]

    def _hear(self, job: Job, node: bpy.types.ShaderNodeTexImage) -> None:
        for message in job.poll():
            match message:
                case Done():
                    (path,) = message.paths
                    self._show(arrays.read(path), node)
                case Failed():
                    self._say(message.message)
                case Cancelled():
                    self.reached = None
                case _:
                    continue
            self.close()

    def _show(self, pixels: NDArray[np.float32], node: bpy.types.ShaderNodeTexImage) -> None:
        image = node.image
        assert image is not None
        image_making.show_preview(image, pixels)
        image.update_tag()
        self._shown_at = time.monotonic()
        self._say(None)
        sidebars.redraw(("VIEW_3D", "NODE_EDITOR", "IMAGE_EDITOR"))

    def _say(self, problem: str | None) -> None:
        if problem != self.problem:
            self.problem = problem
            sidebars.redraw()


def live_node(place: NodePlace) -> bpy.types.ShaderNodeTexImage | None:
    """The node at a place, if it shows drafts."""
    found = place.find()
    return found[1] if found and SOURCE in found[1] else None


def show_drafts(node: bpy.types.ShaderNodeTexImage) -> None:
    """Give a node an image for drafts in place of its own, which looks like that at first.

    Raises:
        images.UnusableImage: its own cannot be an exemplar.
    """
    source = node.image
    images.check(source)
    assert source is not None
    pixels, kind = images.read(source)
    name = f"{source.name.rsplit('.', 1)[0]} NIFTY Live"
    image = image_making.create(name, source.size[0], source.size[1], kind)
    image[DRAFT] = True
    image_making.show_preview(image, pixels)
    node[SOURCE] = source
    node.image = image


def show_source(node: bpy.types.ShaderNodeTexImage) -> None:
    """Give a node its own image back."""
    node.image = node[SOURCE]
    del node[SOURCE]

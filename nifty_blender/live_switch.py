# SPDX-License-Identifier: GPL-3.0-or-later
"""The switch of Live, and what becomes of it with undo, save and load.

A node that shows drafts keeps its own image in a custom property, so that the file itself says
where Live is on: an undo switches it on and off again like everything else.
"""

from __future__ import annotations

import traceback
from typing import Any

import bpy
from bpy.app.handlers import persistent

from . import images, nodes, requirements, sidebars
from .live import DRAFT, Live, show_drafts, show_source
from .nodes import SOURCE, NodePlace

now: Live | None = None
"""Live, while it is on."""

_away: list[tuple[NodePlace, int]] = []
"""Where drafts are shown again after the file is saved, and the session identifiers of theirs."""


class NIFTY_OT_live(bpy.types.Operator):
    bl_idname = "nifty.live"
    bl_label = "Live"
    bl_description = (
        "Show a quick draft in place of the active node's image, and make it anew at every change "
        "of seed, size and settings. Switched off, the node has its own image back and the draft "
        "is gone: press Synthesize for what you like. Files are saved without the draft"
    )
    bl_options = {"UNDO"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        if now is None and nodes.active_image_node(context) is None:
            cls.poll_message_set("Select an Image Texture node in the shader editor")
            return False
        return True

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Switch it on for the active node, or off."""
        if now is not None:
            switch_off()
            return {"FINISHED"}
        node = nodes.active_image_node(context)
        assert node is not None
        problem = requirements.scipy_problem()
        if not node.id_data.is_editable:
            problem = "This material comes from another file. Make it local first."
        try:
            if not problem:
                show_drafts(node)
        except images.UnusableImage as error:
            problem = str(error)
        if problem:
            self.report({"ERROR"}, problem)
            return {"CANCELLED"}
        _start(nodes.place_of(context, node), context.scene)
        return {"FINISHED"}


def switch_off() -> None:
    """Give every node its own image back, and forget the drafts."""
    forget()
    for _place, node in _live_nodes():
        show_source(node)
    for image in [image for image in bpy.data.images if DRAFT in image]:
        bpy.data.images.remove(image)
    sidebars.redraw()


def forget() -> None:
    """Stop, and leave the file as it is."""
    global now
    if now is not None:
        now.close()
        now = None


@persistent
def follow_undo(*_: Any) -> None:
    """After an undo or a redo: Live is on where the file says so, and its picture is another."""
    _resume()


@persistent
def follow_paint(_scene: bpy.types.Scene, depsgraph: bpy.types.Depsgraph) -> None:
    """After a stroke on the source, or another change of its pixels that Blender tells of."""
    if now is None or now.reached is None or not depsgraph.id_type_updated("IMAGE"):
        return
    if any(each.id.original.session_uid == now.reached.source for each in depsgraph.updates):
        now.start_again()


@persistent
def follow_load(*_: Any) -> None:
    """After a file was opened that was kept while Live was on, as one that is recovered may be."""
    if bpy.app.background:
        switch_off()
    else:
        _resume()


@persistent
def put_away(*_: Any) -> None:
    """Before the file is saved: it is to hold what the material really is."""
    for place, node in _live_nodes():
        if node.image is not None:
            _away.append((place, node.image.session_uid))
        show_source(node)


@persistent
def put_back(*_: Any) -> None:
    """After the file is saved."""
    drafts = {image.session_uid: image for image in bpy.data.images if DRAFT in image}
    while _away:
        place, draft = _away.pop()
        found = place.find()
        if found is not None and draft in drafts:
            node = found[1]
            node[SOURCE] = node.image
            node.image = drafts[draft]


def _live_nodes() -> list[tuple[NodePlace, bpy.types.ShaderNodeTexImage]]:
    return [(place, node) for place, node in nodes.texture_nodes() if SOURCE in node]


def _resume() -> None:
    found = _live_nodes()
    if not found:
        forget()
    elif now is not None and now.place in [place for place, _node in found]:
        now.start_again()
    else:
        forget()
        _start(found[0][0], bpy.context.scene)


def _start(place: NodePlace, scene: bpy.types.Scene) -> None:
    global now
    now = Live(place, scene)
    if not bpy.app.timers.is_registered(_look):
        bpy.app.timers.register(_look, first_interval=0.0, persistent=True)


def _look() -> float | None:
    try:
        pause = None if now is None else now.step()
    except Exception:
        traceback.print_exc()
        switch_off()
        return None
    if pause is None:
        forget()
    return pause

# SPDX-License-Identifier: GPL-3.0-or-later
"""NIFTY: new textures from an image, larger, for Blender's shader editor."""


def register() -> None:
    """Called by Blender when the extension is enabled."""
    from . import nifty_blender

    nifty_blender.register()


def unregister() -> None:
    """Called by Blender when the extension is disabled."""
    from . import nifty_blender

    nifty_blender.unregister()

# SPDX-License-Identifier: GPL-3.0-or-later
"""What a live draft shows: what the panel asks for, in few steps, and not too large."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import bpy

from ..addon_core.settings import ALLOWED, DEFAULTS, FAST, PRESETS, Settings
from . import images
from .properties import plain

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LARGEST = 1024
"""Pixels along a draft's longer side, at most."""

SMALLEST = 32
"""Pixels along the shorter side of an exemplar that is made smaller, at least."""


@dataclass(frozen=True, slots=True)
class Draft:
    """One state of the panel, as far as a draft depends on it."""

    source: int
    """Session identifier of the exemplar."""
    size: tuple[int, int]
    """Width and height of the exemplar in pixels."""
    settings: Settings
    width: int
    """Of the draft, in pixels."""
    height: int
    """Of the draft, in pixels."""
    reduction: int
    """How many times smaller than the texture the draft is, and its exemplar."""

    @classmethod
    def of(cls, source: bpy.types.Image, shown: Any) -> Draft:
        """What the panel asks for now.

        Args:
            source: the exemplar.
            shown: the scene's properties.

        Raises:
            images.UnusableImage: the source cannot be an exemplar.
            ValueError: settings that do not go together.
        """
        images.check(source)
        width, height = shown.output_size(source)
        # The exemplar is made smaller as well, so that everything has its size on the model.
        most = max(1, min(source.size) // SMALLEST)
        reduction = min(most, -(-max(width, height) // LARGEST))
        width, height = (max(1, min(LARGEST, round(side / reduction))) for side in (width, height))
        size = source.size[0], source.size[1]
        return cls(source.session_uid, size, _settings(shown), width, height, reduction)


def _settings(shown: Any) -> Settings:
    """Those of the panel that are the fast method's, with no more steps than a draft has."""
    draft = PRESETS["draft"]
    names = [name for name in DEFAULTS if ALLOWED[name].only in (None, FAST)]
    given: dict[str, Any] = {name: plain(getattr(shown, name)) for name in names}
    settings = Settings(**{**given, "method": FAST})
    return replace(
        settings,
        steps=min(settings.steps, draft.steps),
        layouts=min(settings.layouts, draft.layouts),
    )


def exemplar_for(
    draft: Draft, source: bpy.types.Image
) -> tuple[NDArray[np.float32], images.ImageKind]:
    """The source's pixels, made as much smaller as the draft is, and their kind.

    Raises:
        images.UnusableImage: as `images.read` does.
    """
    import numpy as np

    pixels, kind = images.read(source)
    times = draft.reduction
    if times > 1:
        height, width, channels = pixels.shape
        height, width = height // times, width // times
        pixels = pixels[: height * times, : width * times]
        blocks = pixels.reshape(height, times, width, times, channels)
        pixels = np.ascontiguousarray(blocks.mean(axis=(1, 3)))
    return pixels, kind

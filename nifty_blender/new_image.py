# SPDX-License-Identifier: GPL-3.0-or-later
"""One of the images that a run makes: a preview at first, packed or saved at the end."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import bpy

from . import image_files, image_making, recipe, saving, thumbnail
from .images import ImageKind
from .placing import named_after
from .recipe import Recipe

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


PREVIEW = "nifty_preview"
"""Custom property of an image as long as it shows a preview."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a new image is to be."""

    source: str
    """Name of its source."""
    width: int
    """In pixels."""
    height: int
    """In pixels."""
    kind: ImageKind
    target: saving.Target | None
    """Where it is to be saved; None to pack it."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.width, self.height


@dataclass(slots=True, eq=False)
class NewImage:
    """Holds values only: an undo invalidates references."""

    plan: Plan
    _image: int | None = None
    """Session identifier of the image."""
    _file: Path | None = None
    """That it was saved into, if it was."""

    @property
    def image(self) -> bpy.types.Image | None:
        """A preview at first, the result at the end, None before and after an undo."""
        return next((i for i in bpy.data.images if i.session_uid == self._image), None)

    @property
    def is_finished(self) -> bool:
        """Whether the result is in the file."""
        image = self.image
        return image is not None and recipe.KEY in image

    def show(self, pixels: NDArray[np.float32]) -> None:
        """Show the level that was reached, in the image and in the sidebars."""
        image_making.show_preview(self._ensured_image(), pixels)
        thumbnail.show(pixels, is_linear=self.plan.kind.is_float)

    def finish(self, result: image_making.Result, made_by: Recipe) -> str | None:
        """Bring the result into the file.

        Args:
            result: as planned.
            made_by: what is noted on it.

        Returns:
            Why it was packed although it was to be saved, or None.
        """
        image, target = self._ensured_image(), self.plan.target
        problem = None
        try:
            if target is not None:
                self._file = self._file or saving.save(image, result, self.plan.size, target)
                image_making.take_file(image, self._file)
        except image_files.UnusableFile as error:
            problem = f"{error} The texture is packed into the .blend file instead."
        if self._file is None:
            image_making.finish(image, result)
        recipe.write(image, made_by, self.plan.source)
        del image[PREVIEW]
        return problem

    def remove(self) -> None:
        """Leave nothing of it. May be called again."""
        image = self.image
        if image is not None:
            bpy.data.images.remove(image)
        if self._file is not None:
            self._file.unlink(missing_ok=True)

    def _ensured_image(self) -> bpy.types.Image:
        # An undo while the worker was busy may have taken the image away.
        image = self.image
        if image is None:
            plan = self.plan
            name = named_after(plan.source.rsplit(".", 1)[0])
            image = image_making.create(name, plan.width, plan.height, plan.kind)
            image[PREVIEW] = True
            self._image = image.session_uid
        return image

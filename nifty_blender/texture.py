# SPDX-License-Identifier: GPL-3.0-or-later
"""One of the textures that a run makes: from its pixels on the disk to an image in the file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import bpy

from ..addon_core import arrays
from . import image_files, images, recipe, saving, thumbnail
from .images import ImageKind
from .job import Job
from .recipe import Recipe


@dataclass(slots=True, eq=False)
class Texture:
    """Holds values only: an undo invalidates references."""

    recipe: Recipe
    kind: ImageKind
    """Of the new image."""
    job: Job | None = None
    """Once it is begun; its folder holds the pixels until the run is over."""
    path: str | None = None
    """Of the pixels, once they are made."""
    _image: int | None = None
    """Session identifier of the image."""
    _file: Path | None = None
    """That the texture was saved into, if it was."""

    @property
    def image(self) -> bpy.types.Image | None:
        """A preview at first, the result at the end, None before and after an undo."""
        return next((i for i in bpy.data.images if i.session_uid == self._image), None)

    @property
    def is_finished(self) -> bool:
        """Whether the result is in the file."""
        image = self.image
        return image is not None and recipe.KEY in image

    def show(self, path: str) -> None:
        """Show the level that was reached, in the image and in the sidebars."""
        pixels = arrays.read(path)
        images.show_preview(self._ensured_image(), pixels)
        thumbnail.show(pixels, is_linear=self.kind.is_float)

    def finish(self, target: saving.Target | None) -> str | None:
        """Bring the result into the file.

        Args:
            target: where it is to be saved; None to pack it.

        Returns:
            Why it was packed although it was to be saved, or None.
        """
        assert self.path is not None
        image, pixels = self._ensured_image(), arrays.read(self.path)
        problem = None
        try:
            if target is not None:
                self._file = self._file or saving.save(image, pixels, target)
                images.take_file(image, self._file)
        except image_files.UnusableFile as error:
            problem = f"{error} The texture is packed into the .blend file instead."
        if self._file is None:
            images.finish(image, pixels)
        recipe.write(image, self.recipe)
        return problem

    def close(self) -> None:
        """Stop the work, and remove what lies in the temporary folder. May be called again."""
        if self.job is not None:
            self.job.close()

    def remove(self) -> None:
        """Leave nothing of it. May be called again."""
        self.close()
        image = self.image
        if image is not None:
            bpy.data.images.remove(image)
        if self._file is not None:
            self._file.unlink(missing_ok=True)

    def _ensured_image(self) -> bpy.types.Image:
        # An undo while the worker was busy may have taken the image away.
        image = self.image
        if image is None:
            wanted = self.recipe
            name = f"{wanted.source.rsplit('.', 1)[0]} NIFTY"
            image = images.create(name, wanted.width, wanted.height, self.kind)
            self._image = image.session_uid
        return image

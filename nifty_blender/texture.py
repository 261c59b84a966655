# SPDX-License-Identifier: GPL-3.0-or-later
"""One of the textures that a run makes: from the pixels of all its maps to images in the file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import bpy

from ..addon_core import arrays
from .job import Job
from .new_image import NewImage, Plan
from .recipe import Recipe


class Texture:
    """Holds values only: an undo invalidates references."""

    def __init__(self, recipe: Recipe, plans: Sequence[Plan]) -> None:
        self.recipe = recipe
        self.job: Job | None = None
        """Once it is begun; its folder holds the results until the run is over."""
        self.paths: list[str] = []
        """Of each map's result, once it is made: an array, or a PNG file."""
        self._new = [NewImage(plan) for plan in plans]

    @property
    def is_made(self) -> bool:
        """Whether the worker is done with it."""
        return bool(self.paths)

    @property
    def images(self) -> list[bpy.types.Image]:
        """Those of its images that there are, in the order of the maps."""
        return [image for each in self._new if (image := each.image)]

    @property
    def unfinished(self) -> int:
        """How many results are not in the file yet."""
        return sum(not each.is_finished for each in self._new)

    def show(self, path: str) -> None:
        """Show the level that was reached, which lies there, of the first map."""
        self._new[0].show(arrays.read(path))

    def finish(self) -> str | None:
        """Bring the next result into the file.

        Returns:
            Why it was packed although it was to be saved, or None.
        """
        pairs = zip(self._new, self.paths, strict=True)
        new, path = next(pair for pair in pairs if not pair[0].is_finished)
        is_file = path.endswith(".png")
        result = Path(path).read_bytes() if is_file else arrays.read(path)
        return new.finish(result, self.recipe)

    def close(self) -> None:
        """Stop the work, and remove what lies in the temporary folder. May be called again."""
        if self.job is not None:
            self.job.close()

    def remove(self) -> None:
        """Leave nothing of it. May be called again."""
        self.close()
        for each in self._new:
            each.remove()

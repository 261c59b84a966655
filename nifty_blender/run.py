# SPDX-License-Identifier: GPL-3.0-or-later
"""One run: from a source image, or a material's, to new ones, by way of the worker process."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from itertools import count
from typing import Protocol

import bpy

from ..addon_core.messages import Done, Finish, Message, Previewed
from ..addon_core.settings import Settings
from . import exemplar, requirements, thumbnail, worker
from .checks import Refused, check_memory, check_size, sizes_of, starting
from .exemplar import Exemplar
from .job import Job
from .nodes import keep
from .preferences import PACKED
from .progress import Progress
from .recipe import Recipe
from .texture import Texture

_numbers = count(1)


class Place(Protocol):
    """Where the results of a run are put to use. Holds values only."""

    def take(self, textures: Sequence[Sequence[bpy.types.Image]]) -> None:
        """Use or at least keep the new images, a sequence of maps for each texture."""
        ...


class Run:
    """A synthesis, waiting or under way. Holds values only: an undo invalidates references."""

    def __init__(
        self,
        source: bpy.types.Image | Sequence[Exemplar] | None,
        width: int,
        height: int,
        settings: Settings,
        place: Place | None = None,
        variations: int = 1,
        destination: str = PACKED,
        material: str = "",
    ) -> None:
        """Read the source; the work begins with the first `poll`.

        Args:
            source: the exemplar, or the maps of a material.
            width: of the new images, in pixels; of several maps, the first one's.
            height: of the new images, in pixels; of several maps, the first one's.
            settings: the run's settings; the seed is that of the first texture.
            place: where the results are put to use; None to keep them only.
            variations: how many textures are made, one seed after the other.
            destination: where results go, one of `preferences.SCENE_DESTINATIONS`.
            material: name of the material that the maps are from, to note it on them.

        Raises:
            Refused: the message says what to do.
            images.UnusableImage: an image cannot be a source.
        """
        problem = requirements.scipy_problem()
        if problem:
            raise Refused(problem)
        exemplars = exemplar.checked(source)
        given = [each.image for each in exemplars]
        sources = tuple(each.source for each in exemplars)
        first = Recipe(sources, width, height, settings, material)
        check_size(given, width, height, settings)
        with starting(first.title):
            if not worker.is_any_at_work():
                check_memory(sizes_of(given), width, height, settings)
                worker.prepare(settings.method)
            self._maps, plans = exemplar.read(exemplars, width, height, destination)
        self._plans = plans
        self._sizes = sizes_of(given, [plan.kind for plan in plans])
        self.number = next(_numbers)
        self.title = first.title
        self.width, self.height = width, height
        self.progress = Progress(variations)
        self.is_finishing = False
        seeds = range(settings.seed, settings.seed + variations)
        self._textures = [Texture(first.with_seed(seed), plans) for seed in seeds]
        self._place = place

    @property
    def recipes(self) -> list[Recipe]:
        """Those of all textures, in their order."""
        return [texture.recipe for texture in self._textures]

    @property
    def images(self) -> list[bpy.types.Image]:
        """The new images that there are; of a texture that is not made yet it is a preview."""
        return [image for texture in self._textures for image in texture.images]

    @property
    def first_images(self) -> list[bpy.types.Image]:
        """Of each texture the new image that there is of its first map."""
        return [images[0] for texture in self._textures if (images := texture.images)]

    def is_like(self, other: Run) -> bool:
        """Whether both make the same of the same pixels, for the same place."""
        import numpy as np

        mine, others = ((run.recipes, run._plans, run._place) for run in (self, other))
        return mine == others and all(
            np.array_equal(one.pixels, two.pixels)
            for one, two in zip(self._maps, other._maps, strict=True)
        )

    def poll(self) -> bool:
        """Go on, without waiting; the first call begins the work.

        Returns:
            Whether all is done, and the results are in the file.

        Raises:
            Refused: the run failed, and left nothing behind.
        """
        try:
            for texture in self._textures:
                if not texture.is_made and not self._makes(texture):
                    return False
            return self._places_all()
        except BaseException:
            self.cancel()
            raise

    def wait(self, show: Callable[[], None] = lambda: None) -> None:
        """Block until all is done, calling ``show`` now and then."""
        while not self.poll():
            show()
            time.sleep(0.02)

    def finish_now(self) -> None:
        """Be content with what there is: the texture at work at the level reached, and no other."""
        self.is_finishing = True
        while self._textures[-1].job is None and len(self._textures) > 1:
            self._textures.pop()
        self.progress.textures = len(self._textures)
        job = self._textures[-1].job
        if job is not None:
            job.tell(Finish())

    def cancel(self) -> None:
        """Stop, and leave the file as it was before the run. May be called again."""
        for texture in self._textures:
            texture.remove()

    def _makes(self, texture: Texture) -> bool:
        """Take in what the worker said of this texture; whether its pixels are made."""
        if texture.job is None:
            texture.job = self._begun(texture.recipe.settings)
            if self.is_finishing:
                texture.job.tell(Finish())
            return False
        for message in texture.job.poll():
            self._take(message, texture)
        return texture.is_made

    def _begun(self, settings: Settings) -> Job:
        check_memory(self._sizes, self.width, self.height, settings)
        if not self.progress.has_begun:
            self.progress.begin()
            thumbnail.clear()
        with starting(self.title):
            as_png = [n for n, plan in enumerate(self._plans) if not plan.kind.is_float]
            return Job(self._maps, self.width, self.height, settings, as_png)

    def _take(self, message: Message, texture: Texture) -> None:
        match message:
            case Previewed():
                texture.show(message.path)
            case Done():
                texture.paths = message.paths
                self.progress.count()
            case _:
                self.progress.take(message)

    def _places_all(self) -> bool:
        """Bring the next image into the file; whether it was the last."""
        unfinished = [texture for texture in self._textures if texture.unfinished]
        if unfinished:
            problem = unfinished[0].finish()
            if problem and problem not in self.progress.warnings:
                self.progress.warnings.append(problem)
        # One a call, for the window's sake; and all anew whose images an undo took away meanwhile.
        if any(texture.unfinished for texture in unfinished):
            return False
        if self._place is None:
            keep(self.images)
        else:
            self._place.take([texture.images for texture in self._textures])
        for texture in self._textures:
            texture.close()
        return True

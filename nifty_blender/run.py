# SPDX-License-Identifier: GPL-3.0-or-later
"""One run: from a source image, or a material's, to new ones, by way of the worker process."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from itertools import count
from typing import Protocol

import bpy

from ..addon_core.messages import Advanced, Done, Failed, Finish, Message, Previewed, Warned
from ..addon_core.settings import Settings
from . import exemplar, images, requirements, thumbnail, worker
from .checks import Refused, check_memory, check_size
from .exemplar import Exemplar
from .job import Job
from .nodes import keep
from .preferences import PACKED
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
        """
        problem = requirements.scipy_problem()
        if problem:
            raise Refused(problem)
        try:
            exemplars = exemplar.checked(source)
            given = [each.image for each in exemplars]
            check_size(given, width, height, settings)
            if not worker.is_any_at_work():
                sizes = [((i.size[1], i.size[0], i.channels), i.is_float) for i in given]
                check_memory(sizes, width, height, settings)
                worker.prepare(settings.method)
            self._maps, plans = exemplar.read(exemplars, width, height, destination)
        except images.UnusableImage as error:
            raise Refused(str(error)) from error
        except OSError as error:
            raise Refused(_no_worker(error)) from error
        except MemoryError as error:
            raise Refused("There is not enough memory for this image.") from error
        self._sizes = [
            ((image.size[1], image.size[0], plan.kind.channels), plan.kind.is_float)
            for image, plan in zip(given, plans, strict=True)
        ]
        self.number = next(_numbers)
        sources = tuple(each.source for each in exemplars)
        self.width, self.height = width, height
        self.level = self.levels = 0
        self.warnings: list[str] = []
        self.is_finishing = False
        first = Recipe(sources, width, height, settings, material)
        self.title = first.title
        seeds = range(settings.seed, settings.seed + variations)
        self._textures = [Texture(first.with_seed(seed), plans) for seed in seeds]
        self._place = place
        self._fraction = 0.0
        self._started: float | None = None

    @property
    def elapsed(self) -> float:
        """Seconds since the work began."""
        return 0.0 if self._started is None else time.monotonic() - self._started

    @property
    def fraction(self) -> float:
        """Part of the work that is done, 0 to 1."""
        return (self.made + self._fraction) / len(self._textures)

    @property
    def made(self) -> int:
        """How many textures are made."""
        return sum(texture.is_made for texture in self._textures)

    @property
    def recipes(self) -> list[Recipe]:
        """Those of all textures, in their order."""
        return [texture.recipe for texture in self._textures]

    @property
    def remaining(self) -> float | None:
        """Seconds that are left, or None while that cannot be told."""
        if self.elapsed < 0.5 or self.fraction < 0.02:
            return None
        return self.elapsed * (1.0 / self.fraction - 1.0)

    @property
    def images(self) -> list[bpy.types.Image]:
        """The new images that there are; of a texture that is not made yet it is a preview."""
        return [image for texture in self._textures for image in texture.images]

    @property
    def first_images(self) -> list[bpy.types.Image]:
        """Of each texture the new image that there is of its first map."""
        return [images[0] for texture in self._textures if (images := texture.images)]

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
        if self._started is None:
            self._started = time.monotonic()
            thumbnail.clear()
        try:
            return Job(self._maps, self.width, self.height, settings)
        except OSError as error:
            raise Refused(_no_worker(error)) from error

    def _take(self, message: Message, texture: Texture) -> None:
        match message:
            case Advanced():
                self.level, self.levels = message.level, message.levels
                self._fraction = message.fraction
            case Previewed():
                texture.show(message.path)
            case Warned():
                self.warnings.append(message.message)
            case Failed():
                raise Refused(message.message)
            case Done():
                self._fraction = 0.0
                texture.paths = message.paths
            case _:
                raise ValueError(f"unexpected message: {message}")

    def _places_all(self) -> bool:
        """Bring the next image into the file; whether it was the last."""
        unfinished = [texture for texture in self._textures if texture.unfinished]
        if unfinished:
            problem = unfinished[0].finish()
            if problem and problem not in self.warnings:
                self.warnings.append(problem)
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


def _no_worker(error: OSError) -> str:
    return (
        f"The worker process cannot be started: {error.strerror} ({error.filename}). Make "
        "sure that there is room, or choose another folder in Blender's preferences, File "
        "Paths, Temporary Files."
    )

# SPDX-License-Identifier: GPL-3.0-or-later
"""One run: from a source image to new ones, by way of the worker process."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

import bpy

from ..addon_core import arrays
from ..addon_core.messages import Advanced, Done, Failed, Finish, Message, Previewed, Warned
from ..addon_core.settings import Settings
from . import images, nodes, recipe, requirements, thumbnail, worker
from .checks import Refused, check_memory, check_size
from .job import Job
from .recipe import Recipe

_numbers = count(1)


@dataclass(slots=True, eq=False)
class _Texture:
    """One of the textures that a run makes."""

    recipe: Recipe
    job: Job | None = None
    """Once it is begun; its folder holds the result until the run is over."""
    path: str | None = None
    """Of its pixels, once they are made."""
    image: int | None = None
    """Session identifier of its image: a preview at first, the result at the end."""


class Run:
    """A synthesis, waiting or under way. Holds values only: an undo invalidates references."""

    def __init__(
        self,
        source: bpy.types.Image | None,
        width: int,
        height: int,
        settings: Settings,
        place: nodes.NodePlace | None = None,
        variations: int = 1,
    ) -> None:
        """Read the source; the work begins with the first `poll`.

        Args:
            source: the exemplar.
            width: of the new images, in pixels.
            height: of the new images, in pixels.
            settings: the run's settings; the seed is that of the first texture.
            place: the node beside which the results are to be set, if any.
            variations: how many textures are made, one seed after the other.

        Raises:
            Refused: the message says what to do.
        """
        problem = requirements.scipy_problem()
        if problem:
            raise Refused(problem)
        try:
            images.check(source)
            assert source is not None
            check_size(source, width, height, settings)
            if not worker.is_any_at_work():
                size = source.size[1], source.size[0], source.channels
                check_memory(size, source.is_float, width, height, settings)
                worker.prepare(settings.method)
            self._exemplar, self._kind = images.read(source)
        except images.UnusableImage as error:
            raise Refused(str(error)) from error
        except OSError as error:
            raise Refused(_no_worker(error)) from error
        except MemoryError as error:
            raise Refused("There is not enough memory for this image.") from error
        self.number = next(_numbers)
        self.source = source.name
        self.width, self.height = width, height
        self.level = self.levels = 0
        self.warnings: list[str] = []
        self.is_finishing = False
        first = Recipe(source.name, width, height, settings)
        seeds = range(settings.seed, settings.seed + variations)
        self._textures = [_Texture(first.with_seed(seed)) for seed in seeds]
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
        return sum(texture.path is not None for texture in self._textures)

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
        found = (_image_of(texture) for texture in self._textures)
        return [image for image in found if image is not None]

    def poll(self) -> bool:
        """Go on, without waiting; the first call begins the work.

        Returns:
            Whether all is done, and the results are in the file.

        Raises:
            Refused: the run failed, and left nothing behind.
        """
        try:
            for texture in self._textures:
                if texture.path is None and not self._makes(texture):
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
        self._close()
        for image in self.images:
            bpy.data.images.remove(image)

    def _makes(self, texture: _Texture) -> bool:
        """Take in what the worker said of this texture; whether its pixels are made."""
        if texture.job is None:
            texture.job = self._begun(texture.recipe.settings)
            if self.is_finishing:
                texture.job.tell(Finish())
        for message in texture.job.poll():
            self._take(message, texture)
        return texture.path is not None

    def _begun(self, settings: Settings) -> Job:
        check_memory(self._exemplar.shape, self._kind.is_float, self.width, self.height, settings)
        if self._started is None:
            self._started = time.monotonic()
            thumbnail.clear()
        try:
            return Job(self._exemplar, self.width, self.height, settings)
        except OSError as error:
            raise Refused(_no_worker(error)) from error

    def _take(self, message: Message, texture: _Texture) -> None:
        match message:
            case Advanced():
                self.level, self.levels = message.level, message.levels
                self._fraction = message.fraction
            case Previewed():
                pixels = arrays.read(message.path)
                images.show_preview(self._ensured_image(texture), pixels)
                thumbnail.show(pixels, is_linear=self._kind.is_float)
            case Warned():
                self.warnings.append(message.message)
            case Failed():
                raise Refused(message.message)
            case Done():
                self._fraction = 0.0
                texture.path = message.path
            case _:
                raise ValueError(f"unexpected message: {message}")

    def _places_all(self) -> bool:
        """Bring the next texture into the file; whether it was the last."""
        for texture in self._textures:
            if not _is_finished(texture):
                self._finish(texture)
                break
        # One a call, for the window's sake; and all anew whose images an undo took away meanwhile.
        if not all(map(_is_finished, self._textures)):
            return False
        for image in self.images:
            if self._place is None or not nodes.add_beside(self._place, image):
                # Without a user the image would not be saved.
                image.use_fake_user = True
        self._close()
        return True

    def _finish(self, texture: _Texture) -> None:
        assert texture.path is not None
        image = self._ensured_image(texture)
        images.finish(image, arrays.read(texture.path))
        recipe.write(image, texture.recipe)

    def _ensured_image(self, texture: _Texture) -> bpy.types.Image:
        # An undo while the worker was busy may have taken the image away.
        image = _image_of(texture)
        if image is None:
            name = f"{self.source.rsplit('.', 1)[0]} NIFTY"
            image = images.create(name, self.width, self.height, self._kind)
            texture.image = image.session_uid
        return image

    def _close(self) -> None:
        for texture in self._textures:
            if texture.job is not None:
                texture.job.close()


def _image_of(texture: _Texture) -> bpy.types.Image | None:
    return next((i for i in bpy.data.images if i.session_uid == texture.image), None)


def _is_finished(texture: _Texture) -> bool:
    image = _image_of(texture)
    return image is not None and recipe.KEY in image


def _no_worker(error: OSError) -> str:
    return (
        f"The worker process cannot be started: {error.strerror} ({error.filename}). Make "
        "sure that there is room, or choose another folder in Blender's preferences, File "
        "Paths, Temporary Files."
    )

# SPDX-License-Identifier: GPL-3.0-or-later
"""One run: from a source image to a new one, by way of the worker process."""

from __future__ import annotations

import time
from collections.abc import Callable
from enum import Enum, auto

import bpy

from ..addon_core import arrays, memory
from ..addon_core.maps import Kind, Map
from ..addon_core.messages import Advanced, Cancelled, Done, Failed, Message, Previewed, Warned
from ..addon_core.settings import PAPER, Settings
from . import images, nodes, recipe, requirements, thumbnail, worker
from .job import Job


class Refused(Exception):
    """A run that cannot start or go on; the message is for the artist."""


class Outcome(Enum):
    """How far a run is."""

    RUNNING = auto()
    DONE = auto()
    CANCELLED = auto()


class Run:
    """A synthesis under way. Holds values only: an undo or a file load invalidates references."""

    def __init__(
        self,
        source: bpy.types.Image | None,
        width: int,
        height: int,
        settings: Settings,
        place: nodes.NodePlace | None = None,
    ) -> None:
        """Read the source and start the worker.

        Args:
            source: the exemplar.
            width: of the new image, in pixels.
            height: of the new image, in pixels.
            settings: the run's settings.
            place: the node beside which the result is to be set, if any.

        Raises:
            Refused: nothing was started; the message says what to do.
        """
        problem = requirements.scipy_problem()
        if problem:
            raise Refused(problem)
        try:
            images.check(source)
            assert source is not None
            _check_size(source, width, height, settings)
            worker.prepare(settings.method)
            exemplar, self._kind = images.read(source)
            alpha = self._kind.channels - 1 if self._kind.channels in (2, 4) else None
            single = Map(exemplar, Kind.COLOUR, alpha=alpha, name=source.name)
            self._job = Job([single], width, height, settings)
        except images.UnusableImage as error:
            raise Refused(str(error)) from error
        except OSError as error:
            raise Refused(
                f"The worker process cannot be started: {error.strerror} ({error.filename}). Make "
                "sure that there is room, or choose another folder in Blender's preferences, File "
                "Paths, Temporary Files."
            ) from error
        except MemoryError as error:
            raise Refused("There is not enough memory for this image.") from error
        self.source = source.name
        self.width, self.height = width, height
        self.settings = settings
        self.fraction = 0.0
        self.level = self.levels = 0
        self.warnings: list[str] = []
        self.placed = False
        self._place = place
        self._image: int | None = None
        thumbnail.clear()
        self._started = time.monotonic()

    @property
    def elapsed(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self._started

    @property
    def remaining(self) -> float | None:
        """Seconds that are left, or None while that cannot be told."""
        if self.elapsed < 0.5 or self.fraction < 0.02:
            return None
        return self.elapsed * (1.0 / self.fraction - 1.0)

    @property
    def image(self) -> bpy.types.Image | None:
        """The new image: a preview at first, the result at the end, None before the first."""
        return next((i for i in bpy.data.images if i.session_uid == self._image), None)

    def poll(self) -> Outcome:
        """Take in what the worker said, without waiting.

        Raises:
            Refused: the run failed, and left nothing behind.
        """
        outcome = Outcome.RUNNING
        try:
            for message in self._job.poll():
                outcome = self._take(message)
        except BaseException:
            self.cancel()
            raise
        return outcome

    def _take(self, message: Message) -> Outcome:
        match message:
            case Advanced():
                self.level, self.levels = message.level, message.levels
                self.fraction = message.fraction
            case Previewed():
                pixels = arrays.read(message.path)
                images.show_preview(self._ensured_image(), pixels)
                thumbnail.show(pixels, is_linear=self._kind.is_float)
            case Warned():
                self.warnings.append(message.message)
            case Failed():
                raise Refused(message.message)
            case Cancelled():
                self.cancel()
                return Outcome.CANCELLED
            case Done():
                (path,) = message.paths
                self._finish(path)
                return Outcome.DONE
            case _:
                raise ValueError(f"unexpected message: {message}")
        return Outcome.RUNNING

    def wait(self, show: Callable[[], None] = lambda: None) -> Outcome:
        """Block until the run is over, calling ``show`` now and then."""
        while (outcome := self.poll()) is Outcome.RUNNING:
            show()
            time.sleep(0.02)
        return outcome

    def cancel(self) -> None:
        """Stop, and leave the file as it was before the run. May be called again."""
        self._job.close()
        image = self.image
        if image is not None:
            bpy.data.images.remove(image)
        self._image = None

    def _ensured_image(self) -> bpy.types.Image:
        # An undo while the worker was busy may have taken the image away.
        image = self.image
        if image is None:
            name = f"{self.source.rsplit('.', 1)[0]} NIFTY"
            image = images.create(name, self.width, self.height, self._kind)
            self._image = image.session_uid
        return image

    def _finish(self, path: str) -> None:
        image = self._ensured_image()
        images.finish(image, arrays.read(path))
        recipe.write(image, self.source, self.settings)
        self._job.close()
        if self._place is not None:
            self.placed = nodes.add_beside(self._place, image)
        if not self.placed:
            # Without a user the image would not be saved.
            image.use_fake_user = True


def _check_size(source: bpy.types.Image, width: int, height: int, settings: Settings) -> None:
    if min(width, height) < 1:
        raise Refused(
            f"The output size is {width} × {height} pixels. Give a width and a height of at least "
            "1 pixel."
        )
    least = settings.smallest_exemplar
    if min(source.size) < least:
        raise Refused(
            f"“{source.name}” has {source.size[0]} × {source.size[1]} pixels, which is smaller "
            f"than a patch of {least}. Use a larger image"
            f"{' or a smaller patch size' if settings.method == PAPER else ''}."
        )
    have = memory.available()
    size = height, width
    shape = source.size[1], source.size[0], source.channels
    need = memory.needed([shape], size, settings)
    # Blender's side: the result as it comes, and the new image's own buffers.
    need += width * height * (4 * source.channels + (20 if source.is_float else 8))
    if have is not None and need > have:
        raise Refused(
            f"An output of {width} × {height} pixels needs about {need / 2**30:.1f} GB of memory, "
            f"and {have / 2**30:.1f} GB are free. Choose a smaller size, or close other programs."
        )


current: Run | None = None
"""The run of the operator that is under way, which the panels show."""

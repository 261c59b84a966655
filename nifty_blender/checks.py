# SPDX-License-Identifier: GPL-3.0-or-later
"""What is refused before any work is done, and why, in an artist's words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import bpy

from ..addon_core import memory
from ..addon_core.maps import output_shapes
from ..addon_core.settings import PAPER, Settings
from .images import ImageKind

Size = tuple[tuple[int, int, int], bool]
"""Height, width and channels of a map, and whether the new image has float pixels."""


class Refused(Exception):
    """A run that cannot start or go on; the message is for the artist."""


def check_size(
    sources: Sequence[bpy.types.Image], width: int, height: int, settings: Settings
) -> None:
    """Refuse an output without pixels, and an exemplar without a patch.

    Args:
        sources: the exemplar, or the maps of one: the largest has to hold a patch.
        width: of the output, in pixels.
        height: of the output, in pixels.
        settings: the run's settings.

    Raises:
        Refused: the message says what to do.
    """
    if min(width, height) < 1:
        raise Refused(
            f"The output size is {width} × {height} pixels. Give a width and a height of at least "
            "1 pixel."
        )
    source = max(sources, key=lambda image: image.size[0])
    least = settings.smallest_exemplar
    if min(source.size) < least:
        raise Refused(
            f"“{source.name}” has {source.size[0]} × {source.size[1]} pixels, which is smaller "
            f"than a patch of {least}. Use a larger image"
            f"{' or a smaller patch size' if settings.method == PAPER else ''}."
        )


def sizes_of(
    images: Sequence[bpy.types.Image], kinds: Sequence[ImageKind] | None = None
) -> list[Size]:
    """Those of maps.

    Args:
        images: the maps.
        kinds: what was seen of each when it was read; before that all channels are counted.
    """
    return [
        ((image.size[1], image.size[0], kind.channels), kind.is_float)
        for image, kind in zip(images, kinds or images, strict=True)
    ]


def check_memory(maps: Sequence[Size], width: int, height: int, settings: Settings) -> None:
    """Refuse what does not fit into the memory that is free now.

    Args:
        maps: size of each.
        width: of the first map's output, in pixels.
        height: of the first map's output, in pixels.
        settings: the run's settings.

    Raises:
        Refused: the message says how much is needed.
    """
    have = memory.available()
    shapes = [shape for shape, _ in maps]
    need = memory.needed(shapes, (height, width), settings)
    sizes = output_shapes([shape[:2] for shape in shapes], (height, width))
    for ((_, _, channels), is_float), (rows, columns) in zip(maps, sizes, strict=True):
        # Blender's side: the result as it comes, and the new image's own buffers.
        need += rows * columns * (4 * channels + (20 if is_float else 8))
    if have is not None and need > have:
        raise Refused(
            f"An output of {width} × {height} pixels needs about {need / 2**30:.1f} GB of memory, "
            f"and {have / 2**30:.1f} GB are free. Choose a smaller size, or close other programs."
        )


@contextmanager
def starting(title: str) -> Iterator[None]:
    """Refuse where the system does not give what a run needs to start.

    Args:
        title: by which the artist knows what it is for.

    Raises:
        Refused: there is no process, no folder or no memory to be had; the message says what to do.
    """
    try:
        yield
    except OSError as error:
        raise Refused(
            f"The worker process cannot be started: {error.strerror} ({error.filename}). Make "
            "sure that there is room, or choose another folder in Blender's preferences, File "
            "Paths, Temporary Files."
        ) from error
    except MemoryError as error:
        raise Refused(f"There is not enough memory for “{title}”.") from error

# SPDX-License-Identifier: GPL-3.0-or-later
"""New maps as files, made of the maps of one material without a window."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import bpy

from ..addon_core import arrays, maps
from ..addon_core.messages import Done
from ..addon_core.settings import Settings
from . import image_files, image_making, images, recipe, requirements, whole_files
from .checks import Refused, check_memory, check_size, sizes_of, starting
from .job import Job
from .material_maps import MaterialMap
from .progress import Progress
from .recipe import Recipe, Source
from .terminal import ProgressBar

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_WAIT = 0.02
"""Seconds between two looks at what the worker says."""


@dataclass(frozen=True, slots=True)
class Making:
    """A map, and the file that is to be made of it."""

    source: MaterialMap
    file: str
    """That the source was read from, or the image's name."""
    output: Path
    """Absolute."""
    weight: float
    """Influence on the choice of patches, beside that of the other maps."""


def make(
    makings: Sequence[Making],
    width: int,
    height: int,
    settings: Settings,
    title: str,
    noted: Path | None = None,
) -> None:
    """Make the maps, and write all of their files or none.

    Args:
        makings: at least one.
        width: of the first one's result, in pixels.
        height: of the first one's result, in pixels.
        settings: the run's settings.
        title: by which the artist knows the maps, for messages.
        noted: file that is to say how they were made, absolute.

    Raises:
        Refused: the run cannot start or go on; the message says what to do.
        whole_files.UnusableFile: a file cannot be written.
        images.UnusableImage: an image cannot be a source.
    """
    problem = requirements.scipy_problem()
    if problem:
        raise Refused(problem)
    for each in makings:
        image_files.check_writable(each.output)
    given = [_image_of(each) for each in makings]
    check_size(given, width, height, settings)
    check_memory(sizes_of(given), width, height, settings)
    with starting(title):
        read = [_read(each) for each in makings]
        kinds = [kind for _, kind in read]
        job = Job([each for each, _ in read], width, height, settings)
    del read  # The worker has the pixels: they are not to be held meanwhile.
    with closing(job):
        paths = _results(job, title)
        with whole_files.all_or_none() as temporary:
            if noted is not None:  # The first to be there: maps that are done are noted.
                note = _note(makings, width, height, settings, title)
                whole_files.write(note.encode(), noted, temporary)
            for each, kind, path in zip(makings, kinds, paths, strict=True):
                image = _image(arrays.read(path), kind)
                try:
                    image_files.write(image, each.output, temporary)
                finally:
                    bpy.data.images.remove(image)


def _source(making: Making) -> Source:
    """What is noted of a map."""
    found = making.source
    return Source(found.name, found.kind, making.weight, found.alpha_is_opacity)


def _image_of(making: Making) -> bpy.types.Image:
    image = making.source.find()
    assert image is not None
    return image


def _read(making: Making) -> tuple[maps.Map, images.ImageKind]:
    """A map with its pixels, and what the image that is made of it should be like."""
    pixels, kind = images.read(_image_of(making))
    return kind.map_of(pixels, _source(making)), kind


def _results(job: Job, title: str) -> list[str]:
    """The files with the results' pixels, once they are made; shows how far that is."""
    bar, progress = ProgressBar(sys.stderr, title), Progress()
    progress.begin()
    try:
        while True:
            for message in job.poll():
                if isinstance(message, Done):
                    return message.paths
                progress.take(message)
            bar.show(progress.fraction, progress.remaining)
            time.sleep(_WAIT)
    finally:
        bar.close()
        for warning in progress.warnings:
            print(f"nifty: {title}: {warning}", file=sys.stderr)


def _image(pixels: NDArray[np.float32], kind: images.ImageKind) -> bpy.types.Image:
    height, width = pixels.shape[:2]
    image = image_making.create("NIFTY", width, height, kind)
    image_making.show_preview(image, pixels)
    return image


def _note(
    makings: Sequence[Making], width: int, height: int, settings: Settings, title: str
) -> str:
    """JSON: what is noted on an image that is made in Blender, and the maps by their files."""
    sources = tuple(_source(each) for each in makings)
    known = recipe.noted(Recipe(sources, width, height, settings, title), sources[0].name)
    known["maps"] = {
        each.output.name: {
            "source": each.file,
            "roles": [role.value for role in each.source.roles],
            "kind": each.source.kind,
            "weight": each.weight,
        }
        for each in makings
    }
    return json.dumps(known, indent=2, ensure_ascii=False) + "\n"

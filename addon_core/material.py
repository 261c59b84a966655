# SPDX-License-Identifier: GPL-3.0-or-later
"""Several maps as the channels of one exemplar, and what was made of it as maps again.

So every map comes from the same patches, blended alike: what belongs together in the exemplar, an
edge of the colour and an edge of the relief, belongs together in the result.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from . import normals
from .areas import resized_by_area
from .arguments import check_holds_patch, checked_image
from .channels import Normalisation, weighted
from .maps import Kind, Map, are_alike, output_shapes, working_shapes
from .poses import moved, turned
from .pyramid import Shape
from .settings import Pose
from .source import Source, covered, filled, touched

NORMALS = (Kind.NORMAL, Kind.NORMAL_DIRECTX)


@dataclass(frozen=True, slots=True)
class _Part:
    """What a map is of the exemplar."""

    kind: Kind
    normalisation: Normalisation
    channels: slice
    """Where its varying channels lie among those of all maps."""

    def picture(self, state: NDArray[np.float32], shape: Shape) -> NDArray[np.float32]:
        """(\\*shape, channels): the map in its own values, from the channels of all maps."""
        own = resized_by_area(state[:, :, self.channels], shape)
        values = self.normalisation.undo(own)
        return normals.pixels_of(values, self.kind) if self.kind in NORMALS else values


class Material:
    """Maps of the same piece of surface."""

    def __init__(self, maps: Sequence[Map], least: int, poses: Sequence[Pose]) -> None:
        """Check the maps and put them together.

        Args:
            maps: at least one, of any sizes in the same proportions.
            least: pixels that the largest has along each side, at least.
            poses: of the copies from which patches are taken, the first one (0, False).

        Raises:
            ValueError: no map, one that is unusable, or maps that do not fit together; the message
                names the map.
        """
        if not maps:
            raise ValueError("there is no map, but at least one is needed")
        titles = [_title(number, maps) for number in range(len(maps))]
        images = [_checked(given, title) for given, title in zip(maps, titles, strict=True)]
        self._shapes = [image.shape[:2] for image in images]
        _check_proportions(self._shapes, titles)
        shape, _ = working_shapes(self._shapes, self._shapes[0])
        check_holds_patch(shape, least, titles[self._shapes.index(shape)])
        transparent, name = _transparent(images, maps, shape, titles)
        if name:
            images = [filled(image, covered(transparent, image.shape[:2])) for image in images]
        self._parts, copies = _together(images, maps, shape, poses)
        opaque = tuple(moved(~transparent, pose) for pose in poses) if name else None
        self.exemplar = Source(copies, opaque, name)
        """The channels that vary, normalised, at the size of the largest map"""

    def working_size(self, size: Shape) -> Shape:
        """Height and width at which to work for a first map of ``size``."""
        return working_shapes(self._shapes, size)[1]

    def maps(self, state: NDArray[np.float32], size: Shape) -> list[NDArray[np.float32]]:
        """The maps, in their own values, in the ratios that their sizes had.

        Args:
            state: (\\*working size, channels), as in the exemplar; is used up.
            size: height and width of the first.
        """
        shapes = output_shapes(self._shapes, size)
        return [part.picture(state, shape) for part, shape in zip(self._parts, shapes, strict=True)]

    def preview(self, state: NDArray[np.float32]) -> NDArray[np.float32]:
        """(height, width, channels): the first map from a state of any size, which is used up."""
        return self._parts[0].picture(state, state.shape[:2])


def _title(number: int, maps: Sequence[Map]) -> str:
    if maps[number].name:
        return f"“{maps[number].name}”"
    return f"map {number + 1}" if len(maps) > 1 else "the exemplar"


def _checked(given: Map, title: str) -> NDArray[np.float32]:
    """(height, width, channels): a usable map's pixels."""
    image = checked_image(given.pixels, title)
    channels = image.shape[2]
    if not (math.isfinite(given.weight) and given.weight >= 0):
        raise ValueError(f"{title} has a weight of {given.weight:g}, but must have 0 or more")
    colours = 3 if given.kind in NORMALS else 0
    if channels < colours:
        raise ValueError(
            f"{title} is to be a normal map, but has no red, green and blue: is it a bump or a "
            "height map"
        )
    if given.alpha is not None and not colours <= given.alpha < channels:
        raise ValueError(f"{title} has no opacity in channel {given.alpha} of {channels}")
    return image


def _transparent(
    images: Sequence[NDArray[np.float32]],
    maps: Sequence[Map],
    shape: Shape,
    titles: Sequence[str],
) -> tuple[NDArray[np.bool_], str]:
    """Where any of the maps has nothing to see, ``shape``, and the title of the first that has.

    Raises:
        ValueError: that is everywhere.
    """
    transparent, name = np.zeros(shape, bool), ""
    for image, given, title in zip(images, maps, titles, strict=True):
        own = None if given.alpha is None else image[:, :, given.alpha] <= 0.0
        if own is not None and own.any():
            transparent |= touched(own, shape)
            name = name or title
    if transparent.all():
        raise ValueError(f"{name} is transparent everywhere: there is nothing to take from it")
    return transparent, name


def _check_proportions(shapes: Sequence[Shape], titles: Sequence[str]) -> None:
    (height, width), base = shapes[0], titles[0]
    for shape, title in zip(shapes, titles, strict=True):
        if not are_alike(shape, (height, width)):
            raise ValueError(
                f"{title} has {shape[1]} × {shape[0]} pixels and {base} {width} × {height}, which "
                "are other proportions. The maps of a material must show the same piece of "
                "surface: crop or scale one of them"
            )


def _joined(arrays: Sequence[NDArray[np.float32]], axis: int) -> NDArray[np.float32]:
    """Arrays one after the other along an axis: without a copy if there is just one."""
    return arrays[0] if len(arrays) == 1 else np.concatenate(arrays, axis)


def _together(
    images: Sequence[NDArray[np.float32]],
    maps: Sequence[Map],
    shape: Shape,
    poses: Sequence[Pose],
) -> tuple[list[_Part], tuple[NDArray[np.float32], ...]]:
    """What each map is of the exemplar, and that, (\\*shape, channels), in each pose."""
    values = [
        normals.vectors_of(image, given.kind) if given.kind in NORMALS else image
        for image, given in zip(images, maps, strict=True)
    ]
    # Each map's values in each pose, not moved yet.
    variants = [
        [own, *(turned(own, pose, given.bottom_up) for pose in poses[1:])]
        if given.kind in NORMALS
        else [own]
        for own, given in zip(values, maps, strict=True)
    ]
    measured = [Normalisation.of(_joined(own, 0)) for own in variants]
    normalisations = weighted(measured, [given.weight for given in maps])
    ends = np.cumsum([0, *(own.channels for own in normalisations)]).tolist()
    parts = [
        _Part(given.kind, normalisation, slice(start, end))
        for given, normalisation, start, end in zip(
            maps, normalisations, ends, ends[1:], strict=False
        )
    ]

    def in_pose(number: int, pose: Pose) -> NDArray[np.float32]:
        channels = [
            resized_by_area(part.normalisation.apply(own[number % len(own)]), shape)
            for part, own in zip(parts, variants, strict=True)
        ]
        return moved(_joined(channels, 2), pose)

    return parts, tuple(in_pose(*numbered) for numbered in enumerate(poses))

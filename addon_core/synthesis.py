# SPDX-License-Identifier: GPL-3.0-or-later
"""NIFTY: a new texture from an exemplar, by non-local flow matching (arXiv 2509.22318)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import fast, paper
from .arguments import checked_size
from .maps import Map
from .material import Material
from .progress import Listener, Progress, Stopped, Wish
from .pyramid import Shape, usable_levels
from .settings import FAST, PAPER, Settings


def synthesize(
    exemplar: ArrayLike,
    size: Shape,
    settings: Settings = Settings(),  # noqa: B008 - frozen
    progress: Listener | None = None,
) -> NDArray[np.float32]:
    """Make a new texture that looks like more of the exemplar.

    Every pixel of the result is a weighted sum of pixels of the exemplar, and each channel stays
    within the range of its values. The same arguments give the same pixels, bit for bit, on the
    same machine with the same versions of NumPy and SciPy.

    Args:
        exemplar: (height, width, channels) or (height, width), any real numbers in any unit; it is
            not changed. Both sides at least ``settings.smallest_exemplar``.
        size: height and width of the result in pixels, at least 1.
        settings: the parameters of the method.
        progress: is told how far the work is, and given a preview at each level's end; returning
            False, or raising, stops the run; returning `Wish.FINISH` brings it to its end in few
            steps.

    Returns:
        (height, width, channels), float32, in the exemplar's values.

    Raises:
        ValueError: an exemplar of another shape, smaller than a patch, empty, or with values that
            are not finite; a size below 1.
        Stopped: ``progress`` returned False.

    Warns:
        LevelsLowered: the exemplar is too small for ``settings.levels``.
    """
    (texture,) = synthesize_maps([Map(exemplar)], size, settings, progress)
    return texture


def synthesize_maps(
    maps: Sequence[Map],
    size: Shape,
    settings: Settings = Settings(),  # noqa: B008 - frozen
    progress: Listener | None = None,
) -> list[NDArray[np.float32]]:
    """Make new maps for a material that look like more of the given ones, all as one exemplar.

    Every pixel of every map is a weighted sum of pixels of the given map, with the same weights at
    the same places in all of them. Where one of them is wholly transparent, nothing is taken from
    any. All are worked on at the size of the largest one.

    Args:
        maps: of one piece of surface, in any sizes of the same proportions; they are not changed.
            The largest has sides of at least ``settings.smallest_exemplar``.
        size: height and width of the first map's result in pixels, at least 1.
        settings: as for :func:`synthesize`.
        progress: the same; a preview is of the first map.

    Returns:
        (height, width, channels), float32, of each map, in its own values and in the ratio to the
        first that its size had.

    Raises:
        ValueError: as for :func:`synthesize`, and for maps of different proportions, a weight below
            0, a normal map without three channels, or one with no opaque part as large as a patch;
            the message names the map.
        Stopped: ``progress`` returned False.

    Warns:
        LevelsLowered: the exemplar, or what of it is opaque, is too small for ``settings.levels``.
    """
    material = Material(maps, settings.smallest_exemplar, settings.poses)
    size = checked_size(size)
    working_size, exemplar = material.working_size(size), material.exemplar
    rows, columns, channels = exemplar.images[0].shape
    if channels == 0:
        return material.maps(np.empty((*working_size, 0), np.float32), size)
    least = settings.smallest_exemplar
    levels = usable_levels((rows, columns), settings.levels, least)
    levels = exemplar.levels(levels, least, settings.patch_stride)
    method = {FAST: fast.synthesize, PAPER: paper.synthesize}[settings.method]
    state = method(
        exemplar,
        working_size,
        levels,
        settings,
        np.random.default_rng(settings.seed),
        _in_values_of(material, progress),
    )
    results = material.maps(state, size)
    if progress is not None:
        steps = settings.steps
        done = Progress(levels - 1, levels, steps, steps, fraction=1.0, preview=results[0])
        if progress(done) is False:
            raise Stopped
    return results


def _in_values_of(material: Material, listener: Listener | None) -> Listener | None:
    """A listener that passes previews on as the first map."""
    if listener is None:
        return None

    def listen(progress: Progress) -> bool | Wish | None:
        if progress.preview is None:
            return listener(progress)
        return listener(replace(progress, preview=material.preview(progress.preview)))

    return listen

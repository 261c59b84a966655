# SPDX-License-Identifier: GPL-3.0-or-later
"""NIFTY: a new texture from an exemplar, by non-local flow matching (arXiv 2509.22318)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import fast, paper
from .arguments import checked_exemplar, checked_size
from .channels import Normalisation
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

    Every pixel of the result is a weighted mean of pixels of the exemplar, so that it stays within
    the range of its values. The same arguments give the same pixels, bit for bit, on the same
    machine with the same versions of NumPy and SciPy.

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
    exemplar = checked_exemplar(exemplar, settings.smallest_exemplar)
    height, width = checked_size(size)
    normalisation = Normalisation.of(exemplar)
    if not normalisation.varying.any():
        return np.tile(normalisation.mean, (height, width, 1))
    levels = usable_levels(exemplar.shape[:2], settings.levels, settings.smallest_exemplar)
    method = {FAST: fast.synthesize, PAPER: paper.synthesize}[settings.method]
    result = method(
        normalisation.apply(exemplar),
        (height, width),
        levels,
        settings,
        np.random.default_rng(settings.seed),
        _in_values_of(normalisation, progress),
    )
    result = normalisation.undo(result)
    if progress is not None:
        steps = settings.steps
        done = Progress(levels - 1, levels, steps, steps, fraction=1.0, preview=result)
        if progress(done) is False:
            raise Stopped
    return result


def _in_values_of(normalisation: Normalisation, listener: Listener | None) -> Listener | None:
    """A listener that passes previews on in the exemplar's values."""
    if listener is None:
        return None

    def listen(progress: Progress) -> bool | Wish | None:
        if progress.preview is None:
            return listener(progress)
        return listener(replace(progress, preview=normalisation.undo(progress.preview)))

    return listen

# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a texture goes on over its border, when it is repeated."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def relative_steps(image: NDArray[np.float32], axis: int) -> NDArray[np.float64]:
    """Each step from a row to the next as a part of those beside it, round the torus.

    A step is the mean absolute difference between two neighbouring rows. It is compared with the
    mean of the step before and the step after, and not with that of all rows, because textures
    have places with larger steps: over joints of bricks it is three times that within a course,
    and this is no seam. Blocks in a compressed picture are told in a like way, by differences over
    their boundaries beside those within (Wang, Sheikh, Bovik 2002).

    Args:
        image: (height, width, channels), at least 3 rows along the axis.
        axis: 0 compares rows, down the image, 1 columns, across.

    Returns:
        (rows, channels), from 0, no unit; the last is the step over the border. 1 is a step like
        those beside it, and infinite is one where nothing changes beside it; where nothing changes
        at all it is 1.
    """
    steps = np.abs(np.roll(image, -1, axis) - image).mean(axis=1 - axis, dtype=np.float64)
    beside = (np.roll(steps, 1, 0) + np.roll(steps, -1, 0)) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where((steps == 0.0) & (beside == 0.0), 1.0, steps / beside)


def border(image: NDArray[np.float32], axis: int) -> NDArray[np.float64]:
    """The step over the border as a part of those beside it: the last of :func:`relative_steps`.

    One border is one sample. Rows inside differ from each other as well, by the spread of the other
    relative steps, a few hundredths in a texture without a direction and a few tenths in bricks:
    to tell a border from the inside by less than that takes the mean of the logarithms over several
    outputs. Only what is abrupt is seen: joints of the whole texture are :func:`seam`'s.

    Args:
        image: (height, width, channels), at least 3 rows along the axis.
        axis: 0 for the border between the last row and the first, 1 for that of the columns.

    Returns:
        (channels,), from 0, no unit; 1 is right.
    """
    return relative_steps(image, axis)[-1]

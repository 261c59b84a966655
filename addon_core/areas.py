# SPDX-License-Identifier: GPL-3.0-or-later
"""Resizing by area: each new pixel is the mean of what lies under it.

To a whole multiple of the size that repeats pixels, and back it gives the same pixels again. So a
map that is worked on at twice its size comes back made of its own pixels, neither blurred nor out
of their range, as long as patches lie at multiples of two pixels; and nothing reaches across the
border of an image that tiles.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from .pyramid import Shape


def resized_by_area(image: NDArray[np.float32], shape: Shape) -> NDArray[np.float32]:
    """Resize (height, width, channels) to ``shape``."""
    for axis, length in enumerate(shape):
        if image.shape[axis] == length:
            continue
        lines = np.moveaxis(image, axis, 0)
        means = _shares(len(lines), length) @ lines.reshape(len(lines), -1)
        image = np.moveaxis(means.reshape(length, *lines.shape[1:]), 0, axis)
    return image


def _shares(length: int, new_length: int) -> csr_array:
    """(new_length, length): the share of each new sample that lies over each old one."""
    # In units in which both old and new samples are whole.
    edges = np.union1d(np.arange(length + 1) * new_length, np.arange(new_length + 1) * length)
    starts, widths = edges[:-1], np.diff(edges)
    rows, columns = starts // length, starts // new_length
    ends = np.searchsorted(rows, np.arange(new_length + 1))
    weights = (widths / length).astype(np.float32)
    return csr_array((weights, columns, ends), shape=(new_length, length))

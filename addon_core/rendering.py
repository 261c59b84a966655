# SPDX-License-Identifier: GPL-3.0-or-later
"""From the chosen blocks to pixels: the exemplar's own, laid side by side.

Where blocks that lay apart in the exemplar meet, they are blended over a few pixels, and their
light over a few blocks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from .blocks import BLOCK, bands, in_blocks
from .borders import surrounded
from .latent import MARGIN, LatentExemplar
from .levelling import (
    AROUND,
    REACH,
    Detail,
    extremes,
    joints_of,
    levelled,
    light_of,
    near,
    spread,
)
from .pyramid import Wraps
from .source import stacked

BLEND = 1.5
"""Standard deviation, in pixels, of the Gaussian with which a block reaches into its neighbours."""

EDGE = REACH + 1
"""How far the light of blocks reaches in all, in blocks: pixels lie between the middles of two."""

INNER = (slice(EDGE, -EDGE),) * 2
"""The blocks of an output, of those and the ones around it"""

BAND = 2**18
"""Numbers handled at once: bounds the memory, and stays in the cache."""


def rendered(
    images: Sequence[NDArray[np.float32]],
    exemplar: LatentExemplar,
    chosen: NDArray[np.int32],
    wraps: Wraps,
) -> NDArray[np.float32]:
    """(height · 4, width · 4, channels): pixels of the chosen blocks, blended where pieces meet.

    Args:
        images: (rows, columns, channels) each, the level's exemplar and its copies, in the values
            that are wanted.
        exemplar: the same in the latent.
        chosen: (height, width) numbers of the exemplar's blocks.
        wraps: of the output.
    """
    height, width = chosen.shape
    channels = images[0].shape[2]
    pixels = np.empty((height * BLOCK, width * BLOCK, channels), np.float32)
    laid_out = in_blocks(pixels)
    blocks = stacked([_reaching_over(image) for image in images])
    grid = blocks.shape[0], blocks.shape[1]
    squares = blocks.reshape(grid[0] * grid[1], -1)
    row, column = np.divmod(chosen, np.int32(exemplar.shape[1]))
    # Each copy has more blocks around it than in the latent.
    more, pitch = np.int32(EDGE - MARGIN), grid[1]
    row += 2 * more * (row // np.int32(exemplar.pitch)) + more
    laid = surrounded(
        row * np.int32(pitch) + column + more, ((EDGE, EDGE), (EDGE, EDGE)), wraps, pitch
    )
    joints = joints_of(laid, pitch)
    blended = near(joints, EDGE)
    light = light_of(squares, grid)
    detail = Detail(squares, light, _asked(laid, joints, blended, pitch, len(squares)))
    ends = [extremes(image.reshape(len(image), -1), channels) for image in images]
    least = np.tile(np.minimum.reduce([low for low, _ in ends]), BLOCK**2)
    most = np.tile(np.maximum.reduce([high for _, high in ends]), BLOCK**2)
    blend = _Blend(detail, light.reshape(len(squares), -1), pitch)
    parts = list(bands(chosen.shape, max(1, BAND // squares.shape[1])))
    shown = np.empty((parts[0].stop * width, squares.shape[1]), np.float32)
    for band in parts:
        part = slice(band.start, band.stop + 2 * EDGE)
        own = laid[part][INNER].ravel()
        # All of them are there; to check it first would take a copy.
        result = squares.take(own, axis=0, out=shown[: len(own)], mode="clip")
        places = np.flatnonzero(blended[part][INNER])
        near_joints = blend.at(places, laid[part], joints[part])
        result[places] = np.clip(near_joints, least, most, out=near_joints)
        laid_out[band] = result.reshape(-1, *laid_out.shape[1:])
    return pixels


@dataclass(frozen=True, slots=True)
class _Blend:
    """What is shown where pieces meet."""

    detail: Detail
    """Of the exemplar, where it will be asked for"""
    light: NDArray[np.float32]
    """(blocks, channels), of the exemplar"""
    pitch: int
    """By how much numbers of its blocks grow from row to row"""

    def at(
        self, places: NDArray[np.intp], laid: NDArray[np.int32], joints: NDArray[np.bool_]
    ) -> NDArray[np.float32]:
        """(n, 16 · channels): the pixels of some blocks near joints.

        Args:
            places: (n,), flat numbers of blocks of an output, or of a part of it.
            laid: (height + 2 · EDGE, width + 2 · EDGE), numbers of the exemplar's blocks that are
                laid out there and around.
            joints: of the same shape, those with another piece beside them.
        """
        shown = self.detail.at(laid[INNER].take(places))
        joint = np.flatnonzero(joints[INNER].take(places))
        total = np.zeros((len(joint), shown.shape[1]), np.float32)
        reaches = _reaches(self.light.shape[1])
        going_on = _going_on(laid, places.take(joint), self.pitch)
        for reach, blocks in zip(reaches, going_on, strict=True):
            reaching = self.detail.at(blocks)
            reaching *= reach
            total += reaching
        shown[joint] = total
        shown += spread(levelled(self.light, laid, joints, self.pitch), places)
        return shown


def _asked(
    laid: NDArray[np.int32],
    joints: NDArray[np.bool_],
    blended: NDArray[np.bool_],
    pitch: int,
    count: int,
) -> NDArray[np.bool_]:
    """(count,): of which of the exemplar's blocks the detail is asked for.

    Args:
        laid: (height + 2 · EDGE, width + 2 · EDGE), blocks of an output and around it.
        joints: of the same shape, those with another piece beside them.
        blended: of the same shape, those that are not as they lie in the exemplar.
        pitch: by how much numbers of the exemplar's blocks grow from row to row.
        count: of the exemplar's blocks.
    """
    asked = np.zeros(count, bool)
    asked[laid[INNER][blended[INNER]]] = True
    for blocks in _going_on(laid, np.flatnonzero(joints[INNER]), pitch):
        asked[blocks] = True
    return asked


def _going_on(
    laid: NDArray[np.int32], places: NDArray[np.integer], pitch: int
) -> Iterator[NDArray[np.int32]]:
    """What each of the blocks ``AROUND``, and a block itself, would have there if it went on.

    Args:
        laid: (height + 2 · EDGE, width + 2 · EDGE), blocks of an output and around it.
        places: (n,) flat numbers of blocks of the output.
        pitch: by how much numbers of the exemplar's blocks grow from row to row.

    Yields:
        (n,) numbers of the exemplar's blocks.
    """
    row, column = np.divmod(places, laid.shape[1] - 2 * EDGE)
    middle = (row + EDGE) * laid.shape[1] + column + EDGE
    for down, right in AROUND:
        blocks = laid.take(middle - (down * laid.shape[1] + right))
        blocks += np.int32(down * pitch + right)
        yield blocks


def _reaching_over(image: NDArray[np.float32]) -> NDArray[np.float32]:
    """(rows, columns, 4, 4, channels): an image's blocks, and all they may reach into, mirrored."""
    inner = in_blocks(image)
    height, width = inner.shape[:2]
    blocks = np.empty((height + 2 * EDGE, width + 2 * EDGE, *inner.shape[2:]), np.float32)
    blocks[EDGE:-EDGE, EDGE:-EDGE] = inner
    for grid in (blocks[:, EDGE:-EDGE], blocks.swapaxes(0, 1).swapaxes(2, 3)):
        for far in range(EDGE):
            # The pixels of a block are mirrored as the blocks are.
            grid[EDGE - 1 - far] = grid[EDGE + far, :, ::-1]
            grid[-EDGE + far] = grid[-EDGE - 1 - far, :, ::-1]
    return blocks


@lru_cache(maxsize=32)
def _reaches(channels: int) -> NDArray[np.float32]:
    """(9, 16 channels): the weights, in a block, of those ``AROUND`` up and to the left of it."""
    offset = np.arange(BLOCK) - (BLOCK - 1) / 2
    profile = np.exp(-0.5 * ((offset + BLOCK * np.array([[-1], [0], [1]])) / BLEND) ** 2)
    profile /= profile.sum(axis=0)
    weights = [np.outer(profile[1 + down], profile[1 + right]) for down, right in AROUND]
    reaches = np.stack(weights).reshape(len(AROUND), -1).repeat(channels, axis=1)
    reaches = reaches.astype(np.float32)
    reaches.flags.writeable = False
    return reaches

# SPDX-License-Identifier: GPL-3.0-or-later
"""The latent in which the fast method runs its flow: blocks of pixels as a few numbers each.

A patch of 16 × 16 pixels at a stride of 4 is 4 × 4 blocks of 4 × 4 pixels, and overlapping patches
share whole blocks. A block becomes a code, its leading principal components; a patch of codes
becomes a feature, the leading components of 16 codes, in which patches are compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import count
from math import gcd

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from .blocks import bands, in_blocks, pixels_of
from .components import principal_components
from .moments import Moments
from .poses import moved
from .products import add_product, product, product_into
from .pyramid import Shape, Wraps
from .settings import Pose
from .source import nearest_place, stacked

SPAN = 4
"""Side of a patch in blocks."""

CODE = 16
"""Numbers that stand for a block, at most."""

FEATURE = 64
"""Numbers that stand for a patch, at most."""

LEADING = 16
"""Numbers of a feature by which pieces are compared where they meet: most of what one sees."""

MARGIN = 2
"""Blocks by which a patch may reach over the exemplar's border. Patches wholly inside seldom bring
the outermost blocks into the output. Out there the exemplar is mirrored, for the search alone."""

MARGIN_WEIGHT = np.float32(0.05)
"""How much a block of the margin counts, where patches are averaged, beside one inside."""

SIDES = (1, 2, 4, 8)
"""The lower, the upper, the right and the left side; a sum stands for several."""

SAMPLE = 1024
"""Blocks, and patches, from which the principal components are measured: up to twice as many."""

BAND = 4096
"""Patches whose codes are gathered at once, about: bounds the memory, and stays in the cache."""


class LatentExemplar:
    """One level's exemplar in the latent."""

    def __init__(
        self,
        *images: NDArray[np.float32],
        opaque: Sequence[NDArray[np.bool_]] | None = None,
        poses: Sequence[Pose] = ((0, False),),
    ) -> None:
        """Encode an image, or several copies of one.

        Args:
            images: (height, width, channels) each, of mean 0, at least a patch on each side.
            opaque: of each image, (height, width), False where no patch may lie, a patch left at
                least; None when patches may lie anywhere.
            poses: how the copies lie, one for each image.
        """
        views = [in_blocks(image) for image in images]
        inners = [(view.shape[0], view.shape[1]) for view in views]
        wholes = [np.ones(inner, bool) for inner in inners]
        if opaque is not None:
            wholes = [np.logical_and.reduce(in_blocks(own), axis=(2, 3, 4)) for own in opaque]
        self._basis = principal_components(_sampled_blocks(views, wholes), CODE)
        grids = [_coded(view, self._basis) for view in views]
        squares = sum(_squares(own, whole) for own, whole in zip(grids, wholes, strict=True))
        numbers = self._basis.shape[1] * sum(map(np.count_nonzero, wholes))
        # A pattern as fine as a pixel is flat at a coarse level.
        self._scale = np.float32(max(np.sqrt(squares / numbers), 1e-4))
        for own in grids:
            own /= self._scale
        margins = (MARGIN, MARGIN), (MARGIN, MARGIN), (0, 0)
        grid = stacked([np.pad(own, margins, mode="symmetric") for own in grids])
        self.poses = tuple(poses)
        """How the copies lie that are stacked here, one below the other"""
        self.pitch = len(grid) // len(images)
        """How many blocks lie between the first rows of two of them"""
        self.shape: Shape = (grid.shape[0], grid.shape[1])
        """How many blocks lie in each direction, the margin included"""
        self.codes: NDArray[np.float32] = grid.reshape(-1, grid.shape[2])
        """(blocks, q), of mean square 1 in all"""
        self.inside = stacked([np.pad(whole, MARGIN) for whole in wholes]).ravel()
        """(blocks,): False in the margin, and where anything is transparent"""
        self.patch_shape: Shape = (self.shape[0] - SPAN + 1, self.shape[1] - SPAN + 1)
        """How many patches lie in each direction"""
        self.reachable = stacked([np.pad(whole, MARGIN, mode="symmetric") for whole in wholes])
        """``shape``: False where anything is transparent, and between two images"""
        rows, columns = (side + 2 * MARGIN - SPAN + 1 for side in inners[0])
        places = np.arange(rows * columns, dtype=np.int32).reshape(rows, columns)
        self.places = [moved(places, pose) for pose in self.poses]
        """(rows, columns) of each copy: which patch of the first one each of its patches is"""
        self.usable = _patches_within(self.reachable)
        """``patch_shape``: False where a patch touches anything transparent, or two images"""
        for over in range(1, SPAN):
            self.usable[self.pitch - over :: self.pitch] = False
        self.sources = np.flatnonzero(self.usable).astype(np.int32)
        """(sources,): the numbers of the usable patches"""
        rows = _sampled_patches(grid, self.sources[:: max(1, self.sources.size // SAMPLE)])
        self.patch_basis = principal_components(rows - rows.mean(axis=0), FEATURE)
        """(16 q, d): which patch of codes each number of a feature stands for"""
        self.features = _features(grid, self.patch_basis)
        """(patches, d), row after row; ``take`` gathers some twice as quickly as indexing does"""
        self.half_norms = 0.5 * np.einsum("nd,nd->n", self.features, self.features)
        """(patches,): half of each feature's squared length"""

    @cached_property
    def leading(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """(patches, ``LEADING``) and (patches,): the first numbers of the features, half norms."""
        features = np.ascontiguousarray(self.features[:, :LEADING])
        return features, 0.5 * np.einsum("nd,nd->n", features, features)

    @cached_property
    def source_features(self) -> NDArray[np.float32]:
        """(sources, d): the features of the usable patches."""
        return self.features[self.sources]

    @cached_property
    def source_half_norms(self) -> NDArray[np.float32]:
        """(sources,): half of the squared lengths of the features of the usable patches."""
        return self.half_norms[self.sources]

    @cached_property
    def inner(self) -> NDArray[np.bool_]:
        """(patches,): which lie wholly inside, without anything transparent."""
        return _patches_within(self.inside.reshape(self.shape)).ravel()

    @cached_property
    def block_weights(self) -> NDArray[np.float32]:
        """(blocks,): how much each counts where patches are averaged, 1 inside."""
        return np.where(self.inside, np.float32(1.0), MARGIN_WEIGHT)

    @cached_property
    def overhangs(self) -> NDArray[np.uint8]:
        """(patches,): over which of the exemplar's borders each reaches, sums of ``SIDES``."""
        rows, columns = self.pitch - SPAN + 1, self.patch_shape[1]
        row, column = np.divmod(np.arange(len(self.features)), columns)
        row %= self.pitch
        over = row >= rows - MARGIN, row < MARGIN, column >= columns - MARGIN, column < MARGIN
        return np.array(SIDES, np.uint8) @ np.array(over, np.uint8)

    @cached_property
    def nearest(self) -> NDArray[np.int32]:
        """(patches,): for each the usable one that lies nearest, itself if it is."""
        numbers = np.arange(len(self.features), dtype=np.int32)
        if self.sources.size == numbers.size:
            return numbers
        row, column = nearest_place(self.usable)
        return numbers.reshape(self.patch_shape)[row, column].ravel()

    @cached_property
    def _ranks(self) -> NDArray[np.int32]:
        ranks = np.full(len(self.features) + 1, -1, np.int32)
        ranks[self.sources] = np.arange(self.sources.size)
        return ranks

    @cached_property
    def _origins(self) -> NDArray[np.int32]:
        """(patches,): which of the first copy's patches each is."""
        return self._in_copies(self.places[0], self.patch_shape)

    @cached_property
    def _source_origins(self) -> NDArray[np.int32]:
        return self._origins[self.sources]

    @cached_property
    def _block_origins(self) -> NDArray[np.int32]:
        rows, columns = (side + SPAN - 1 for side in self.places[0].shape)
        blocks = np.arange(rows * columns, dtype=np.int32).reshape(rows, columns)
        return self._in_copies(blocks, self.shape)

    def _in_copies(self, numbers: NDArray[np.int32], shape: Shape) -> NDArray[np.int32]:
        """(``shape``, flat): numbers of the first copy, (rows, columns), as all copies have them.

        Between the copies it is how many there are.
        """
        stack = np.full(shape, numbers.size, np.int32)
        for copy, pose in enumerate(self.poses):
            own = moved(numbers, pose)
            stack[copy * self.pitch :][: own.shape[0], : own.shape[1]] = own
        return stack.ravel()

    def even_over_copies(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """The means over what is one place of the exemplar, however it is turned and mirrored.

        Args:
            values: of all patches, (patches,), of the usable ones, (sources,), or of all blocks,
                (blocks,).

        Returns:
            The same shape.
        """
        if len(self.poses) == 1:
            return values
        if len(values) == len(self.codes):
            origins = self._block_origins
        else:
            is_of_all = len(values) == len(self.features)
            origins = self._origins if is_of_all else self._source_origins
        sums = np.bincount(origins, values)
        counts = np.maximum(np.bincount(origins), 1)
        return (sums / counts).astype(np.float32)[origins]

    def rank_of(self, patches: NDArray[np.int32]) -> NDArray[np.int32]:
        """Their places among the sources, of any shape; −1 stays −1."""
        return self._ranks[patches]

    @cached_property
    def moments(self) -> Moments:
        """Of the codes inside."""
        return Moments(self.codes[self.inside])

    @property
    def code_size(self) -> int:
        """q, the numbers of a code."""
        return self.codes.shape[1]

    def project(self, patches: NDArray[np.float32]) -> NDArray[np.float32]:
        """(n, d): the features of patches of codes, (n, 16 q)."""
        return product(np.ascontiguousarray(patches), self.patch_basis)

    def features_of(self, state: NDArray[np.float32], wraps: Wraps) -> NDArray[np.float32]:
        """(patches, d): the features of a state's patches, row after row.

        Args:
            state: (height, width, q), of blocks.
            wraps: whether patches go round it, down and across.
        """
        height, width, size = state.shape
        down, right = ((SPAN - 1) * wrapped for wrapped in wraps)
        wrapped = np.empty((height + down, width + right, size), np.float32)
        wrapped[:height, :width] = state
        wrapped[height:, :width] = state[:down]
        wrapped[:, width:] = wrapped[:, :right]
        return _features(wrapped, self.patch_basis)

    def decode(self, state: NDArray[np.float32]) -> NDArray[np.float32]:
        """(height · 4, width · 4, channels): the pixels that (height, width, q) codes stand for."""
        height, width = state.shape[:2]
        flat = product(state.reshape(height * width, -1), np.ascontiguousarray(self._basis.T))
        flat *= self._scale
        return pixels_of(flat, (height, width))


def _sampled_blocks(
    views: Sequence[NDArray[np.float32]], wholes: Sequence[NDArray[np.bool_]]
) -> NDArray[np.float32]:
    """(n, 16 · channels): some of the blocks that are whole, of images :func:`in_blocks`."""
    every = max(1, sum(map(np.count_nonzero, wholes)) // SAMPLE)
    samples = []
    for view, whole in zip(views, wholes, strict=True):
        # Not the same columns in each row.
        step = next(step for step in count(every) if gcd(step, whole.shape[1]) == 1)
        row, column = np.nonzero(whole)
        samples.append(view[row[::step], column[::step]].reshape(-1, view[0, 0].size))
    return np.concatenate(samples)


def _coded(view: NDArray[np.float32], basis: NDArray[np.float32]) -> NDArray[np.float32]:
    """(height, width, q): the codes of an image :func:`in_blocks`, for an orthonormal basis."""
    height, width = view.shape[:2]
    codes = np.empty((height, width, basis.shape[1]), np.float32)
    for band in bands((height, width), BAND):
        flat = np.ascontiguousarray(view[band]).reshape(-1, len(basis))
        codes[band] = product(flat, basis).reshape(-1, width, basis.shape[1])
    return codes


def _squares(codes: NDArray[np.float32], whole: NDArray[np.bool_]) -> float:
    """The sum of the squares of (height, width, q) codes where blocks are whole."""
    return float(np.einsum("hwq,hwq->hw", codes, codes)[whole].sum(dtype=np.float64))


def _sampled_patches(grid: NDArray[np.float32], numbers: NDArray[np.int32]) -> NDArray[np.float32]:
    """(n, 16 q): some patches of a grid of codes; to reshape a view of all would copy them."""
    windows = sliding_window_view(grid, (SPAN, SPAN), axis=(0, 1)).transpose(0, 1, 3, 4, 2)  # pyright: ignore[reportCallIssue, reportArgumentType]
    row, column = np.divmod(numbers, windows.shape[1])
    return windows[row, column].reshape(len(row), -1)


def _patches_within(blocks: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """(rows, columns): the patches of which all blocks are among these, (height, width)."""
    rows, columns = (side - SPAN + 1 for side in blocks.shape)
    patches = np.ones((rows, columns), bool)
    for down, right in np.ndindex(SPAN, SPAN):
        patches &= blocks[down : down + rows, right : right + columns]
    return patches


def _features(grid: NDArray[np.float32], basis: NDArray[np.float32]) -> NDArray[np.float32]:
    """(patches, d): the features of the patches of a grid of codes, row after row."""
    height, width, size = grid.shape
    rows, columns = height - SPAN + 1, width - SPAN + 1
    features = np.empty((rows * columns, basis.shape[1]), np.float32)
    # Patches one below the other share rows of blocks: each is copied out once, for all four.
    parts = np.ascontiguousarray(basis.reshape(SPAN, SPAN * size, -1).swapaxes(1, 2))
    for band in bands((rows, columns), BAND):
        below = grid[band.start : band.stop + SPAN - 1]
        shared = np.ascontiguousarray(sliding_window_view(below, SPAN, axis=1).swapaxes(2, 3))
        shared = shared.reshape(len(below) * columns, SPAN * size)
        own = features[band.start * columns : band.stop * columns]
        product_into(shared[: len(own)], parts[0], own)
        for down in range(1, SPAN):
            add_product(shared[down * columns :][: len(own)], parts[down], own)
    return features

# SPDX-License-Identifier: GPL-3.0-or-later
"""The fast method: the flow of the paper in a latent of blocks, balanced and coherent.

A sketch, so coarse that a patch shows the whole exemplar, says where what is larger than a patch
runs on, stripes from border to border for one; little of it is kept. Coarse levels take a softmax
over all patches, balanced so that every part of the exemplar is used evenly. Finer levels inherit
where their patches come from, slide the pieces until they fit, the first of them expands pieces to
where cuts are seen least, and all choose along the joints among what the neighbours would go on
with; of several layouts the best one goes on. At the end the pieces expand once
more, block by block, and the exemplar's own pixels are laid side by side.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .alignment import aligned
from .balance import balanced_flow
from .blocks import BLOCK
from .borders import patch_shape
from .choosing import chosen_blocks
from .coherence import coherent_flow
from .distributions import wasserstein_of_rows
from .expansion import expanded_blocks, expanded_patches
from .inheritance import inherited
from .latent import SPAN, LatentExemplar
from .overlap import Proposals, aggregated
from .progress import Listener, Meter
from .pyramid import Shape, Wraps, level_shapes
from .rendering import rendered
from .settings import Settings
from .source import Source
from .tiling import fitted_matches, fitted_pixels

COARSE = 2
"""Levels that are balanced; the exemplar is about 32 and 64 pixels large there."""

REACH = 2
"""By how many blocks pieces may move as a whole, up to the first fine level."""

MOST_REACH, STEPS_PER_REACH = 4, 8
"""By how many they may after it, at most, and how many of the settings' steps each of these takes.
Four are enough to bring a lattice of 32 pixels into step; what they take from evenness, few steps
would not give back."""

SKETCH = -1
"""The sketch's number: it comes before the first level. Its exemplar is half as large, so that a
patch covers most of it, and its pieces are copies of the whole."""

KEPT = 0.25
"""The time at which the first level starts from a sketch: how much of that is kept, the rest is
noise. More keeps its pieces too, less does not keep stripes."""

START = 0.5
"""The time at which a finer level starts."""

MOST_HALVED = 8
"""By how much fewer steps the finer levels take than the settings say, at most: what they start
from is half decided."""

STEPS_PER_PATCHES, STEPS_PER_BLOCKS = 4, 3
"""For so many of the settings' steps patches offer once to expand, and blocks."""


def synthesize(
    exemplar: Source,
    size: Shape,
    levels: int,
    settings: Settings,
    random: np.random.Generator,
    progress: Listener | None,
) -> NDArray[np.float32]:
    """(height, width, channels): a texture for an exemplar of deviation 1.

    Args:
        exemplar: normalised.
        size: height and width of the result.
        levels: how many, at most as many as leave a patch at the coarsest.
        settings: of the method ``fast``.
        random: draws the noise.
        progress: is told how far the work is.
    """
    shapes = _grid_shapes(size, levels, settings.wraps)
    first = SKETCH if _is_sketched(exemplar, levels, shapes[0]) else 0
    exemplar_shapes = level_shapes(exemplar.images[0].shape[:2], levels - first)
    meter = Meter(progress, *_work(exemplar_shapes[-levels:], shapes, first, settings))
    if first == SKETCH:
        shapes.insert(0, (-(-shapes[0][0] // 2), -(-shapes[0][1] // 2)))
    layouts: list[_Layout] = []
    sources = exemplar.pyramid(exemplar_shapes)
    for level, (source, shape) in enumerate(zip(sources, shapes, strict=True), first):
        # The sketch's steps count as the first level's.
        if level > 0:
            meter.level, meter.step = level, 0
        latent = LatentExemplar(*source.images, opaque=source.opaque, poses=settings.poses)
        coarse, layouts = layouts or [None] * settings.layouts, []
        for layout in coarse:
            if layouts and meter.is_hurried:
                break
            layouts.append(_carried(layout, latent, shape, level, settings, random, meter))
        if level == min(COARSE, levels - 1) and len(layouts) > 1:
            layouts = [min(layouts, key=_Layout.misfit)]
        if 0 <= level < levels - 1 and progress is not None:
            rows, columns = level_shapes(size, levels)[level]
            chosen = layouts[0].chosen(settings.balance)
            meter.advance(preview=latent.decode(latent.codes[chosen])[:rows, :columns])
    (best,) = layouts
    chosen = best.chosen(settings.balance)
    rounds = settings.steps // STEPS_PER_BLOCKS
    chosen = expanded_blocks(
        chosen, best.exemplar, rounds, settings.balance, settings.wraps, random, meter
    )
    pixels = rendered(exemplar.images, best.exemplar, chosen, settings.wraps)
    return fitted_pixels(pixels, size, settings.wraps)


@dataclass(frozen=True, slots=True)
class _Layout:
    """What a level found."""

    exemplar: LatentExemplar
    """The level's"""
    matches: NDArray[np.int32]
    """(height, width) numbers of its patches"""
    wraps: Wraps
    """Of the output"""

    def chosen(self, balance: float) -> NDArray[np.int32]:
        """(height, width) numbers of the exemplar's blocks."""
        return chosen_blocks(self.exemplar, self.matches, balance, self.wraps)

    def misfit(self) -> float:
        """How much pieces differ where they meet, times how unevenly they show the exemplar.

        Less is better. Either alone chooses at the cost of the other: what fits best shows few
        parts of the exemplar.
        """
        codes = self.exemplar.codes[self.exemplar.inside]
        proposals = Proposals(self.matches, self.exemplar, self.wraps)
        state = proposals.state().reshape(-1, self.exemplar.code_size)
        return wasserstein_of_rows(state.T, codes.T) * proposals.disagreement()


def _carried(
    coarse: _Layout | None,
    exemplar: LatentExemplar,
    shape: Shape,
    level: int,
    settings: Settings,
    random: np.random.Generator,
    meter: Meter,
) -> _Layout:
    """A layout carried along the flow of the next level, or of the first."""
    times = _times(level, coarse is not None, settings)
    balance, wraps = settings.balance, settings.wraps
    matches = None
    if coarse is not None:
        matches = inherited(coarse.matches, coarse.exemplar, exemplar, wraps)
        matches = fitted_matches(matches, patch_shape(shape, wraps), exemplar, wraps)
        if level > 0:
            # Of what the first level takes from a sketch it keeps too little for joints to matter.
            matches = aligned(matches, exemplar, _reach(level, settings), wraps, random)
    if matches is None or level < COARSE:
        state = _noisy(matches, exemplar, shape, times[0], wraps, random)
        matches = balanced_flow(exemplar, state, matches, times, balance, wraps, meter)
    else:
        if level == COARSE:
            # Joints find their places here; a finer level has four times as many to ask.
            rounds = settings.steps // STEPS_PER_PATCHES
            matches = expanded_patches(matches, exemplar, rounds, balance, wraps, random, meter)
        matches = coherent_flow(exemplar, matches, times, balance, wraps, random, meter)
    return _Layout(exemplar, matches, wraps)


def _reach(level: int, settings: Settings) -> int:
    """By how many blocks pieces may move at a level."""
    if level <= COARSE:
        return REACH
    return min(MOST_REACH, -(-settings.steps // STEPS_PER_REACH))


def _is_sketched(exemplar: Source, levels: int, shape: Shape) -> bool:
    """Whether a sketch helps: where a patch shows about all of the exemplar, but not of the output.

    An output of the exemplar's size would start as its copy.

    Args:
        exemplar: at full size.
        levels: how many follow the sketch.
        shape: blocks of the output at the first of them.
    """
    side = min(level_shapes(exemplar.images[0].shape[:2], levels + 1)[0])
    shows_all = SPAN * BLOCK <= side < 2 * SPAN * BLOCK
    return exemplar.opaque is None and shows_all and min(shape) >= 2 * SPAN < max(shape)


def _times(level: int, is_carried: bool, settings: Settings) -> NDArray[np.float64]:
    """From the time at which a level starts to 1."""
    if not is_carried:
        steps = -(-settings.steps // 2) if level == SKETCH else settings.steps
        # At time 0 all patches weigh the same, and their mean in the latent is 0.
        return np.linspace(0.0, 1.0, steps + 2)[1:]
    if level == 0:
        return np.linspace(KEPT, 1.0, math.ceil((1.0 - KEPT) * settings.steps) + 1)
    return np.linspace(START, 1.0, -(-settings.steps // min(2**level, MOST_HALVED)) + 1)


def _noisy(
    matches: NDArray[np.int32] | None,
    latent: LatentExemplar,
    shape: Shape,
    t: float,
    wraps: Wraps,
    random: np.random.Generator,
) -> NDArray[np.float32]:
    """(rows, columns, q): what the matches show, if there are any, and noise, at time t."""
    state = random.standard_normal((*shape, latent.code_size), dtype=np.float32)
    state *= np.float32(1.0 - t)
    if matches is not None:
        state += np.float32(t) * aggregated(matches, latent, wraps)
    return state


def _grid_shapes(size: Shape, levels: int, wraps: Wraps) -> list[Shape]:
    """Blocks in each direction at each level, at least a patch.

    Along an axis that ``wraps``, down or across, as many as are needed; along the others as many as
    the coarsest level's come to, and what is too much will be cropped.
    """

    def along(side: int, wrapped: bool) -> list[int]:
        needed = [max(SPAN, -(-side // (BLOCK << octave))) for octave in reversed(range(levels))]
        return needed if wrapped else [needed[0] << level for level in range(levels)]

    return list(zip(along(size[0], wraps[0]), along(size[1], wraps[1]), strict=True))


def _work(
    exemplar_shapes: list[Shape], shapes: list[Shape], first: int, settings: Settings
) -> tuple[list[float], list[int]]:
    """Operations of one step at each level, and the steps there, for an even progress.

    The sketch's count as the first level's.
    """
    steps = [0] * len(shapes)
    for level in range(first, len(shapes)):
        own = len(_times(level, level > first, settings)) - 1 + (level == COARSE)
        steps[max(level, 0)] += own * (settings.layouts if level <= COARSE else 1)
    # The last expansion is a step as well.
    steps[-1] += 1
    work = []
    for level, (exemplar, grid) in enumerate(zip(exemplar_shapes, shapes, strict=True)):
        patches = grid[0] * grid[1]
        blocks = len(settings.poses) * exemplar[0] * exemplar[1] / BLOCK**2
        compared = blocks if level < COARSE else 200
        work.append(float(patches * (200 + compared)))
    return work, steps

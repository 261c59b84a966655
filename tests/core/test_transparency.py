# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wholly transparent in the exemplar is never taken from."""

from __future__ import annotations

import warnings
from dataclasses import replace

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from addon_core import Kind, Map, Settings, fast, synthesize_maps
from addon_core.aggregation import Aggregation
from addon_core.blocks import BLOCK
from addon_core.latent import MARGIN, SPAN, LatentExemplar
from addon_core.patches import Grid
from addon_core.pyramid import LevelsLowered, level_shapes
from addon_core.source import Source, covered, filled, touched

PAPER = Settings(method="paper", patch_size=8, stride=4, levels=2, steps=3)
FAST = Settings(levels=2, steps=6)
both_methods = pytest.mark.parametrize("quick", [PAPER, FAST], ids=["paper", "fast"])
either_tiling = pytest.mark.parametrize("tile", ["none", "xy"])

SECRET = 40.0
"""A value that only transparent pixels have."""


def _leaf(side: int, holes: float = 0.25) -> np.ndarray:
    """(side, side, 4): grey from 0 to 1 and secret where alpha, which is smooth, is 0."""
    noise = np.random.default_rng(0).standard_normal((2, side, side))
    surface = gaussian_filter(noise[0], 1.0)
    surface = (surface - surface.min()) / np.ptp(surface)
    opacity = gaussian_filter(noise[1], side / 10, mode="wrap")
    opacity = np.clip((opacity - np.quantile(opacity, holes)) / opacity.std(), 0.0, 1.0)
    pixels = np.repeat(surface[:, :, None], 4, axis=2)
    pixels[opacity == 0.0] = SECRET
    pixels[:, :, 3] = opacity
    return pixels.astype(np.float32)


@both_methods
@either_tiling
@pytest.mark.parametrize("size", [(97, 110), (128, 128)])
def test_no_value_comes_from_where_there_is_nothing_to_see(quick, tile, size):
    leaf = _leaf(192)
    shown = leaf[:, :, 3] > 0
    assert 0.6 < shown.mean() < 0.9
    mark = np.where(shown, 0.5, SECRET)
    rough = np.where(shown, leaf[:, :, 0], -SECRET)[:, :, None]
    maps = [Map(leaf, Kind.COLOUR, alpha=3, name="leaf.png"), Map(rough), Map(mark, weight=0.0)]
    made, beside, marked = synthesize_maps(maps, size, replace(quick, tile=tile))
    assert made[:, :, :3].min() >= -1e-5
    assert made[:, :, :3].max() <= 1 + 1e-5
    assert made[:, :, 3].min() >= leaf[shown, 3].min()
    assert np.abs(beside[:, :, 0] - made[:, :, 0]).max() < 1e-4
    assert np.array_equal(marked, np.full((*size, 1), 0.5, np.float32))
    assert made[:, :, 0].std() > 0.5 * leaf[shown, 0].std()


@either_tiling
def test_no_block_of_the_fast_method_touches_them(monkeypatch, tile):
    laid = []

    def noted(image, exemplar, chosen, wraps):
        laid.append(exemplar.inside[chosen].all())
        return original(image, exemplar, chosen, wraps)

    def checked(exemplar, matches, *rest):
        laid.append(exemplar.usable.ravel()[matches].all())
        return choose(exemplar, matches, *rest)

    original, choose = fast.rendered, fast.chosen_blocks
    monkeypatch.setattr(fast, "rendered", noted)
    monkeypatch.setattr(fast, "chosen_blocks", checked)
    leaf = _leaf(256, holes=0.1)
    settings = Settings(steps=6, levels=3, tile=tile)
    synthesize_maps([Map(leaf, Kind.COLOUR, alpha=3)], (250, 262), settings)
    assert len(laid) == 2 and all(laid)


@pytest.mark.parametrize("share", [1.0, 0.3])
def test_no_patch_of_the_papers_method_touches_them(monkeypatch, share):
    taken = set()

    def noted(aggregation, indices, weights):
        count = len(aggregation.exemplar)
        taken.update((count, number) for number in indices[weights > 0].tolist())
        return original(aggregation, indices, weights)

    original = Aggregation.image
    monkeypatch.setattr(Aggregation, "image", noted)
    leaf = _leaf(96)
    synthesize_maps([Map(leaf, Kind.COLOUR, alpha=3)], (80, 80), replace(PAPER, share=share))
    for shape in ((48, 48), (96, 96)):
        opaque = ~touched(leaf[:, :, 3] == 0, shape)
        grid = Grid.inside(shape, 8, 4)
        usable = np.flatnonzero(grid.within(opaque))
        used = {number for count, number in taken if count == len(grid)}
        assert 0 < len(used) <= len(usable) < len(grid)
        assert used <= set(usable.tolist())


@both_methods
def test_an_opaque_image_is_as_one_without_opacity(quick):
    leaf = _leaf(64)
    leaf[:, :, 3] = np.maximum(leaf[:, :, 3], 1e-6)
    (with_opacity,) = synthesize_maps([Map(leaf, alpha=3)], (70, 61), quick)
    (without,) = synthesize_maps([Map(leaf)], (70, 61), quick)
    assert np.array_equal(with_opacity, without)


def test_a_larger_map_is_left_out_where_a_smaller_one_is_transparent():
    small = _leaf(48)
    shown = small[:, :, 3] > 0
    large = np.kron(np.where(shown, small[:, :, 0], SECRET), np.ones((2, 2)))
    large += np.random.default_rng(3).random(large.shape) / 1000
    _, made = synthesize_maps([Map(small, alpha=3), Map(large)], (60, 60), FAST)
    assert made.shape == (120, 120, 1)
    assert made.max() < 1.01


@both_methods
def test_where_little_is_left_there_are_fewer_levels(quick):
    """Strips 30 pixels wide, between which all is transparent."""
    leaf = _leaf(256, holes=0.0) + np.float32(0.01)
    leaf[:, np.arange(256) % 60 >= 30, 3] = 0.0
    leaf[leaf[:, :, 3] == 0.0] = SECRET, SECRET, SECRET, 0.0
    maps = [Map(leaf[:, :, :1]), Map(leaf, Kind.COLOUR, alpha=3, name="leaf.png")]
    with pytest.warns(LevelsLowered, match=r"“leaf\.png”.*too small for 4 levels"):
        _, made = synthesize_maps(maps, (70, 70), replace(quick, levels=4, steps=3))
    assert made[:, :, :3].max() < 1.1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        synthesize_maps(maps, (70, 70), replace(quick, levels=1, steps=3))


@both_methods
@pytest.mark.parametrize(
    ("every", "message"), [(1, "“leaf” is transparent everywhere"), (7, "“leaf” has no part")]
)
def test_refuses_what_has_no_opaque_patch(quick, every, message):
    leaf = _leaf(64, holes=0.0)
    leaf[:, ::every, 3] = 0.0
    with pytest.raises(ValueError, match=message):
        synthesize_maps([Map(leaf, alpha=3, name="leaf")], (70, 70), quick)


def test_usable_patches_are_those_that_touch_nothing_transparent():
    """Those that reach into the margin see the exemplar mirrored there, holes included."""
    leaf = _leaf(70)
    opaque = leaf[:, :, 3] > 0
    exemplar = LatentExemplar(leaf[:, :, :1], opaque=[opaque])
    blocks = opaque[:68, :68].reshape(17, BLOCK, 17, BLOCK).all(axis=(1, 3))
    blocks = np.pad(blocks, MARGIN, mode="symmetric")
    rows, columns = exemplar.patch_shape
    for row, column in np.ndindex(rows, columns):
        below = blocks[row : row + SPAN, column : column + SPAN]
        assert exemplar.usable[row, column] == below.all()
    far = np.argwhere(exemplar.usable)
    for number, nearest in enumerate(exemplar.nearest):
        place = np.array(divmod(number, columns))
        found = np.square(place - divmod(int(nearest), columns)).sum()
        assert found == np.square(far - place).sum(axis=1).min()
    ranks = exemplar.rank_of(np.append(exemplar.sources, -1).astype(np.int32))
    assert ranks.tolist() == [*range(exemplar.sources.size), -1]


def test_patches_of_a_grid_within_some_pixels():
    pixels = np.random.default_rng(0).random((23, 31)) < 0.95
    grid = Grid.covering((23, 31), 5, 3)
    found = grid.within(pixels).reshape(grid.rows.size, grid.columns.size)
    for i, j in np.ndindex(*found.shape):
        row, column = grid.rows[i], grid.columns[j]
        assert found[i, j] == pixels[row : row + 5, column : column + 5].all()
    assert 0 < found.sum() < found.size


def test_pixels_at_another_size():
    pixels = np.zeros((6, 6), bool)
    pixels[0, 0] = pixels[3:, 3:] = True
    assert np.argwhere(touched(pixels, (3, 3))).tolist() == [[0, 0], [1, 1], [1, 2], [2, 1], [2, 2]]
    assert np.argwhere(covered(pixels, (3, 3))).tolist() == [[2, 2]]
    assert touched(pixels, (4, 4)).sum() == 1 + 4
    assert np.array_equal(covered(pixels, (12, 12)), np.kron(pixels, np.ones((2, 2))) > 0)


def test_transparent_pixels_are_like_the_nearest_others():
    leaf = _leaf(40)
    hidden = leaf[:, :, 3] == 0
    image = filled(leaf, hidden)
    assert np.array_equal(image[~hidden], leaf[~hidden])
    shown = np.argwhere(~hidden)
    for place in np.argwhere(hidden)[::7]:
        distance = np.square(shown - place).sum(axis=1)
        nearest = shown[distance == distance.min()]
        assert (image[tuple(place)] == leaf[tuple(nearest.T)]).all(axis=1).any()


def test_a_coarser_pixel_is_opaque_where_all_below_is():
    opaque = np.ones((32, 32), bool)
    opaque[5, 8] = False
    coarse = Source((np.zeros((32, 32, 1), np.float32),), (opaque,)).resized((8, 8))
    assert coarse.opaque is not None
    assert np.argwhere(~coarse.opaque[0]).tolist() == [[1, 2]]


def test_a_pyramid_keeps_how_copies_lie_and_what_is_opaque():
    """Also of sides that are alike at one level, and not at the next coarser one."""
    image = np.random.default_rng(0).standard_normal((35, 37, 1), dtype=np.float32)
    opaque = np.ones((35, 37), bool)
    opaque[3, 30] = False
    shapes = level_shapes((35, 37), 4)
    assert shapes[1] == (9, 9) and shapes[0] == (4, 5)
    source = Source((image, np.rot90(image)), (opaque, np.rot90(opaque)))
    levels = source.pyramid(shapes)
    for shape, found in zip(shapes, levels, strict=True):
        first, second = found.images
        assert first.shape[:2] == shape
        assert np.allclose(np.rot90(first), second, atol=1e-5)
        alone = source.resized(shape)
        assert found.opaque is not None and alone.opaque is not None
        assert all(map(np.array_equal, found.opaque, alone.opaque))
        assert np.allclose(first, alone.images[0])
    # Made in several steps it is the same picture, to what the filters differ.
    shapes = level_shapes((256, 256), 6)
    image = np.random.default_rng(0).standard_normal((256, 256, 1), dtype=np.float32)
    source = Source((image,))
    coarsest, alone = source.pyramid(shapes)[0].images[0], source.resized(shapes[0]).images[0]
    assert not np.allclose(coarsest, alone)
    assert np.abs(coarsest - alone).mean() < 0.1 * alone.std()

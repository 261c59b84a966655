# SPDX-License-Identifier: GPL-3.0-or-later
"""Patches that are turned and mirrored, and the normals in them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from addon_core import Kind, Map, Settings, fast, material, synthesize_maps
from addon_core.aggregation import Aggregation
from addon_core.inheritance import inherited
from addon_core.latent import MARGIN, LatentExemplar
from addon_core.patches import Grid
from addon_core.poses import moved, turned
from addon_core.rendering import rendered
from addon_core.source import stacked

PAPER = Settings(method="paper", patch_size=8, stride=4, levels=2, steps=4, turns=True)
FAST = Settings(levels=2, steps=6, turns=True)
both_methods = pytest.mark.parametrize("quick", [PAPER, FAST], ids=["paper", "fast"])
EVERY = Settings(turns=True, mirrors="xy").poses
either_way_up = pytest.mark.parametrize("bottom_up", [False, True])


def _relief(height: int, width: int) -> np.ndarray:
    """(height, width): waves down and across, steep on one side, as turning shows best."""
    noise = gaussian_filter(np.random.default_rng(0).standard_normal((height, width)), 6)
    rows, columns = np.indices((height, width))
    waves = (rows / 12 + 3 * noise) % 1.0, (columns / 17 + 3 * noise) % 1.0
    return (4 * waves[0] ** 2 + 4 * waves[1] ** 2).astype(np.float32)


def _slopes(relief: np.ndarray, bottom_up: bool) -> tuple[np.ndarray, np.ndarray]:
    """How much it rises to the right and up, by pixel."""
    down, right = np.gradient(gaussian_filter(relief, 1.0))
    return right, down if bottom_up else -down


def _normals(relief: np.ndarray, kind: Kind, bottom_up: bool) -> np.ndarray:
    right, up = _slopes(relief, bottom_up)
    vectors = np.dstack((-right, -up, np.ones_like(right)))
    vectors /= np.linalg.norm(vectors, axis=2, keepdims=True)
    if kind is Kind.NORMAL_DIRECTX:
        vectors[:, :, 1] *= -1
    return (0.5 + 0.5 * vectors).astype(np.float32)


def _agreement(settings: Settings, kind: Kind, bottom_up: bool) -> list[float]:
    """Correlation, to the right and up, of slopes by the normals with those of the relief."""
    relief = _relief(128, 112)
    maps = [Map(relief), Map(_normals(relief, kind, bottom_up), kind, bottom_up=bottom_up)]
    made, normals = synthesize_maps(maps, (160, 160), settings)
    vectors = 2 * normals - 1
    if kind is Kind.NORMAL_DIRECTX:
        vectors[:, :, 1] *= -1
    told = -vectors[:, :, :2] / vectors[:, :, 2:]
    found = _slopes(made[:, :, 0], bottom_up)
    # Where pieces meet, the relief may have a step that no normal knows of.
    is_step = np.hypot(*found) > np.hypot(*_slopes(relief, bottom_up)).max()
    assert is_step.mean() < 0.01
    return [
        float(np.corrcoef(told[:, :, axis][~is_step], found[axis][~is_step])[0, 1])
        for axis in range(2)
    ]


@both_methods
@either_way_up
@pytest.mark.parametrize("kind", [Kind.NORMAL, Kind.NORMAL_DIRECTX])
@pytest.mark.parametrize(("turns", "mirrors"), [(True, "none"), (False, "xy"), (True, "x")])
def test_relief_does_not_turn_inside_out(quick, bottom_up, kind, turns, mirrors):
    settings = replace(quick, turns=turns, mirrors=mirrors)
    assert min(_agreement(settings, kind, bottom_up)) > 0.9


@both_methods
@pytest.mark.parametrize(("turns", "mirrors"), [(True, "none"), (False, "xy"), (True, "x")])
def test_normals_that_are_left_as_they_are_would_be_noticed(monkeypatch, quick, turns, mirrors):
    def unturned(vectors: Any, *_: Any) -> Any:
        return vectors

    monkeypatch.setattr(material, "turned", unturned)
    settings = replace(quick, turns=turns, mirrors=mirrors)
    assert min(_agreement(settings, Kind.NORMAL, False)) < 0.5


@pytest.mark.parametrize("pose", EVERY)
@either_way_up
def test_turned_normals_are_those_of_the_turned_relief(pose, bottom_up):
    relief = _relief(40, 56)
    lying, standing = (np.dstack(_slopes(own, bottom_up)) for own in (relief, moved(relief, pose)))
    lean = lying.mean(axis=(0, 1))
    expected = moved(turned(lying - lean, pose, bottom_up), pose)
    # Not to the last bit: the filter adds up in another order.
    assert np.allclose(standing - standing.mean(axis=(0, 1)), expected, atol=1e-5)
    # What leans to a side as a whole still does.
    assert np.allclose(turned(lying, pose, bottom_up).mean(axis=(0, 1)), lean, atol=1e-5)


def test_poses():
    names = np.arange(6).reshape(2, 3)
    found = {tuple(moved(names, pose).ravel()) + moved(names, pose).shape for pose in EVERY}
    assert len(found) == len(EVERY) == 8
    assert np.array_equal(moved(names, (0, True)), names[:, ::-1])
    assert np.array_equal(moved(names, (2, True)), names[::-1])
    assert moved(names, (1, False))[:, 0].tolist() == [2, 1, 0]
    for turns, mirrors, count in [(False, "none", 1), (False, "x", 2), (False, "y", 2)]:
        assert len(Settings(turns=turns, mirrors=mirrors).poses) == count
    for mirrors in ("x", "y", "xy"):
        assert set(Settings(turns=True, mirrors=mirrors).poses) == set(EVERY)
    assert len(Settings(turns=True).poses) == len(Settings(mirrors="xy").poses) == 4
    assert Settings(mirrors="y").poses == ((0, False), (2, True))
    assert all(
        Settings(turns=turns, mirrors=mirrors).poses[0] == (0, False)
        for turns in (False, True)
        for mirrors in ("none", "x", "y", "xy")
    )


def _copies() -> tuple[list[np.ndarray], LatentExemplar]:
    image = np.random.default_rng(0).standard_normal((48, 64, 3), dtype=np.float32)
    images = [moved(image, pose) for pose in EVERY]
    return images, LatentExemplar(*images, poses=EVERY)


def _laid(exemplar: LatentExemplar, number: int, shape: tuple[int, int]) -> np.ndarray:
    """Matches that lay one copy's inside from its first block on."""
    down, right = (MARGIN + np.arange(side)[:, None] for side in shape)
    matches = (number * exemplar.pitch + down) * exemplar.patch_shape[1] + right.T
    return matches.astype(np.int32)


def test_blocks_of_a_copy_are_its_pixels():
    images, exemplar = _copies()
    for number, image in enumerate(images):
        height, width = (side // 4 for side in image.shape[:2])
        row = number * exemplar.pitch + MARGIN + np.arange(height)[:, None]
        chosen = (row * exemplar.shape[1] + MARGIN + np.arange(width)).astype(np.int32)
        assert exemplar.inside[chosen].all()
        assert np.array_equal(rendered(images, exemplar, chosen, (False, False)), image)


def test_no_patch_touches_two_copies():
    images, exemplar = _copies()
    alone = [LatentExemplar(image) for image in images]
    assert exemplar.usable.sum() == sum(len(own.features) for own in alone)
    row, column = np.divmod(exemplar.sources, exemplar.patch_shape[1])
    copy, row = np.divmod(row, exemplar.pitch)
    for number, own in enumerate(alone):
        assert row[copy == number].max() == own.patch_shape[0] - 1
        assert column[copy == number].max() == own.patch_shape[1] - 1


def test_what_is_one_patch_is_even_over_its_copies():
    images, exemplar = _copies()
    values = np.random.default_rng(0).random(len(exemplar.features), dtype=np.float32)
    even = exemplar.even_over_copies(values)
    expected = np.zeros_like(exemplar.places[0], np.float64)
    grids = []
    for copy, (pose, image) in enumerate(zip(EVERY, images, strict=True)):
        height, width = (side // 4 + 2 * MARGIN - 3 for side in image.shape[:2])
        top = copy * exemplar.pitch
        grid = np.s_[top : top + height, :width]
        own = values.reshape(exemplar.patch_shape)[grid]
        grids.append(even.reshape(exemplar.patch_shape)[grid])
        turns, is_mirrored = pose
        back = np.rot90(own, -turns)
        expected += back[:, ::-1] if is_mirrored else back
    expected /= len(EVERY)
    for pose, found in zip(EVERY, grids, strict=True):
        assert np.allclose(found, moved(expected, pose), rtol=1e-5)
    usable = exemplar.even_over_copies(values[exemplar.sources])
    assert np.allclose(usable, even[exemplar.sources])


def test_pieces_of_copies_are_inherited_whole():
    image = np.random.default_rng(0).standard_normal((64, 96, 1), dtype=np.float32)
    fine = LatentExemplar(*(moved(image, pose) for pose in EVERY), poses=EVERY)
    coarse = LatentExemplar(*(moved(image[::2, ::2], pose) for pose in EVERY), poses=EVERY)
    for number in range(len(EVERY)):
        found = inherited(_laid(coarse, number, (5, 5)), coarse, fine, (True, True))
        assert np.array_equal(found, _laid(fine, number, (10, 10)))


@pytest.mark.parametrize("tile", ["none", "xy"])
def test_the_fast_method_takes_from_every_copy_and_from_nowhere_else(monkeypatch, tile):
    used = []

    def noted(images, exemplar, chosen, wraps):
        assert exemplar.inside[chosen].all()
        used.extend(np.unique(chosen // exemplar.shape[1] // exemplar.pitch))
        return original(images, exemplar, chosen, wraps)

    original = fast.rendered
    monkeypatch.setattr(fast, "rendered", noted)
    noise = np.random.default_rng(0).standard_normal((100, 132))
    settings = replace(FAST, mirrors="xy", tile=tile)
    synthesize_maps([Map(gaussian_filter(noise, 2))], (250, 250), settings)
    assert used == list(range(8))


def test_the_papers_method_takes_from_every_copy_and_from_nowhere_else(monkeypatch):
    used = set()

    def noted(aggregation, indices, weights):
        if len(aggregation.exemplar) == len(grid):
            used.update(indices[weights > 0].tolist())
        return original(aggregation, indices, weights)

    original = Aggregation.image
    monkeypatch.setattr(Aggregation, "image", noted)
    image = np.random.default_rng(0).random((48, 60), dtype=np.float32)
    inside = stacked([np.ones_like(moved(image, pose), bool) for pose in EVERY])
    grid = Grid.inside((60, 60), 8, 4, images=8)
    synthesize_maps([Map(image)], (120, 120), replace(PAPER, mirrors="x"))
    assert used <= set(np.flatnonzero(grid.within(inside)).tolist())
    # As many patches lie in each of the eight.
    assert {number * 8 // len(grid) for number in used} == set(range(8))


@both_methods
def test_copies_have_the_transparent_pixels_of_the_exemplar(quick):
    random = np.random.default_rng(0)
    pixels = np.dstack((random.random((160, 184)), np.ones((160, 184))))
    pixels[30:70, 100:120] = 40.0, 0.0
    settings = replace(quick, mirrors="xy")
    (made,) = synthesize_maps([Map(pixels, alpha=1)], (130, 130), settings)
    assert made[:, :, 0].max() < 1.01
    assert np.array_equal(made[:, :, 1], np.ones((130, 130)))

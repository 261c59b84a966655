# SPDX-License-Identifier: GPL-3.0-or-later
"""Joints of pieces: holes filled, cuts moved, pieces expanded."""

from itertools import product

import numpy as np
import pytest

from addon_core import cuts, expansion, fast, synthesize
from addon_core.cuts import Stock, cheapest, cut
from addon_core.expansion import expanded_blocks, expanded_patches
from addon_core.holes import filled
from addon_core.latent import MARGIN, LatentExemplar
from addon_core.pieces import MORE_ON_TORUS, TORUS
from addon_core.poses import moved
from addon_core.progress import Meter
from addon_core.settings import Settings


def _exemplar(side=96, opaque=None):
    image = np.random.default_rng(0).standard_normal((side, side, 3), dtype=np.float32)
    return LatentExemplar(image, opaque=opaque)


def _meter():
    return Meter(None, [1.0], [1])


def _piece(columns, shape, top, left):
    """Numbers in a grid of so many columns that go on from one place."""
    row, column = np.indices(shape)
    return ((row + top) * columns + column + left).astype(np.int32)


def _blocks(exemplar, shape=(12, 14)):
    """A piece well inside the exemplar."""
    return _piece(exemplar.shape[1], shape, MARGIN + 4, MARGIN + 5)


def test_a_hole_is_filled_with_what_was_there():
    """Where all but the hole shows one place of the exemplar, nothing fits better than that."""
    exemplar = _exemplar()
    chosen = _blocks(exemplar)
    broken = chosen.copy()
    broken[4, 7] = broken[9, 2] = 0
    assert np.array_equal(filled(exemplar, broken, TORUS), chosen)


def test_a_large_hole_is_filled_and_the_rest_stays():
    exemplar = _exemplar()
    chosen = _blocks(exemplar)
    broken = chosen.copy()
    hole = np.s_[2:9, 3:13]
    # What lies above the exemplar: mirrored.
    broken[hole] = _piece(exemplar.shape[1], (7, 10), 0, 8)
    broken[hole] %= 2 * exemplar.shape[1]
    result = filled(exemplar, broken.copy(), TORUS)
    assert exemplar.inside[result].all()
    was_inside = exemplar.inside[broken]
    assert not was_inside[hole].any() and np.array_equal(result[was_inside], chosen[was_inside])


def test_holes_stay_where_the_exemplar_has_no_opaque_patch():
    """A strip two blocks wide at the border is a patch only with its mirror image."""
    opaque = np.zeros((96, 96), bool)
    opaque[:, :8] = True
    exemplar = _exemplar(opaque=[opaque])
    assert exemplar.usable.any() and not exemplar.inner.any()
    chosen = np.zeros((6, 6), np.int32)
    assert np.array_equal(filled(exemplar, chosen.copy(), TORUS), chosen)


@pytest.mark.parametrize("seed", range(4))
def test_nothing_mirrored_comes_out(monkeypatch, seed):
    """The margin is for the search alone."""
    chosen = []

    def noted(images, exemplar, blocks, wraps):
        chosen.append(exemplar.inside[blocks])
        return original(images, exemplar, blocks, wraps)

    original = fast.rendered
    monkeypatch.setattr(fast, "rendered", noted)
    image = np.random.default_rng(seed).random((64, 64, 3), np.float32)
    synthesize(image, (160, 128), Settings(steps=6, seed=seed))
    (inside,) = chosen
    assert inside.all()


def test_a_tooth_goes():
    """A block of another place amid a piece, which the piece takes over."""
    exemplar = _exemplar()
    chosen = _blocks(exemplar)
    broken = chosen.copy()
    broken[5, 5] = broken[8, 9] = exemplar.shape[1] * 20 + 20
    result = expanded_blocks(broken, exemplar, 20, 0.0, TORUS, np.random.default_rng(0), _meter())
    assert np.array_equal(result, chosen)


@pytest.mark.parametrize("poses", [((0, False),), Settings(turns=True, mirrors="xy").poses])
def test_expanded_blocks_lie_inside(poses):
    image = np.random.default_rng(0).standard_normal((64, 80, 3), dtype=np.float32)
    exemplar = LatentExemplar(*(moved(image, pose) for pose in poses), poses=poses)
    random = np.random.default_rng(1)
    inside = np.flatnonzero(exemplar.inside).astype(np.int32)
    chosen = inside[random.integers(inside.size, size=(4, 5))].repeat(3, axis=0).repeat(3, axis=1)
    result = expanded_blocks(chosen, exemplar, 8, 1.0, (False, True), random, _meter())
    assert exemplar.inside[result].all() and not np.array_equal(result, chosen)


def _layout(exemplar):
    """A piece, with a strip of another one across it."""
    matches = _piece(exemplar.patch_shape[1], (12, 14), 5, 4)
    broken = matches.copy()
    broken[:, 6:9] = _piece(exemplar.patch_shape[1], (12, 3), 4, 15)
    return matches, broken


def test_a_piece_takes_the_place_of_another_where_it_goes_on(monkeypatch):
    exemplar = _exemplar(160)
    matches = _piece(exemplar.patch_shape[1], (28, 28), 5, 6)
    broken = matches.copy()
    broken[12:15, 11:15] = _piece(exemplar.patch_shape[1], (3, 4), 20, 3)
    monkeypatch.setattr(expansion, "LARGE", 1.0)
    result = expanded_patches(broken, exemplar, 20, 0.0, TORUS, np.random.default_rng(0), _meter())
    assert np.array_equal(result, matches)


def test_a_large_piece_does_not_expand(monkeypatch):
    exemplar = _exemplar()
    _, broken = _layout(exemplar)
    monkeypatch.setattr(expansion, "LARGE", -MORE_ON_TORUS)
    result = expanded_patches(broken, exemplar, 20, 0.0, TORUS, np.random.default_rng(0), _meter())
    assert np.array_equal(result, broken)


def test_expanded_matches_are_usable():
    exemplar = _exemplar(64)
    random = np.random.default_rng(1)
    matches = exemplar.sources[random.integers(exemplar.sources.size, size=(4, 5))]
    matches = matches.repeat(3, axis=0).repeat(3, axis=1)
    result = expanded_patches(matches, exemplar, 8, 1.0, TORUS, random, _meter())
    assert exemplar.usable.ravel()[result].all()


def _cost(stock, standing, wraps=TORUS):
    """Of all cuts."""
    below, right = np.roll(standing, -1, 0), np.roll(standing, -1, 1)
    down = cut(standing.ravel(), below.ravel(), (1, 0), stock).reshape(standing.shape)
    across = cut(standing.ravel(), right.ravel(), (0, 1), stock).reshape(standing.shape)
    down = down if wraps[0] else down[:-1]
    across = across if wraps[1] else across[:, :-1]
    return down.sum(dtype=float) + across.sum(dtype=float)


@pytest.mark.parametrize("seed", range(3))
def test_the_places_that_take_an_offer_cost_least(seed):
    """Of all ways to take it or not."""
    exemplar = _exemplar()
    stock = Stock.of_patches(exemplar)
    matches, broken = _layout(exemplar)
    offer = broken.copy()
    offer[3:8, 7:9] = matches[3:8, 7:9]
    places = np.flatnonzero(offer != broken)
    random = np.random.default_rng(seed)
    prices = random.normal(0.0, 40.0, stock.is_there.size).astype(np.float32)
    result = cheapest(broken, offer, prices, stock, TORUS)
    changed = np.flatnonzero(result != broken)
    assert 0 < len(changed) < len(places) and set(changed) <= set(places)

    def cost(standing):
        return _cost(stock, standing) + float(prices[standing].sum(dtype=float))

    def taken(choice):
        standing = broken.copy()
        standing.ravel()[places[choice]] = offer.ravel()[places[choice]]
        return standing

    ways = (np.array(way, bool) for way in product((False, True), repeat=len(places)))
    # Capacities are rounded to parts of a unit.
    slack = 4 * len(places) / cuts.UNIT
    assert cost(result) <= min(cost(taken(way)) for way in ways) + slack


@pytest.mark.parametrize("wraps", [(False, False), (True, False), (False, True), TORUS])
def test_expansion_in_bands_costs_less_as_well(monkeypatch, wraps):
    """Bands of a few rows do not give the same, but nearly as much."""
    exemplar = _exemplar()
    stock = Stock.of_blocks(exemplar)
    broken = _blocks(exemplar, (15, 13))
    broken[:, 5:8] = _piece(exemplar.shape[1], (15, 3), 3, 14)
    broken[6:9] = _piece(exemplar.shape[1], (3, 13), 9, 4)
    monkeypatch.setattr(expansion, "LARGE", 1.0)
    before = _cost(stock, broken, wraps)
    costs = []
    for band in (4 * broken.shape[1], broken.size):
        monkeypatch.setattr(expansion, "BAND", band)
        random = np.random.default_rng(0)
        result = expanded_blocks(broken, exemplar, 10, 0.0, wraps, random, _meter())
        costs.append(_cost(stock, result, wraps))
    assert max(costs) < 0.7 * before

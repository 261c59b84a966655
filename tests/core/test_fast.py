# SPDX-License-Identifier: GPL-3.0-or-later
"""The pieces of the fast method, each against what it is defined to be."""

from __future__ import annotations

import numpy as np
import pytest

from addon_core import alignment
from addon_core.alignment import aligned
from addon_core.balance import _balancing_factors
from addon_core.borders import block_shape, patch_shape
from addon_core.choosing import chosen_blocks
from addon_core.components import principal_components
from addon_core.fast import _Layout
from addon_core.inheritance import inherited
from addon_core.latent import MARGIN, MARGIN_WEIGHT, LatentExemplar
from addon_core.moments import Moments
from addon_core.overlap import (
    Proposals,
    aggregated,
    overlapped,
    use_of_blocks,
)
from addon_core.pieces import TORUS, goes_on, piece_numbers
from addon_core.rendering import rendered
from addon_core.window import WINDOW, over_blocks, over_patches

ENDS = (False, False)

all_wraps = pytest.mark.parametrize("wraps", [TORUS, (True, False), (False, True), ENDS])


def _image(height: int, width: int, channels: int = 3) -> np.ndarray:
    image = np.random.default_rng(0).standard_normal((height, width, channels), dtype=np.float32)
    return image.cumsum(axis=0, dtype=np.float32) / 4


def _grey_blocks(height: int, width: int) -> np.ndarray:
    """Of so many blocks, each of one grey."""
    greys = np.random.default_rng(0).standard_normal((height, width), dtype=np.float32)
    return np.kron(greys, np.ones((4, 4), np.float32))[:, :, None]


def _matches(exemplar: LatentExemplar, shape: tuple[int, int]) -> np.ndarray:
    return np.random.default_rng(1).integers(0, len(exemplar.features), shape, dtype=np.int32)


def _copy(exemplar: LatentExemplar, shape: tuple[int, int]) -> np.ndarray:
    """Matches that lay the exemplar's inside from its first block on."""
    rows, columns = exemplar.patch_shape
    down = np.minimum(MARGIN + np.arange(shape[0]), rows - 1)[:, None]
    return (down * columns + np.minimum(MARGIN + np.arange(shape[1]), columns - 1)).astype(np.int32)


def test_codes_of_a_grey_image_lose_nothing():
    """A block of 16 grey pixels has as many numbers as a code."""
    image = _image(42, 47, 1)
    exemplar = LatentExemplar(image)
    assert exemplar.shape == (10 + 2 * MARGIN, 11 + 2 * MARGIN)
    state = exemplar.codes[exemplar.inside].reshape(10, 11, -1)
    assert np.allclose(exemplar.decode(state), image[:40, :44], atol=1e-3)
    assert np.square(state).mean() == pytest.approx(1.0, abs=1e-3)


def test_the_margin_mirrors_the_exemplar():
    exemplar = LatentExemplar(_image(40, 44))
    grid = exemplar.codes.reshape(*exemplar.shape, -1)
    assert np.array_equal(grid[:MARGIN], grid[MARGIN : 2 * MARGIN][::-1])
    assert np.array_equal(grid[:, -MARGIN:], grid[:, -2 * MARGIN : -MARGIN][:, ::-1])
    assert exemplar.inside.sum() == 10 * 11


def test_features_tell_patches_apart_as_codes_do():
    exemplar = LatentExemplar(_image(64, 64))
    rows, columns = exemplar.patch_shape
    state = exemplar.codes.reshape(*exemplar.shape, -1)
    patches = np.array(
        [state[i : i + 4, j : j + 4].ravel() for i in range(rows) for j in range(columns)]
    )
    exact = ((patches[:, None] - patches[None]) ** 2).sum(axis=2)
    near = ((exemplar.features[:, None] - exemplar.features[None]) ** 2).sum(axis=2)
    assert np.corrcoef(exact.ravel(), near.ravel())[0, 1] > 0.95
    # The same patch of a state on a torus has the same feature.
    wrapped = exemplar.features_of(state, TORUS).reshape(*exemplar.shape, -1)[:rows, :columns]
    assert np.allclose(wrapped.reshape(len(patches), -1), exemplar.features, atol=1e-3)


def test_few_rows_lose_nothing_by_their_components():
    rows = np.random.default_rng(0).standard_normal((25, 256), dtype=np.float32)
    rows *= np.linspace(3.0, 0.1, 25, dtype=np.float32)[:, None]
    basis = principal_components(rows, 64)
    assert basis.shape == (256, 25)
    assert np.allclose(basis.T @ basis, np.eye(25), atol=1e-4)
    assert np.allclose(rows @ basis @ basis.T, rows, atol=1e-4)
    variances = np.square(rows @ basis).sum(axis=0)
    assert (np.diff(variances) <= 1e-3).all()


@pytest.mark.parametrize("count", [16, 64])
@pytest.mark.parametrize("rows", [40, 100, 129, 500])
def test_components_hold_what_varies_most(rows, count):
    """As much as the exact ones, of few rows, of short ones and of many long ones."""
    for numbers in (48, 256):
        random = np.random.default_rng(rows)
        values = random.standard_normal((rows, numbers), dtype=np.float32)
        values *= np.float32(0.97) ** np.arange(numbers, dtype=np.float32)
        basis = principal_components(values, count)
        held = np.square(values @ basis).sum()
        exact = np.square(np.linalg.svd(values, compute_uv=False)[:count]).sum()
        assert 0.99 * exact < held < 1.0001 * exact
        assert np.allclose(basis.T @ basis, np.eye(basis.shape[1]), atol=1e-3)


def test_where_nothing_varies_there_is_one_component_of_nothing():
    assert np.array_equal(
        principal_components(np.zeros((30, 256), np.float32), 64), np.zeros((256, 1))
    )


def test_a_matched_state_has_the_exemplars_mean_and_deviation():
    codes = np.random.default_rng(2).standard_exponential((5000, 3), dtype=np.float32)
    state = np.random.default_rng(3).random((80, 50, 3), dtype=np.float32)
    before = state.copy()
    Moments(codes).match(state)
    flat = state.reshape(-1, 3)
    assert np.allclose(flat.mean(axis=0), codes.mean(axis=0), atol=1e-3)
    assert np.allclose(flat.std(axis=0), codes.std(axis=0), atol=1e-3)
    for component in range(3):
        likeness = np.corrcoef(state[..., component].ravel(), before[..., component].ravel())
        assert likeness[0, 1] > 0.9999


def test_a_flat_state_stays_finite_when_matched():
    codes = np.random.default_rng(2).standard_normal((50, 3), dtype=np.float32)
    state = np.ones((4, 4, 3), np.float32)
    Moments(codes).match(state)
    assert np.allclose(state, codes.mean(axis=0), atol=1e-3)


@all_wraps
@pytest.mark.parametrize("shape", [(4, 4), (9, 5), (16, 12)])
def test_matched_patches_are_averaged(shape, wraps):
    """Round the torus; beyond an end the last patches' pieces stand for those not there."""
    exemplar = LatentExemplar(_image(36, 48))
    matches = _matches(exemplar, shape)
    blocks = block_shape(shape, wraps)
    expected = np.zeros((*blocks, exemplar.code_size))
    inside = exemplar.inside.reshape(exemplar.shape)
    grid = exemplar.codes.reshape(*exemplar.shape, -1)
    for i, j in np.ndindex(blocks):
        weights = 0.0
        for a, b in np.ndindex(4, 4):
            top = (i - a) % shape[0] if wraps[0] else min(max(i - a, 0), shape[0] - 1)
            left = (j - b) % shape[1] if wraps[1] else min(max(j - b, 0), shape[1] - 1)
            row, column = divmod(int(matches[top, left]), exemplar.patch_shape[1])
            row += a if wraps[0] else i - top
            column += b if wraps[1] else j - left
            weight = WINDOW[a, b] * (1.0 if inside[row, column] else MARGIN_WEIGHT)
            expected[i, j] += weight * grid[row, column]
            weights += weight
        expected[i, j] /= weights
    assert np.allclose(aggregated(matches, exemplar, wraps), expected, atol=1e-5)


@pytest.mark.parametrize("shape", [(4, 4), (9, 7), (140, 120)])
def test_overlapping_patches_are_their_mean(shape):
    """By their features: where each block has one grey alone these lose nothing."""
    exemplar = LatentExemplar(_grey_blocks(9, 12))
    matches = _matches(exemplar, shape)
    exemplar.inside[:] = True
    found = overlapped(exemplar.features[matches.ravel()], shape, exemplar, TORUS)
    assert np.allclose(found, aggregated(matches, exemplar, TORUS), atol=1e-3)


@all_wraps
def test_at_the_ends_fewer_patches_are_averaged(wraps):
    exemplar = LatentExemplar(_grey_blocks(9, 12))
    shape = (5, 6)
    matches = _matches(exemplar, shape)
    blocks = block_shape(shape, wraps)
    grid = exemplar.codes.reshape(*exemplar.shape, -1)
    expected, weights = np.zeros((*blocks, exemplar.code_size)), np.zeros((*blocks, 1))
    for i, j in np.ndindex(shape):
        row, column = divmod(int(matches[i, j]), exemplar.patch_shape[1])
        for a, b in np.ndindex(4, 4):
            place = (i + a) % blocks[0], (j + b) % blocks[1]
            expected[place] += WINDOW[a, b] * grid[row + a, column + b]
            weights[place] += WINDOW[a, b]
    found = overlapped(exemplar.features[matches.ravel()], shape, exemplar, wraps)
    assert np.allclose(found, expected / weights, atol=1e-3)


@all_wraps
def test_patches_have_the_say_of_all_blocks(wraps):
    exemplar = LatentExemplar(_image(36, 48))
    matches = _matches(exemplar, (7, 5))
    rows, columns = block_shape(matches.shape, wraps)
    assert use_of_blocks(matches, exemplar, wraps).sum() == pytest.approx(rows * columns, rel=1e-5)


@all_wraps
def test_features_are_those_of_the_patches_within(wraps):
    exemplar = LatentExemplar(_image(64, 64))
    state = np.random.default_rng(6).random((7, 9, exemplar.code_size), np.float32)
    shape = patch_shape((7, 9), wraps)
    assert block_shape(shape, wraps) == (7, 9)
    found = exemplar.features_of(state, wraps).reshape(*shape, -1)
    for i, j in np.ndindex(shape):
        down, right = (i + np.arange(4)) % 7, (j + np.arange(4)) % 9
        patch = state[down[:, None], right].reshape(1, -1)
        assert np.allclose(found[i, j], exemplar.project(patch)[0], atol=1e-4)


def test_proposals_are_the_blocks_of_the_overlapping_patches():
    exemplar = LatentExemplar(_image(36, 48))
    matches = _matches(exemplar, (6, 8))
    proposals = Proposals(matches, exemplar, TORUS)
    blocks, weights = proposals.at(np.array([2 * 8]))
    row, column = divmod(int(matches[0, 7]), exemplar.patch_shape[1])
    # The patch at (0, 7) covers the block at (2, 0), two down and one to the right on the torus.
    assert blocks[0, 2 * 4 + 1] == (row + 2) * exemplar.shape[1] + column + 1
    assert weights.sum() == pytest.approx(1.0)


def test_where_patches_agree_the_first_stands_for_all():
    exemplar = LatentExemplar(_image(48, 64))
    proposals = Proposals(_copy(exemplar, (8, 8)), exemplar, TORUS)
    agreed = np.setdiff1d(np.arange(64), proposals.places)
    assert 0 < agreed.size < 64
    blocks, _ = proposals.at(agreed)
    assert (blocks == proposals.first.ravel()[agreed][:, None]).all()


def test_disagreement_is_the_variance_of_what_is_proposed():
    exemplar = LatentExemplar(_image(36, 48))
    matches = _matches(exemplar, (6, 8))
    proposals = Proposals(matches, exemplar, TORUS)
    blocks, weights = proposals.at(np.arange(48))
    codes = exemplar.codes[blocks].astype(np.float64)
    mean = (weights[:, :, None] * codes).sum(axis=1)
    variance = (weights * ((codes - mean[:, None]) ** 2).sum(axis=2)).sum() / 48
    assert proposals.disagreement() == pytest.approx(variance, rel=1e-4)
    copy = Proposals(_copy(exemplar, (6, 8)), exemplar, TORUS)
    assert copy.disagreement() < proposals.disagreement()


def test_a_layout_fits_worse_that_shows_half_of_the_exemplar():
    exemplar = LatentExemplar(_image(64, 64))
    all_of_it = _copy(exemplar, (16, 16))
    half = np.concatenate([all_of_it[:8], all_of_it[:8]])
    misfits = [_Layout(exemplar, matches, TORUS).misfit() for matches in (all_of_it, half)]
    assert misfits[0] < 0.5 * misfits[1]


def test_a_layout_fits_worse_whose_pieces_differ_where_they_meet():
    exemplar = LatentExemplar(_image(64, 64))
    all_of_it = _copy(exemplar, (16, 16))
    scattered = np.random.default_rng(0).permutation(all_of_it.ravel()).reshape(16, 16)
    misfits = [_Layout(exemplar, matches, TORUS).misfit() for matches in (all_of_it, scattered)]
    assert misfits[0] < 0.1 * misfits[1]


def test_values_over_blocks_and_over_patches():
    values = np.random.default_rng(5).random((6, 7), dtype=np.float32)
    blocks = over_blocks(values)
    assert blocks.sum() == pytest.approx(values.sum(), rel=1e-5)
    assert blocks[4, 5] == pytest.approx((WINDOW[::-1, ::-1] * values[1:5, 2:6]).sum(), rel=1e-5)
    assert over_patches(blocks)[2, 3] == pytest.approx((WINDOW * blocks[2:6, 3:7]).sum(), rel=1e-5)


def test_balancing_uses_all_alike():
    random = np.random.default_rng(4)
    kernel = np.exp(-3 * random.random((400, 12), dtype=np.float32))
    exemplar = LatentExemplar(_image(32, 32))

    def unevenness(factors: np.ndarray) -> float:
        weights = kernel * factors
        use = (weights / weights.sum(axis=1, keepdims=True)).mean(axis=0)
        return float(np.abs(use * 12 - 1.0).max())

    assert unevenness(_balancing_factors(kernel, np.ones(400, "f"), exemplar, 1.0, 0.5)) < 0.02
    free = unevenness(np.ones(12))
    assert unevenness(_balancing_factors(kernel, np.ones(400, "f"), exemplar, 0.05, 0.5)) < free
    assert np.array_equal(
        _balancing_factors(kernel, np.ones(400, "f"), exemplar, 0.0, 0.5), np.ones(12)
    )


@all_wraps
def test_pieces_are_inherited_whole(wraps):
    image = _image(64, 96)
    coarse, fine = LatentExemplar(image[::2, ::2]), LatentExemplar(image)
    matches = inherited(_copy(coarse, (5, 7)), coarse, fine, wraps)
    assert matches.shape == (10 if wraps[0] else 13, 14 if wraps[1] else 17)
    assert np.array_equal(matches, _copy(fine, matches.shape))


def test_where_a_piece_ends_its_neighbour_goes_on():
    """A piece as far over the border as it may be is twice as far over it one level on."""
    image = _image(64, 96)
    coarse, fine = LatentExemplar(image[::2, ::2]), LatentExemplar(image)
    matches = _copy(coarse, (4, 8))
    # The left half lies in the margin alone, as far as patches can.
    matches[:, :2] = (MARGIN + np.arange(4)[:, None]) * coarse.patch_shape[1] + np.arange(2)
    found = inherited(matches, coarse, fine, TORUS)
    row, column = np.divmod(found, fine.patch_shape[1])
    assert (column >= 0).all() and (column < fine.patch_shape[1]).all()
    assert (row[:, 0] - np.arange(8) == MARGIN).all()
    # No patch stands twice side by side, as it would if the border were merely repeated.
    assert (found[:, 1:] != found[:, :-1]).all()


@pytest.mark.parametrize("slip", [(0, 0), (1, 0), (0, -1), (-2, 2)])
def test_a_piece_that_slipped_is_moved_back(slip):
    exemplar = LatentExemplar(_image(80, 96))
    columns = exemplar.patch_shape[1]
    original = _copy(exemplar, (12, 12)) + 3 * columns + 3
    matches = original.copy()
    matches[4:7, 4:7] += slip[0] * columns + slip[1]
    below, right = goes_on(original, columns, TORUS)
    found = aligned(matches, exemplar, 2, TORUS, np.random.default_rng(0))
    # Which of the two moves is left to chance; they fit afterwards.
    assert all(
        np.array_equal(mine[2:9, 2:9], theirs[2:9, 2:9])
        for mine, theirs in zip(goes_on(found, columns, TORUS), (below, right), strict=True)
    )


def test_a_large_piece_gains_nothing_from_becoming_one_with_another(monkeypatch):
    """It comes to lie where it fits as well without making a larger copy."""
    image = np.tile(_image(32, 32), (4, 4, 1))
    image += 0.01 * _image(128, 128)
    exemplar = LatentExemplar(image)
    columns = exemplar.patch_shape[1]
    matches = _copy(exemplar, (16, 16)) + 3 * columns + 3
    # Eight blocks on the exemplar shows nearly the same again.
    matches[:, 8:] += 8 * columns + 1
    wraps = (False, False)
    pieces = [
        piece_numbers(*goes_on(found, columns, wraps), wraps)[1]
        for small in (0.0, 1.0)
        for _ in [monkeypatch.setattr(alignment, "SMALL", small)]
        for found in [aligned(matches, exemplar, 8, wraps, np.random.default_rng(0))]
    ]
    assert pieces == [2, 1]


def test_a_piece_of_which_no_joint_is_looked_at_stays(monkeypatch):
    exemplar = LatentExemplar(_image(80, 96))
    columns = exemplar.patch_shape[1]
    matches = _copy(exemplar, (12, 12)) + 3 * columns + 3
    for place in (0, 4, 8):
        matches[place : place + 2, place : place + 2] += columns + 1
    below, right = goes_on(matches, columns, TORUS)
    piece, count = piece_numbers(below, right, TORUS)
    matched = np.stack(np.divmod(matches, np.int32(columns)), axis=-1)
    monkeypatch.setattr(alignment, "JOINTS", 1)
    joints = alignment._Joints.between(piece, matched, below, right, count)
    alone = ~np.isin(piece, joints.pieces)
    assert 0 < np.count_nonzero(alone) < alone.size
    found = aligned(matches, exemplar, 2, TORUS, np.random.default_rng(0))
    assert np.array_equal(found[alone], matches[alone])


def test_a_piece_is_not_moved_out_of_the_exemplar():
    exemplar = LatentExemplar(_image(32, 32))
    matches = _matches(exemplar, (12, 12))
    found = aligned(matches, exemplar, 2, TORUS, np.random.default_rng(0))
    assert found.min() >= 0 and found.max() < len(exemplar.features)


@all_wraps
@pytest.mark.parametrize("balance", [0.0, 1.0])
def test_a_copy_is_rendered_to_the_pixel(balance, wraps):
    """Where the matches go on as in the exemplar, its own pixels come back unblended."""
    image = _image(80, 96)
    exemplar = LatentExemplar(image)
    matches = _copy(exemplar, patch_shape((20, 24), wraps))
    chosen = chosen_blocks(exemplar, matches, balance, wraps)
    pixels = rendered([image], exemplar, chosen, wraps)
    assert pixels.shape == image.shape
    # Round a torus it meets its other end; where the output ends, it is whole to the last pixel.
    # The joint lies up to four blocks from there, and light reaches three further.
    rows, columns = (slice(28, -28) if wrapped else slice(None) for wrapped in wraps)
    assert np.array_equal(pixels[rows, columns], image[rows, columns])


def test_no_block_is_taken_from_beyond_the_border():
    """Also where all that is proposed lies there: last rows of pieces above, first ones below."""
    exemplar = LatentExemplar(_image(48, 64))
    rows, columns = exemplar.patch_shape
    matches = np.repeat([rows - 1, rows - 1, 0, 0], 8).reshape(4, 8).astype(np.int32) * columns
    proposals = Proposals(matches, exemplar, TORUS)
    proposed, _ = proposals.at(proposals.places)
    assert (~exemplar.inside[proposed]).all(axis=1).any()
    assert exemplar.inside[chosen_blocks(exemplar, matches, 1.0, TORUS)].all()


def test_rendered_pixels_stay_within_the_exemplars():
    image = _image(48, 64)
    exemplar = LatentExemplar(image)
    matches = _matches(exemplar, (10, 9))
    chosen = chosen_blocks(exemplar, matches, 1.0, TORUS)
    assert exemplar.inside[chosen].all()
    pixels = rendered([image], exemplar, chosen, TORUS)
    assert pixels.min() >= image.min() - 1e-5
    assert pixels.max() <= image.max() + 1e-5

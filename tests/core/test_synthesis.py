# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole algorithm, against its plain reference and against its promises."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings, target
from hypothesis import strategies as st

from addon_core import Progress, Settings, Stopped, synthesize
from addon_core.pyramid import LevelsLowered
from tests.core import reference

PAPER = Settings(method="paper", patch_size=4, stride=2, levels=2, steps=3, neighbours=3)
FAST = Settings(levels=2, steps=3)
both_methods = pytest.mark.parametrize("quick", [PAPER, FAST], ids=["paper", "fast"])


def random_exemplar(height: int, width: int, channels: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).random((height, width, channels), dtype=np.float32)


def stripes(height: int, width: int, period: int = 8) -> np.ndarray:
    wave = 0.5 + 0.4 * np.sin(2 * np.pi * np.arange(width) / period)
    return np.tile(wave.astype(np.float32), (height, 1))[:, :, None]


SETTINGS = st.builds(
    Settings,
    method=st.just("paper"),
    neighbours=st.integers(1, 6),
    share=st.sampled_from([0.1, 0.4, 0.75, 1.0]),
    steps=st.integers(1, 4),
    patch_size=st.integers(3, 6),
    stride=st.integers(1, 3),
    levels=st.integers(1, 3),
    renoise=st.sampled_from([0.0, 0.3, 0.5, 0.8]),
    memory=st.booleans(),
    warmup=st.integers(0, 2),
    aggregation_width=st.sampled_from([0.15, 0.25, 1.0]),
    tile=st.sampled_from(["none", "x", "y", "xy"]),
    seed=st.integers(0, 2**31 - 1),
)


@pytest.mark.filterwarnings("ignore::addon_core.pyramid.LevelsLowered")
@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    SETTINGS,
    st.tuples(st.integers(6, 17), st.integers(6, 17), st.integers(1, 5)),
    st.tuples(st.integers(1, 23), st.integers(1, 23)),
)
def test_equals_the_reference(chosen, exemplar_shape, size):
    exemplar = random_exemplar(*exemplar_shape, seed=chosen.seed)
    error = np.abs(
        synthesize(exemplar, size, chosen) - reference.synthesize(exemplar, size, chosen)
    ).max()
    target(float(error))
    assert error < 2e-3


@both_methods
def test_same_seed_gives_the_same_bits(quick):
    exemplar = random_exemplar(40, 33, 3)
    once, again = (synthesize(exemplar, (50, 61), quick) for _ in range(2))
    assert np.array_equal(once, again)
    other = synthesize(exemplar, (50, 61), dataclasses.replace(quick, seed=1))
    assert np.abs(once - other).mean() > 0.05


@both_methods
@pytest.mark.parametrize("size", [(1, 1), (3, 90), (31, 1), (64, 64), (67, 45)])
@pytest.mark.parametrize("channels", [1, 2, 3, 4, 8])
def test_any_size_and_channels(size, channels, quick):
    exemplar = random_exemplar(43, 34, channels)
    untouched = exemplar.copy()
    result = synthesize(exemplar, size, quick)
    assert result.shape == (*size, channels)
    assert result.dtype == np.float32
    assert np.isfinite(result).all()
    assert np.array_equal(exemplar, untouched)


@both_methods
@pytest.mark.parametrize("scale", [1.0, 1e-4, 5e4])
def test_stays_within_the_exemplars_values(scale, quick):
    exemplar = scale * random_exemplar(32, 32, 3)
    result = synthesize(exemplar, (70, 41), quick)
    margin = 1e-5 * scale
    assert result.min() >= exemplar.min() - margin
    assert result.max() <= exemplar.max() + margin


@both_methods
def test_grey_without_a_channel_axis(quick):
    exemplar = random_exemplar(40, 40, 1)
    assert np.array_equal(
        synthesize(exemplar[:, :, 0], (24, 24), quick), synthesize(exemplar, (24, 24), quick)
    )


@both_methods
def test_constant_channels_come_back_as_they_are(quick):
    exemplar = random_exemplar(40, 40, 3)
    opaque = np.concatenate((exemplar, np.ones((40, 40, 1), np.float32)), axis=2)
    result = synthesize(opaque, (40, 40), quick)
    assert np.array_equal(result[:, :, 3], np.ones((40, 40)))
    assert np.array_equal(result[:, :, :3], synthesize(exemplar, (40, 40), quick))


@both_methods
def test_a_flat_exemplar_gives_a_flat_texture(quick):
    result = synthesize(np.full((20, 20, 2), 0.25), (9, 11), quick)
    assert np.array_equal(result, np.full((9, 11, 2), 0.25, np.float32))


@pytest.mark.parametrize(
    "chosen",
    [
        Settings(method="paper", levels=2),
        Settings(method="paper", levels=2, share=0.15),
        Settings(levels=2),
        Settings(levels=3, steps=12),
    ],
    ids=["paper", "paper with a share", "fast", "draft"],
)
def test_stripes_stay_stripes(chosen):
    """Neither noise nor blur: the texture is made of the exemplar's patches."""
    exemplar = stripes(64, 64)
    result = synthesize(exemplar, (96, 96), chosen)[:, :, 0]
    along, across = np.diff(result, axis=0), np.diff(result, axis=1)
    assert np.abs(along).mean() < 0.05 * np.abs(across).mean()
    assert result.std() > 0.9 * exemplar.std()


def _nearest_copy(settings: Settings) -> float:
    """How far a result of the exemplar's size is from the exemplar, wherever that is moved to."""
    exemplar = random_exemplar(64, 64, 1)
    result = synthesize(exemplar, (64, 64), settings)
    shifts = [np.roll(exemplar, (i, j), (0, 1)) for i in range(0, 64, 4) for j in range(0, 64, 4)]
    return min(float(np.abs(result - shifted).mean()) for shifted in shifts)


@pytest.mark.parametrize("method", ["paper", "fast"])
@pytest.mark.parametrize("seed", range(4))
def test_is_no_verbatim_copy(method, seed):
    assert _nearest_copy(Settings(method=method, levels=2, seed=seed)) > 0.05


def test_every_part_of_the_exemplar_is_used():
    """Balance: four quarters of their own grey, none of which is lost or takes over."""
    quarters = np.kron(np.array([[0.1, 0.4], [0.6, 0.9]]), np.ones((64, 64)))
    exemplar = (quarters + 0.05 * random_exemplar(128, 128, 1)[:, :, 0]).astype(np.float32)

    def spread(balance: float) -> float:
        most = []
        for seed in range(4):
            result = synthesize(exemplar, (256, 256), Settings(balance=balance, seed=seed))
            parts = np.histogram(result, [0.0, 0.25, 0.5, 0.75, 1.0])[0] / result.size
            most.append(np.abs(parts - 0.25).max())
        return float(np.mean(most))

    assert spread(1.0) < 0.08
    assert spread(1.0) < 0.5 * spread(0.0)


def test_too_many_levels_are_lowered_and_said():
    exemplar = random_exemplar(20, 40, 1)
    with pytest.warns(LevelsLowered, match="20 pixels is too small for 4 levels"):
        result = synthesize(exemplar, (32, 32), dataclasses.replace(PAPER, levels=4))
    assert result.shape == (32, 32, 1)


@both_methods
def test_what_is_flat_at_a_coarse_level_keeps_its_detail(quick):
    checks = (np.indices((64, 64)).sum(axis=0) % 2).astype(np.float32)
    result = synthesize(checks, (80, 80), quick)
    assert np.isfinite(result).all()
    assert result.std() > 0.4


@both_methods
def test_progress_rises_to_one_with_a_preview_at_each_level(quick):
    told: list[Progress] = []

    def listen(progress: Progress) -> None:
        told.append(progress)

    result = synthesize(random_exemplar(40, 40, 2), (80, 64), quick, listen)
    fractions = [progress.fraction for progress in told]
    assert fractions == sorted(fractions)
    assert fractions[-1] == pytest.approx(1.0)
    assert fractions[0] < 0.1
    previews = {p.level: p.preview for p in told if p.preview is not None}
    assert [*previews] == [0, 1]
    assert previews[0].shape == (40, 32, 2)
    assert np.array_equal(previews[1], result)


@both_methods
def test_listener_stops_the_run_by_returning_false(quick):
    told: list[Progress] = []

    def listen(progress: Progress) -> bool:
        told.append(progress)
        return len(told) < 4

    with pytest.raises(Stopped):
        synthesize(random_exemplar(40, 40, 1), (80, 80), quick, listen)
    assert len(told) == 4


@both_methods
def test_listener_stops_the_run_by_raising(quick):
    def listen(progress: Progress) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        synthesize(random_exemplar(40, 40, 1), (80, 80), quick, listen)


@pytest.mark.parametrize(
    ("exemplar", "message"),
    [
        (np.zeros((3, 9, 1)), "9 × 3 pixels, but must be at least as large as a patch, 4 × 4"),
        (np.zeros((9, 9, 9, 9)), "shape"),
        (np.zeros((9, 9, 0)), "shape"),
        (np.full((9, 9, 1), np.nan), "NaN"),
        (np.full((9, 9, 1), np.inf), "infinite"),
    ],
)
def test_refuses_an_unusable_exemplar(exemplar, message):
    with pytest.raises(ValueError, match=message):
        synthesize(exemplar, (16, 16), PAPER)


@pytest.mark.parametrize("size", [(0, 5), (5, 0), (-1, 5)])
def test_refuses_an_unusable_size(size):
    with pytest.raises(ValueError, match="at least 1 × 1"):
        synthesize(random_exemplar(9, 9, 1), size, PAPER)

# SPDX-License-Identifier: GPL-3.0-or-later
"""The sketch before the first level: what is larger than a patch runs on, and nothing is copied."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from addon_core import Progress, Settings, fast, synthesize
from addon_core.balance import balanced_flow
from addon_core.fast import _is_sketched
from addon_core.latent import MARGIN, LatentExemplar
from addon_core.overlap import aggregated
from addon_core.progress import Meter
from addon_core.source import Source

SETTINGS = Settings(steps=12)
STRIPED = (128, 128)


def _stripe(height: int, width: int) -> np.ndarray:
    """One dark stripe from the top to the bottom, a quarter of the width, and fine noise."""
    noise = np.random.default_rng(0).random((height, width, 1), dtype=np.float32)
    noise[:, width // 2 : 3 * width // 4] -= 1.0
    return noise


def _source(height: int, width: int, is_opaque: bool = True) -> Source:
    opaque = None if is_opaque else (np.ones((height, width), bool),)
    return Source((np.zeros((height, width, 1), np.float32),), opaque)


def _breaks(image: np.ndarray) -> float:
    """How often a stripe begins or ends, for each one there is."""
    height, width = (side // 16 for side in image.shape[:2])
    is_dark = image.reshape(height, 16, width, 16).mean(axis=(1, 3)) < 0.0
    return np.count_nonzero(is_dark[1:] != is_dark[:-1]) / is_dark.sum(axis=1).mean()


@pytest.mark.parametrize("tile", ["none", "y"])
def test_stripes_run_on(monkeypatch, tile):
    def breaks() -> float:
        made = [
            synthesize(_stripe(*STRIPED), (256, 256), replace(SETTINGS, seed=seed, tile=tile))
            for seed in range(30)
        ]
        return float(np.mean([_breaks(image) for image in made]))

    sketched = breaks()
    monkeypatch.setattr(fast, "_is_sketched", lambda *_arguments: False)
    assert sketched < 0.6 * breaks()


@pytest.mark.parametrize(
    ("source", "levels", "shape", "expected"),
    [
        (_source(256, 256), 4, (16, 16), True),
        (_source(300, 500), 4, (16, 16), True),
        (_source(256, 256), 4, (8, 9), True),
        # A copy, less than a patch, or not all of the exemplar in one.
        (_source(256, 256), 4, (8, 8), False),
        (_source(256, 256), 4, (7, 40), False),
        (_source(256, 256), 3, (32, 32), False),
        (_source(256, 256), 5, (16, 16), False),
        (_source(256, 256, is_opaque=False), 4, (16, 16), False),
    ],
)
def test_a_sketch_is_made_where_it_helps(source, levels, shape, expected):
    assert _is_sketched(source, levels, shape) == expected


@pytest.mark.parametrize("layouts", [1, 2])
def test_its_progress_is_part_of_the_first_levels(layouts):
    told: list[Progress] = []
    synthesize(_stripe(*STRIPED), (200, 260), replace(SETTINGS, layouts=layouts), told.append)
    assert [progress.fraction for progress in told] == sorted(p.fraction for p in told)
    assert {(progress.level, progress.levels) for progress in told} == {(0, 3), (1, 3), (2, 3)}
    assert all(progress.step <= progress.steps for progress in told)
    # Half as many steps as the first level's settings say, and three quarters after a sketch.
    assert max(p.steps for p in told if p.level == 0) == layouts * (6 + 9)


def test_a_copy_is_broken_up_from_the_first_step_on():
    image = np.random.default_rng(0).standard_normal((64, 64, 3), dtype=np.float32)
    exemplar = LatentExemplar(image)
    wraps = True, True
    down = (MARGIN + np.arange(16) % 13)[:, None]
    copy = (down * exemplar.patch_shape[1] + MARGIN + np.arange(16) % 13).astype(np.int32)

    def kept(before: np.ndarray | None) -> float:
        state = np.random.default_rng(1).standard_normal(
            (16, 16, exemplar.code_size), dtype=np.float32
        )
        state *= np.float32(0.75)
        state += np.float32(0.25) * aggregated(copy, exemplar, wraps)
        meter = Meter(None, [1.0], [1])
        times = np.array([0.25, 1.0])
        matches = balanced_flow(exemplar, state, before, times, 1.0, wraps, meter)
        return float((matches == copy).mean())

    assert kept(copy) < 0.8 * kept(None)

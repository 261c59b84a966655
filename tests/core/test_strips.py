# SPDX-License-Identifier: GPL-3.0-or-later
"""Scores by strips against scores patch by patch, in double precision."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from addon_core import patches, queries, strips
from addon_core.patches import Grid, Patches
from addon_core.search import Neighbours, nearest
from addon_core.settings import Settings
from addon_core.strips import StripScores
from addon_core.synthesis import synthesize

KINDS = ["noise", "tiles", "constant", "half constant", "large"]


def _image(kind: str, shape: tuple[int, int, int], seed: int) -> np.ndarray:
    random = np.random.default_rng(seed)
    image = random.standard_normal(shape, dtype=np.float32)
    if kind == "tiles":
        image = np.tile(image[:5, :4], (shape[0] // 5 + 1, shape[1] // 4 + 1, 1))
    elif kind == "constant":
        image[:] = 0.5
    elif kind == "half constant":
        image[:, : shape[1] // 2] = -1.0
    elif kind == "large":
        image *= np.float32(1e4)
    return np.ascontiguousarray(image[: shape[0], : shape[1]])


def _found(image, exemplar, size, stride, t, count) -> tuple[Neighbours, np.ndarray]:
    """The neighbours by strips, and all scores in double precision."""
    inside = Grid.inside(exemplar.shape[:2], size, stride)
    covering = Grid.covering(image.shape[:2], size, stride)
    scores = StripScores(exemplar, inside, covering, stride, np.ones(len(inside), bool))
    bands = [nearest(scores.against(image, band, t), count) for band in scores.bands]
    found = Neighbours(
        np.concatenate([band.indices for band in bands]),
        np.concatenate([band.scores for band in bands]),
    )
    phi = Patches(exemplar, inside).take(np.arange(len(inside))).astype(np.float64)
    psi = Patches(image, covering).take(np.arange(len(covering))).astype(np.float64)
    return found, psi @ phi.T - t * (phi**2).sum(axis=1) / 2


@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    st.sampled_from(KINDS),
    st.tuples(st.integers(0, 21), st.integers(0, 21), st.integers(1, 3)),
    st.tuples(st.integers(0, 21), st.integers(0, 21)),
    st.integers(2, 9).flatmap(lambda size: st.tuples(st.just(size), st.integers(1, size))),
    st.sampled_from([0.0, 0.3, 0.96]),
    st.integers(1, 8),
    st.tuples(st.sampled_from([1, 12, 512]), st.sampled_from([1, 30, 4096])),
)
def test_finds_the_nearest_of_all(kind, more, larger, patch, t, count, at_once):
    size, stride = patch
    exemplar = _image(kind, (size + more[0], size + more[1], more[2]), 1)
    image = _image(kind, (size + larger[0], size + larger[1], more[2]), 2)
    with pytest.MonkeyPatch.context() as changed:
        changed.setattr(strips, "BAND", at_once[0])
        changed.setattr(strips, "BLOCK", at_once[1])
        whole = len(Grid.inside(exemplar.shape[:2], size, stride))
        found, scores = _found(image, exemplar, size, stride, t, min(count, whole))
    # Rounding may swap patches as near as this, and no others.
    tolerance = 1e-6 * size * size * more[2] * max(1.0, np.abs(exemplar).max()) ** 2
    assert found.indices.shape == (len(scores), min(count, whole))
    assert all(np.unique(row).size == row.size for row in found.indices)
    told = np.take_along_axis(scores, found.indices, axis=1)
    assert np.abs(found.scores - told).max() <= tolerance
    best = -np.sort(-scores, axis=1)[:, : found.indices.shape[1]]
    assert np.abs(told - best).max() <= 2 * tolerance


@pytest.mark.parametrize("stride", [4, 6, 8, 16])
@pytest.mark.parametrize("shape", [(64, 64), (61, 75), (16, 90), (90, 16)])
def test_the_papers_patches(stride, shape):
    exemplar, image = _image("noise", (70, 66, 3), 1), _image("noise", (*shape, 3), 2)
    found, scores = _found(image, exemplar, 16, stride, 0.5, 5)
    assert np.array_equal(found.indices, np.argsort(-scores, axis=1)[:, :5])


def test_strips_are_shared_where_that_saves_products():
    def strips_in_a_row(width: int, size: int, stride: int) -> int:
        grid = Grid.covering((width, width), size, stride)
        scores = StripScores(
            _image("noise", (width, width, 1), 1), grid, grid, stride, np.ones(len(grid), bool)
        )
        return sum(scores._cut(band).shape[1] for band in scores._blocks[:1])

    assert strips_in_a_row(64, 16, 4) == 16 * 4 + 2
    assert strips_in_a_row(64, 16, 6) == 16 * 16 + 2
    assert strips_in_a_row(24, 16, 4) == 16 * 16 + 2


@pytest.mark.parametrize("share", [1.0, 0.3])
def test_the_texture_does_not_depend_on_what_is_handled_at_once(share):
    exemplar = np.random.default_rng(0).random((48, 40, 2), dtype=np.float32)
    chosen = Settings(method="paper", patch_size=8, stride=2, levels=2, steps=4, share=share)
    once = synthesize(exemplar, (61, 50), chosen)
    with pytest.MonkeyPatch.context() as changed:
        changed.setattr(strips, "BAND", 70)
        changed.setattr(strips, "BLOCK", 100)
        changed.setattr(queries, "BAND", 90)
        changed.setattr(patches, "PART", 7)
        changed.setattr(patches, "KEPT", 0)
        again = synthesize(exemplar, (61, 50), chosen)
    # Products of another shape are rounded otherwise; another neighbour would change far more.
    assert np.allclose(again, once, rtol=0, atol=1e-3)

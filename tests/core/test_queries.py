# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from addon_core import queries
from addon_core.patches import Grid, Patches
from addon_core.queries import Queries


def _image(shape: tuple[int, int, int], seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).random(shape, dtype=np.float32)


@settings(deadline=None, derandomize=True)
@given(
    st.tuples(st.integers(8, 40), st.integers(8, 40), st.integers(1, 3)),
    st.integers(2, 8),
    st.tuples(st.booleans(), st.booleans()),
    st.integers(1, 200),
    st.data(),
)
def test_each_patch_of_the_grid_is_there(shape, size, wraps, band, data):
    """Wherever rows end, and of each image anew: nothing is left of the one before."""
    grid = Grid.covering(shape[:2], size, data.draw(st.integers(1, size)), wraps)
    with pytest.MonkeyPatch.context() as limits:
        limits.setattr(queries, "BAND", band)
        made = Queries(grid, shape[2])
    for seed in range(2):
        image = _image(shape, seed)
        every = Patches(grid.extended(image), grid).take(np.arange(len(grid)))
        expected = every.reshape(grid.rows.size, grid.columns.size, -1)
        done = 0
        for columns, patches in made.of(image):
            parts = np.empty_like(patches)
            for part in made.disjoint:
                parts[part] = patches[part]
            assert np.array_equal(made.on_grid(parts), expected[:, columns])
            assert columns.start == done
            done = columns.stop
        assert done == grid.columns.size


def test_matrices_are_not_copied_where_the_stride_divides_the_size():
    grid = Grid.covering((64, 48), 16, 4)
    made = Queries(grid, 3)
    for _, patches in made.of(_image((64, 48, 3))):
        assert all(patches[part].flags.c_contiguous for part in made.disjoint)
        assert np.shares_memory(patches[0], patches[1])

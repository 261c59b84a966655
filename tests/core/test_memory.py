# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from addon_core import Kind, Map, Settings, synthesize, synthesize_maps
from addon_core.memory import BASE, available, needed


@pytest.mark.parametrize(
    ("size", "channels", "chosen"),
    [
        ((256, 256), 3, Settings(method="paper", steps=2, levels=3)),
        ((700, 300), 1, Settings(method="paper", steps=2, levels=2)),
        ((128, 2000), 4, Settings(method="paper", steps=1, levels=1, share=0.2)),
        ((512, 512), 3, Settings(method="paper", steps=1, levels=1, share=0.05, neighbours=20)),
        ((300, 401), 3, Settings(method="paper", steps=1, levels=2, tile="xy")),
        ((512, 512), 3, Settings(method="paper", steps=1, levels=1, share=0.1)),
        ((1024, 1024), 3, Settings(steps=1)),
        ((1021, 1019), 3, Settings(steps=1, tile="xy")),
        ((300, 3000), 1, Settings(steps=1, levels=1)),
        ((2048, 2048), 8, Settings(steps=1)),
        ((512, 512), 3, Settings(steps=1, turns=True, mirrors="x")),
        ((256, 256), 3, Settings(method="paper", steps=1, levels=1, turns=True)),
    ],
)
def test_the_estimate_is_an_upper_bound(size, channels, chosen):
    exemplar = np.random.default_rng(0).random((96, 128, channels), dtype=np.float32)
    tracemalloc.start()
    synthesize(exemplar, size, chosen)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < needed([(96, 128, channels)], size, chosen)


@pytest.mark.parametrize(
    ("maps", "size"),
    [
        ([(256, 256, 3)] * 4, (1500, 1500)),
        ([(256, 256, 3), (512, 512, 3), (128, 128, 1)], (500, 500)),
        ([(768, 768, 4)] * 4, (20, 20)),
    ],
)
@pytest.mark.parametrize("turns", [False, True])
def test_the_estimate_holds_for_all_maps_of_a_material(maps, size, turns):
    chosen, random = Settings(steps=1, turns=turns), np.random.default_rng(0)
    tracemalloc.start()
    pixels = [random.random(shape, dtype=np.float32) for shape in maps]
    kinds = [Kind.NORMAL if shape[2] > 2 else Kind.DATA for shape in maps]
    synthesize_maps([*map(Map, pixels, kinds)], size, chosen)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < needed(maps, size, chosen) - BASE


def test_the_estimate_grows_with_the_output():
    small, large = (
        needed([(256, 256, 4)], (side, side), Settings()) - BASE for side in (1024, 8192)
    )
    assert large > 8 * small


def test_this_machine_says_what_it_has():
    have = available()
    assert have is None or 2**20 < have < 2**50

# SPDX-License-Identifier: GPL-3.0-or-later
"""A run that is to finish now: few steps more, the whole size, no blur."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from addon_core import Progress, Settings, Stopped, Wish, synthesize
from addon_core.metrics.sharpness import sharpness
from addon_core.progress import FEWEST, Meter

FAST = Settings(levels=3, steps=12, layouts=3)
PAPER = Settings(method="paper", patch_size=8, stride=2, levels=3, steps=12)
both_methods = pytest.mark.parametrize("settings", [FAST, PAPER], ids=["fast", "paper"])
SIZE = 150, 170


def discs() -> np.ndarray:
    """(96, 96, 3): sharp discs on a grid that is a little out of order."""
    random = np.random.default_rng(0)
    y, x = np.mgrid[:96, :96]
    image = np.full((96, 96, 3), 0.2, np.float32)
    for row in range(8, 96, 16):
        for column in range(8, 96, 16):
            down, right = random.integers(-2, 3, 2)
            inside = (y - row - down) ** 2 + (x - column - right) ** 2 < 36
            image[inside] = random.uniform(0.5, 1.0, 3)
    return image


class _Wisher:
    """Wishes the end at a step of a level, and counts the steps that follow."""

    def __init__(self, level: int, step: int, answer: Wish | bool = Wish.FINISH) -> None:
        self._at = level, step
        self._answer = answer
        self.after: set[tuple[int, int]] = set()
        self.fractions: list[float] = []

    def __call__(self, progress: Progress) -> Wish | bool:
        at = progress.level, progress.step
        self.fractions.append(progress.fraction)
        if at > self._at:
            self.after.add(at)
        return self._answer if at >= self._at else True


@both_methods
@pytest.mark.parametrize("at", [(0, 0), (0, 3), (1, 5), (2, 1)])
def test_takes_few_steps_more_and_has_the_whole_size(settings, at):
    wisher = _Wisher(*at)
    exemplar = discs()
    result = synthesize(exemplar, SIZE, settings, wisher)
    assert result.shape == (*SIZE, 3)
    per_level = [sum(level == each for level, _ in wisher.after) for each in range(3)]
    # The end of a level, and that of the run, are told once more with the count of its steps.
    most = [FEWEST + 1 if level == 0 else 2 for level in range(3)]
    assert all(taken <= limit for taken, limit in zip(per_level, most, strict=True)), per_level
    assert per_level[2] > 0
    assert wisher.fractions == sorted(wisher.fractions)
    assert exemplar.min() - 1e-5 <= result.min() < result.max() <= exemplar.max() + 1e-5


@both_methods
@pytest.mark.parametrize("at", [(0, 0), (1, 5)])
def test_is_about_as_sharp_as_the_whole_run(settings, at):
    exemplar = discs()
    finished = sharpness(exemplar, synthesize(exemplar, SIZE, settings, _Wisher(*at)))
    whole = sharpness(exemplar, synthesize(exemplar, SIZE, settings))
    assert finished > 0.8 * whole
    if settings.method == "fast":
        assert finished > 0.9


@both_methods
def test_what_is_done_is_kept(settings):
    """A wish at the last level changes little, one at the start much."""
    # Of several layouts those that are not begun cannot be kept.
    settings = replace(settings, layouts=1)
    exemplar = discs()
    whole = synthesize(exemplar, SIZE, settings)
    late, early = (
        np.abs(synthesize(exemplar, SIZE, settings, _Wisher(*at)) - whole).mean()
        for at in ((2, 1), (0, 0))
    )
    assert late < 0.5 * early


def test_further_layouts_are_not_begun():
    levels: list[int] = []

    def listen(progress: Progress) -> Wish:
        levels.append(progress.level)
        return Wish.FINISH

    synthesize(discs(), SIZE, FAST, listen)
    # A step of a level so small is one band, and the end of the level is told once more.
    assert levels.count(0) == FEWEST + 2


def test_warmup_is_left_out():
    settings = Settings(method="paper", patch_size=8, levels=2, steps=2, share=0.5, warmup=40)
    wisher = _Wisher(1, 0)
    synthesize(discs(), SIZE, settings, wisher)
    assert max(step for level, step in wisher.after if level == 1) <= 2


@both_methods
def test_can_be_stopped_while_it_finishes(settings):
    answers: Iterator[Wish | bool] = iter([Wish.FINISH, True, False])
    with pytest.raises(Stopped):
        synthesize(discs(), SIZE, settings, lambda _progress: next(answers))


def test_without_a_wish_every_step_is_taken():
    times = np.linspace(0.0, 1.0, 6)
    meter = Meter(lambda _progress: True, [1.0], [5])
    meter.advance()
    assert list(meter.steps(times)) == list(pairwise(times))


@pytest.mark.parametrize(("level", "fewest"), [(0, FEWEST), (1, 1)])
def test_after_a_wish_few_steps_lead_to_the_end(level, fewest):
    meter = Meter(lambda _progress: Wish.FINISH, [1.0, 1.0], [30, 30])
    meter.level = level
    steps = meter.steps(np.linspace(0.0, 1.0, 31))
    taken = [next(steps), next(steps)]
    meter.advance()
    taken += list(steps)
    assert len(taken) == 2 + fewest
    assert all(end == start for (_, end), (start, _) in pairwise(taken))
    assert taken[-1][1] == 1.0

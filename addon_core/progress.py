# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run tells of itself, and how it is stopped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a synthesis has come."""

    level: int
    """The level at work, 0 is the coarsest."""
    levels: int
    """How many levels there are."""
    step: int
    """Steps of this level that are done."""
    steps: int
    """Steps of this level in all, a warmup's searches among them."""
    fraction: float
    """Part of the whole work that is done, 0 to 1, rising evenly with time."""
    preview: NDArray[np.float32] | None = None
    """At a level's end what it made, (height, width, channels) in the exemplar's values."""


Listener = Callable[[Progress], "bool | None"]
"""Is told the progress; returning False, or raising, stops the run."""


class Stopped(Exception):
    """The listener returned False."""


class Meter:
    """Counts the work done and tells the listener."""

    def __init__(self, listener: Listener | None, work: list[float], steps: list[int]) -> None:
        """Prepare to count.

        Args:
            listener: who is told, if anyone.
            work: the expected work of one step at each level, in any unit.
            steps: how many steps each level takes.
        """
        self._listener = listener
        self._work = work
        self._steps = steps
        self._total = sum(cost * count for cost, count in zip(work, steps, strict=True))
        self.level = 0
        self.step = 0

    def advance(self, part: float = 0.0, preview: NDArray[np.float32] | None = None) -> None:
        """Tell that the present step is done by ``part``, 0 to 1.

        Raises:
            Stopped: the listener returned False.
        """
        if self._listener is None:
            return
        before = sum(
            cost * count
            for cost, count in zip(self._work[: self.level], self._steps[: self.level], strict=True)
        )
        done = before + self._work[self.level] * (self.step + part)
        progress = Progress(
            self.level,
            len(self._work),
            self.step,
            self._steps[self.level],
            min(done / self._total, 1.0),
            preview,
        )
        if self._listener(progress) is False:
            raise Stopped

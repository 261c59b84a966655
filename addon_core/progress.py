# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run tells of itself, and how it is stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
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


class Wish(Enum):
    """What a listener may answer besides True and False."""

    FINISH = auto()
    """What is there is good enough: the texture shall be ready soon, at its full size."""


FEWEST = 4
"""Steps that are left of a coarsest level, at most, once the run is to finish. It is the smallest
one, and what it has not brought about no finer level will."""

Listener = Callable[[Progress], "bool | Wish | None"]
"""Is told the progress; returning False, or raising, stops the run, `Wish.FINISH` hurries it."""


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
        self.is_hurried = False
        """Whether the listener wished the run to finish."""

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
        answer = self._listener(progress)
        if answer is False:
            raise Stopped
        self.is_hurried |= answer is Wish.FINISH

    def steps(self, times: NDArray[np.float64]) -> Iterator[tuple[float, float]]:
        """The times at which each step of the level begins and ends.

        Once the run is to finish, what is left of the way is covered in one step, at the coarsest
        level in a few.

        Args:
            times: increasing, the last is 1.
        """
        left: list[float] = times.tolist()
        while len(left) > 1:
            fewest = FEWEST if self.level == 0 else 1
            if self.is_hurried and len(left) > fewest + 1:
                start, end = left[0], left[-1]
                left = [start + (end - start) * step / fewest for step in range(fewest)] + [end]
            yield left[0], left[1]
            del left[0]

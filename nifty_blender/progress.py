# SPDX-License-Identifier: GPL-3.0-or-later
"""How far the making of textures is, from what the worker says of it."""

from __future__ import annotations

import time

from ..addon_core.messages import Advanced, Failed, Message, Warned
from .checks import Refused

_SOONEST = 0.5
"""Seconds of work before the time that is left is told: the first ones tell little of the rest."""

_LEAST = 0.02
"""Part of the work that is done before the time that is left is told."""


class Progress:
    """That of some textures, made one after the other."""

    def __init__(self, textures: int = 1) -> None:
        self.textures = textures
        self.made = 0
        """How many of them are made."""
        self.level = self.levels = 0
        """The level at work of the one that is made, and how many it has; 0 while not known."""
        self.warnings: list[str] = []
        """What the artist is to know, in the end."""
        self._within = 0.0
        self._began: float | None = None

    @property
    def has_begun(self) -> bool:
        """Whether the work has."""
        return self._began is not None

    @property
    def elapsed(self) -> float:
        """Seconds since the work began."""
        return 0.0 if self._began is None else time.monotonic() - self._began

    @property
    def fraction(self) -> float:
        """Part of the work that is done, 0 to 1."""
        return (self.made + self._within) / self.textures

    @property
    def remaining(self) -> float | None:
        """Seconds that are left, or None while that cannot be told."""
        if self.elapsed < _SOONEST or self.fraction < _LEAST:
            return None
        return self.elapsed * (1.0 / self.fraction - 1.0)

    def begin(self) -> None:
        """Note that the work begins."""
        self._began = time.monotonic()

    def take(self, message: Message) -> None:
        """Take in what was said; results are others' to take.

        Raises:
            Refused: the work failed; the message says why.
        """
        match message:
            case Advanced():
                self.level, self.levels = message.level, message.levels
                self._within = message.fraction
            case Warned():
                self.warnings.append(message.message)
            case Failed():
                raise Refused(message.message)
            case _:
                pass

    def count(self) -> None:
        """Note that one more texture is made."""
        self.made += 1
        self._within = 0.0

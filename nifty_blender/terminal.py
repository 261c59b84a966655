# SPDX-License-Identifier: GPL-3.0-or-later
"""A progress bar on a terminal."""

from __future__ import annotations

import shutil
from typing import TextIO

BAR = 30
"""Characters from 0 to 100 %."""


class ProgressBar:
    """One line that is drawn over; silent where the stream is no terminal."""

    def __init__(self, stream: TextIO, name: str) -> None:
        self._stream = stream
        self._name = name
        self._line = ""
        self._draws = stream.isatty()

    def show(self, fraction: float, remaining: float | None) -> None:
        """Draw the bar.

        Args:
            fraction: what is done, 0 to 1.
            remaining: seconds that are left, None while unknown.
        """
        done = round(BAR * fraction)
        left = "" if remaining is None else f" {remaining:.0f} s left"
        self._draw(f"{self._name} [{'#' * done}{'.' * (BAR - done)}] {fraction:4.0%}{left}")

    def close(self) -> None:
        """Wipe the line."""
        self._draw("")

    def _draw(self, line: str) -> None:
        if self._draws and line != self._line:
            line = line[: shutil.get_terminal_size().columns - 1]
            self._stream.write("\r" + line.ljust(len(self._line)) + ("" if line else "\r"))
            self._stream.flush()
            self._line = line

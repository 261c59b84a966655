# SPDX-License-Identifier: GPL-3.0-or-later
"""From an exemplar's channels to the numbers that the flow works on, and back (section 3.1)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Normalisation:
    """One mean per channel and one standard deviation over what remains.

    The paper takes a single mean over all channels. A mean for each leaves the flow no colour cast
    to travel, and one deviation for all keeps the contrast of the channels to each other.
    Channels that are constant carry nothing to search for, and are left out of the flow.
    """

    mean: NDArray[np.float32]
    """(channels,), in the exemplar's units."""
    deviation: float
    """Standard deviation over all pixels of the varying channels, above 0."""
    varying: NDArray[np.bool_]
    """(channels,), False where a channel is constant."""

    @classmethod
    def of(cls, exemplar: NDArray[np.float32]) -> Normalisation:
        """Measure an exemplar of shape (height, width, channels)."""
        pixels = exemplar.reshape(-1, exemplar.shape[2])
        mean = pixels.mean(axis=0, dtype=np.float64)
        varying = pixels.min(axis=0) < pixels.max(axis=0)
        variance = pixels.var(axis=0, dtype=np.float64)[varying]
        deviation = float(np.sqrt(variance.mean())) if varying.any() else 1.0
        mean = np.where(varying, mean, pixels[0]).astype(np.float32)
        return cls(mean, deviation, varying)

    def apply(self, exemplar: NDArray[np.float32]) -> NDArray[np.float32]:
        """(height, width, channels) to (height, width, varying channels), of deviation 1."""
        centred = exemplar.compress(self.varying, axis=2)
        centred -= self.mean[self.varying]
        centred /= np.float32(self.deviation)
        return centred

    def undo(self, state: NDArray[np.float32]) -> NDArray[np.float32]:
        """(height, width, varying channels) back to (height, width, channels).

        ``state`` is used up: it may be the largest array that there is.
        """
        state *= np.float32(self.deviation)
        state += self.mean[self.varying]
        if self.varying.all():
            return state
        image = np.empty((*state.shape[:2], self.mean.size), np.float32)
        image[...] = self.mean
        image[:, :, self.varying] = state
        return image

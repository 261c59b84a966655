# SPDX-License-Identifier: GPL-3.0-or-later
"""From an exemplar's channels to the numbers that the flow works on, and back (section 3.1)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

NEGLIGIBLE = 1e-6
"""The least weight beside the largest: it decides nothing, and a thousandth of the deviation is
far from where float32 loses a map that only goes along."""

BAND = 256
"""Rows of pixels measured at once: bounds the memory."""


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
    """What is 1 to the flow: the standard deviation over all pixels of the varying channels, or a
    multiple of it; above 0."""
    varying: NDArray[np.bool_]
    """(channels,), False where a channel is constant."""

    @classmethod
    def of(cls, exemplar: NDArray[np.float32]) -> Normalisation:
        """Measure an exemplar of shape (height, width, channels)."""
        rows = exemplar.reshape(len(exemplar), -1)
        lowest = _by_channel(np.minimum, rows.min(axis=0), exemplar)
        varying = lowest < _by_channel(np.maximum, rows.max(axis=0), exemplar)
        size = exemplar.shape[0] * exemplar.shape[1]
        mean = _by_channel(np.add, rows.sum(axis=0, dtype=np.float64), exemplar) / size
        mean = np.where(varying, mean, exemplar[0, 0]).astype(np.float32)
        sums, squares = np.zeros((2, rows.shape[1]))
        for start in range(0, len(rows), BAND):
            centred = rows[start : start + BAND] - np.tile(mean, exemplar.shape[1])
            sums += centred.sum(axis=0, dtype=np.float64)
            squares += np.square(centred, out=centred).sum(axis=0, dtype=np.float64)
        # The mean is rounded: what is left of it is no variation.
        rest = _by_channel(np.add, sums, exemplar) / size
        variance = (_by_channel(np.add, squares, exemplar) / size - rest**2)[varying]
        deviation = float(np.sqrt(variance.mean())) if varying.any() else 1.0
        return cls(mean, deviation, varying)

    @property
    def channels(self) -> int:
        """How many channels the flow works on."""
        return int(self.varying.sum())

    def apply(self, exemplar: NDArray[np.float32]) -> NDArray[np.float32]:
        """(height, width, channels) to (height, width, varying channels), of mean 0."""
        kept = exemplar if self.varying.all() else exemplar[:, :, self.varying]
        rows = np.ascontiguousarray(kept).reshape(len(kept), -1)
        centred = rows - np.tile(self.mean[self.varying], kept.shape[1])
        centred /= np.float32(self.deviation)
        return centred.reshape(kept.shape)

    def undo(self, state: NDArray[np.float32]) -> NDArray[np.float32]:
        """(height, width, varying channels) back to (height, width, channels).

        ``state`` is used up: it may be the largest array that there is.
        """
        if not self.varying.any():
            return np.tile(self.mean, (*state.shape[:2], 1))
        state = np.ascontiguousarray(state)
        rows = state.reshape(len(state), -1)
        rows *= np.float32(self.deviation)
        rows += np.tile(self.mean[self.varying], state.shape[1])
        if self.varying.all():
            return state
        image = np.empty((*state.shape[:2], self.mean.size), np.float32)
        image[...] = self.mean
        image[:, :, self.varying] = state
        return image


def weighted(
    normalisations: Sequence[Normalisation], weights: Sequence[float]
) -> list[Normalisation]:
    """Normalisations for images that are to be the channels of one.

    Each image adds to the squared distance between two patches in proportion to its weight: not to
    the number of its channels, nor to their contrast. The variance of a channel is 1, as the flow's
    noise is, in the mean by weight: images that weigh next to nothing change nothing for the rest.
    """
    counts = np.array([own.channels for own in normalisations])
    varies = counts > 0
    if not varies.any():
        return list(normalisations)
    shares = np.where(varies, weights, 0.0)
    shares = np.maximum(shares / shares.max(), NEGLIGIBLE) if shares.any() else np.ones(len(shares))
    # n channels with a variance of v each add n · v.
    variances = shares / np.maximum(counts, 1)
    variances /= np.average(variances[varies], weights=shares[varies])
    return [
        replace(own, deviation=own.deviation / math.sqrt(variance))
        for own, variance in zip(normalisations, variances, strict=True)
    ]


# Whole rows at once: NumPy is slow over a last axis of three.
def _by_channel(
    combine: np.ufunc, columns: NDArray[np.floating], exemplar: NDArray[np.float32]
) -> NDArray[np.floating]:
    """(channels,): what (width · channels,) values come to over the columns."""
    return combine.reduce(columns.reshape(exemplar.shape[1:]), axis=0)

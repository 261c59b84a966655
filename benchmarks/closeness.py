# SPDX-License-Identifier: GPL-3.0-or-later
"""How close outputs are to their exemplars, beside those of a default: what sweeps compare."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from addon_core import metrics

DISTANCES = ("sliced W", "cover", "structure 1", "structure ½", "structure ¼")
"""Metrics of which less is better."""

METRICS = (*DISTANCES, "sharpness", "piece")

Figures = dict[str, float]
"""From the name of a metric to its value."""


def closeness(exemplar: NDArray[np.float32], output: NDArray[np.float32]) -> Figures:
    """Every metric of :data:`METRICS`; both images have values from 0 to 255."""
    # As stored in 8 bits.
    stored = np.clip(np.rint(output), 0, 255)
    found = metrics.Correspondence.between(exemplar, stored)
    figures = (
        metrics.sliced_wasserstein(exemplar, stored),
        metrics.cover(exemplar, stored),
        *metrics.structure(exemplar, stored),
        metrics.sharpness(exemplar, stored),
        metrics.largest_piece(found),
    )
    return dict(zip(METRICS, figures, strict=True))


def mean(figures: Iterable[Figures]) -> Figures:
    """Of outputs of one exemplar."""
    gathered = list(figures)
    return {name: float(np.mean([each[name] for each in gathered])) for name in gathered[0]}


LEAST = 0.1
"""What a ratio counts at least: where an output holds the whole exemplar, distances vanish."""


def geometric_mean(ratios: Iterable[float]) -> float:
    return float(np.exp(np.mean(np.log(np.maximum(list(ratios), LEAST)))))


def beside(figures: Figures, default: Figures) -> Figures:
    """Distances and seconds times the default's; what has a right value as it is.

    `overall` is the geometric mean over the five distances.
    """
    shown = {
        name: value / default[name] if name in (*DISTANCES, "seconds") else value
        for name, value in figures.items()
    }
    shown["overall"] = geometric_mean(shown[name] for name in DISTANCES)
    return shown


def over_exemplars(figures: Sequence[Figures]) -> Figures:
    """The mean of what :func:`beside` gave for several exemplars, geometric where it is a ratio."""
    ratios = {*DISTANCES, "seconds", "overall"}
    return {
        name: float(
            (geometric_mean if name in ratios else np.mean)([each[name] for each in figures])
        )
        for name in figures[0]
    }

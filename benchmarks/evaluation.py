# SPDX-License-Identifier: GPL-3.0-or-later
"""Every metric of many outputs, on all cores."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from itertools import repeat
from multiprocessing import get_context

import numpy as np
from numpy.typing import NDArray

from addon_core import metrics

METRICS = (
    "Gram",
    "SIFID",
    "autocorrelation",
    "sliced W",
    "cover",
    "structure 1",
    "structure ½",
    "structure ¼",
    "W2 16 × 16",
    "sharpness",
    "use",
    "piece",
    "repetition",
    "seam",
)


def measure(exemplar: NDArray[np.float32], output: NDArray[np.float32]) -> dict[str, float]:
    """Every metric; both images have values from 0 to 255."""
    found = metrics.Correspondence.between(exemplar, output)
    bank = {id(image): metrics.oriented_filters(image) for image in (exemplar, output)}

    def filtered(image: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        return bank[id(image)]

    figures = (
        metrics.gram_score(exemplar, output, filtered),
        metrics.sifid(exemplar, output, filtered),
        # The paper has values from −1 to 1 here.
        metrics.autocorrelation_score(exemplar / 127.5, output / 127.5),
        metrics.sliced_wasserstein(exemplar, output),
        metrics.cover(exemplar, output),
        *metrics.structure(exemplar, output),
        metrics.wasserstein(exemplar, output),
        metrics.sharpness(exemplar, output),
        metrics.use(found),
        metrics.largest_piece(found),
        metrics.repetition(exemplar, output),
        metrics.seam(found),
    )
    return dict(zip(METRICS, figures, strict=True))


def measure_all(
    exemplar: NDArray[np.float32], outputs: Sequence[NDArray[np.float32]]
) -> list[dict[str, float]]:
    """Every metric of each output, several at once: each in a process that keeps to one core."""
    with (
        _one_thread_each(),
        ProcessPoolExecutor(mp_context=get_context("spawn")) as processes,
    ):
        return list(processes.map(measure, repeat(exemplar), outputs))


@contextmanager
def _one_thread_each():
    """Processes that are started meanwhile have products of one thread."""
    name = "OPENBLAS_NUM_THREADS"
    before = os.environ.get(name)
    os.environ[name] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before

# SPDX-License-Identifier: GPL-3.0-or-later
"""NIFTY written straight from the paper's equations: double precision, loops, no economy.

Only the random draws follow the order of the real code, so that both see the same noise and the
same shares of patches.
"""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np


def synthesize(exemplar, size, settings):
    """(height, width, channels) float64, for an exemplar without constant channels."""
    random = np.random.default_rng(settings.seed)
    exemplar = exemplar.astype(np.float64)
    mean = exemplar.mean(axis=(0, 1))
    deviation = math.sqrt(((exemplar - mean) ** 2).mean())
    normal = (exemplar - mean) / deviation

    levels = settings.levels
    while levels > 1 and min(_scaled(normal.shape[:2], levels - 1)) < settings.patch_size:
        levels -= 1
    least = settings.patch_size * 2 ** (levels - 1)
    wraps = _wraps(settings)
    full = [side if wrap else max(side, least) for side, wrap in zip(size, wraps, strict=True)]

    x = None
    for level in range(levels):
        octave = levels - 1 - level
        phi = _patches(_resize(normal, _scaled(normal.shape[:2], octave)), settings, cover=False)
        shape = _scaled(full, octave)
        noise = random.standard_normal((*shape, normal.shape[2]), dtype=np.float32).astype(float)
        if x is None:
            times = [(i + 1) / (settings.steps + 1) for i in range(settings.steps)] + [1.0]
            mean_patch = np.mean([patch for _, patch in phi], axis=0)
            corners = [corner for corner, _ in _patches(noise, settings, cover=True)]
            average = _aggregate([(c, mean_patch) for c in corners], noise.shape, settings)
            x = noise + times[0] * (average - noise)
        else:
            gamma = settings.renoise
            x = gamma * _resize(x, shape, wraps) + (1 - gamma) * noise
            times = [gamma + i * (1 - gamma) / settings.steps for i in range(settings.steps)]
            times.append(1.0)
        x = _flow(x, [patch for _, patch in phi], times, settings, random)
    return x[: size[0], : size[1]] * deviation + mean


def _flow(x, phi, times, settings, random):
    count = min(settings.neighbours, len(phi))
    uses_memory = settings.memory and settings.share < 1.0
    memory: dict[tuple[int, int], list[int]] = {}
    if uses_memory:
        for _ in range(settings.warmup):
            among = _share(phi, settings, random)
            for corner, psi in _patches(x, settings, cover=True):
                memory[corner] = _nearest(psi, phi, times[0], count, among, memory.get(corner))
    for t, following in pairwise(times):
        among = _share(phi, settings, random)
        moved = []
        for corner, psi in _patches(x, settings, cover=True):
            nearest = _nearest(psi, phi, t, count, among, memory.get(corner))
            if uses_memory:
                memory[corner] = nearest
            distances = np.array([((psi - t * phi[i]) ** 2).sum() for i in nearest])
            omega = np.exp(-(distances - distances.min()) / (2 * (1 - t) ** 2))
            omega /= omega.sum()
            velocity = sum(w * (phi[i] - psi) for w, i in zip(omega, nearest, strict=True))
            moved.append((corner, psi + velocity / (1 - t) * (following - t)))
        x = _aggregate(moved, x.shape, settings)
    return x


def _share(phi, settings, random):
    if settings.share == 1.0:
        return list(range(len(phi)))
    count = max(min(settings.neighbours, len(phi)), round(settings.share * len(phi)))
    return list(random.choice(len(phi), count, replace=False, shuffle=False))


def _nearest(psi, phi, t, count, among, remembered):
    # At t = 0 all are equally near: the nearest are those that will be, just after.
    shortly = max(t, 1e-6)
    candidates = set(among) | set(remembered or ())
    return sorted(candidates, key=lambda i: ((psi - shortly * phi[i]) ** 2).sum())[:count]


def _wraps(settings):
    """Down and across."""
    return settings.tile in ("y", "xy"), settings.tile in ("x", "xy")


def _patches(image, settings, cover):
    p, stride = settings.patch_size, settings.stride
    starts = []
    for length, wrap in zip(image.shape[:2], _wraps(settings), strict=True):
        if cover and wrap:
            starts.append(range(0, length, stride))
            continue
        along = list(range(0, length - p + 1, stride))
        if cover and along[-1] != length - p:
            along.append(length - p)
        starts.append(along)
    return [((i, j), image[_under(i, j, p, image)]) for i in starts[0] for j in starts[1]]


def _under(i, j, p, image):
    """Index of the pixels under the patch whose corner is (i, j), on a torus."""
    rows, columns = (np.arange(p) + i) % image.shape[0], (np.arange(p) + j) % image.shape[1]
    return np.ix_(rows, columns)


def _aggregate(patches, shape, settings):
    p = settings.patch_size
    sigma = settings.aggregation_width * p
    total, weight = np.zeros(shape), np.zeros(shape)
    centre = (p - 1) / 2
    window = np.array(
        [
            [math.exp(-((i - centre) ** 2 + (j - centre) ** 2) / (2 * sigma**2)) for j in range(p)]
            for i in range(p)
        ]
    )[:, :, None]
    for (i, j), patch in patches:
        # A patch larger than the torus lies over some pixels more than once.
        np.add.at(total, _under(i, j, p, total), window * patch)
        np.add.at(weight, _under(i, j, p, total), window)
    return total / weight


def _scaled(shape, octave):
    return max(1, round(shape[0] / 2**octave)), max(1, round(shape[1] / 2**octave))


def _resize(image, shape, wraps=(False, False)):
    for axis in (0, 1):
        turned = np.moveaxis(image, axis, 0)
        image = np.moveaxis(_resize_first(turned, shape[axis], wraps[axis]), 0, axis)
    return image


def _resize_first(image, length, wrap):
    if len(image) == length:
        return image
    scale = len(image) / length
    stretch = max(scale, 1.0)
    out = []
    for i in range(length):
        centre = (i + 0.5) * scale - 0.5
        places = range(-4 * len(image) - 4, 5 * len(image) + 4) if wrap else range(len(image))
        weights = np.array([keys((j - centre) / stretch) for j in places])
        there = image[np.array(places) % len(image)]
        out.append(np.tensordot(weights / weights.sum(), there, axes=1))
    return np.array(out)


def keys(x):
    """Cubic convolution with a = −1/2 (Keys 1981)."""
    x = abs(x)
    if x < 1:
        return 1.5 * x**3 - 2.5 * x**2 + 1
    if x < 2:
        return -0.5 * x**3 + 2.5 * x**2 - 4 * x + 2
    return 0.0

# SPDX-License-Identifier: GPL-3.0-or-later
"""Painted sheet metal that rusts: peeling edges, blisters, stains, and layers of scale."""

from fields import Field, absolute, maximum, minimum, mix, ramp, rgb, step
from patterns import cells, noise, warp
from shading import Surface


def surface(p: Field) -> Surface:
    bent = warp(warp(p, 0.05, 7, 4), 0.012, 40, 3, seed=1)
    decay = noise(bent, 8.5, 7, 0.6, seed=2) + (noise(p, 60, 3, 0.6, seed=3) - 0.5) * 0.06
    blister = cells(warp(p, 0.02, 30, seed=4), 34, seed=5)
    spot = step(blister.distance, 0.05 + blister.random.x * 0.22, 0.0) * step(
        blister.random.y, 0.55, 0.6
    )
    decay = decay + spot * 0.09 + step(noise(p, 30, 3, seed=6), 0.63, 0.7) * 0.05
    bare = step(decay, 0.508, 0.520)
    flaked = step(decay, 0.60, 0.615)
    lip = step(absolute(decay - 0.502), 0.03, 0.0) * (1.0 - bare)
    stain = step(decay, 0.40, 0.51)

    fine = noise(p, 85, 5, 0.75, seed=7)
    clump = noise(warp(p, 0.01, 60), 38, 5, 0.7, seed=8)
    crust = noise(p, 17, 5, 0.65, seed=9)
    rust = ramp(
        clump * 0.9 + crust * 0.7 - 0.3,
        "#1f100b", "#3d1d11", "#64301a", "#8a4620", "#a65a26", "#bd7838", "#c99256",
    )  # fmt: skip
    scale = ramp(
        crust * 0.8 + fine * 0.8 - 0.3, "#191210", "#2f1d17", "#4a2b1e", "#6d3d24", "#8d5630"
    )
    rust = mix(rust, scale, flaked) * (0.35 + fine * 1.3)
    rust = mix(rust, rgb("#d2843c"), step(noise(p, 55, 3, 0.6, seed=10), 0.62, 0.72) * 0.55)

    chalk = noise(p, 6, 6, 0.65, seed=11)
    paint = ramp(chalk * 1.4 - 0.2, "#2f5f5e", "#467b77", "#5b8f88", "#7ba69b")
    paint = paint * (0.75 + fine * 0.5)
    run = noise(p * (1.0, 0.12, 1.0), 32, 4, 0.6, seed=12)
    paint = mix(paint, paint * rgb("#b08a66"), step(run, 0.48, 0.72) * 0.9)
    paint = mix(
        paint, rgb("#7a4a25"), stain * (0.15 + 0.75 * step(clump + stain * 0.2, 0.45, 0.75))
    )
    scratch = step(
        absolute(noise(warp(p * (1.0, 0.09, 1.0), 0.02, 9, seed=13), 24, 2, seed=14) - 0.5),
        0.006,
        0.001,
    )
    paint = mix(paint, paint * 0.55 + (0.08, 0.09, 0.09), scratch * step(chalk, 0.5, 0.6) * 0.7)
    paint = mix(paint, paint * 1.35 + (0.03, 0.035, 0.035), lip * 0.7)
    colour = mix(paint, rust, bare)

    coat = 0.0042 + lip * 0.0035 + stain * 0.0012 + (chalk - 0.5) * 0.004 + fine * 0.0004
    pitted = (crust - 0.5) * 0.011 + (clump - 0.5) * 0.008 + (fine - 0.5) * 0.0045 - flaked * 0.0045
    rough = mix(0.33 + fine * 0.25 + stain * 0.2, 0.75 + minimum(fine, 0.5) * 0.4, bare)
    return Surface(colour, maximum(rough, 0.2), mix(coat, pitted, bare))

# SPDX-License-Identifier: GPL-3.0-or-later
"""The size of the fast method's latent, against quality and cost.

`python3 build.py bench latent [--seeds N] [--note TEXT]`
"""

from __future__ import annotations

import argparse
import functools
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from unittest.mock import patch

import numpy as np
from matplotlib.figure import Figure
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from addon_core import PRESETS, latent, synthesize
from addon_core.blocks import BLOCK

from .closeness import METRICS, Figures, beside, closeness, mean, over_exemplars
from .exemplars import KINDS, exemplar
from .report import RESULTS, machine, number, table, write

SIZE = 512
"""Side of an output."""

RUNS = 3
"""Of which the least seconds count: what else the machine does only adds to them."""

CODES = (4, 8, 12, 16, 32, 48)
"""Numbers of a block; 48 is all of them, in RGB."""

FEATURES = (16, 32, 64, 128, 256)
"""Numbers of a patch."""

SHIPPED = latent.CODE, latent.FEATURE
"""Numbers of a block and of a patch, as the add-on has them."""


@functools.cache
def run(name: str, code: int, feature: int, seed: int) -> Figures:
    """The metrics of one output, its least seconds, and what the latent keeps."""
    image = exemplar(name)
    settings = replace(PRESETS["standard"], seed=seed)
    with patch.object(latent, "CODE", code), patch.object(latent, "FEATURE", feature):
        output = synthesize(image, (SIZE, SIZE), settings)
        seconds = []
        for _ in range(RUNS):
            start = time.perf_counter()
            synthesize(image, (SIZE, SIZE), settings)
            seconds.append(time.perf_counter() - start)
        blocks, patches = kept(image)
    return {
        **closeness(image, output),
        "seconds": min(seconds),
        "of blocks": blocks,
        "of patches": patches,
    }


def kept(image: NDArray[np.float32]) -> tuple[float, float]:
    """The part of the blocks' variance that codes keep, and of the patches' that features keep."""
    image = image - image.mean(axis=(0, 1))
    encoded = latent.LatentExemplar(image)
    height, width = (side // BLOCK for side in image.shape[:2])
    decoded = encoded.decode(encoded.codes[encoded.inside].reshape(height, width, -1))
    lost = np.square(decoded - image[: decoded.shape[0], : decoded.shape[1]]).mean()
    grid = encoded.codes.reshape(*encoded.shape, -1)
    windows = sliding_window_view(grid, (latent.SPAN, latent.SPAN), axis=(0, 1))  # pyright: ignore
    whole = windows.reshape(len(encoded.features), -1).var(axis=0).sum()
    # Features are parts of the patches of codes, which are parts of the patches of pixels.
    blocks = 1.0 - lost / np.square(image).mean()
    return float(blocks), float(encoded.features.var(axis=0).sum() / whole * blocks)


Result = dict[str, Figures]
"""From a label to the figures beside the shipped size's, over all exemplars."""


def swept(sizes: Sequence[tuple[str, int, int]], seeds: int) -> Result:
    """Of sizes, each a label with the numbers of a block and of a patch."""
    shipped = {name: mean(run(name, *SHIPPED, seed) for seed in range(seeds)) for name in KINDS}
    result: Result = {}
    for label, code, feature in sizes:
        result[label] = over_exemplars(
            [
                beside(mean(run(name, code, feature, seed) for seed in range(seeds)), shipped[name])
                for name in KINDS
            ]
        )
        print(f"{code} and {feature}", flush=True)
    return result


def result_table(result: Result) -> str:
    names = ("overall", *METRICS, "seconds")
    rows = [
        [
            label,
            *(f"{figures[name]:.2f}" for name in names),
            *(f"{100 * figures[name]:.1f} %" for name in ("of blocks", "of patches")),
        ]
        for label, figures in result.items()
    ]
    return table(["", *names, "of blocks", "of patches"], rows)


def plot(results: Mapping[str, Result]) -> None:
    figure = Figure(figsize=(11, 4))
    axes = figure.subplots(1, len(results), sharey=True)
    for axis, (title, result) in zip(axes, results.items(), strict=True):
        places = range(len(result))
        for name in ("overall", "sliced W", "structure 1", "structure ¼", "seconds"):
            style = "--" if name == "seconds" else "o-"
            axis.plot(places, [figures[name] for figures in result.values()], style, label=name)
        axis.set(xlabel=title)
        axis.set_xticks(places, result)
        axis.axhline(1, color="0.7", zorder=0)
        axis.grid(alpha=0.3)
    axes[0].set_ylabel("times the shipped size's")
    axes[0].legend(fontsize=8)
    figure.tight_layout()
    figure.savefig(RESULTS / "latent.png", dpi=90)


def main() -> None:
    parser = argparse.ArgumentParser(prog="build.py bench latent", description=__doc__)
    parser.add_argument("--seeds", type=int, default=2, help="how many outputs of each")
    parser.add_argument("--note", default="", help="what a reader must know of this run")
    arguments = parser.parse_args()
    code, feature = SHIPPED
    results = {
        f"numbers of a block (patch: {feature})": swept(
            [(str(size), size, feature) for size in CODES], arguments.seeds
        ),
        f"numbers of a patch (block: {code})": swept(
            [(str(size), code, size) for size in FEATURES], arguments.seeds
        ),
    }
    plot(results)
    seconds = np.mean([run(name, *SHIPPED, 0)["seconds"] for name in KINDS])
    text = (
        f"# The latent's size\n\n{machine()}. {arguments.note}\n\n"
        f"`standard`, outputs of {SIZE} × {SIZE} from all exemplars at 256 × 256, "
        f"{arguments.seeds} seeds. Distances and seconds are times those of the "
        "shipped size, "
        f"{code} numbers for a block of 4 × 4 pixels and {feature} for a patch of 4 × 4 blocks "
        f"({number(float(seconds))} s); `overall` is the geometric mean over the distances. *of "
        "blocks* and *of patches* is the part of the variance that the latent keeps, at the "
        "finest level.\n\n"
    )
    for title, result in results.items():
        text += f"## {title.capitalize()}\n\n{result_table(result)}\n"
    write("latent.md", f"{text}![](latent.png)\n")


if __name__ == "__main__":
    main()

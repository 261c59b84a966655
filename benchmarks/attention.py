# SPDX-License-Identifier: GPL-3.0-or-later
"""The coarsest level as attention: a softmax over all patches instead of the nearest few.

`python3 build.py bench attention [--seeds N] [--note TEXT]`

Only the coarsest level differs; the finer ones are the paper's, k = 5, so that what is seen at the
end is what the coarsest level laid out.
"""

from __future__ import annotations

import argparse
import functools
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from addon_core import PRESETS, Settings, metrics, paper, synthesize
from addon_core.balance import balanced_flow
from addon_core.blocks import BLOCK
from addon_core.latent import LatentExemplar
from addon_core.level import Flow
from addon_core.overlap import aggregated
from addon_core.progress import Meter
from addon_core.source import Source

from .closeness import DISTANCES, METRICS, Figures, beside, closeness, mean, over_exemplars
from .exemplars import KINDS, ONE_OF_EACH, exemplar
from .report import RESULTS, machine, number, table, write

SIZE = 320
"""Side of an output."""

ALL = 64
"""At least the patches of the coarsest exemplar, of which a side of 256 has 25."""


class Level(Protocol):
    """What the paper's method asks of a level."""

    def first_step(self, state: NDArray[np.float32], t: float) -> NDArray[np.float32]: ...

    def run(
        self, state: NDArray[np.float32], times: NDArray[np.float64]
    ) -> NDArray[np.float32]: ...


class LatentLevel:
    """The fast method's coarse level in the place of the paper's."""

    def __init__(
        self,
        balance: float,
        exemplar: Source,
        shape: tuple[int, int],
        settings: Settings,
        random: np.random.Generator,
        meter: Meter,
    ) -> None:
        self._latent = LatentExemplar(
            *exemplar.images, opaque=exemplar.opaque, poses=settings.poses
        )
        self._balance = balance
        self._wraps = settings.wraps
        self._shape = shape
        self._random = random
        self._meter = meter

    def first_step(self, state: NDArray[np.float32], t: float) -> NDArray[np.float32]:
        return state

    def run(self, state: NDArray[np.float32], times: NDArray[np.float64]) -> NDArray[np.float32]:
        height, width = (-(-side // BLOCK) for side in self._shape)
        shape = height, width, self._latent.code_size
        # The mean patch, where all are drawn to at time 0, is 0 in the latent.
        noise = self._random.standard_normal(shape, dtype=np.float32)
        noise *= np.float32(1.0 - times[0])
        matches = balanced_flow(
            self._latent, noise, None, times, self._balance, self._wraps, self._meter
        )
        pixels = self._latent.decode(aggregated(matches, self._latent, self._wraps))
        return pixels[: self._shape[0], : self._shape[1]]


def _with_all(
    exemplar: Source,
    shape: tuple[int, int],
    settings: Settings,
    random: np.random.Generator,
    meter: Meter,
) -> Flow:
    return Flow(exemplar, shape, replace(settings, neighbours=ALL), random, meter)


COARSEST: dict[str, Callable[..., Level]] = {
    "nearest 5, pixels": Flow,
    "all, pixels": _with_all,
    "all, latent": functools.partial(LatentLevel, 0.0),
    "all, latent, balanced": functools.partial(LatentLevel, 1.0),
}
"""What the coarsest level is; the first is the paper's."""


def output_of(name: str, coarsest: str, seed: int) -> NDArray[np.float32]:
    def level(
        exemplar: Source,
        shape: tuple[int, int],
        settings: Settings,
        random: np.random.Generator,
        meter: Meter,
    ) -> Level:
        make = COARSEST[coarsest] if meter.level == 0 else Flow
        return make(exemplar, shape, settings, random, meter)

    with patch.object(paper, "Flow", level):
        return synthesize(exemplar(name), (SIZE, SIZE), replace(PRESETS["paper"], seed=seed))


def run(name: str, coarsest: str, seed: int) -> tuple[Figures, NDArray[np.float32]]:
    """The metrics and `use`, and the output."""
    image = exemplar(name)
    output = output_of(name, coarsest, seed)
    used = metrics.use(metrics.Correspondence.between(image, output))
    return {**closeness(image, output), "use": used}, output


def picture(outputs: dict[str, dict[str, NDArray[np.float32]]]) -> None:
    """A row for each exemplar, a column for each coarsest level."""
    names = ["exemplar", *COARSEST]
    step, top = SIZE + 6, 18
    sheet = Image.new("RGB", (len(names) * step - 6, len(outputs) * step - 6 + top), "white")
    draw = ImageDraw.Draw(sheet)
    for column, label in enumerate(names):
        draw.text((column * step + 2, 3), label, fill="black")
    for row, (name, by_coarsest) in enumerate(outputs.items()):
        for column, pixels in enumerate((exemplar(name), *by_coarsest.values())):
            panel = Image.fromarray(np.clip(np.rint(pixels), 0, 255).astype(np.uint8))
            sheet.paste(panel, (column * step, row * step + top))
    sheet.save(RESULTS / "attention.jpg", quality=88, subsampling=0)


def main() -> None:
    parser = argparse.ArgumentParser(prog="build.py bench attention", description=__doc__)
    parser.add_argument("--seeds", type=int, default=3, help="how many outputs of each")
    parser.add_argument("--note", default="", help="what a reader must know of this run")
    arguments = parser.parse_args()
    figures: dict[str, dict[str, list[Figures]]] = {}
    shown: dict[str, dict[str, NDArray[np.float32]]] = {name: {} for name in ONE_OF_EACH}
    for coarsest in COARSEST:
        figures[coarsest] = {name: [] for name in ONE_OF_EACH}
        for name in ONE_OF_EACH:
            for seed in range(arguments.seeds):
                found, output = run(name, coarsest, seed)
                figures[coarsest][name].append(found)
                shown[name].setdefault(coarsest, output)
        print(coarsest, flush=True)
    picture(shown)
    paper_own = {name: mean(each) for name, each in figures["nearest 5, pixels"].items()}
    names = ("overall", *METRICS, "use")
    rows, single = [], []
    for coarsest, by_exemplar in figures.items():
        ratios = {name: beside(mean(each), paper_own[name]) for name, each in by_exemplar.items()}
        total = over_exemplars(list(ratios.values()))
        rows.append([coarsest, *(f"{total[metric]:.2f}" for metric in names)])
        for name, each in by_exemplar.items():
            by_seed = [beside(one, paper_own[name])["overall"] for one in each]
            single.append(
                [
                    f"{name}, {KINDS[name]}",
                    coarsest,
                    *(number(mean(each)[metric]) for metric in (*METRICS, "use")),
                    f"{min(by_seed):.2f} to {max(by_seed):.2f}",
                ]
            )
    write(
        "attention.md",
        f"# The coarsest level as attention\n\n{machine()}. {arguments.note}\n\n"
        f"Outputs of {SIZE} × {SIZE} from exemplars of 256 × 256, {arguments.seeds} seeds; T = 15, "
        "levels above the coarsest as in the paper. *nearest 5, pixels* is the paper's coarsest "
        "level; *all, pixels* its softmax over all patches; *all, latent* the same in the latent "
        "of the fast method, its mean and deviation matched; *balanced* also with its prices.\n\n"
        "## Means over the exemplars\n\nDistances are times the paper's, geometric means; "
        f"`overall` is the geometric mean over the {len(DISTANCES)}. Sharpness and use are right "
        f"at 1.\n\n{table(['coarsest level', *names], rows)}\n"
        "## Exemplar by exemplar\n\nDistances as they are, values from 0 to 255; `overall` from "
        "the best to the worst seed.\n\n"
        f"{table(['exemplar', 'coarsest level', *METRICS, 'use', 'overall'], single)}\n"
        "![](attention.jpg)\n",
    )


if __name__ == "__main__":
    main()

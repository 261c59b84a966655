# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole materials: edges that coincide, unit normals, relief the right way round, borders, cost.

`python3 build.py bench material [FOLDER …] [--seeds N] [--note TEXT]`
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from addon_core import material
from addon_core.metrics import relative_steps

from . import edges, lit, relief
from .material_cost import Cost
from .material_pictures import lit_sheet, maps_sheet
from .material_tables import TURNED, UNTURNED, VARIANTS, Figures, Measured, report
from .report import ROOT, write
from .wholes import Maps, Whole, middle, wholes

LIT = 768
"""Side of what is lit, in pixels at most."""


@contextmanager
def unturned() -> Iterator[None]:
    """Normals that keep their directions while they are moved."""
    turned = material.turned
    material.turned = lambda vectors, *_: vectors
    try:
        yield
    finally:
        material.turned = turned


def figures(maps: Maps, roles: Sequence[str], light: lit.Light | None = None) -> Figures:
    """Measure one set of maps.

    Args:
        maps: those of the material, and a height.
        roles: which of them are the material's own.
        light: what the maps look like in their middle, if they were rendered.
    """
    strengths = edges.strengths({role: maps[role] for role in roles})
    length = np.linalg.norm(2 * maps["normal"] - 1, axis=2)
    told, found = relief.told(maps["normal"]), relief.found(maps["height"])
    shown = (np.nan, np.nan)
    if light is not None:
        here = relief.found(middle(maps["height"], LIT))
        shown = relief.agreement(lit.leaning(light), here)
    return Figures(
        edges.agreements(strengths),
        edges.drifted(strengths),
        (float(length.min()), float(length.mean()), float(length.max())),
        relief.agreement(told, found),
        {role: [beside_inside(maps[role], axis) for axis in (0, 1)] for role in roles},
        shown,
    )


def beside_inside(image: NDArray[np.float32], axis: int) -> float:
    """The logarithm of the relative step over the border, less its mean over those inside.

    That mean is below 0 where steps differ much, as a few joints on smooth ground do.
    """
    *inside, over = np.log(relative_steps(image, axis)).mean(axis=1)
    return float(over - np.mean(inside))


def rendered(maps: Maps) -> lit.Light:
    """The maps' middle, lit."""
    return lit.pictures({role: middle(image, LIT) for role, image in maps.items()})


def measured(whole: Whole, seeds: int) -> Measured:
    """Measure a material and what is made of it; keep its pictures, if it is ours."""
    roles = tuple(whole.maps)
    along: Maps = {}
    if "height" not in whole.maps:
        along["height"] = relief.integrated(relief.told(whole.maps["normal"]))
    shown = {"exemplar": whole.maps}
    lights = {"exemplar": rendered(whole.maps)}
    outputs: dict[str, list[Figures]] = {}
    for variant, settings in VARIANTS.items():
        maps = shown[variant] = whole.made(settings, along)
        lights[variant] = rendered(maps)
        outputs[variant] = [figures(maps, roles, lights[variant])]
        for seed in range(1, seeds):
            maps = whole.made(replace(settings, seed=seed), along)
            outputs[variant].append(figures(maps, roles))
    with unturned():
        maps = whole.made(VARIANTS[TURNED], along)
    lights[UNTURNED] = rendered(maps)
    outputs[UNTURNED] = [figures(maps, roles, lights[UNTURNED])]
    if whole.ours:
        lit_sheet(whole.name, lights)
        maps_sheet(whole.name, shown)
    scatter = edges.scatter(edges.strengths(whole.maps))
    of_exemplar = figures(whole.maps | along, roles, lights["exemplar"])
    return Measured(whole.name, whole.ours, roles, of_exemplar, scatter, outputs)


def costs(folders: Sequence[Path]) -> list[Cost]:
    """Measured in a process without Blender, whose products run as in the add-on's worker."""
    outcome = subprocess.run(
        [sys.executable, "-m", "benchmarks.material_cost", *map(str, folders)],
        cwd=ROOT,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return [Cost(**each) for each in json.loads(outcome.stdout)]


def main() -> None:
    parser = argparse.ArgumentParser(prog="build.py bench material", description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path, help="more materials, a folder each")
    parser.add_argument("--seeds", type=int, default=4, help="outputs of each")
    parser.add_argument("--note", default="", help="what a reader must know of this run")
    arguments = parser.parse_args()
    cost = costs(arguments.folders)
    print("The cost is measured.", flush=True)
    found = []
    for each in wholes(arguments.folders):
        found.append(measured(each, arguments.seeds))
        print(f"{each.name} is measured.", flush=True)
    write("material.md", report(found, cost, arguments.note))


if __name__ == "__main__":
    main()

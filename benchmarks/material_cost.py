# SPDX-License-Identifier: GPL-3.0-or-later
"""What all maps of a material cost beside the base colour alone.

`python -m benchmarks.material_cost [FOLDER …]` prints it in JSON. It imports no Blender.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import median

from addon_core import PRESETS, Map, Settings, synthesize_maps

from .wholes import SIDE, wholes

PAIRS = 5

PRESETS_TIMED = ("draft", "standard")


@dataclass(frozen=True, slots=True)
class Cost:
    material: str
    maps: int
    preset: str
    base: float
    """seconds, median"""
    whole: float
    """seconds, median"""
    times: float
    """median of the pairs' ratios"""


def seconds(maps: Sequence[Map], settings: Settings) -> float:
    start = time.perf_counter()
    synthesize_maps(maps, (SIDE, SIDE), settings)
    return time.perf_counter() - start


def costs(folders: Sequence[Path]) -> list[Cost]:
    """In turns, after one of each that does not count."""
    result = []
    for material in wholes(folders):
        maps = material.given()
        for preset in PRESETS_TIMED:
            settings = replace(PRESETS[preset], tile="xy")
            pairs = [
                (seconds(maps[:1], settings), seconds(maps, settings)) for _ in range(PAIRS + 1)
            ][1:]
            alone, together = (median(taken) for taken in zip(*pairs, strict=True))
            times = median(b / a for a, b in pairs)
            result.append(Cost(material.name, len(maps), preset, alone, together, times))
    return result


if __name__ == "__main__":
    found = costs([Path(folder) for folder in sys.argv[1:]])
    print(json.dumps([asdict(cost) for cost in found]))

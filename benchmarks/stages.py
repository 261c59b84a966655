# SPDX-License-Identifier: GPL-3.0-or-later
"""The share of each stage in the time of a run.

`python3 build.py bench stages [--note TEXT]`
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median
from types import FrameType
from typing import Any

import matplotlib
from matplotlib.figure import Figure

from addon_core import PRESETS, Settings, synthesize

from .report import RESULTS, ROOT, machine, number, table, write
from .speed_cases import exemplar

CORE = str(ROOT / "addon_core")

REST = "the rest"

STAGES = {
    "pyramid": "pyramid",
    "latent": "latent",
    "latent._features": "features",
    "latent.LatentExemplar.features_of": "features",
    "latent.LatentExemplar.project": "features",
    "moments": "moments",
    "blocks": "latent",
    "mirroring": "balanced flow",
    "components": "latent",
    "balance": "balanced flow",
    "continuity": "balanced flow",
    "coherence": "coherent flow",
    "inheritance": "inheritance and alignment",
    "alignment": "inheritance and alignment",
    "overlap": "aggregation",
    "aggregation": "aggregation",
    "expansion": "expansion",
    "prices": None,
    "choosing": "choosing and rendering",
    "holes": "choosing and rendering",
    "cuts": "expansion",
    "rendering": "choosing and rendering",
    "levelling": "choosing and rendering",
    "search": "search",
    "strips": "search",
    "velocity": "velocity",
    "channels": "normalisation",
    "material": "normalisation",
    "arguments": "normalisation",
    "pieces": None,
    "borders": None,
    "window": None,
    "products": None,
    "patches": None,
    "synthesis": REST,
    "fast": REST,
    "paper": REST,
    "level": REST,
    "maps": REST,
    "areas": REST,
    "poses": REST,
    "source": REST,
    "tiling": REST,
    "progress": REST,
    "settings": REST,
}
"""From a module of `addon_core`, or what it defines, to the stage that its time belongs to; None
for the caller's. A module that is not named here is a stage of its own."""

RUNS = 5

CASES = (
    ("draft", 256, 512, PRESETS["draft"]),
    ("standard", 256, 512, PRESETS["standard"]),
    ("draft", 1024, 2048, PRESETS["draft"]),
    ("standard", 1024, 2048, PRESETS["standard"]),
    ("paper, r = 0.1", 256, 512, replace(PRESETS["paper"], share=0.1)),
    ("paper", 256, 512, PRESETS["paper"]),
)
"""A name, an exemplar's side, an output's side, settings."""


class Profile:
    """Seconds of each stage, while it is active.

    Every moment belongs to the stage of the innermost function of `addon_core` that runs; what
    NumPy and SciPy do belongs to the function that called them.
    """

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self._stack = [REST]
        self._stages: dict[Any, str | None] = {}
        self._last = 0.0

    def __enter__(self) -> Profile:
        self._last = time.perf_counter()
        sys.setprofile(self._event)
        return self

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)

    def _event(self, frame: FrameType, event: str, _: object) -> None:
        if event not in ("call", "return"):
            return
        code = frame.f_code
        if code not in self._stages:
            self._stages[code] = _stage_of(code.co_filename, code.co_qualname)
        stage = self._stages[code]
        if stage is None:
            return
        now = time.perf_counter()
        self.seconds[self._stack[-1]] += now - self._last
        self._last = now
        if event == "call":
            self._stack.append(stage)
        elif len(self._stack) > 1:
            self._stack.pop()


def _stage_of(path: str, function: str) -> str | None:
    """The stage of a function, None where it belongs to its caller."""
    if not path.startswith(CORE):
        return None
    name = f"{Path(path).stem}.{function}"
    # A method's name holds its class's, a local function's that of the function around it.
    while name not in STAGES and "." in name:
        name = name.rpartition(".")[0]
    return STAGES.get(name, name)


def profiled(run: Callable[[], object]) -> dict[str, float]:
    """Median seconds of each stage, and of the whole without the profile; after a warm-up."""
    run()
    whole, measured = [], []
    for _ in range(RUNS):
        start = time.perf_counter()
        run()
        whole.append(time.perf_counter() - start)
        with Profile() as profile:
            run()
        measured.append(profile.seconds)
    names = {name for seconds in measured for name in seconds}
    stages = {name: median(seconds[name] for seconds in measured) for name in names}
    return {"whole": median(whole), **stages}


def stages_of(exemplar_side: int, output_side: int, settings: Settings) -> dict[str, float]:
    image = exemplar(exemplar_side, 3)
    return profiled(lambda: synthesize(image, (output_side, output_side), settings))


def plot(labels: Sequence[str], shares: Sequence[dict[str, float]], stages: Sequence[str]) -> None:
    figure = Figure(figsize=(10, 0.5 * len(labels) + 1.8))
    axis = figure.subplots()
    left = [0.0] * len(labels)
    colours = matplotlib.colormaps["tab20"]
    for place, stage in enumerate(stages):
        widths = [share.get(stage, 0.0) for share in shares]
        axis.barh(labels, widths, left=left, label=stage, color=colours(place))
        left = [a + b for a, b in zip(left, widths, strict=True)]
    axis.invert_yaxis()
    axis.set(xlim=(0, 1), xlabel="share of the time")
    axis.legend(ncols=4, fontsize=8, loc="lower center", bbox_to_anchor=(0.45, 1.0))
    figure.tight_layout()
    figure.savefig(RESULTS / "speed_stages.png", dpi=90)


def main() -> None:
    parser = argparse.ArgumentParser(prog="build.py bench stages", description=__doc__)
    parser.add_argument("--note", default="", help="what a reader must know of this run")
    arguments = parser.parse_args()
    labels, wholes, shares = [], [], []
    for name, exemplar_side, output_side, settings in CASES:
        seconds = stages_of(exemplar_side, output_side, settings)
        labels.append(f"{name}, {exemplar_side}² → {output_side}²")
        wholes.append(seconds.pop("whole"))
        total = sum(seconds.values())
        shares.append({stage: spent / total for stage, spent in seconds.items()})
        print(labels[-1], flush=True)
    seen = {stage for share in shares for stage in share}
    known = [stage for stage in dict.fromkeys(STAGES.values()) if stage in seen]
    stages = [*(stage for stage in known if stage != REST), *sorted(seen - set(known)), REST]
    plot(labels, shares, stages)
    rows = [
        [label, number(whole), *(f"{100 * share.get(stage, 0.0):.0f} %" for stage in stages)]
        for label, whole, share in zip(labels, wholes, shares, strict=True)
    ]
    write(
        "speed_stages.md",
        f"# Speed, stage by stage\n\n{machine()}. {arguments.note}\n\n"
        f"Medians of {RUNS} runs, RGB. The seconds are of runs without the profile; every moment "
        "belongs to the innermost function of `addon_core` that runs. *pyramid*: resizing. "
        "*latent*: blocks, principal components, codes. *features*: those of patches. *the rest*: "
        "noise, the carrying of matches to the next level, and what no stage is named for.\n\n"
        f"{table(['case', 'seconds', *stages], rows)}\n![](speed_stages.png)\n",
    )


if __name__ == "__main__":
    main()

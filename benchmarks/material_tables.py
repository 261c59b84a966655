# SPDX-License-Identifier: GPL-3.0-or-later
"""The figures of the benchmark of whole materials as tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from addon_core import Settings

from .edges import CROPS, Pairs
from .material_cost import PAIRS, Cost
from .relief import SCALE
from .report import machine, number, table
from .tiling import shown
from .wholes import SIDE

TURNED = "turned and mirrored"

VARIANTS = {
    "as they lie": Settings(tile="xy"),
    TURNED: Settings(tile="xy", turns=True, mirrors="xy"),
}

UNTURNED = f"{TURNED}, normals not"
"""A fault on purpose: most pieces are then lit from a side that they do not face."""

LEAST_PART = 0.95
"""Of the exemplar's correlation of edges, that an output must have."""

MOST_TIMES = 2.0
"""The time of a whole material beside that of its base colour."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What is measured of one set of maps."""

    edges: Pairs
    drifted: Pairs
    lengths: tuple[float, float, float]
    """Of the normals: least, mean, most."""
    slopes: tuple[float, float]
    """Of the normals beside those of the height, across and up."""
    borders: dict[str, list[float]]
    """Of each map, logarithms of the relative step over the border as a part of those inside, by
    axis."""
    lit: tuple[float, float]
    """Which side is bright, beside the height's slopes, across and up; NaN if not rendered."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A material and all that was made of it."""

    name: str
    ours: bool
    """Pictures are kept."""
    roles: tuple[str, ...]
    exemplar: Figures
    scatter: Pairs
    outputs: dict[str, list[Figures]]
    """By variant, one of each seed."""


def least_told(scatter: float) -> float:
    """The correlation in the exemplar from which a part of it says something.

    Over its n crops the mean is known to scatter / √n, and a part is to be told to 1 − 0.95.
    """
    return scatter / CROPS / (1 - LEAST_PART)


def edge_table(found: Sequence[Measured]) -> str:
    rows = []
    for of in found:
        for pair, own in of.exemplar.edges.items():
            row = [f"{of.name}: {pair[0]}, {pair[1]}", f"{own:.3f}", f"{of.scatter[pair]:.3f}"]
            for variant in VARIANTS:
                made = float(np.mean([figures.edges[pair] for figures in of.outputs[variant]]))
                row += [f"{made:.3f}", f"{made - own:+.3f}", _part(made, own, of.scatter[pair])]
            drifted = float(np.mean([f.drifted[pair] for f in of.outputs["as they lie"]]))
            rows.append([*row, f"{drifted:.3f}"])
    head = [cell for variant in VARIANTS for cell in (variant, "more", "part")]
    return table(["maps", "exemplar", "crops ±", *head, "one pixel off"], rows)


def _part(made: float, own: float, scatter: float) -> str:
    """A part of the exemplar's own, where that says something, and whether it is right."""
    if abs(own) < least_told(scatter):
        return f"({'✓' if abs(made - own) <= scatter else '✗'})"
    return f"{made / own:.3f} {'✓' if made / own >= LEAST_PART else '✗'}"


def length_table(found: Sequence[Measured]) -> str:
    rows = []
    for of in found:
        for name, several in (("exemplar", [of.exemplar]), *_variants(of)):
            least, mean, most = zip(*(figures.lengths for figures in several), strict=True)
            values = min(least), float(np.mean(mean)), max(most)
            rows.append([f"{of.name}, {name}", *(f"{value:.4f}" for value in values)])
    return table(["", "least", "mean", "most"], rows)


def relief_table(found: Sequence[Measured]) -> str:
    rows = []
    for of in found:
        for name, several in (("exemplar", [of.exemplar]), *of.outputs.items()):
            slopes = np.mean([figures.slopes for figures in several], axis=0)
            values = *slopes, *several[0].lit
            rows.append([f"{of.name}, {name}", *(f"{value:+.3f}" for value in values)])
    return table(["", "normals, across", "up", "lit, across", "up"], rows)


def border_table(found: Sequence[Measured]) -> str:
    """The step over the border of each map, as a part of those inside."""
    roles = list(dict.fromkeys(role for of in found for role in of.roles))
    rows = []
    for of in found:
        for name, several in _variants(of):
            cells = [
                shown([step for figures in several for step in figures.borders[role]])
                if role in of.roles
                else ""
                for role in roles
            ]
            rows.append([f"{of.name}, {name}", *cells])
    return table(["", *roles], rows)


def cost_table(costs: Sequence[Cost]) -> str:
    rows = [
        [
            f"{cost.material}, {cost.maps} maps",
            cost.preset,
            number(cost.base),
            number(cost.whole),
            f"{cost.times:.2f} {'✓' if cost.times <= MOST_TIMES else '✗'}",
        ]
        for cost in costs
    ]
    return table(["", "preset", "base alone, s", "all maps, s", "times"], rows)


def _variants(of: Measured) -> list[tuple[str, list[Figures]]]:
    return [(name, of.outputs[name]) for name in VARIANTS]


def report(found: Sequence[Measured], costs: Sequence[Cost], note: str) -> str:
    """The whole page."""
    seeds = len(found[0].outputs["as they lie"])
    sheets = [
        f"![](material/{of.name}_{what}.jpg)" for of in found if of.ours for what in ("lit", "maps")
    ]
    return (
        f"# Whole materials\n\n{machine()}. {note}\n\n"
        f"Outputs of {SIDE}², seamless on both axes, `standard`, the base colour weighing 1 and "
        f"the others 0.25 as the add-on has it, rounded to the depth of the files; {seeds} seeds "
        f"of each, means. *{TURNED.capitalize()}*: quarter turns, and mirrored on X and Y.\n\n"
        "## Edges\n\n"
        "The correlation of two maps' gradient magnitudes. *Crops ±* is its standard deviation "
        f"over {CROPS**2} crops of the exemplar, *more* the difference from the exemplar, *part* "
        f"the ratio, which is to be at least {LEAST_PART}. *One pixel off* is what the maps as "
        "they lie would have, were the second one pixel to the right and below. Where the "
        f"exemplar's own is under {least_told(1.0):.0f} times *crops ±* a part of it says nothing: "
        f"the mean of {CROPS**2} crops is not known to 5 % of it. There the difference is judged, "
        f"which is to be at most *crops ±*, in brackets.\n\n{edge_table(found)}\n"
        "## Normals\n\nLengths after rounding to 8 bits, which alone makes 0.993 to 1.007 of 1."
        f"\n\n{length_table(found)}\n"
        "## Relief\n\n"
        "*Normals*: the correlation of the slopes that the normals tell with those of the height "
        "that was made with them. *Lit*: the same for which side is brighter in Blender, (left − "
        "right) / (left + right) and (below − above) / (below + above), each sun 30° above the "
        f"surface; of one output. Finer grain than {SCALE:g} pixels is left aside. A material "
        "without a height has that of its normals, integrated, which goes along and counts for "
        "nothing. The last row of each is a fault on purpose, which must show.\n\n"
        f"{relief_table(found)}\n"
        "## Borders\n\nThe step over the border as a part of those beside it, and that as a part "
        "of what it is inside: geometric means over outputs, axes and channels, with the "
        f"standard error; 1 is right.\n\n{border_table(found)}"
        f"\n## Cost\n\n{PAIRS} pairs in turns, medians, tiled, in one process; products on one "
        f"core, as in the add-on's worker. At most {MOST_TIMES:g} times.\n\n{cost_table(costs)}\n"
        f"## Pictures\n\nAt 100 %, from the middle.\n\n" + "\n".join(sheets) + "\n"
    )

# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures of whole materials at 100 %: their maps, and how they look in the light."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from .lit import Light
from .report import RESULTS
from .wholes import Maps, middle

FOLDER = RESULTS / "material"

CROP = 272
"""Side of each crop in pixels."""

SUNS = ("left", "right", "above")


def maps_sheet(name: str, shown: dict[str, Maps]) -> Path:
    """A row for each map, a column for each set of maps."""
    roles = list(next(iter(shown.values())))
    cells = [[_bytes(maps[role]) for maps in shown.values()] for role in roles]
    return _sheet(f"{name}_maps.jpg", list(shown), roles, cells)


def lit_sheet(name: str, lights: dict[str, Light]) -> Path:
    """A row for each sun, a column for each set of maps."""
    cells = [[_bytes(_srgb(light[sun])) for light in lights.values()] for sun in SUNS]
    return _sheet(f"{name}_lit.jpg", list(lights), [f"from {sun}" for sun in SUNS], cells)


def _sheet(
    file: str,
    columns: Sequence[str],
    rows: Sequence[str],
    cells: Sequence[Sequence[NDArray[np.uint8]]],
) -> Path:
    step, top = CROP + 4, 16
    sheet = Image.new("RGB", (len(columns) * step - 4, len(rows) * (step + top)), "white")
    draw = ImageDraw.Draw(sheet)
    for row, (what, across) in enumerate(zip(rows, cells, strict=True)):
        for column, (whose, pixels) in enumerate(zip(columns, across, strict=True)):
            at = column * step, row * (step + top)
            labels = [*([what] if column == 0 else []), *([whose] if row == 0 else [])]
            draw.text((at[0] + 2, at[1] + 2), ", ".join(labels), fill="black")
            panel = Image.fromarray(middle(pixels, CROP).squeeze())
            sheet.paste(panel.convert("RGB"), (at[0], at[1] + top))
    FOLDER.mkdir(parents=True, exist_ok=True)
    sheet.save(FOLDER / file, quality=80, optimize=True)
    return FOLDER / file


def _bytes(values: NDArray[np.floating]) -> NDArray[np.uint8]:
    return np.rint(values.clip(0, 1) * 255).astype(np.uint8)


def _srgb(linear: NDArray[np.float32]) -> NDArray[np.float32]:
    """IEC 61966-2-1."""
    linear = linear.clip(0, 1)
    return np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)

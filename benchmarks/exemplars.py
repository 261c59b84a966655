# SPDX-License-Identifier: GPL-3.0-or-later
"""The exemplars of `examples/`, and what kind of texture each is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .report import EXAMPLES

KINDS = {
    "bricks": "regular",
    "rust": "stochastic",
    "pebbles": "objects",
    "planks": "regular",
    "cloth": "regular",
    "leather": "stochastic",
    "leaves": "objects",
    "terrazzo": "objects",
}
"""The kind of each. *Regular*: joints, boards or threads that run on. *Stochastic*: no part has an
outline. *Objects*: things with an outline, that must stay whole."""

ONE_OF_EACH = ("bricks", "rust", "pebbles")
"""An exemplar of each kind, for what takes long."""


def exemplar(name: str) -> NDArray[np.float32]:
    """(256, 256, 3), values from 0 to 255."""
    with Image.open(EXAMPLES / f"{name}_256.png") as image:
        return np.asarray(image.convert("RGB"), np.float32)

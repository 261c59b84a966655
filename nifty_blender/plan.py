# SPDX-License-Identifier: GPL-3.0-or-later
"""A batch as commands for the machines of a render farm, one a set of maps."""

from __future__ import annotations

import argparse
import os
import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path

from ..addon_core.settings import DEFAULTS, PRESETS, Settings
from .map_sets import MapSet


def lines(
    sets: Sequence[MapSet], folder: Path, options: argparse.Namespace, settings: Settings
) -> Iterator[str]:
    """One command for each set, quoted for a shell, that does not depend on where it is run.

    Args:
        sets: of the batch.
        folder: to be written into.
        options: those of the batch.
        settings: the run's settings; each command says its seed.

    Raises:
        ValueError: the name of a file has a line break.
    """
    shared = [*_of_size(options), *_of_maps(options), *_of_settings(options.preset, settings)]
    for each in sets:
        files = [f"{file.role.name.lower()}={os.path.abspath(file.path)}" for file in each.files]
        words = ["blender", "--command", "nifty", "material", *shared, "--maps", *files]
        line = shlex.join([*words, os.path.abspath(folder)])
        if len(line.splitlines()) > 1:
            raise ValueError(f"{each.name!r} has a line break in a file's name: rename it")
        yield line


def _of_size(options: argparse.Namespace) -> list[str]:
    if options.size:
        return ["--size={}x{}".format(*options.size)]
    return [f"--factor={options.factor:g}"]


def _of_maps(options: argparse.Namespace) -> list[str]:
    weights = [f"--weight={role.name.lower()}={weight!r}" for role, weight in options.weights]
    return [f"--format={options.format[1:]}", *weights] if options.format else weights


def _of_settings(preset: str, settings: Settings) -> list[str]:
    words = [f"--preset={preset}", f"--seed={settings.seed}"]
    for name in DEFAULTS:
        value = getattr(settings, name)
        if name == "seed" or value == getattr(PRESETS[preset], name):
            continue
        option = name.replace("_", "-")
        if isinstance(value, bool):
            words.append(f"--{option}" if value else f"--no-{option}")
        else:
            words.append(f"--{option}={value}")
    return words

# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be written behind ``blender --command nifty``."""

from __future__ import annotations

import argparse
import dataclasses
import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ..addon_core.settings import ALLOWED, DEFAULTS, PRESETS, Settings
from . import image_files, map_sets
from .map_roles import Role

Size = tuple[int, int]
Action = Callable[[argparse.Namespace, Settings], int]

FACTOR = 2.0
"""Size as a multiple of the image's own, unless another is given."""


def settings_of(options: argparse.Namespace) -> Settings:
    """Those that are given, the others from the preset.

    Raises:
        ValueError: one is not allowed; the message names it.
    """
    given = {name: value for name in DEFAULTS if (value := getattr(options, name)) is not None}
    return dataclasses.replace(PRESETS[options.preset], **given)


def parser(actions: Mapping[str, Action]) -> argparse.ArgumentParser:
    """The parser of all commands.

    Args:
        actions: what to set as ``command`` for each: synthesize, material and batch.
    """
    whole = argparse.ArgumentParser(
        prog="blender --command nifty",
        description="Make new textures that look like more of an image.",
    )
    commands = whole.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for name, add in (("synthesize", _add_one), ("material", _add_material), ("batch", _add_batch)):
        command = add(commands)
        command.set_defaults(command=actions[name])
        _add_size(command)
        _add_settings(command)
    return whole


def _add_one(commands: Any) -> argparse.ArgumentParser:
    one = commands.add_parser(
        "synthesize",
        help="one texture from one image",
        description="Make one texture from one image. The format is that of the output's ending.",
    )
    one.add_argument("exemplar", type=Path, metavar="EXEMPLAR", help="image to start from")
    one.add_argument("output", type=Path, metavar="OUTPUT", help="image to write")
    return one


def _add_material(commands: Any) -> argparse.ArgumentParser:
    material = commands.add_parser(
        "material",
        help="all maps of a material, together",
        usage="%(prog)s [options] FILE.blend MATERIAL OUTPUT_FOLDER\n"
        "       %(prog)s [options] --maps [ROLE=]IMAGE [[ROLE=]IMAGE ...] OUTPUT_FOLDER",
        description="Make all maps of a material from the same places of its images, into files "
        "that are named like those, with a .json file that says how they were made. Nothing is "
        "done where all of the files are there already.",
    )
    material.add_argument(
        "sources",
        nargs="+",
        metavar="SOURCE",
        help="a .blend file and the name of a material in it; or, after --maps, images, each of "
        "which is what its name says (brick_rough.png) or what is written before it "
        "(roughness=brick_2.png)",
    )
    material.add_argument(
        "output_folder", type=Path, metavar="OUTPUT_FOLDER", help="folder to write, made if needed"
    )
    material.add_argument("--maps", action="store_true", help="the sources are images")
    _add_maps(material)
    return material


def _add_batch(commands: Any) -> argparse.ArgumentParser:
    batch = commands.add_parser(
        "batch",
        help="textures from all images of a folder",
        description="Make textures from all images of a folder. Those whose names differ only in "
        "what they are for (brick_base.png, brick_normal.png) are made together, as maps of one "
        "material. What is in the output folder already is skipped, and one that fails does not "
        "stop the others.",
    )
    batch.add_argument("folder", type=Path, metavar="FOLDER", help="folder of images to start from")
    batch.add_argument(
        "output_folder", type=Path, metavar="OUTPUT_FOLDER", help="folder to write, made if needed"
    )
    batch.add_argument(
        "--plan",
        action="store_true",
        help="make nothing, but print the commands that do, one a line, for the machines of a farm",
    )
    _add_maps(batch)
    return batch


def _add_maps(command: argparse.ArgumentParser) -> None:
    group = command.add_argument_group("maps")
    group.add_argument(
        "--format",
        type=_ending,
        metavar="ENDING",
        help="write in this format, such as png or exr (default: each image's own)",
    )
    group.add_argument(
        "--weight",
        type=_weight,
        action="append",
        default=[],
        dest="weights",
        metavar="ROLE=X",
        help="influence of the maps of a role on what is put where, such as normal=0.5; 0 lets "
        "them go along (default: as in the panel, that is 1 for the base colour and 0.25 for the "
        "others, unless a .blend has it otherwise; may be given several times)",
    )


def _add_size(command: argparse.ArgumentParser) -> None:
    size = command.add_argument_group("size").add_mutually_exclusive_group()
    size.add_argument(
        "--size",
        type=_size,
        metavar="WxH",
        help="width and height in pixels; of a material, those of its first map, the base colour",
    )
    size.add_argument(
        "--factor",
        type=_factor,
        default=FACTOR,
        metavar="F",
        help="size as a multiple of the image's own (default: 2)",
    )


def _add_settings(command: argparse.ArgumentParser) -> None:
    group = command.add_argument_group("settings")
    group.add_argument(
        "--preset",
        choices=PRESETS,
        default=next(iter(PRESETS)),
        help="from which settings that are not given are taken (default: %(default)s)",
    )
    for name, allowed in ALLOWED.items():
        default = DEFAULTS[name]
        where = f"; method {allowed.only} only" if allowed.only else ""
        explained = f"{allowed.help} ({allowed}; standard: {default}{where})"
        texts: dict[str, Any] = {"help": explained}
        if allowed.choices:
            texts["choices"] = allowed.choices
        elif isinstance(default, bool):
            texts["action"] = argparse.BooleanOptionalAction
        else:
            texts |= {"type": type(default), "metavar": "N" if isinstance(default, int) else "X"}
        group.add_argument(f"--{name.replace('_', '-')}", default=None, **texts)


def _size(text: str) -> Size:
    width, _, height = text.lower().partition("x")
    if not (width.isdigit() and height.isdigit()) or min(int(width), int(height)) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no size such as 1024x512")
    return int(width), int(height)


def _factor(text: str) -> float:
    factor = float(text)
    if not 0 < factor < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is no factor such as 2 or 1.5")
    return factor


def _weight(text: str) -> tuple[Role, float]:
    word, _, number = text.partition("=")
    try:
        role, weight = map_sets.role_named(word), float(number or "nan")
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    if not 0 <= weight < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is no weight such as normal=0.5")
    return role, weight


def _ending(text: str) -> str:
    ending = f".{text.lower().lstrip('.')}"
    if ending not in image_files.WRITABLE_ENDINGS:
        known = ", ".join(sorted(image_files.WRITABLE_ENDINGS))
        raise argparse.ArgumentTypeError(f"{text!r} cannot be written; known are {known}")
    return ending

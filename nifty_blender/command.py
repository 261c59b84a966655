# SPDX-License-Identifier: GPL-3.0-or-later
"""``blender --command nifty …``: the same synthesis without a window."""

from __future__ import annotations

import argparse
import dataclasses
import math
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import bpy

from ..addon_core.settings import ALLOWED, DEFAULTS, PRESETS, Settings
from . import image_files
from .checks import Refused
from .run import Run
from .terminal import ProgressBar

Size = tuple[int, int]


def main(arguments: Sequence[str]) -> int:
    """Run one command; returns 0 when done, 1 failed, 2 wrongly used, 130 interrupted."""
    # Blender catches Ctrl+C itself, to stop renders; here it is to interrupt Python as usual.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        options = _parser().parse_args(list(arguments))
        return options.command(options, _settings(options))
    except SystemExit as end:
        return int(end.code or 0)
    except ValueError as error:
        return _failed(str(error), 2)
    except KeyboardInterrupt:
        return _failed("interrupted", 130)


def synthesize(options: argparse.Namespace, settings: Settings) -> int:
    """``synthesize EXEMPLAR OUTPUT``."""
    try:
        _make(options.exemplar, options.output, options, settings)
    except (Refused, image_files.UnusableFile) as error:
        return _failed(str(error), 1)
    return 0


def batch(options: argparse.Namespace, settings: Settings) -> int:
    """``batch FOLDER OUTPUT_FOLDER``: every image of a folder; what is there already is skipped."""
    try:
        pairs = _pairs(options.folder, options.output_folder, options.format)
        options.output_folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        return _failed(f"{error.filename}: {error.strerror}", 1)
    made = skipped = failed = 0
    for exemplar, output in pairs:
        if output.exists():
            skipped += 1
            continue
        try:
            _make(exemplar, output, options, settings)
            made += 1
        except (Refused, image_files.UnusableFile) as error:
            failed += _failed(str(error), 1)
    print(f"{made} made, {skipped} already there, {failed} failed")
    return 1 if failed else 0


def _pairs(folder: Path, output_folder: Path, ending: str | None) -> list[tuple[Path, Path]]:
    if folder.resolve() == output_folder.resolve():
        raise ValueError("the output folder is the folder of the exemplars: give another")
    exemplars = [
        path
        for path in sorted(folder.iterdir())
        if path.suffix.lower() in image_files.READABLE_ENDINGS and not path.name.startswith(".")
    ]
    if not exemplars:
        raise ValueError(f"{folder} holds no images")

    def output(exemplar: Path) -> Path:
        own = exemplar.suffix
        kept = own if own.lower() in image_files.WRITABLE_ENDINGS else ".png"
        return output_folder / f"{exemplar.stem}{ending or kept}"

    return [(exemplar, output(exemplar)) for exemplar in exemplars]


def _make(exemplar: Path, output: Path, options: argparse.Namespace, settings: Settings) -> None:
    image_files.check_writable(output)
    source = image_files.load(exemplar)
    try:
        width, height = options.size or (
            max(1, round(side * options.factor)) for side in source.size
        )
        result = _synthesized(Run(source, width, height, settings), exemplar.name)
        try:
            image_files.save(result, output)
        finally:
            bpy.data.images.remove(result)
    finally:
        bpy.data.images.remove(source)


def _synthesized(current: Run, name: str) -> bpy.types.Image:
    bar = ProgressBar(sys.stderr, name)
    try:
        current.wait(lambda: bar.show(current.fraction, current.remaining))
    except BaseException:
        current.cancel()
        raise
    finally:
        bar.close()
    for warning in current.warnings:
        print(f"nifty: {name}: {warning}", file=sys.stderr)
    (image,) = current.images
    return image


def _failed(message: str, code: int) -> int:
    print(f"nifty: {message}", file=sys.stderr)
    return code


def _settings(options: argparse.Namespace) -> Settings:
    given = {name: value for name in DEFAULTS if (value := getattr(options, name)) is not None}
    return dataclasses.replace(PRESETS[options.preset], **given)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="blender --command nifty",
        description="Make new textures that look like more of an image.",
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    one = commands.add_parser(
        "synthesize",
        help="one texture from one image",
        description="Make one texture from one image. The format is that of the output's ending.",
    )
    one.add_argument("exemplar", type=Path, metavar="EXEMPLAR", help="image to start from")
    one.add_argument("output", type=Path, metavar="OUTPUT", help="image to write")
    one.set_defaults(command=synthesize)

    many = commands.add_parser(
        "batch",
        help="a texture from every image of a folder",
        description="Make a texture from every image of a folder. Those that are in the output "
        "folder already are skipped, and one that fails does not stop the others.",
    )
    many.add_argument("folder", type=Path, metavar="FOLDER", help="folder of images to start from")
    many.add_argument(
        "output_folder", type=Path, metavar="OUTPUT_FOLDER", help="folder to write, made if needed"
    )
    many.add_argument(
        "--format",
        type=_ending,
        metavar="ENDING",
        help="write in this format, such as png or exr (default: each image's own)",
    )
    many.set_defaults(command=batch)

    for command in (one, many):
        _add_size(command)
        _add_settings(command)
    return parser


def _add_size(command: argparse.ArgumentParser) -> None:
    size = command.add_argument_group("size").add_mutually_exclusive_group()
    size.add_argument("--size", type=_size, metavar="WxH", help="width and height in pixels")
    size.add_argument(
        "--factor",
        type=_factor,
        default=2.0,
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


def _ending(text: str) -> str:
    ending = f".{text.lower().lstrip('.')}"
    if ending not in image_files.WRITABLE_ENDINGS:
        known = ", ".join(sorted(image_files.WRITABLE_ENDINGS))
        raise argparse.ArgumentTypeError(f"{text!r} cannot be written; known are {known}")
    return ending

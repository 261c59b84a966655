# SPDX-License-Identifier: GPL-3.0-or-later
"""``blender --command nifty …``: the same synthesis without a window."""

from __future__ import annotations

import argparse
import signal
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import bpy

from ..addon_core.settings import Settings
from . import blend_files, image_files, map_making, map_sets, material_checks, material_maps, plan
from .checks import Refused
from .command_options import parser, settings_of
from .images import UnusableImage
from .map_choice import Choice
from .map_making import Making
from .map_roles import Role
from .map_sets import MapFile, MapSet
from .material_maps import MaterialMap
from .whole_files import UnusableFile

_FAILURES = (Refused, UnusableFile, UnusableImage)


def main(arguments: Sequence[str]) -> int:
    """Run one command; returns 0 when done, 1 failed, 2 wrongly used, 130 interrupted."""
    # Blender catches Ctrl+C itself, to stop renders; here it is to interrupt Python as usual.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    actions = {"synthesize": synthesize, "material": material, "batch": batch}
    try:
        options = parser(actions).parse_args(list(arguments))
        return options.command(options, settings_of(options))
    except SystemExit as end:
        return int(end.code or 0)
    except _FAILURES as error:
        return _failed(str(error), 1)
    except OSError as error:
        return _failed(f"{error.filename}: {error.strerror}", 1)
    except ValueError as error:
        return _failed(str(error), 2)
    except KeyboardInterrupt:
        return _failed("interrupted", 130)


def synthesize(options: argparse.Namespace, settings: Settings) -> int:
    """``synthesize EXEMPLAR OUTPUT``."""
    image_files.check_writable(options.output)
    exemplar, output = options.exemplar, options.output.absolute()
    found = map_sets.load([MapFile(exemplar, Role.BASE_COLOR)])
    try:
        makings = [_making(found[0], exemplar, output)]
        map_making.make(makings, *_size(found, options), settings, exemplar.name)
    finally:
        _remove(found)
    return 0


def material(options: argparse.Namespace, settings: Settings) -> int:
    """``material FILE MATERIAL OUTPUT_FOLDER`` or ``material --maps IMAGE… OUTPUT_FOLDER``."""
    if options.maps:
        files = map_sets.given(options.sources)
        is_made = _make_files(files, options, settings)
        title = files.name
    else:
        if len(options.sources) != 2:
            raise ValueError("a .blend file, a material and a folder are needed, or --maps")
        path, title = Path(options.sources[0]), options.sources[1]
        with blend_files.linked_material(path, title) as owner:
            found = material_maps.find(owner)
            material_checks.check(owner, found)
            paths = [_file_of(each) for each in found]
            outputs = [_output(path, options) for path in paths]
            is_made = _make(found, paths, outputs, title, options, settings)
    if not is_made:
        print(f"{title}: already there")
    return 0


def batch(options: argparse.Namespace, settings: Settings) -> int:
    """``batch FOLDER OUTPUT_FOLDER``: every set of maps of a folder."""
    folder, output_folder = options.folder, options.output_folder
    sets = map_sets.in_folder(folder)
    if folder.resolve() == output_folder.resolve():
        raise ValueError("the output folder is the folder of the exemplars: give another")
    _check_names(_output(file.path, options) for each in sets for file in each.files)
    if options.plan:
        print("\n".join(plan.lines(sets, output_folder, options, settings)))
        return 0
    output_folder.mkdir(parents=True, exist_ok=True)  # Said once if it cannot be.
    made = skipped = failed = 0
    for each in sets:
        try:
            is_made = _make_files(each, options, settings)
            made, skipped = made + is_made, skipped + (not is_made)
        except _FAILURES as error:
            failed += _failed(f"{each.name}: {error}", 1)
    print(f"{made} made, {skipped} already there, {failed} failed")
    return 1 if failed else 0


def _make_files(files: MapSet, options: argparse.Namespace, settings: Settings) -> bool:
    """The maps of a set; whether they were not there already."""
    paths = [file.path for file in files.files]
    outputs = [_output(path, options) for path in paths]
    if all(output.exists() for output in outputs):
        return False  # Without reading any of them.
    found = map_sets.load(files.files)
    try:
        return _make(found, paths, outputs, files.name, options, settings)
    finally:
        _remove(found)


def _make(
    found: Sequence[MaterialMap],
    paths: Sequence[Path],
    outputs: Sequence[Path],
    title: str,
    options: argparse.Namespace,
    settings: Settings,
) -> bool:
    """From maps to files, the one way of all commands that write into a folder.

    Args:
        found: the maps.
        paths: the file that each came from.
        outputs: the file that is to be made of each, absolute.
        title: by which the artist knows the maps.
        options: those of the command.
        settings: the run's settings.

    Returns:
        Whether the files were made; not where all are there already.
    """
    _check_names(outputs)
    if all(output.exists() for output in outputs):
        return False
    material_checks.check_proportions(found)
    options.output_folder.mkdir(parents=True, exist_ok=True)
    weights = dict(options.weights)
    makings = [
        _making(each, path, output, weights.get(each.roles[0]))
        for each, path, output in zip(found, paths, outputs, strict=True)
    ]
    noted = outputs[0].with_name(f"{outputs[0].name}.nifty.json")
    map_making.make(makings, *_size(found, options), settings, title, noted)
    return True


def _making(found: MaterialMap, path: Path, output: Path, weight: float | None = None) -> Making:
    """A map with the weight that is given, else with that of the panel."""
    image = found.find()
    assert image is not None
    own = Choice(found, image).weight
    return Making(found, str(path), output, own if weight is None else weight)


def _size(found: Sequence[MaterialMap], options: argparse.Namespace) -> tuple[int, int]:
    """Width and height of the first map's result."""
    first, factor = found[0], options.factor
    own = max(1, round(first.width * factor)), max(1, round(first.height * factor))
    return options.size or own


def _file_of(found: MaterialMap) -> Path:
    """The file that an image came from, or one of its name in a format that keeps its depth."""
    image = found.find()
    assert image is not None
    if image.filepath:
        return Path(bpy.path.abspath(image.filepath, library=image.library))
    name = Path(image.name)
    stem = name.stem if name.suffix.lower() in image_files.READABLE_ENDINGS else image.name
    return Path(bpy.path.clean_name(stem) + (".exr" if image.is_float else ".png"))


def _output(path: Path, options: argparse.Namespace) -> Path:
    """In the output folder, named like the source, and in its format if that can be written."""
    own = path.suffix if path.suffix.lower() in image_files.WRITABLE_ENDINGS else ".png"
    return options.output_folder.absolute() / f"{path.stem}{options.format or own}"


def _check_names(outputs: Iterable[Path]) -> None:
    counted = Counter(output.name for output in outputs)
    twice = [name for name, number in counted.items() if number > 1]
    if twice:
        raise ValueError(f"{twice[0]} would be written for two of the images: rename one of them")


def _remove(found: Sequence[MaterialMap]) -> None:
    bpy.data.batch_remove([image for each in found if (image := each.find())])


def _failed(message: str, code: int) -> int:
    print(f"nifty: {message}", file=sys.stderr)
    return code

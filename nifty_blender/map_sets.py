# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that are the maps of one material, told by their names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import bpy

from . import image_files, map_names
from .map_roles import Kind, Role, Use, kind_of
from .material_maps import MaterialMap

_ORDER = {role: number for number, role in enumerate(Role)}


@dataclass(frozen=True, slots=True)
class MapFile:
    """A map that is a file."""

    path: Path
    role: Role
    is_directx: bool = False
    """Whether green points down, should it be a normal map."""

    @property
    def kind(self) -> Kind:
        """How its values are to be averaged."""
        return kind_of([Use(self.role, None)], self.is_directx)


@dataclass(frozen=True, slots=True)
class MapSet:
    """The maps of one material, the base colour first."""

    name: str
    files: tuple[MapFile, ...]


def in_folder(folder: Path) -> list[MapSet]:
    """The sets of a folder, by name.

    ``brick.png`` or ``brick_base.png``, ``brick_normal.png`` and ``brick_rough.png`` are the set
    brick; ``base.png`` and ``normal.png`` are one named after the folder. An image whose name goes
    with no other is a set of its own.

    Raises:
        OSError: the folder cannot be read.
        ValueError: it holds no images.
    """
    paths = [
        path
        for path in sorted(folder.iterdir())
        if path.suffix.lower() in image_files.READABLE_ENDINGS and not path.name.startswith(".")
    ]
    if not paths:
        raise ValueError(f"{folder} holds no images")
    told = {path: map_names.without_role(path.stem) for path in paths}
    of_maps = {rest for rest, role in told.values() if role}
    grouped: dict[str, list[MapFile]] = defaultdict(list)
    for path, (rest, role) in told.items():
        if role is None or path.stem in of_maps:
            # Without a partner the ending counts: a.png and a.jpg are two pictures.
            name = path.stem if path.stem in of_maps else path.name
            grouped[name].append(_map_file(path, Role.BASE_COLOR))
        else:
            grouped[rest].append(_map_file(path, role))
    home = folder.resolve().name
    sets = [_set(name or home, files) for name, files in grouped.items()]
    return sorted(sets, key=lambda each: each.name)


def given(texts: Sequence[str]) -> MapSet:
    """A set of files that were named one by one.

    Args:
        texts: each a path, or a role, ``=`` and a path.

    Raises:
        ValueError: a role is unknown, or a file's name does not tell its role.
    """
    files: list[MapFile] = []
    untold: list[Path] = []
    for text in texts:
        word, is_told, path = text.partition("=")
        if is_told and not Path(text).exists():
            files.append(_map_file(Path(path), role_named(word), word))
        elif role := map_names.without_role(Path(text).stem)[1]:
            files.append(_map_file(Path(text), role))
        else:
            untold.append(Path(text))
    if len(untold) == 1 and all(each.role is not Role.BASE_COLOR for each in files):
        files.append(_map_file(untold.pop(), Role.BASE_COLOR))
    for path in untold:
        role = map_names.role_in(path.name)
        if role is None:
            raise ValueError(
                f"{path.name} does not tell what it is for: say so, as in roughness={path}"
            )
        files.append(_map_file(path, role))
    common, _ = map_names.without_role(_sorted(files)[0].path.stem)
    return _set(common or files[0].path.absolute().parent.name, files)


def role_named(word: str) -> Role:
    """The role of this name or tag, such as ``base_color`` or ``rough``.

    Raises:
        ValueError: there is none.
    """
    named = Role.__members__.get(word.upper().replace("-", "_")) or map_names.role_in(word)
    if named is None:
        known = ", ".join(role.name.lower() for role in Role)
        raise ValueError(f"{word!r} is no role of a map; known are {known}")
    return named


def load(files: Sequence[MapFile]) -> list[MaterialMap]:
    """Read files into new image datablocks; maps that are no colours are read as data.

    Raises:
        image_files.UnusableFile: one cannot be read; none is left in the .blend.
    """
    loaded: list[bpy.types.Image] = []
    try:
        for each in files:
            loaded.append(image_files.load(each.path))
            if each.kind is not Kind.COLOUR:
                loaded[-1].colorspace_settings.is_data = True
                loaded[-1].reload()  # Blender 4.2 keeps the pixels that it has read as colours.
    except image_files.UnusableFile:
        bpy.data.batch_remove(loaded)
        raise
    return [_map(each, image) for each, image in zip(files, loaded, strict=True)]


def _map(file: MapFile, image: bpy.types.Image) -> MaterialMap:
    return MaterialMap(
        image.session_uid,
        image.name,
        (Use(file.role, None),),
        file.kind,
        image.size[0],
        image.size[1],
        alpha_is_opacity=file.kind is Kind.COLOUR,
        nodes=(),
    )


def _map_file(path: Path, role: Role, said: str = "") -> MapFile:
    return MapFile(path, role, map_names.is_directx(path.name, said))


def _sorted(files: Sequence[MapFile]) -> list[MapFile]:
    return sorted(files, key=lambda each: _ORDER[each.role])


def _set(name: str, files: Sequence[MapFile]) -> MapSet:
    if len(files) == 1:
        name = files[0].path.stem
    return MapSet(name, tuple(_sorted(files)))

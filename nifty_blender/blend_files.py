# SPDX-License-Identifier: GPL-3.0-or-later
"""Materials of other .blend files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import bpy

from .whole_files import UnusableFile


@contextmanager
def linked_material(path: Path, name: str) -> Iterator[bpy.types.Material]:
    """A material of a .blend file, with the images that it uses, for the time of the context.

    It is linked, not opened: nothing else of the file is read, and none of its scripts runs.

    Raises:
        UnusableFile: the file cannot be read, or has no such material.
    """
    before = set(bpy.data.libraries)
    try:
        yield _linked(path.absolute(), name)
    finally:
        for library in set(bpy.data.libraries) - before:
            bpy.data.libraries.remove(library)


def _linked(path: Path, name: str) -> bpy.types.Material:
    try:
        with path.open("rb"):
            pass
        with bpy.data.libraries.load(str(path), link=True) as (there, wanted):
            known = sorted(there.materials)
            if name in known:
                wanted.materials = [name]
    except OSError as error:
        reason = error.strerror or "it is damaged, or no .blend file"
        raise UnusableFile(f"{path} cannot be read: {reason}.") from error
    if name not in known:
        listed = f"those in it are {', '.join(known)}" if known else "there are none in it"
        raise UnusableFile(f"{path} has no material “{name}”: {listed}.")
    (material,) = wanted.materials
    assert isinstance(material, bpy.types.Material)  # Its name until the context was left.
    return material

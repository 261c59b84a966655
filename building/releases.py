# SPDX-License-Identifier: GPL-3.0-or-later
"""The releases of Blender that the extension is tested with, as `bpy` wheels."""

from dataclasses import dataclass

from . import BuildError
from .platforms import Platform


@dataclass(frozen=True)
class Release:
    """One release of Blender as a Python module."""

    version: str
    python: str
    """The only Python that its wheel fits."""
    numpy: str
    """The NumPy of the official builds of that release."""

    @property
    def requirements(self) -> list[str]:
        """What pip installs for it: the newest patch, as older ones are withdrawn."""
        return [f"bpy=={self.version}.*", f"numpy=={self.numpy}"]


RELEASES = (  # oldest first
    Release("4.2", "3.11", "1.24.3"),
    Release("4.5", "3.11", "1.26.4"),
    Release("5.0", "3.11", "1.26.4"),
    Release("5.1", "3.13", "2.3.4"),
    Release("5.2", "3.13", "2.3.4"),
)


def release_for(python: str, machine: Platform, version: str | None = None) -> Release:
    """The release `version`, or the newest one, that fits this Python ("3.11") and machine.

    Raises BuildError where none does.
    """
    offered = [
        release
        for release in RELEASES
        if machine.newest_bpy is None or _order(release.version) <= _order(machine.newest_bpy)
    ]
    wanted = [release for release in offered if version in (None, release.version)]
    if not wanted:
        versions = ", ".join(release.version for release in offered)
        raise BuildError(f"no bpy {version} is offered for {machine.name}: choose from {versions}")
    fitting = [release for release in wanted if release.python == python]
    if not fitting:
        pythons = " or ".join(sorted({release.python for release in wanted}))
        name = f"bpy {version}" if version else "bpy"
        raise BuildError(f"no {name} fits Python {python}: run build.py with Python {pythons}")
    return fitting[-1]


def _order(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in version.split("."))

# SPDX-License-Identifier: GPL-3.0-or-later
"""The platforms that the extension is packaged for."""

import platform
from dataclasses import dataclass

from . import BuildError


@dataclass(frozen=True)
class Platform:
    """One kind of machine, and what runs on it."""

    name: str
    """As in a manifest's `platforms`."""
    wheel_tags: tuple[str, ...]
    """The newest platform tags of wheels that every Blender of this platform can load."""
    newest_bpy: str | None = None
    """The last release of bpy for this platform, or None where it is still released."""


PLATFORMS = {
    each.name: each
    for each in (
        Platform("linux-x64", ("manylinux2014_x86_64", "manylinux_2_28_x86_64")),
        Platform("windows-x64", ("win_amd64",)),
        Platform("macos-arm64", ("macosx_12_0_arm64",)),
        Platform("macos-x64", ("macosx_11_0_x86_64",), newest_bpy="4.5"),
    )
}

_SYSTEMS = {"Darwin": "macos"}
_MACHINES = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64"}


def this_platform() -> Platform:
    """The platform of the running Python; raises BuildError where Blender has no build for it."""
    system = _SYSTEMS.get(platform.system(), platform.system().lower())
    machine = platform.machine().lower()
    name = f"{system}-{_MACHINES.get(machine, machine)}"
    if name not in PLATFORMS:
        raise BuildError(
            f"{name} is none of the platforms of the extension: {', '.join(PLATFORMS)}"
        )
    return PLATFORMS[name]

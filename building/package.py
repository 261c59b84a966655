# SPDX-License-Identifier: GPL-3.0-or-later
"""Installable zips: a copy of the extension with its SciPy wheels, built by Blender itself."""

import json
import shutil
import subprocess
import tempfile
import tomllib
from collections.abc import Sequence
from pathlib import Path

from . import ENVIRONMENTS, ROOT, BuildError
from .environment import bpy_module, pip, requirements_of
from .platforms import Platform

BLENDER_PYTHONS = ("3.11", "3.13")
"""The Pythons of the official builds of Blender 4.2 to 5.2."""

_MANIFEST = "blender_manifest.toml"
_CONTENTS = ("__init__.py", "LICENSE", "README.md", "addon_core", "nifty_blender")


def package(
    python: Path, machine: Platform, folder: Path, pythons: Sequence[str] = BLENDER_PYTHONS
) -> Path:
    """Build and validate the zip of one platform with a SciPy wheel for each of `pythons`.

    `python` is that of an environment with bpy. Returns the zip's path in `folder`; raises
    BuildError where no wheel can be fetched or Blender refuses the extension.
    """
    wheels = [fetch_wheel(python, machine, version) for version in pythons]
    manifest = (ROOT / _MANIFEST).read_text("utf-8")
    version = tomllib.loads(manifest)["version"]
    suffix = "" if tuple(pythons) == BLENDER_PYTHONS else "-py" + "-".join(pythons)
    folder.mkdir(parents=True, exist_ok=True)
    zip_path = folder / f"nifty-{version}-{machine.name}{suffix}.zip"
    with tempfile.TemporaryDirectory(prefix="nifty-package-") as temporary:
        stage = Path(temporary)
        for name in _CONTENTS:
            _copy(ROOT / name, stage / name)
        (stage / "wheels").mkdir()
        for wheel in wheels:
            shutil.copy(wheel, stage / "wheels")
        names = [wheel.name for wheel in wheels]
        (stage / _MANIFEST).write_text(zip_manifest(manifest, machine.name, names), "utf-8")
        _extension(python, "build", "--source-dir", stage, "--output-filepath", zip_path)
    _extension(python, "validate", zip_path)
    return zip_path


def zip_manifest(manifest: str, platform: str, wheels: Sequence[str]) -> str:
    """The manifest of a zip: the repository's, with its platform and the names of its wheels."""
    keys = {"platforms": [platform], "wheels": [f"./wheels/{name}" for name in wheels]}
    lines = "".join(f"{key} = {json.dumps(value)}\n" for key, value in keys.items())
    before, table, after = manifest.partition("\n[")  # keys belong before the first table
    return f"{before}\n{lines}{table}{after}"


def fetch_wheel(python: Path, machine: Platform, version: str) -> Path:
    """The SciPy wheel for one platform and Python ("3.11"), fetched once.

    A Python that no official Blender has gets the newest SciPy that has a wheel for it.
    """
    (requirement,) = requirements_of("extension")
    if version not in BLENDER_PYTHONS:
        requirement = requirement.partition("==")[0]
    cache = ENVIRONMENTS / "wheels" / machine.name / f"python-{version}" / requirement
    if not any(cache.glob("*.whl")):
        what = f"{requirement} for Python {version} on {machine.name}"
        print(f"Fetching {what}", flush=True)
        tags = [f"--platform={tag}" for tag in machine.wheel_tags]
        options = ["--only-binary=:all:", "--no-deps", f"--python-version={version}", *tags]
        pip(python, "download", *options, f"--dest={cache}", requirement, what=what)
    (wheel,) = cache.glob("*.whl")
    return wheel


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy(source, target)


def _extension(python: Path, *arguments: str | Path) -> None:
    """Run Blender's own `extension` command, that of the environment's bpy."""
    (scripts,) = bpy_module(python).parent.glob("*/scripts")
    command = scripts / "addons_core/bl_pkg/cli/blender_ext.py"
    tags = scripts / "modules/_bpy_internal/extensions/tags.py"
    outcome = subprocess.run(
        [python, command, *arguments, "--valid-tags", tags], capture_output=True, text=True
    )
    if outcome.returncode:
        lines = (outcome.stdout + outcome.stderr).strip().splitlines()
        raise BuildError(f"Blender refuses to {arguments[0]} the extension: {'; '.join(lines)}")

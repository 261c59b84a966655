# SPDX-License-Identifier: GPL-3.0-or-later
"""The environments that build.py makes for itself: a venv each, made once."""

import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

from . import ENVIRONMENTS, ROOT, BuildError
from .platforms import this_platform
from .releases import release_for

THIS_PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"

DEBIAN_PACKAGES = {
    "libGL.so.1": "libgl1",
    "libICE.so.6": "libice6",
    "libSM.so.6": "libsm6",
    "libX11.so.6": "libx11-6",
    "libXext.so.6": "libxext6",
    "libXfixes.so.3": "libxfixes3",
    "libXi.so.6": "libxi6",
    "libXrender.so.1": "libxrender1",
    "libXxf86vm.so.1": "libxxf86vm1",
    "libgomp.so.1": "libgomp1",
    "libxkbcommon.so.0": "libxkbcommon0",
}
"""The system libraries that bpy loads on Linux, and the package of Debian and Ubuntu of each."""


def requirements_of(*groups: str) -> list[str]:
    """What these dependency groups of pyproject.toml require."""
    table = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["dependency-groups"]
    return [requirement for group in groups for requirement in table[group]]


def blender_environment(version: str | None = None, groups: Sequence[str] = ()) -> Path:
    """The Python of an environment with bpy (the newest, or `version`) and these groups.

    Raises BuildError where no bpy fits, nothing can be fetched, or bpy misses a system library.
    """
    release = release_for(THIS_PYTHON, this_platform(), version)
    requirements = [*release.requirements, *requirements_of(*groups)]
    python = _environment(f"bpy-{release.version}-py{THIS_PYTHON}", requirements)
    _try_bpy(python)
    return python


def check_environment() -> Path:
    """The Python of an environment with the type checker and all that it reads."""
    return _environment(
        f"check-py{THIS_PYTHON}", requirements_of("extension", "test", "bench", "check")
    )


def bpy_module(python: Path) -> Path:
    """The file that `import bpy` loads in the environment of `python`, found without loading it."""
    code = "import importlib.util; print(importlib.util.find_spec('bpy').origin)"
    found = subprocess.run([python, "-I", "-c", code], capture_output=True, text=True, check=True)
    return Path(found.stdout.strip())


def pip(python: Path, *arguments: str, what: str) -> None:
    """Run pip in the environment of `python`; raises BuildError where `what` cannot be fetched."""
    quiet = [] if sys.stdout.isatty() else ["--quiet"]
    outcome = subprocess.run(
        [python, "-m", "pip", "--disable-pip-version-check", *arguments, *quiet],
        stderr=subprocess.PIPE,
        text=True,
    )
    if outcome.returncode == 0:
        return
    if "connection" in outcome.stderr.lower():
        raise BuildError(f"no network to fetch {what}: connect, or name your proxy in HTTPS_PROXY")
    raise BuildError(f"pip could not fetch {what}: {_first_error(outcome.stderr)}")


def _environment(name: str, requirements: list[str]) -> Path:
    """The Python of `.env/name`, brought to hold `requirements` unless its stamp lists them all."""
    folder = ENVIRONMENTS / name
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    stamp = folder / "requirements.txt"
    if python.exists() and stamp.exists():
        if set(requirements) <= set(stamp.read_text("utf-8").splitlines()):
            return python
    else:
        _make_venv(folder)
    what = ", ".join(requirements)
    print(f"Preparing {folder.relative_to(ROOT)}, once, for minutes: {what}", flush=True)
    pip(python, "install", "--only-binary=:all:", *requirements, what=what)
    stamp.write_text("\n".join(requirements), "utf-8")
    return python


def _make_venv(folder: Path) -> None:
    outcome = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", folder], capture_output=True, text=True
    )
    if outcome.returncode:
        raise BuildError(
            f"Python {THIS_PYTHON} cannot make an environment in {folder}: on Debian and Ubuntu, "
            f"sudo apt-get install python{THIS_PYTHON}-venv; elsewhere, install Python with venv"
        )


def _try_bpy(python: Path) -> None:
    """Import bpy; raises BuildError that names what the system lacks."""
    outcome = subprocess.run([python, "-c", "import bpy"], capture_output=True, text=True)
    if outcome.returncode == 0:
        return
    missing = _missing_libraries(python) if sys.platform == "linux" else []
    if not missing:
        reason = (outcome.stderr.strip().splitlines() or [f"exit {outcome.returncode}"])[-1]
        raise BuildError(f"bpy does not start here: {reason}")
    packages = " ".join(DEBIAN_PACKAGES.get(library, library) for library in missing)
    raise BuildError(
        f"bpy misses the system libraries {', '.join(missing)}: on Debian and Ubuntu, "
        f"sudo apt-get install {packages}"
    )


def _missing_libraries(python: Path) -> list[str]:
    """The shared libraries that bpy needs and that the dynamic linker does not find."""
    listing = subprocess.run(["ldd", bpy_module(python)], capture_output=True, text=True).stdout
    lines = [line for line in listing.splitlines() if line.endswith("=> not found")]
    return sorted({line.split()[0] for line in lines})


def _first_error(stderr: str) -> str:
    errors = [line for line in stderr.splitlines() if line.startswith("ERROR: ")]
    return errors[0].removeprefix("ERROR: ") if errors else stderr.strip()[-200:]

# SPDX-License-Identifier: GPL-3.0-or-later
"""The extension's zip, really installed into a clean Blender (the bpy module) of its own."""

import importlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from tests.blender import png


def install(resources: Path) -> None:
    """Install the zip under test in these user folders, by a Blender of its own."""
    script = Path(__file__).parents[2] / "building" / "install.py"
    subprocess.run(
        [sys.executable, script, os.environ["NIFTY_TEST_ZIP"]],
        env={**os.environ, "BLENDER_USER_RESOURCES": str(resources)},
        stdout=subprocess.DEVNULL,
        check=True,
    )


def pytest_configure(config: pytest.Config) -> None:
    """Install the zip, and only then start Blender, which looks for extensions as it starts."""
    if "NIFTY_TEST_ZIP" not in os.environ:
        pytest.exit("no NIFTY_TEST_ZIP to install: run `python3 build.py test tests/blender`", 4)
    resources = Path(tempfile.mkdtemp(prefix="nifty-tests-"))
    config.add_cleanup(lambda: shutil.rmtree(resources, ignore_errors=True))
    install(resources)
    os.environ["BLENDER_USER_RESOURCES"] = str(resources)
    import bpy  # noqa: F401 - makes Blender's own modules, such as addon_utils, importable


@pytest.fixture(scope="session")
def extension() -> ModuleType:
    """The extension's root package, installed and enabled."""
    import addon_utils

    module = addon_utils.enable("bl_ext.user_default.nifty", default_set=True)
    assert module is not None
    return module


@pytest.fixture(scope="session")
def blender(extension: ModuleType) -> Callable[[str], ModuleType]:
    """A module of the extension's Blender side by its name."""
    return lambda name: importlib.import_module(f"{extension.__name__}.nifty_blender.{name}")


@pytest.fixture(scope="session")
def images(blender: Callable[[str], ModuleType]) -> ModuleType:
    return blender("images")


@pytest.fixture(scope="session")
def image_making(blender: Callable[[str], ModuleType]) -> ModuleType:
    return blender("image_making")


@pytest.fixture(scope="session")
def image_files(blender: Callable[[str], ModuleType]) -> ModuleType:
    return blender("image_files")


@pytest.fixture
def result_of(tmp_path: Path) -> Callable[[Any, np.ndarray], np.ndarray | bytes]:
    """What the worker makes of a kind: pixels, or a PNG file."""

    def made(kind: Any, pixels: np.ndarray) -> np.ndarray | bytes:
        if kind.is_float:
            return pixels
        values = np.round(pixels[::-1] * 255).astype(np.uint8)
        return png.write(tmp_path / "result.png", values).read_bytes()

    return made


@pytest.fixture(scope="session")
def core(extension: ModuleType) -> ModuleType:
    return importlib.import_module(f"{extension.__name__}.addon_core")


@pytest.fixture(autouse=True)
def empty_file(extension: ModuleType) -> None:
    """Start each test in an empty file, the extension enabled."""
    import bpy

    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)


@pytest.fixture
def install_into() -> Callable[[Path], None]:
    """Installs the zip once more, into the user folders that it is given."""
    return install

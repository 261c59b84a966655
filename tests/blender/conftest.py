# SPDX-License-Identifier: GPL-3.0-or-later
"""The extension's zip, really installed into a clean Blender (the bpy module) of its own."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from types import ModuleType

import pytest

INSTALL = Path(__file__).parents[2] / "building" / "install.py"
MODULE = "bl_ext.user_default.nifty"


def pytest_configure() -> None:
    """Install the zip, and only then start Blender, which looks for extensions as it starts.

    It is installed by a process of its own, so that this one finds it as after a restart.
    """
    if "NIFTY_TEST_ZIP" not in os.environ:
        pytest.exit("no NIFTY_TEST_ZIP to install: run `python3 build.py test tests/blender`", 4)
    os.environ["BLENDER_USER_RESOURCES"] = tempfile.mkdtemp(prefix="nifty-tests-")
    command = [sys.executable, INSTALL, os.environ["NIFTY_TEST_ZIP"]]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    import bpy  # noqa: F401 - makes Blender's own modules, such as addon_utils, importable


def pytest_unconfigure() -> None:
    shutil.rmtree(os.environ.pop("BLENDER_USER_RESOURCES"))


@pytest.fixture(scope="session")
def extension() -> ModuleType:
    """The extension's root package, installed and enabled."""
    import addon_utils

    module = addon_utils.enable(MODULE, default_set=True)
    assert module is not None
    return module


@pytest.fixture(autouse=True)
def empty_file(extension: ModuleType) -> None:
    """Start each test in an empty file, the extension enabled."""
    import bpy

    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)

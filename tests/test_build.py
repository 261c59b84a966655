# SPDX-License-Identifier: GPL-3.0-or-later
"""What build.py decides before it fetches or runs anything, and how it says that it cannot."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from building import ROOT, BuildError, environment, window
from building.package import BLENDER_PYTHONS, zip_manifest
from building.platforms import PLATFORMS
from building.releases import RELEASES, release_for

LINUX = PLATFORMS["linux-x64"]


@pytest.mark.parametrize(
    ("python", "machine", "newest"),
    [
        ("3.11", "linux-x64", "5.0"),
        ("3.13", "linux-x64", "5.2"),
        ("3.11", "windows-x64", "5.0"),
        ("3.13", "macos-arm64", "5.2"),
        ("3.11", "macos-x64", "4.5"),
    ],
)
def test_newest_release_that_fits(python: str, machine: str, newest: str) -> None:
    assert release_for(python, PLATFORMS[machine]).version == newest


def test_every_release_can_be_asked_for() -> None:
    for release in RELEASES:
        assert release_for(release.python, LINUX, release.version) is release


@pytest.mark.parametrize(
    ("python", "machine", "version", "message"),
    [
        (
            "3.12",
            "linux-x64",
            None,
            "no bpy fits Python 3.12: run build.py with Python 3.11 or 3.13",
        ),
        ("3.13", "linux-x64", "4.2", "no bpy 4.2 fits Python 3.13: run build.py with Python 3.11"),
        ("3.13", "macos-x64", None, "no bpy fits Python 3.13: run build.py with Python 3.11"),
        ("3.11", "macos-x64", "5.0", "no bpy 5.0 is offered for macos-x64: choose from 4.2, 4.5"),
    ],
)
def test_no_release_fits(python: str, machine: str, version: str | None, message: str) -> None:
    with pytest.raises(BuildError) as refused:
        release_for(python, PLATFORMS[machine], version)
    assert str(refused.value) == message


def test_every_release_finds_its_wheel_in_a_zip() -> None:
    assert {release.python for release in RELEASES} == set(BLENDER_PYTHONS)


def test_zip_manifest_adds_platform_and_wheels_and_keeps_the_rest() -> None:
    repository = (ROOT / "blender_manifest.toml").read_text("utf-8")
    wheels = ["scipy-1.15.3-cp311-cp311-win_amd64.whl", "scipy-1.15.3-cp313-cp313-win_amd64.whl"]
    manifest = tomllib.loads(zip_manifest(repository, "windows-x64", wheels))
    assert manifest.pop("platforms") == ["windows-x64"]
    assert manifest.pop("wheels") == [f"./wheels/{wheel}" for wheel in wheels]
    assert manifest == tomllib.loads(repository)


def test_unfit_option_is_one_line_without_traceback() -> None:
    outcome = subprocess.run(
        [sys.executable, ROOT / "build.py", "test", "--bpy", "2.8"], capture_output=True, text=True
    )
    assert outcome.returncode == 1
    assert outcome.stderr.startswith("build.py: no bpy 2.8 is offered")
    assert len(outcome.stderr.splitlines()) == 1


def test_unreachable_network_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    options = ["--index-url=http://127.0.0.1:9", "--retries=1", f"--dest={tmp_path}"]
    with pytest.raises(BuildError, match="no network to fetch scipy"):
        environment.pip(Path(sys.executable), "download", *options, "scipy", what="scipy")


def test_window_executables_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BLENDER_WINDOW_EXECUTABLES", os.pathsep.join(["/one", "/two"]))
    assert window.executables() == ["/one", "/two"]
    monkeypatch.delenv("BLENDER_WINDOW_EXECUTABLES")
    monkeypatch.setenv("PATH", "")
    assert window.executables() == []


def test_an_executable_that_is_no_blender_is_said() -> None:
    with pytest.raises(BuildError, match="does not start as a Blender"):
        window.python_of(sys.executable)

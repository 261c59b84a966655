# SPDX-License-Identifier: GPL-3.0-or-later
"""A plan of ``blender --command nifty batch``, run by GNU parallel as a farm would run it."""

import json
import os
import shutil
import subprocess

import pytest

from tests.blender import png
from tests.command.conftest import ROOT, TIMEOUT

QUICK = ("--size=40x40", "--levels=2", "--steps=2", "--seed=5", "--tile=xy")


@pytest.fixture
def parallel() -> str:
    """GNU parallel; skips where it is not, fails in CI."""
    found = shutil.which("parallel") or ""
    # Another program has the same name.
    if not found or "GNU" not in subprocess.check_output([found, "--version"], text=True):
        reason = "no GNU parallel on the path"
        if os.environ.get("NIFTY_REQUIRE_WINDOW"):
            pytest.fail(reason)
        pytest.skip(reason)
    return found


def test_parallel_runs_a_plan(blender, parallel, tmp_path):
    folder, results = tmp_path / "my exemplars", tmp_path / "results"
    folder.mkdir()
    for given, name in (("", "base"), ("_normal", "normal"), ("_roughness", "rough")):
        shutil.copy(ROOT / f"examples/bricks_256{given}.png", folder / f"bricks_{name}.png")
    shutil.copy(ROOT / "examples/cloth_256.png", folder)
    (folder / "broken.png").write_bytes(b"no picture")
    code, out, error = blender.run("nifty", "batch", folder, results, "--plan", *QUICK)
    assert code == 0, error
    lines = [line for line in out.splitlines() if line.startswith("blender ")]
    assert len(lines) == 3
    assert not results.exists()

    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "blender").symlink_to(blender.executable)
    environment = {
        **os.environ,
        "PATH": f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "BLENDER_USER_RESOURCES": str(blender.resources),
        "TMPDIR": str(blender.temporary),
    }
    plan = "\n".join([*lines, ""])
    made = {"bricks_base", "bricks_normal", "bricks_rough", "cloth_256"}
    for said in ([], ["bricks: already there", "cloth_256: already there"]):
        outcome = subprocess.run(
            [parallel, "--jobs=2", "--will-cite"],
            input=plan,
            env=environment,
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
        )
        assert outcome.returncode == 1  # As many as have failed.
        assert outcome.stderr.count("nifty: ") == 1
        assert "broken.png cannot be read as an image" in outcome.stderr
        assert sorted(line for line in outcome.stdout.splitlines() if "already" in line) == said
        assert {path.stem for path in results.glob("*.png")} == made
    assert png.read(results / "bricks_normal.png").shape == (40, 40, 3)
    note = json.loads((results / "bricks_base.png.nifty.json").read_text(encoding="utf-8"))
    assert (note["seed"], note["tile"]) == (5, "xy")
    assert [path for path in results.iterdir() if path.name.startswith(".")] == []

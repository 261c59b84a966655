# SPDX-License-Identifier: GPL-3.0-or-later
"""Bad input: a message that says what is wrong and what to do, and nothing changed or left."""

import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import bpy
import numpy as np
import pytest

from tests.blender.exemplars import HEIGHT, QUICK, WIDTH, load, paint

Refused = Callable[..., None]


@pytest.fixture
def processes(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen]:
    """Every process that is started during the test."""
    started: list[subprocess.Popen] = []

    class Noted(subprocess.Popen):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            started.append(self)

    monkeypatch.setattr(subprocess, "Popen", Noted)
    return started


@pytest.fixture
def refused(blender, processes) -> Iterator[Refused]:
    """Checks that the operator fails, what it says, and that nothing is left of it.

    Its workers are its own: what a test does to their surroundings holds from their start.
    """
    workers = blender("worker")
    workers.end_all()

    def check(*said: str, **options: Any) -> None:
        before = set(bpy.data.images), set(bpy.data.scenes)
        with pytest.raises(RuntimeError) as failure:
            bpy.ops.nifty.synthesize(**{**QUICK, **options})
        for part in said:
            assert re.search(part, str(failure.value)), str(failure.value)
        assert "error of its own" not in str(failure.value)
        assert (set(bpy.data.images), set(bpy.data.scenes)) == before
        assert not blender("queue").runs
        assert not list(Path(bpy.app.tempdir).glob("nifty-*"))
        left = {process.pid for process in processes if process.poll() is None}
        assert left <= {worker.pid for worker in [workers._waiting] if worker}

    yield check
    workers.end_all()


def test_no_image(refused):
    refused("no image", "Select an Image Texture node")


def test_no_such_image(refused, tmp_path):
    load(tmp_path)
    refused("no image named “stripe.png”", image="stripe.png")


def test_a_missing_file(refused, tmp_path):
    image = load(tmp_path)
    Path(image.filepath).unlink()
    image.reload()
    refused("“stripes.png” has no pixels", "Find Missing Files", image=image.name)


def test_smaller_than_a_patch(refused, tmp_path):
    load(tmp_path)
    refused(
        "“stripes.png” has 16 × 12 pixels",
        "smaller than a patch of 13",
        "larger image",
        image="stripes.png",
        patch_size=13,
    )


@pytest.mark.parametrize(
    ("source", "said", "remedy"),
    [
        ("MOVIE", "is a movie", "Save one frame"),
        ("SEQUENCE", "is an image sequence", "as a single image"),
        ("TILED", "UDIM", "Open one of the tiles"),
    ],
)
def test_what_is_no_single_image(refused, source, said, remedy):
    image = bpy.data.images.new("wall", 16, 16, tiled=source == "TILED")
    image.source = source
    refused("“wall”", said, remedy, image="wall")


def test_a_render_result(refused):
    scene = bpy.context.scene
    scene.camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
    scene.collection.objects.link(scene.camera)
    scene.render.engine = "CYCLES"
    scene.cycles.samples = 1
    scene.render.resolution_x = scene.render.resolution_y = 8
    bpy.ops.render.render()
    refused("“Render Result” is a render result", "Save it as a file", image="Render Result")


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_values_that_are_no_numbers(refused, value):
    image = paint()
    pixels = np.ones((HEIGHT, WIDTH, 4), np.float32)
    pixels[3, 5, 1] = value
    image.pixels.foreach_set(pixels.ravel())
    refused("“painted” has pixels that are NaN or infinite", "Repair them", image="painted")


@pytest.mark.parametrize("size", [{"width": 0}, {"height": 0}, {"width": -3}])
def test_no_size(refused, tmp_path, size):
    refused("output size is", "at least 1 pixel", image=load(tmp_path).name, **size)


def test_more_than_memory_holds(refused, blender, processes, tmp_path, monkeypatch):
    monkeypatch.setattr(blender("checks").memory, "available", lambda: 2**28)
    refused(
        "An output of 4096 × 4096 pixels needs about .* GB of memory, and 0.2 GB are free",
        "smaller size",
        image=load(tmp_path).name,
        width=4096,
        height=4096,
    )
    assert processes == []


def test_where_free_memory_is_not_told_it_starts(blender, tmp_path, monkeypatch):
    monkeypatch.setattr(blender("checks").memory, "available", lambda: None)
    assert bpy.ops.nifty.synthesize(image=load(tmp_path).name, **QUICK) == {"FINISHED"}


def test_settings_that_do_not_go_together(refused, tmp_path):
    refused(
        "stride is 5, but must be at most the patch size, 4", image=load(tmp_path).name, stride=5
    )


def test_settings_out_of_range_are_brought_into_it(tmp_path):
    bpy.ops.nifty.synthesize(image=load(tmp_path).name, **{**QUICK, "levels": -3, "renoise": 7.0})
    recipe = bpy.data.images["stripes NIFTY"]["nifty"]
    assert (recipe["levels"], recipe["renoise"]) == (0, 0.95)


def test_settings_of_the_wrong_type(tmp_path):
    with pytest.raises(TypeError, match="steps"):
        bpy.ops.nifty.synthesize(image=load(tmp_path).name, steps="many")


def test_an_unknown_preset(refused, tmp_path):
    refused(
        "no preset “oil”",
        "There are: standard, draft, fine, paper",
        image=load(tmp_path).name,
        preset="oil",
    )


def test_scipy_missing(refused, blender, processes, tmp_path, monkeypatch):
    monkeypatch.setattr(blender("requirements"), "find_spec", lambda _name: None)
    refused("SciPy is missing", "install the zip", image=load(tmp_path).name)
    assert processes == []


@pytest.mark.parametrize("error", ["ImportError", "OSError"])
def test_scipy_unusable(refused, blender, tmp_path, monkeypatch, error):
    (tmp_path / "scipy").mkdir()
    (tmp_path / "scipy" / "__init__.py").write_text(f"raise {error}('libgfortran is broken')")
    worker = blender("worker")
    path = worker._search_path()
    monkeypatch.setattr(worker, "_search_path", lambda: [str(tmp_path), *path])
    refused(
        "SciPy cannot be used",
        "Install NIFTY again",
        "libgfortran is broken",
        image=load(tmp_path).name,
    )


@pytest.mark.parametrize(
    ("start", "said"),
    [
        ("import os; os._exit(7)", "exit code 7"),
        ("raise RuntimeError('out of ideas')", "RuntimeError: out of ideas"),
        ("import sys; sys.stdin.readline(); bytearray(2**62)", "MemoryError"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGTERM)", r"exit code -?\d+"),
    ],
)
def test_a_worker_that_dies(refused, blender, tmp_path, monkeypatch, start, said):
    monkeypatch.setattr(blender("worker"), "_START", start)
    refused("worker process ended unexpectedly", "Try a smaller", said, image=load(tmp_path).name)


def test_a_worker_that_is_killed_half_way(refused, blender, tmp_path, monkeypatch):
    run = blender("run").Run
    take = run._take

    def kill_when_it_advances(self, message, texture):
        take(self, message, texture)
        if self.progress.fraction > 0.0:
            texture.job._worker._process.kill()
            texture.job._worker._process.wait()

    monkeypatch.setattr(run, "_take", kill_when_it_advances)
    refused(
        "worker process ended unexpectedly",
        image=load(tmp_path).name,
        **{"width": 300, "height": 300, "levels": 2, "steps": 20},
    )


def test_a_worker_that_cannot_be_started(refused, blender, tmp_path, monkeypatch):
    monkeypatch.setattr(blender("worker").sys, "executable", str(tmp_path / "gone"))
    refused("worker process cannot be started", "No such file", image=load(tmp_path).name)


def test_a_temporary_folder_that_may_not_be_written(refused, blender, tmp_path, monkeypatch):
    def refuse(prefix: str, dir: str) -> str:
        raise PermissionError(13, "Permission denied", dir)

    monkeypatch.setattr(blender("job").tempfile, "mkdtemp", refuse)
    refused("Permission denied", "Temporary Files", image=load(tmp_path).name)


@pytest.mark.parametrize(
    ("full_for", "dtype", "side"),
    [
        ("exemplar", np.uint8, 4),
        ("exemplar", np.uint8, 40),
        ("result", np.uint16, 40),
        ("result", np.uint8, 200),
    ],
)
def test_a_full_disk(refused, tmp_path, full_for, dtype, side):
    """Results of 16 bits are handed over as arrays, those of 8 bits as PNG files."""
    resource = pytest.importorskip("resource")
    image = load(tmp_path, 3, dtype)
    if full_for == "exemplar":
        image.scale(side, side)
    # An array of the exemplar, or of the smaller result; larger than what Python keeps of modules.
    room = min(side, 40) ** 2 * 3 * 4
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
    try:
        refused("File too large", "Temporary Files", image=image.name, width=side, height=side)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

# SPDX-License-Identifier: GPL-3.0-or-later
"""The worker process as the extension keeps it: started, listened to, ended without a trace."""

import importlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import addon_utils
import bpy
import numpy as np
import pytest

from tests.blender.exemplars import QUICK, load, stripes

MODULE = "bl_ext.user_default.nifty"
ENDLESS = {"method": "paper", "patch_size": 4, "stride": 1, "levels": 2, "steps": 200}
LARGE = 600
"""Pixels of a side at which those settings take minutes."""

Start = Callable[..., Any]


@pytest.fixture
def messages(extension: ModuleType) -> ModuleType:
    return importlib.import_module(f"{extension.__name__}.addon_core.messages")


@pytest.fixture
def settings(extension: ModuleType) -> Callable[..., Any]:
    return importlib.import_module(f"{extension.__name__}.addon_core").Settings


@pytest.fixture
def start(blender, core) -> Iterator[Start]:
    """Starts a job on the stripes with a size and settings; ends those that the test did not."""

    def started(side: int, **options: Any) -> Any:
        exemplar = stripes(3).astype(np.float32) / 255
        maps = [core.Map(exemplar)]
        return blender("job").Job(maps, side, side, core.Settings(**options))

    yield started
    blender("job").close_all()


def told(job: Any, until: Callable[[Any], bool]) -> list[Any]:
    """What the worker says up to a message that satisfies ``until``."""
    heard: list[Any] = []
    deadline = time.monotonic() + 20
    while not any(map(until, heard)):
        assert time.monotonic() < deadline, heard
        heard += job.poll()
        time.sleep(0.01)
    return heard


def begun(run: Any) -> Any:
    """The job of a run's first texture, begun."""
    run.poll()
    return run._textures[0].job


def ends(process: Any) -> bool:
    """Whether a worker's process has ended, at the latest a moment from now."""
    deadline = time.monotonic() + 20
    while process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    return process.poll() is not None


def test_tells_of_its_levels_and_ends_with_the_texture(start, messages):
    job = start(40, **QUICK)
    heard = told(job, lambda message: isinstance(message, messages.Done))
    kinds = [type(message) for message in heard]
    assert messages.Advanced in kinds
    assert kinds[-1] is messages.Done
    assert np.load(heard[-1].paths[0]).shape == (40, 40, 3)


def test_makes_all_maps_of_a_material(blender, core, messages):
    pixels = stripes(3).astype(np.float32) / 255
    maps = [core.Map(pixels), core.Map(pixels[::2, ::2], core.Kind.NORMAL, weight=0.5, name="bent")]
    job = blender("job").Job(maps, 40, 30, core.Settings(**QUICK))
    try:
        done = told(job, lambda message: isinstance(message, messages.Done))[-1]
        made = [np.load(path) for path in done.paths]
        expected = core.synthesize_maps(maps, (30, 40), core.Settings(**QUICK))
        assert [image.shape for image in made] == [(30, 40, 3), (15, 20, 3)]
        assert all(map(np.array_equal, made, expected))
    finally:
        job.close()


def test_what_it_needs_lies_below_blenders_own_temporary_folder(start):
    job = start(8, **QUICK)
    assert job._folder.parent == Path(bpy.app.tempdir)


def test_the_next_one_has_the_same_worker_and_the_same_pixels(start, messages):
    pids, results = [], []
    for _ in range(3):
        job = start(40, **QUICK)
        pids.append(job._worker.pid)
        done = told(job, lambda message: isinstance(message, messages.Done))[-1]
        results.append(np.load(done.paths[0]))
        job.close()
        assert not job._folder.exists()
    assert len(set(pids)) == 1
    assert (results[0] == results).all()


def test_closed_it_stops_at_once_and_the_next_one_works(start, messages):
    closed = []
    for _ in range(3):
        job = start(LARGE, **ENDLESS)
        told(job, lambda message: isinstance(message, messages.Advanced))
        began = time.monotonic()
        job.close()
        closed.append(time.monotonic() - began)
        assert not job._folder.exists()
        job = start(40, **QUICK)
        heard = told(job, lambda message: isinstance(message, messages.Done))
        assert np.load(heard[-1].paths[0]).shape == (40, 40, 3)
        job.close()
    # A twentieth of a second, and what a busy machine takes to come back to us.
    assert min(closed) < 0.1


def test_one_that_does_not_stop_is_ended(start, blender, messages, monkeypatch):
    monkeypatch.setattr(blender("job"), "PATIENCE", 0.0)
    job = start(LARGE, **ENDLESS)
    told(job, lambda message: isinstance(message, messages.Advanced))
    process = job._worker._process
    job.close()
    assert process.returncode is not None
    assert not job._folder.exists()


def test_closed_before_it_said_anything_it_leaves_nothing(start):
    job = start(LARGE, **ENDLESS)
    job.close()
    assert not job._folder.exists()


def test_closing_twice_is_fine(start, blender):
    job = start(8, **QUICK)
    job.close()
    job.close()
    assert blender("job")._open_jobs == set()


def test_closing_all_ends_every_one(start, blender):
    jobs = [start(LARGE, **ENDLESS) for _ in range(2)]
    processes = [job._worker._process for job in jobs]
    assert processes[0].pid != processes[1].pid
    blender("job").close_all()
    assert all(process.returncode is not None for process in processes)
    assert not any(job._folder.exists() for job in jobs)


def test_only_one_worker_waits(start, blender, messages):
    jobs = [start(8, **QUICK) for _ in range(2)]
    processes = [job._worker._process for job in jobs]
    for job in jobs:
        told(job, lambda message: isinstance(message, messages.Done))
        job.close()
    assert [process.returncode is None for process in processes] == [True, False]


def test_results_stay_when_their_worker_is_one_too_many(start, messages):
    jobs = [start(40, **QUICK), start(40, **QUICK)]
    for job in jobs:
        done = told(job, lambda message: isinstance(message, messages.Done))[-1]
        time.sleep(0.2)  # It would have tidied up meanwhile.
        assert np.load(done.paths[0]).shape == (40, 40, 3)


def test_a_worker_that_died_at_rest_is_replaced(blender, settings, tmp_path):
    run = blender("run")
    source = load(tmp_path)
    run.Run(source, 20, 20, settings(**QUICK)).wait()
    (worker,) = blender("worker")._all
    worker._process.kill()
    assert ends(worker._process)
    again = run.Run(source, 20, 20, settings(**QUICK))
    again.wait()
    assert again.images
    assert worker not in blender("worker")._all


def test_a_worker_that_died_at_work_says_so_and_is_replaced(blender, settings, tmp_path):
    source, run = load(tmp_path), blender("run")
    failing = run.Run(source, LARGE, LARGE, settings(**ENDLESS))
    job = begun(failing)
    job._worker._process.kill()
    with pytest.raises(blender("checks").Refused, match="ended unexpectedly"):
        failing.wait()
    assert list(bpy.data.images) == [source]
    assert not job._folder.exists()
    again = run.Run(source, 20, 20, settings(**QUICK))
    again.wait()
    assert again.images


def test_each_method_has_its_own_worker(start, messages):
    pids = []
    for method in ("paper", "fast", "fast", "paper"):
        job = start(16, **{**QUICK, "method": method})
        pids.append(job._worker.pid)
        told(job, lambda m: isinstance(m, messages.Done | messages.Failed))
        job.close()
    assert pids[0] != pids[1] == pids[2] != pids[3]


def test_a_refused_run_leaves_the_worker_warm(start, messages):
    pids = []
    for options in (QUICK, {**QUICK, "patch_size": 30}, QUICK):
        job = start(40, **options)
        pids.append(job._worker.pid)
        heard = told(job, lambda m: isinstance(m, messages.Done | messages.Failed))
        assert isinstance(heard[-1], messages.Failed) == (options is not QUICK)
        job.close()
    assert len(set(pids)) == 1


def test_a_worker_ends_after_a_time_without_work(blender, settings, tmp_path, monkeypatch):
    monkeypatch.setattr(blender("preferences"), "idle_seconds", lambda: 1.0)
    blender("worker").end_all()
    source, run = load(tmp_path), blender("run")
    try:
        pids = []
        for _ in range(2):
            current = run.Run(source, 20, 20, settings(**QUICK))
            worker = begun(current)._worker
            pids.append(worker.pid)
            current.wait()
            assert ends(worker._process)
            assert worker.exit_code == 0
        assert pids[0] != pids[1]
        assert blender("worker")._look_after() is None
        assert not blender("worker")._all
    finally:
        blender("worker").end_all()


def test_a_worker_about_to_end_is_not_used_again(blender, settings, tmp_path, monkeypatch):
    run = blender("run")
    source = load(tmp_path)
    run.Run(source, 20, 20, settings(**QUICK)).wait()
    (worker,) = blender("worker")._all
    monkeypatch.setattr(worker, "_idle", 0.0)
    again = run.Run(source, 20, 20, settings(**QUICK))
    again.wait()
    assert again.images
    assert worker not in blender("worker")._all
    assert worker._process.returncode is not None


def test_how_long_it_waits_is_a_preference(blender, settings, tmp_path):
    chosen = bpy.context.preferences.addons[MODULE].preferences
    assert blender("preferences").idle_seconds() == 300.0
    blender("run").Run(load(tmp_path), 20, 20, settings(**QUICK)).wait()
    (worker,) = blender("worker")._all
    try:
        chosen.minutes = 2
        assert worker._process.returncode is not None
        assert blender("worker").Worker("fast")._idle == 120.0
    finally:
        chosen.property_unset("minutes")
        blender("worker").end_all()


def test_one_can_wait_for_the_first_run(blender, settings, tmp_path, monkeypatch):
    workers = blender("worker")
    workers.end_all()
    monkeypatch.setattr(workers, "_was_prepared", False)
    workers.prepare_early(QUICK["method"])
    (prepared,) = workers._all
    current = blender("run").Run(load(tmp_path), 20, 20, settings(**QUICK))
    assert begun(current)._worker is prepared
    current.wait()
    workers.end_waiting()
    workers.prepare_early(QUICK["method"])
    assert not workers._all


@pytest.fixture
def eager(blender, monkeypatch) -> Iterator[None]:
    """Workers that show every level, however quick."""
    workers = blender("worker")
    workers.end_all()
    eagerly = "from addon_core import worker; worker.PREVIEW_INTERVAL = 0.0; main("
    monkeypatch.setattr(workers, "_START", workers._START.replace("main(", eagerly))
    yield
    workers.end_all()


@pytest.mark.usefixtures("eager")
def test_a_cancelled_run_leaves_the_file_as_it_was(blender, settings, tmp_path):
    source = load(tmp_path)
    run = blender("run").Run(source, 100, 100, settings(**{**QUICK, "steps": 100}))
    while not run.images:
        run.poll()
    folder = begun(run)._folder
    run.cancel()
    run.cancel()
    assert list(bpy.data.images) == [source]
    assert not folder.exists()


def test_a_run_that_fails_leaves_the_file_as_it_was(blender, settings, tmp_path, monkeypatch):
    blender("worker").end_all()
    monkeypatch.setattr(blender("worker"), "_START", "import os; os._exit(7)")
    source, run = load(tmp_path), blender("run")
    failing = run.Run(source, 20, 20, settings(**QUICK))
    with pytest.raises(blender("checks").Refused, match="exit code 7"):
        failing.wait()
    assert list(bpy.data.images) == [source]
    assert not failing._textures[0].job._folder.exists()


@pytest.fixture
def queued(blender, settings, tmp_path) -> Iterator[list[Any]]:
    """Two endless runs of one source, the first of them at work."""
    source, queue = load(tmp_path), blender("queue")
    for _ in range(2):
        queue.runs.append(blender("run").Run(source, LARGE, LARGE, settings(**ENDLESS)))
    yield list(queue.runs)
    queue.cancel_all()


def test_the_extension_disabled_leaves_nothing_of_a_run(queued, blender):
    job = begun(queued[0])
    process, source = job._worker._process, bpy.data.images["stripes.png"]
    try:
        addon_utils.disable(MODULE, default_set=True)
        assert process.returncode is not None
        assert not job._folder.exists()
        assert list(bpy.data.images) == [source]
        assert not blender("queue").runs
    finally:
        addon_utils.enable(MODULE, default_set=True)


def test_another_file_opened_ends_all_runs(queued, blender):
    job = begun(queued[0])
    process = job._worker._process
    bpy.ops.wm.read_homefile(use_empty=True)
    assert process.returncode is not None
    assert not job._folder.exists()
    assert not blender("queue").runs


def test_cancel_ends_the_one_at_work(queued, blender):
    first, second = queued
    job = begun(first)
    assert bpy.ops.nifty.cancel() == {"FINISHED"}
    assert blender("queue").runs == [second]
    assert not job._folder.exists()


def test_cancel_drops_one_that_waits(queued, blender):
    first, second = queued
    job = begun(first)
    assert bpy.ops.nifty.cancel(number=second.number) == {"FINISHED"}
    assert blender("queue").runs == [first]
    assert job._folder.exists()
    bpy.ops.nifty.cancel(number=second.number)
    assert blender("queue").runs == [first]


def test_cancel_all_ends_all(queued, blender):
    job = begun(queued[0])
    assert bpy.ops.nifty.cancel_all() == {"FINISHED"}
    assert not blender("queue").runs
    assert not job._folder.exists()
    assert not bpy.ops.nifty.cancel.poll()
    assert not bpy.ops.nifty.cancel_all.poll()


def test_finish_now_keeps_the_texture_at_its_full_size(queued, blender):
    first, second = queued
    begun(first)
    assert bpy.ops.nifty.finish_now() == {"FINISHED"}
    assert not bpy.ops.nifty.finish_now.poll()
    first.wait()
    (image,) = first.images
    assert tuple(image.size) == (LARGE, LARGE)
    assert image.packed_file is not None
    assert image["nifty"]["steps"] == ENDLESS["steps"]
    assert not second.is_finishing


def test_finish_now_keeps_the_variations_that_are_made(blender, settings, tmp_path):
    run = blender("run").Run(load(tmp_path), 60, 60, settings(**QUICK), variations=9)
    while run.progress.made < 2:
        run.poll()
    run.finish_now()
    run.wait()
    assert len(run.images) == len(run.recipes) == 3
    assert not blender("job")._open_jobs


def test_finish_now_before_the_work_has_begun(blender, settings, tmp_path):
    run = blender("run").Run(load(tmp_path), LARGE, LARGE, settings(**ENDLESS), variations=2)
    run.finish_now()
    run.wait()
    (image,) = run.images
    assert tuple(image.size) == (LARGE, LARGE)


@pytest.mark.usefixtures("queued")
def test_one_that_waits_has_no_worker(blender):
    begun(blender("queue").runs[0])
    assert len(blender("job")._open_jobs) == len(blender("worker")._all) == 1


def test_one_worker_makes_one_after_the_other(blender, settings, tmp_path):
    source, pids = load(tmp_path), []
    runs = [blender("run").Run(source, 20, 20, settings(**QUICK)) for _ in range(3)]
    for run in runs:
        pids.append(begun(run)._worker.pid)
        run.wait()
    assert len(set(pids)) == 1


def test_what_waits_is_made_of_the_pixels_at_the_click(blender, images, settings, tmp_path):
    source = load(tmp_path)
    runs = [blender("run").Run(source, 20, 20, settings(**QUICK)) for _ in range(2)]
    runs[0].wait()
    source.pixels.foreach_set(np.zeros_like(images.values(source)).ravel())
    runs[1].wait()
    one, other = (images.values(run.images[0]) for run in runs)
    np.testing.assert_array_equal(one, other)


def test_memory_is_asked_for_again_when_the_work_begins(blender, settings, tmp_path, monkeypatch):
    run = blender("run").Run(load(tmp_path), LARGE, LARGE, settings(**ENDLESS))
    monkeypatch.setattr(blender("checks").memory, "available", lambda: 2**10)
    with pytest.raises(blender("checks").Refused, match="memory"):
        run.poll()
    assert not blender("job")._open_jobs


@pytest.mark.usefixtures("eager")
def test_an_image_taken_away_meanwhile_is_made_anew(blender, settings, tmp_path):
    run = blender("run").Run(load(tmp_path), 40, 40, settings(**{**QUICK, "steps": 200}))
    while not run.images:
        run.poll()
    bpy.data.images.remove(run.images[0])
    run.wait()
    assert tuple(run.images[0].size) == (40, 40)
    assert run.images[0].packed_file is not None


def test_a_source_taken_away_meanwhile_is_not_missed(blender, settings, tmp_path):
    source = load(tmp_path)
    run = blender("run").Run(source, 40, 40, settings(**QUICK))
    bpy.data.images.remove(source)
    run.wait()
    assert run.images[0]["nifty"]["source"] == "stripes.png"


def test_too_many_levels_are_lowered_and_said(blender, settings, tmp_path):
    run = blender("run").Run(load(tmp_path), 16, 16, settings(**{**QUICK, "levels": 8}))
    run.wait()
    (warning,) = run.progress.warnings
    assert "too small for 8 levels" in warning


def test_progress_rises_from_none_to_all(blender, settings, tmp_path):
    run = blender("run").Run(load(tmp_path), 120, 120, settings(**{**QUICK, "steps": 60}))
    seen = [run.progress.fraction]
    run.wait(lambda: seen.append(run.progress.fraction))
    assert seen == sorted(seen)
    assert seen[0] == 0
    assert len(set(seen)) > 2
    assert 0.5 < max(seen) <= 1

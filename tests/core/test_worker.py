# SPDX-License-Identifier: GPL-3.0-or-later
"""The worker as Blender sees it: a process with lines of JSON in, and out into a file a request."""

from __future__ import annotations

import math
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest

from addon_core import Settings, png, synthesize, synthesize_maps, worker
from addon_core.maps import Kind, Map
from addon_core.messages import (
    EVENTS,
    Advanced,
    Cancel,
    Cancelled,
    Done,
    Failed,
    Finish,
    Message,
    Previewed,
    Request,
    StoredMap,
    Warned,
    from_line,
    to_line,
)

ROOT = Path(__file__).parents[2]
QUICK = Settings(levels=2, steps=4)
ENDLESS = Settings(method="paper", steps=200)
PATIENCE = 30.0
"""Seconds until a wait has failed."""

Process = subprocess.Popen[str]


def _start(idle: float) -> Process:
    code = f"from addon_core.worker import main; main({idle})"
    return subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdin=subprocess.PIPE, text=True
    )


@pytest.fixture
def process() -> Iterator[Process]:
    started = _start(600.0)
    yield started
    started.kill()
    started.communicate()


def _request(folder: Path, side: int, settings: Settings) -> Request:
    folder.mkdir()
    exemplar = np.random.default_rng(0).random((64, 64, 3), dtype=np.float32)
    np.save(folder / "exemplar.npy", exemplar)
    maps = [StoredMap(str(folder / "exemplar.npy"))]
    return Request(str(folder), maps, side, side, asdict(settings))


def _send(process: Process, message: Message) -> None:
    assert process.stdin is not None
    process.stdin.write(to_line(message))
    process.stdin.flush()


def _told(request: Request) -> list[Message]:
    """What the worker has said of a request so far."""
    path = Path(request.folder, EVENTS)
    *lines, _begun = (path.read_text() if path.exists() else "").split("\n")
    return [from_line(line) for line in lines]


def _told_until(request: Request, reached: Callable[[Message], bool]) -> list[Message]:
    deadline = time.monotonic() + PATIENCE
    while not any(map(reached, told := _told(request))):
        assert time.monotonic() < deadline, told
        time.sleep(0.01)
    return told


def _is_last(message: Message) -> bool:
    return isinstance(message, Done | Cancelled | Failed)


def _has_advanced(message: Message) -> bool:
    return isinstance(message, Advanced)


def _asked(process: Process, request: Request) -> list[Message]:
    """All that the worker says of a request."""
    _send(process, request)
    return _told_until(request, _is_last)


def test_makes_what_the_core_makes_cold_and_warm(process, tmp_path):
    for name in ("cold", "warm"):
        request = _request(tmp_path / name, 80, QUICK)
        told = _asked(process, request)
        assert isinstance(told[-1], Done)
        expected = synthesize(np.load(request.maps[0].path), (80, 80), QUICK)
        assert np.array_equal(np.load(told[-1].paths[0]), expected)
        assert any(map(_has_advanced, told))
    assert process.poll() is None


def test_makes_files_of_what_is_to_be_one(process, tmp_path):
    wanted = _request(tmp_path / "run", 80, QUICK)
    maps = [replace(wanted.maps[0], as_png=True), *wanted.maps]
    told = _asked(process, replace(wanted, maps=maps))
    assert isinstance(told[-1], Done)
    file, array = told[-1].paths
    assert Path(file).read_bytes() == png.encoded(np.load(array))


def test_makes_all_maps_of_a_material(process, tmp_path):
    single = _request(tmp_path / "run", 90, QUICK)
    bent = np.random.default_rng(1).random((32, 32, 3), dtype=np.float32)
    np.save(tmp_path / "bent.npy", bent)
    maps = [*single.maps, StoredMap(str(tmp_path / "bent.npy"), Kind.NORMAL_DIRECTX, 0.5, None)]
    told = _asked(process, Request(single.folder, maps, 90, 80, single.settings))
    assert isinstance(told[-1], Done)
    given = [Map(np.load(maps[0].path)), Map(bent, Kind.NORMAL_DIRECTX, 0.5)]
    for path, expected in zip(told[-1].paths, synthesize_maps(given, (90, 80), QUICK), strict=True):
        assert np.array_equal(np.load(path), expected)


def test_names_the_map_that_is_wrong(process, tmp_path):
    request = _request(tmp_path / "run", 80, QUICK)
    np.save(tmp_path / "wide.npy", np.zeros((32, 64, 1), np.float32))
    wide = StoredMap(str(tmp_path / "wide.npy"), name="wide.png")
    request = Request(request.folder, [*request.maps, wide], 80, 80, request.settings)
    (failed,) = _asked(process, request)
    assert isinstance(failed, Failed)
    assert "“wide.png” has 64 × 32 pixels" in failed.message


def test_stops_when_told_to_and_takes_the_next_request_at_once(process, tmp_path):
    first, second = (_request(tmp_path / name, 512, ENDLESS) for name in ("one", "two"))
    _send(process, first)
    _told_until(first, _has_advanced)
    _send(process, Cancel())
    third = _request(tmp_path / "three", 80, QUICK)
    _send(process, second)
    _send(process, Cancel())
    assert isinstance(_asked(process, third)[-1], Done)
    for stopped in (first, second):
        assert isinstance(_told(stopped)[-1], Cancelled)


def test_finishes_when_told_to_and_is_whole_the_next_time(process, tmp_path):
    request = _request(tmp_path / "one", 512, ENDLESS)
    _send(process, request)
    _told_until(request, _has_advanced)
    _send(process, Finish())
    done = _told_until(request, _is_last)[-1]
    assert isinstance(done, Done)
    assert np.load(done.paths[0]).shape == (512, 512, 3)
    _send(process, Finish())
    after = _asked(process, second := _request(tmp_path / "two", 80, QUICK))[-1]
    assert isinstance(after, Done)
    expected = synthesize(np.load(second.maps[0].path), (80, 80), QUICK)
    assert np.array_equal(np.load(after.paths[0]), expected)


def test_a_cancel_that_comes_too_late_harms_no_one(process, tmp_path):
    assert isinstance(_asked(process, _request(tmp_path / "one", 80, QUICK))[-1], Done)
    _send(process, Cancel())
    assert isinstance(_asked(process, _request(tmp_path / "two", 80, QUICK))[-1], Done)


@pytest.mark.parametrize("after", [_has_advanced, _is_last])
def test_ends_and_tidies_up_when_blender_is_gone(process, tmp_path, after):
    settings = ENDLESS if after is _has_advanced else QUICK
    _asked(process, _request(tmp_path / "before", 80, QUICK))
    request = _request(tmp_path / "run", 512, settings)
    _send(process, request)
    _told_until(request, after)
    process.stdin.close()
    assert process.wait(10) == 1
    assert not list(tmp_path.iterdir())
    process.stdin = None


def test_ends_when_it_has_nothing_to_do(tmp_path):
    process = _start(1.0)
    try:
        assert isinstance(_asked(process, _request(tmp_path / "run", 80, QUICK))[-1], Done)
        assert process.wait(PATIENCE) == 0
    finally:
        process.kill()
        process.communicate()


def test_says_why_it_failed_and_goes_on(process, tmp_path):
    request = _request(tmp_path / "bad", 80, QUICK)
    np.save(request.maps[0].path, np.full((64, 64, 1), np.nan))
    (failed,) = _asked(process, request)
    assert isinstance(failed, Failed)
    assert "NaN" in failed.message
    Path(request.maps[0].path).unlink()
    (tmp_path / "bad" / EVENTS).unlink()
    (failed,) = _asked(process, request)
    assert isinstance(failed, Failed)
    assert "No such file" in failed.message
    assert isinstance(_asked(process, _request(tmp_path / "good", 80, QUICK))[-1], Done)


def test_passes_warnings_on_each_time(process, tmp_path):
    for name in ("one", "two"):
        told = _asked(process, _request(tmp_path / name, 80, Settings(steps=1, levels=8)))
        warned = [message.message for message in told if isinstance(message, Warned)]
        assert len(warned) == 1
        assert "too small for 8 levels" in warned[0]
        assert isinstance(told[-1], Done)


@pytest.mark.skipif(sys.platform != "linux", reason="memory is looked up in /proc")
def test_keeps_nothing_of_a_run(process, tmp_path):
    held = []
    for run in range(8):
        request = _request(tmp_path / str(run), 1024, Settings(steps=2))
        assert isinstance(_asked(process, request)[-1], Done)
        time.sleep(0.2)
        lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
        (line,) = (line for line in lines if line.startswith("RssAnon:"))
        held.append(int(line.split()[1]) / 1024)
    # The result alone has 12 MB, so runs that left it behind would add 36 MB from one half to the
    # other. The least of each, because the allocator may keep freed memory until the next run; and
    # without the first run, after which it keeps blocks that it gave back until then.
    assert min(held[4:]) - min(held[1:4]) < 12, held


@pytest.mark.parametrize(
    ("side", "shapes"), [(60, [(25, 30, 3), (50, 60, 3)]), (40, [(25, 30, 3), (25, 30, 3)])]
)
def test_previews_are_small(tmp_path, monkeypatch, side, shapes):
    monkeypatch.setattr(worker, "PREVIEW_INTERVAL", 0.0)
    monkeypatch.setattr(worker, "PREVIEW_SIDE", side)
    request = _request(tmp_path / "run", 0, Settings(method="paper", levels=3, steps=1))
    request = Request(request.folder, request.maps, 100, 120, request.settings)
    worker.serve(worker.Order(request))
    previews = [message for message in _told(request) if isinstance(message, Previewed)]
    assert [np.load(preview.path).shape for preview in previews] == shapes


def test_previews_that_come_too_soon_are_left_out(tmp_path, monkeypatch):
    monkeypatch.setattr(worker, "PREVIEW_INTERVAL", math.inf)
    request = _request(tmp_path / "run", 80, Settings(levels=3, steps=1))
    worker.serve(worker.Order(request))
    assert not any(isinstance(message, Previewed) for message in _told(request))


@pytest.mark.parametrize("line", ["[]", '{"kind": "nonsense"}', '{"kind": "done"}', "no JSON"])
def test_what_is_no_message_is_refused(line):
    with pytest.raises(ValueError, match=r"no message|Expecting value"):
        from_line(line)

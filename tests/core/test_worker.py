# SPDX-License-Identifier: GPL-3.0-or-later
"""The worker as Blender sees it: a process with lines of JSON in and out."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from addon_core import Settings, synthesize
from addon_core.messages import (
    Advanced,
    Cancel,
    Cancelled,
    Done,
    Failed,
    Previewed,
    Request,
    Warned,
    from_line,
    to_line,
)

ROOT = Path(__file__).parents[2]
QUICK = Settings(levels=2, steps=4)
ENDLESS = Settings(method="paper", steps=200)


@pytest.fixture
def worker():
    process = subprocess.Popen(
        [sys.executable, "-c", "from addon_core.worker import main; main()"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    yield process
    process.kill()
    process.communicate()


def _request(folder: Path, side: int, settings: Settings) -> Request:
    folder.mkdir()
    exemplar = np.random.default_rng(0).random((64, 64, 3), dtype=np.float32)
    np.save(folder / "exemplar.npy", exemplar)
    return Request(str(folder), str(folder / "exemplar.npy"), side, side, asdict(settings))


def _send(worker, message) -> None:
    worker.stdin.write(to_line(message))
    worker.stdin.flush()


def test_makes_what_the_core_makes(worker, tmp_path):
    request = _request(tmp_path / "run", 80, QUICK)
    _send(worker, request)
    told = [from_line(line) for line in worker.stdout]
    assert isinstance(told[-1], Done)
    expected = synthesize(np.load(request.exemplar), (80, 80), QUICK)
    assert np.array_equal(np.load(told[-1].path), expected)
    previews = [message for message in told if isinstance(message, Previewed)]
    assert [np.load(preview.path).shape for preview in previews] == [(40, 40, 3)]
    assert any(isinstance(message, Advanced) for message in told)


def test_stops_when_told_to(worker, tmp_path):
    _send(worker, _request(tmp_path / "run", 512, ENDLESS))
    while not isinstance(from_line(worker.stdout.readline()), Advanced):
        pass
    _send(worker, Cancel())
    told = [from_line(line) for line in worker.stdout]
    assert isinstance(told[-1], Cancelled)
    assert worker.wait(10) == 0


def test_ends_and_tidies_up_when_blender_is_gone(worker, tmp_path):
    _send(worker, _request(tmp_path / "run", 512, ENDLESS))
    while not isinstance(from_line(worker.stdout.readline()), Advanced):
        pass
    worker.stdin.close()
    assert worker.wait(10) == 1
    assert not (tmp_path / "run").exists()
    worker.stdin = None


def test_says_why_it_failed(worker, tmp_path):
    request = _request(tmp_path / "run", 80, QUICK)
    np.save(request.exemplar, np.full((64, 64, 1), np.nan))
    _send(worker, request)
    (failed,) = (from_line(line) for line in worker.stdout)
    assert isinstance(failed, Failed)
    assert "NaN" in failed.message


def test_passes_warnings_on(worker, tmp_path):
    _send(worker, _request(tmp_path / "run", 80, Settings(steps=1, levels=8)))
    told = [from_line(line) for line in worker.stdout]
    assert any(isinstance(m, Warned) and "too small for 8 levels" in m.message for m in told)
    assert isinstance(told[-1], Done)


@pytest.mark.parametrize("line", ["[]", '{"kind": "nonsense"}', '{"kind": "done"}', "no JSON"])
def test_what_is_no_message_is_refused(line):
    with pytest.raises(ValueError, match=r"no message|Expecting value"):
        from_line(line)

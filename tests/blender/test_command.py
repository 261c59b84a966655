# SPDX-License-Identifier: GPL-3.0-or-later
"""What ``blender --command nifty …`` does, asked for within this process."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import bpy
import numpy as np
import pytest

from tests.blender import png
from tests.blender.exemplars import HEIGHT, WIDTH, stripes

QUICK = ["--method=paper", "--patch-size=4", "--stride=2", "--levels=2", "--steps=2"]

Command = Callable[..., int]


@pytest.fixture
def command(blender) -> Command:
    """Runs a command with quick settings, and checks that it leaves no image in the file."""

    def run(*arguments: Any) -> int:
        code = blender("command").main([*arguments[:1], *QUICK, *map(str, arguments[1:])])
        assert list(bpy.data.images) == []
        assert not list(Path(bpy.app.tempdir).glob("nifty-*"))
        return code

    return run


@pytest.fixture
def exemplar(tmp_path: Path) -> Path:
    return png.write(tmp_path / "stripes.png", stripes(3))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three images: the second one is broken. And a file that is no image."""
    folder = tmp_path / "exemplars"
    folder.mkdir()
    png.write(folder / "a.png", stripes(3))
    (folder / "b.png").write_bytes(b"no picture")
    png.write(folder / "c.png", stripes(1))
    (folder / "notes.txt").write_text("by me")
    return folder


def size(path: Path) -> tuple[int, ...]:
    image = bpy.data.images.load(str(path))
    found = tuple(image.size)
    bpy.data.images.remove(image)
    return found


def made(folder: Path) -> list[str]:
    """The images of a folder; each set has a note of how it was made."""
    names = sorted(path.name for path in folder.iterdir())
    images = [name for name in names if not name.endswith(".nifty.json")]
    assert all(f"{name}.nifty.json" in names for name in images)
    return images


@pytest.mark.parametrize("ending", ["png", "jpg", "tif", "exr", "PNG"])
def test_writes_the_format_of_the_ending(command, exemplar, ending):
    output = exemplar.with_name(f"larger.{ending}")
    assert command("synthesize", exemplar, output) == 0
    assert size(output) == (2 * WIDTH, 2 * HEIGHT)
    start = {"png": b"\x89PNG", "jpg": b"\xff\xd8", "tif": b"II*\0", "exr": b"v/1\x01"}
    assert output.read_bytes().startswith(start[ending.lower()])


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_a_png_keeps_its_depth_and_channels(command, tmp_path, channels, dtype):
    source = png.write(tmp_path / "in.png", stripes(channels, dtype))
    assert command("synthesize", source, tmp_path / "out.png") == 0
    written = png.read(tmp_path / "out.png")
    assert written.dtype == dtype
    assert written.shape == (2 * HEIGHT, 2 * WIDTH, 4 if channels == 2 else channels)
    slack = np.iinfo(dtype).max // 255
    given = stripes(channels, dtype)
    assert written[..., 0].min() >= given[..., 0].min() - slack
    assert written[..., 0].max() <= given[..., 0].max() + slack


def test_the_size_and_the_factor(command, exemplar):
    output = exemplar.with_name("out.png")
    assert command("synthesize", exemplar, output, "--size", "21x9") == 0
    assert png.read(output).shape == (9, 21, 3)
    assert command("synthesize", exemplar, output, "--factor", "1.5") == 0
    assert png.read(output).shape == (1.5 * HEIGHT, 1.5 * WIDTH, 3)


def test_the_same_seed_writes_the_same_file(command, exemplar):
    outputs = [exemplar.with_name(f"{name}.png") for name in "abc"]
    for output, seed in zip(outputs, (3, 3, 4), strict=True):
        assert command("synthesize", exemplar, output, "--seed", seed) == 0
    first, again, other = (output.read_bytes() for output in outputs)
    assert first == again
    assert first != other


def test_every_setting_is_an_option(blender, exemplar, monkeypatch):
    given = {
        **{"seed": 9, "neighbours": 3, "share": 0.5, "steps": 4, "patch_size": 6, "stride": 3},
        **{
            "method": "paper",
            "tile": "xy",
            "turns": True,
            "mirrors": "y",
            "layouts": 2,
            "balance": 0.75,
            "levels": 1,
            "renoise": 0.25,
            "memory": False,
            "warmup": 2,
            "aggregation_width": 0.5,
        },
    }
    making = blender("map_making")
    asked = []

    class Noted(making.Job):
        def __init__(self, maps: Any, width: int, height: int, settings: Any) -> None:
            super().__init__(maps, width, height, settings)
            asked.append(settings)

    monkeypatch.setattr(making, "Job", Noted)
    options = [f"--{name.replace('_', '-')}={value}" for name, value in given.items()]
    options[options.index("--memory=False")] = "--no-memory"
    options[options.index("--turns=True")] = "--turns"
    output = exemplar.with_name("out.png")
    arguments = ["synthesize", str(exemplar), str(output), "--preset=paper", *options]
    assert blender("command").main(arguments) == 0
    (settings,) = asked
    assert {name: getattr(settings, name) for name in settings.__slots__} == given


def test_is_quiet_when_all_is_well(command, exemplar, capfd):
    assert command("synthesize", exemplar, exemplar.with_name("out.png")) == 0
    assert capfd.readouterr() == ("", "")


def test_a_warning_goes_to_stderr(command, exemplar, capfd):
    assert command("synthesize", exemplar, exemplar.with_name("out.png"), "--levels=8") == 0
    out, error = capfd.readouterr()
    assert out == ""
    assert error.startswith("nifty: stripes.png: ")
    assert "too small for 8 levels" in error


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["synthesize", "gone.png", "out.png"], "gone.png cannot be read: No such file"),
        (["synthesize", "broken.png", "out.png"], "broken.png cannot be read as an image"),
        (["synthesize", "stripes.png", "out.mp4"], "Use one of .png"),
        (["synthesize", "stripes.png", "out"], "Use one of .png"),
        (["synthesize", "stripes.png", "no/out.png"], "make the folder"),
        (["synthesize", "stripes.png", "out.png", "--size=60000x60000"], "Choose a smaller size"),
        (["batch", "nowhere", "results"], "nowhere: No such file"),
        (["batch", "stripes.png", "results"], "stripes.png: Not a directory"),
        (["batch", ".", "stripes.png"], "stripes.png: File exists"),
    ],
)
def test_what_cannot_be_done_is_said_and_fails_with_1(
    command, exemplar, monkeypatch, capfd, arguments, said
):
    monkeypatch.chdir(exemplar.parent)
    Path("broken.png").write_bytes(b"\x89PNG\r\n\x1a\n and no more")
    before = set(Path().iterdir())
    assert command(*arguments) == 1
    out, error = capfd.readouterr()
    # Blender itself may tell there too of a file that it cannot read.
    ours = [line for line in error.splitlines() if line.startswith("nifty: ")]
    assert "nifty: " not in out
    assert len(ours) == 1
    assert said in ours[0]
    assert "Traceback" not in error
    assert set(Path().iterdir()) == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "COMMAND"),
        (["paint"], "invalid choice: 'paint'"),
        (["synthesize", "stripes.png"], "OUTPUT"),
        (["synthesize", "stripes.png", "out.png", "--colour=red"], "--colour=red"),
        (["synthesize", "stripes.png", "out.png", "--size=big"], "no size such as 1024x512"),
        (["synthesize", "stripes.png", "out.png", "--size=0x5"], "no size such as 1024x512"),
        (["synthesize", "stripes.png", "out.png", "--size=5x5", "--factor=2"], "not allowed with"),
        (["synthesize", "stripes.png", "out.png", "--factor=0"], "no factor such as"),
        (["synthesize", "stripes.png", "out.png", "--factor=nan"], "no factor such as"),
        (["synthesize", "stripes.png", "out.png", "--factor=-1"], "no factor such as"),
        (["synthesize", "stripes.png", "out.png", "--preset=oil"], "paper"),
        (["synthesize", "stripes.png", "out.png", "--neighbours=0"], "must be 1 to 64"),
        (["synthesize", "stripes.png", "out.png", "--share=2"], "must be 0.001 to 1"),
        (["synthesize", "stripes.png", "out.png", "--renoise=nan"], "must be 0 to 0.95"),
        (["synthesize", "stripes.png", "out.png", "--seed=x"], "invalid int value"),
        (["batch", ".", "."], "the output folder is the folder of the exemplars"),
        (["batch", "empty", "results"], "empty holds no images"),
        (["batch", ".", "results", "--format=mp4"], "known are ."),
    ],
)
def test_wrong_usage_is_said_and_fails_with_2(
    command, exemplar, monkeypatch, capfd, arguments, said
):
    monkeypatch.chdir(exemplar.parent)
    Path("empty").mkdir()
    before = set(Path().iterdir())
    assert command(*arguments) == 2
    out, error = capfd.readouterr()
    assert out == ""
    assert said in error
    assert "Traceback" not in error
    assert set(Path().iterdir()) == before


def test_settings_that_do_not_go_together_fail_with_2(blender, exemplar, capfd):
    arguments = ["synthesize", str(exemplar), str(exemplar.with_name("out.png")), "--stride=17"]
    assert blender("command").main(arguments) == 2
    assert "stride is 17, but must be at most the patch size, 16" in capfd.readouterr().err


def test_smaller_than_a_patch_fails_with_1(blender, exemplar, capfd):
    arguments = ["synthesize", str(exemplar), str(exemplar.with_name("out.png"))]
    assert blender("command").main(arguments) == 1
    assert "smaller than a patch of 16" in capfd.readouterr().err


def test_a_dead_worker_leaves_what_was_there(command, blender, exemplar, monkeypatch, capfd):
    output = exemplar.with_name("out.png")
    output.write_text("what was there")
    blender("worker").end_all()
    monkeypatch.setattr(blender("worker"), "_START", "import os; os._exit(7)")
    assert command("synthesize", exemplar, output) == 1
    assert "exit code 7" in capfd.readouterr().err
    assert output.read_text() == "what was there"
    assert set(exemplar.parent.iterdir()) == {exemplar, output}


def test_a_full_disk_leaves_what_was_there(command, exemplar, capfd):
    resource = pytest.importorskip("resource")
    output = exemplar.with_name("out.exr")
    output.write_text("what was there")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, hard))
    try:
        assert command("synthesize", exemplar, output) == 1
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "out.exr cannot be written: File too large" in capfd.readouterr().err
    assert output.read_text() == "what was there"
    assert set(exemplar.parent.iterdir()) == {exemplar, output}


def test_interrupted_it_stops_and_fails_with_130(command, blender, exemplar, monkeypatch, capfd):
    def interrupt(*_arguments: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(blender("map_making").ProgressBar, "show", interrupt)
    output = exemplar.with_name("out.png")
    assert command("synthesize", exemplar, output, "--size=300x300") == 130
    assert capfd.readouterr() == ("", "nifty: interrupted\n")
    assert not output.exists()
    assert blender("job")._open_jobs == set()


def test_a_batch_goes_on_past_a_broken_file(command, folder, tmp_path, capfd):
    output = tmp_path / "new" / "results"
    assert command("batch", folder, output) == 1
    assert made(output) == ["a.png", "c.png"]
    assert png.read(output / "c.png").shape == (2 * HEIGHT, 2 * WIDTH, 1)
    out, error = capfd.readouterr()
    assert out.endswith("2 made, 0 already there, 1 failed\n")
    assert "b.png cannot be read as an image" in error


def test_a_batch_has_one_worker(command, blender, folder, tmp_path, monkeypatch):
    workers = blender("worker")
    workers.end_all()
    started = []

    class Noted(workers.Worker):
        def __init__(self, method: str) -> None:
            super().__init__(method)
            started.append(self)

    monkeypatch.setattr(workers, "Worker", Noted)
    assert command("batch", folder, tmp_path / "results") == 1
    assert len(started) == 1


def test_a_batch_skips_what_is_done(command, folder, tmp_path, capfd):
    (folder / "b.png").unlink()
    output = tmp_path / "results"
    output.mkdir()
    (output / "a.png").write_text("mine")
    assert command("batch", folder, output) == 0
    assert (output / "a.png").read_text() == "mine"
    assert capfd.readouterr().out == "1 made, 1 already there, 0 failed\n"
    before = (output / "c.png").stat().st_mtime_ns
    assert command("batch", folder, output) == 0
    assert capfd.readouterr().out == "0 made, 2 already there, 0 failed\n"
    assert (output / "c.png").stat().st_mtime_ns == before


@pytest.mark.parametrize("given", ["tif", ".TIF"])
def test_a_batch_in_another_format(command, folder, tmp_path, given):
    (folder / "b.png").unlink()
    assert command("batch", folder, tmp_path / "results", "--format", given) == 0
    assert made(tmp_path / "results") == ["a.tif", "c.tif"]
    assert size(tmp_path / "results" / "a.tif") == (2 * WIDTH, 2 * HEIGHT)


@pytest.mark.parametrize("asked", ["synthesize", "material", "batch"])
def test_help_names_every_option(blender, capfd, asked):
    assert blender("command").main([asked, "--help"]) == 0
    out, error = capfd.readouterr()
    assert out.startswith(f"usage: blender --command nifty {asked} ")
    for name in (
        "--size WxH",
        "--factor",
        "--preset",
        "--seed",
        "--patch-size",
        "--no-memory",
        "--tile",
    ):
        assert name in out
    assert error == ""


def test_help_names_the_commands(blender, capfd):
    assert blender("command").main(["--help"]) == 0
    out = capfd.readouterr().out
    assert "synthesize" in out
    assert "material" in out
    assert "batch" in out

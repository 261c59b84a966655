# SPDX-License-Identifier: GPL-3.0-or-later
"""``blender --command nifty …`` from a shell, a pipe and a terminal."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.blender import png

EXEMPLAR = Path(__file__).parents[2] / "examples" / "bricks_256.png"
QUICK = ("--levels=2", "--steps=2")
ENDLESS = ("--method=paper", "--size=1024x1024", "--steps=200")
TIMEOUT = 30
"""Seconds within which a command that has shown all ends."""

on_posix = pytest.mark.skipif(sys.platform == "win32", reason="a pseudo-terminal is POSIX's")
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="processes are looked up in /proc")


def ours(text: str) -> str:
    """Without what Blender itself says as it starts, reads a file, or ends."""
    noise = ("mounted file-systems", "image.read", "IMB_", "Blender ", "libpng")
    lines = text.splitlines()
    return "\n".join(line for line in lines if line and not any(word in line for word in noise))


def test_makes_a_texture_and_says_nothing(blender, tmp_path):
    output = tmp_path / "larger.png"
    arguments = ("synthesize", EXEMPLAR, output, "--size=96x64", "--seed=3", *QUICK)
    code, out, error = blender.run("nifty", *arguments)
    assert (code, ours(out), ours(error)) == (0, "", "")
    texture = png.read(output)
    assert texture.shape == (64, 96, 3)
    assert texture.std() > 10


def test_the_same_seed_makes_the_same_file(blender, tmp_path):
    outputs = [tmp_path / f"{name}.png" for name in "abc"]
    for output, seed in zip(outputs, (1, 1, 2), strict=True):
        options = ("--size=40x40", f"--seed={seed}", *QUICK)
        assert blender.run("nifty", "synthesize", EXEMPLAR, output, *options)[0] == 0
    first, again, other = (output.read_bytes() for output in outputs)
    assert first == again
    assert first != other


def test_a_broken_file_fails(blender, tmp_path):
    exemplar, output = tmp_path / "broken.png", tmp_path / "larger.png"
    exemplar.write_bytes(b"no picture")
    code, out, error = blender.run("nifty", "synthesize", exemplar, output, *QUICK)
    assert code == 1
    assert ours(out) == ""
    assert f"nifty: {exemplar} cannot be read as an image" in error
    assert "Traceback" not in error
    assert list(tmp_path.iterdir()) == [exemplar]


def test_wrong_usage_fails(blender, tmp_path):
    arguments = ("synthesize", EXEMPLAR, tmp_path / "larger.png", "--steps=0")
    code, _out, error = blender.run("nifty", *arguments)
    assert code == 2
    assert "steps is 0, but must be 1 to 200" in error


def test_help(blender):
    code, out, error = blender.run("nifty", "synthesize", "--help")
    assert (code, ours(error)) == (0, "")
    assert "usage: blender --command nifty synthesize" in out
    assert "--patch-size" in out


def test_a_batch_sums_up(blender, tmp_path):
    folder, results = tmp_path / "exemplars", tmp_path / "results"
    folder.mkdir()
    shutil.copy(EXEMPLAR, folder / "bricks.png")
    (folder / "broken.png").write_bytes(b"no picture")
    arguments = ("nifty", "batch", folder, results, "--size=40x40", *QUICK)
    code, out, _error = blender.run(*arguments)
    assert (code, ours(out)) == (1, "1 made, 0 already there, 1 failed")
    assert {path.name for path in results.iterdir()} == {"bricks.png", "bricks.png.nifty.json"}
    (folder / "broken.png").unlink()
    code, out, _error = blender.run(*arguments)
    assert (code, ours(out)) == (0, "0 made, 1 already there, 0 failed")


SAVE_MATERIAL = """
import bpy, sys
material = bpy.data.materials.new("Bricks")
if bpy.app.version < (5, 0):
    material.use_nodes = True
material.use_fake_user = True
tree = material.node_tree
shader = next(node for node in tree.nodes if node.bl_idname == "ShaderNodeBsdfPrincipled")
for path, socket in zip(sys.argv[-3:-1], ("Base Color", "Roughness")):
    node = tree.nodes.new("ShaderNodeTexImage")
    node.image = bpy.data.images.load(path)
    tree.links.new(node.outputs["Color"], shader.inputs[socket])
bpy.ops.wm.save_as_mainfile(filepath=sys.argv[-1])
"""


def test_a_material_of_a_file(blender, tmp_path):
    script, blend, results = tmp_path / "save.py", tmp_path / "wall.blend", tmp_path / "results"
    script.write_text(SAVE_MATERIAL, encoding="utf-8")
    options = ("--background", "--factory-startup", "--python", script, "--")
    roughness = EXEMPLAR.with_name("bricks_256_roughness.png")
    made = subprocess.run([blender.executable, *options, EXEMPLAR, roughness, blend])
    assert made.returncode == 0
    arguments = ("nifty", "material", blend, "Bricks", results, "--size=40x40", *QUICK)
    code, out, error = blender.run(*arguments)
    assert (code, ours(out), ours(error)) == (0, "", "")
    assert png.read(results / "bricks_256.png").shape == (40, 40, 3)
    assert png.read(results / "bricks_256_roughness.png").shape == (40, 40, 1)
    assert blender.run(*arguments)[1].endswith("Bricks: already there\n")
    code, _out, error = blender.run("nifty", "material", blend, "Wall", results)
    assert code == 1
    assert "has no material “Wall”: those in it are Bricks" in error
    assert "Traceback" not in error


class Terminal:
    """A command on a terminal of its own, in a session of its own as a shell's job is."""

    def __init__(self, blender: Any, *arguments: Any) -> None:
        import pty

        self._end, inside = pty.openpty()
        streams = dict.fromkeys(("stdin", "stdout", "stderr"), inside)
        self.process = blender.start(*arguments, **streams, start_new_session=True)
        os.close(inside)
        self.text = ""

    def read_until(self, reached: Callable[[str], bool]) -> None:
        """Take in what is shown until that is so, or the command ends."""
        while not reached(self.text):
            try:
                read = os.read(self._end, 4096)
            except OSError:  # Linux: nobody has the other side open any more.
                return
            if not read:
                return
            self.text += read.decode(errors="replace")

    def end(self) -> int:
        """The exit code, after all that is still to be shown."""
        self.read_until(lambda _text: False)
        return self.process.wait(TIMEOUT)

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self._end)


@pytest.fixture
def on_terminal(blender) -> Iterator[Callable[..., Terminal]]:
    started: list[Terminal] = []

    def start(*arguments: Any) -> Terminal:
        started.append(Terminal(blender, *arguments))
        return started[-1]

    yield start
    for terminal in started:
        terminal.close()


def workers(blender: Any) -> list[bytes]:
    """The command lines of this Blender's worker processes."""
    lines = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):  # It has ended meanwhile.
            lines.append(path.read_bytes())
    folder = os.fsencode(blender.resources)
    return [line for line in lines if b"addon_core" in line and folder in line]


def soon(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 5
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    return condition()


@on_posix
def test_a_terminal_shows_a_bar_that_goes_away(on_terminal, tmp_path):
    output = tmp_path / "larger.png"
    options = ("--method=paper", "--size=256x256", "--levels=2", "--steps=30", "--share=0.3")
    terminal = on_terminal("nifty", "synthesize", EXEMPLAR, output, *options)
    assert terminal.end() == 0
    drawn = [line for line in terminal.text.split("\r") if line.startswith("bricks_256.png [")]
    shares = [int(line.split("]")[1].split("%")[0]) for line in drawn]
    assert len(set(shares)) > 2
    assert shares == sorted(shares)
    assert drawn[-1].count("#") > drawn[0].count("#")
    after = terminal.text.rsplit("%", 1)[1]
    assert ours(after.rpartition("\r")[2]).strip() == ""
    assert png.read(output).shape == (256, 256, 3)


@on_linux
@pytest.mark.parametrize("reaches", ["all", "blender"])
def test_ctrl_c_ends_it_and_leaves_nothing(blender, on_terminal, tmp_path, reaches):
    terminal = on_terminal("nifty", "synthesize", EXEMPLAR, tmp_path / "larger.png", *ENDLESS)
    terminal.read_until(lambda text: "%" in text)
    assert soon(lambda: len(workers(blender)) == 1)
    assert len(list(blender.temporary.rglob("nifty-*"))) == 1
    process = terminal.process.pid
    began = time.monotonic()
    if reaches == "all":  # As a terminal does it.
        os.killpg(process, signal.SIGINT)
    else:
        os.kill(process, signal.SIGINT)
    assert terminal.end() == 130
    assert time.monotonic() - began < 5
    assert "nifty: interrupted" in terminal.text
    assert "Traceback" not in terminal.text
    assert workers(blender) == []
    assert list(blender.temporary.rglob("nifty-*")) == []
    assert list(tmp_path.iterdir()) == []


@on_linux
@pytest.mark.parametrize("how", ["SIGTERM", "SIGKILL", "SIGHUP"])
def test_a_blender_that_is_killed_leaves_no_worker(blender, on_terminal, tmp_path, how):
    terminal = on_terminal("nifty", "synthesize", EXEMPLAR, tmp_path / "larger.png", *ENDLESS)
    terminal.read_until(lambda text: "%" in text)
    assert soon(lambda: len(workers(blender)) == 1)
    os.killpg(terminal.process.pid, getattr(signal, how))
    assert terminal.end() != 0
    assert soon(lambda: workers(blender) == [])
    assert list(blender.temporary.rglob("nifty-*")) == []
    assert list(tmp_path.iterdir()) == []

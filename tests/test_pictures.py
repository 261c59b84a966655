# SPDX-License-Identifier: GPL-3.0-or-later
"""The README's pictures are there, are those that the command makes, and say what they show."""

import re

from building import ROOT
from building.pictures import MADE, OF_WINDOW, RESULTS

MOST = 2_500_000
"""Bytes of all pictures together."""

SHOWN = re.findall(r"!\[(.*?)\]\((.*?)\)", (ROOT / "README.md").read_text("utf-8"))
"""Pictures in the README: what they show, in words, and the path."""


def test_readme_shows_what_the_command_makes() -> None:
    made = {(RESULTS / name).relative_to(ROOT).as_posix() for name in (*MADE, *OF_WINDOW)}
    assert {path for _, path in SHOWN} == made


def test_every_picture_says_what_it_shows() -> None:
    assert SHOWN
    assert all(len(words.split()) > 5 for words, _ in SHOWN)


def test_pictures_are_there_and_of_modest_size() -> None:
    files = [path for path in RESULTS.iterdir() if path.is_file()]
    assert {path.name for path in files} == {*MADE, *OF_WINDOW}
    assert sum(path.stat().st_size for path in files) < MOST
    signatures = {".png": b"\x89PNG", ".jpg": b"\xff\xd8\xff"}
    for path in files:
        assert path.read_bytes().startswith(signatures[path.suffix]), path.name


def test_every_picture_has_its_script() -> None:
    for name in (*MADE, *OF_WINDOW):
        assert (RESULTS.parent / name).with_suffix(".py").exists(), name

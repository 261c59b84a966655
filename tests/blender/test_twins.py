# SPDX-License-Identifier: GPL-3.0-or-later
"""Asked for twice while it is being made, by a double click, a texture is made once."""

from collections.abc import Callable, Iterator
from typing import Any

import bpy
import numpy as np
import pytest

from tests.blender.exemplars import QUICK, load
from tests.blender.test_material_refusals import run_for
from tests.blender.walls import MAPS, SETTINGS, wall

SIZE = {"width": 20, "height": 20}


@pytest.fixture
def source(tmp_path) -> Any:
    return load(tmp_path)


@pytest.fixture
def waiting(blender) -> Iterator[Callable[[Any], Any]]:
    """Has a run wait."""
    queue = blender("queue")

    def wait(run: Any) -> Any:
        queue.runs.append(run)
        return run

    yield wait
    queue.cancel_all()


@pytest.fixture
def texture(blender, core, source, waiting) -> Any:
    """A run of the source that waits."""
    return waiting(blender("run").Run(source, 20, 20, core.Settings(**QUICK)))


def press(source: Any, **options: Any) -> set[str]:
    return bpy.ops.nifty.synthesize(image=source.name, **{**QUICK, **SIZE, **options})


def test_the_same_again_is_not_made_twice(blender, source, texture):
    assert press(source) == {"CANCELLED"}
    assert blender("queue").runs == [texture]
    assert list(bpy.data.images) == [source]


@pytest.mark.usefixtures("texture")
@pytest.mark.parametrize(
    "other",
    [{"seed": 1}, {"width": 21}, {"steps": 3}, {"variations": 2}, {"destination": "BESIDE"}],
)
def test_whatever_differs_is_made(source, other):
    assert press(source, **other) == {"FINISHED"}


@pytest.mark.usefixtures("texture")
def test_another_image_is_made(tmp_path):
    assert press(load(tmp_path, name="others.png")) == {"FINISHED"}


@pytest.mark.usefixtures("texture")
def test_what_was_painted_meanwhile_is_made(images, source):
    source.pixels.foreach_set(np.full(images.values(source).size, 0.5, np.float32))
    assert press(source) == {"FINISHED"}


def test_for_another_node_it_is_made(blender, core, source, waiting):
    place = blender("nodes").NodePlace(1, "Image Texture")
    waiting(blender("run").Run(source, 20, 20, core.Settings(**QUICK), place))
    assert press(source) == {"FINISHED"}


def test_what_is_cut_short_can_be_asked_for_again(source, texture):
    texture.finish_now()
    assert press(source) == {"FINISHED"}


def test_once_it_is_there_it_can_be_asked_for_again(source):
    assert press(source) == press(source) == {"FINISHED"}


def test_a_material_is_not_made_twice(blender, core, waiting):
    run = waiting(run_for(blender, core, wall(), variations=1))
    asked = {**SETTINGS, "width": 40, "height": 40}
    assert bpy.ops.nifty.synthesize_material(**asked) == {"CANCELLED"}
    assert blender("queue").runs == [run]
    for other in ({"seed": 1}, {"material_result": "BESIDE"}, {"is_assigned": False}):
        assert bpy.ops.nifty.synthesize_material(**{**asked, **other}) == {"FINISHED"}


@pytest.mark.parametrize("change", [{"is_wanted": False}, {"weight": 0.9}])
def test_a_material_with_another_choice_of_maps_is_made(blender, core, waiting, change):
    waiting(run_for(blender, core, wall(), variations=1))
    for name, value in change.items():
        setattr(bpy.data.images[MAPS[1]].nifty_map, name, value)
    asked = {**SETTINGS, "width": 40, "height": 40, "is_assigned": True}
    assert bpy.ops.nifty.synthesize_material(**asked) == {"FINISHED"}

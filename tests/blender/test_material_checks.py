# SPDX-License-Identifier: GPL-3.0-or-later
"""What keeps maps from being synthesized together: said by name, and mended where that is safe."""

from typing import Any

import bpy
import numpy as np
import pytest

from tests.blender import png
from tests.blender.exemplars import HEIGHT, WIDTH, stripes
from tests.blender.material_setups import SETUPS
from tests.blender.shading import SIDE, add, new_group, new_material, noise, shade, texture


@pytest.fixture(scope="session")
def checks(blender):
    return blender("material_checks")


@pytest.fixture(scope="session")
def maps(blender):
    return blender("material_maps")


@pytest.fixture
def problems(checks, maps):
    """The problems of a material with all its maps."""
    return lambda material: checks.problems(material, maps.find(material))


def messages(found: list[Any]) -> str:
    return "\n".join(problem.message for problem in found)


def with_maps(*images: Any) -> Any:
    """A material that uses the images for base colour, roughness and metal."""
    material = new_material()
    nodes = [texture(material.node_tree, image) for image in images]
    sockets = ("Base_Color", "Roughness", "Metallic")
    shade(material.node_tree, **dict(zip(sockets, nodes, strict=False)))
    return material


@pytest.mark.parametrize("name", [*SETUPS])
def test_nothing_is_wrong_with(name, checks, maps):
    setup = SETUPS[name]
    material = setup.material(setup.new_images())
    found = maps.find(material)
    assert checks.problems(material, found) == []
    checks.check(material, found)


def test_a_material_without_image_textures(problems):
    (problem,) = problems(new_material())
    assert "“Bricks” has no image textures. Add an Image Texture node" in problem.message


def test_image_textures_without_an_image(problems):
    material = new_material()
    shade(material.node_tree, Base_Color=add(material.node_tree, "TexImage"))
    assert "“Bricks” has image textures without an image" in messages(problems(material))


def test_image_textures_that_reach_nothing(problems):
    material = new_material()
    texture(material.node_tree, noise("loose"))
    assert "No image texture of “Bricks” reaches its output" in messages(problems(material))


def test_a_node_group_without_image_textures(problems):
    assert "“Layer” has no image textures" in messages(problems(new_group("Layer", out="Color")))


@pytest.mark.skipif(bpy.app.version >= (5, 0), reason="from 5.0 all materials use nodes")
def test_a_material_that_does_not_use_nodes(problems):
    plain = bpy.data.materials.new("plain")
    assert "“plain” does not use nodes. Switch Use Nodes on" in messages(problems(plain))


def test_no_map_that_is_wanted_is_a_problem_that_is_raised(checks, images):
    with pytest.raises(images.UnusableImage, match="“Bricks” has no image textures"):
        checks.check(new_material(), ())


def test_a_missing_file_is_named(problems, tmp_path):
    path = png.write(tmp_path / "gone.png", np.zeros((8, 8, 3), np.uint8))
    image = bpy.data.images.load(str(path))
    path.unlink()
    image.reload()
    (problem,) = problems(with_maps(noise("color"), image))
    assert "“gone.png” has no pixels" in problem.message
    assert str(path) in problem.message


def test_an_image_that_was_removed_meanwhile(checks, maps):
    image = noise("rough")
    material = with_maps(noise("color"), image)
    found = maps.find(material)
    bpy.data.images.remove(image)
    assert "“rough” is no longer in this file" in messages(checks.problems(material, found))


@pytest.mark.parametrize(
    ("sizes", "odd"),
    [
        ([(8, 8), (16, 16), (4, 4)], []),
        ([(30, 20), (15, 10)], []),
        ([(1000, 667), (500, 333)], []),
        ([(500, 334), (1000, 667)], []),
        ([(8, 8), (16, 8)], ["“Roughness” 16 × 8"]),
        ([(8, 8), (8, 7)], ["“Roughness” 8 × 7"]),
        ([(8, 8), (8, 16), (4, 4)], ["“Roughness” 8 × 16"]),
        ([(8, 8), (8, 16), (16, 8)], ["“Roughness” 8 × 16", "“Metallic” 16 × 8"]),
    ],
)
def test_maps_of_different_proportions_are_named(problems, sizes, odd):
    names = ("Color", "Roughness", "Metallic")
    images = [noise(name, size=size) for name, size in zip(names, sizes, strict=False)]
    found = problems(with_maps(*images))
    assert [
        problem.message for problem in found if "different proportions" not in problem.message
    ] == []
    assert len(found) == bool(odd)
    if odd:
        width, height = sizes[0]
        assert f"“Color” is {width} × {height}, {', '.join(odd)}." in found[0].message


def with_normal_map(image: Any, size: tuple[int, int] = (SIDE, SIDE)) -> Any:
    """A material with this normal map and a base colour of that size."""
    material = new_material()
    tree = material.node_tree
    shade(tree, Base_Color=texture(tree, noise("color", size=size)))
    shade(tree, Normal=add(tree, "NormalMap", {"Color": texture(tree, image)}))
    return material


@pytest.mark.parametrize("colorspace", ["sRGB", "Filmic sRGB", "Linear Rec.2020"])
def test_a_normal_map_in_a_colour_space_that_bends_it_is_mended(checks, problems, colorspace):
    image = noise("bumps_nor", colorspace)
    material = with_normal_map(image)
    (problem,) = problems(material)
    assert f"“bumps_nor” is read in the colour space {colorspace}" in problem.message
    assert "Set its colour space to Non-Color." in problem.message
    assert problem.bent == image.session_uid
    assert checks.read_as_data(problem)
    assert image.colorspace_settings.name == "Non-Color"
    assert problems(material) == []


@pytest.mark.parametrize("colorspace", ["Non-Color", "Linear Rec.709"])
def test_a_normal_map_that_is_read_as_it_is_stored_is_well(problems, colorspace):
    assert problems(with_normal_map(noise("nor", colorspace))) == []


def test_mending_keeps_what_was_painted(checks, problems):
    image = noise("nor", "sRGB")
    painted = np.linspace(0, 1, 4 * image.size[0] * image.size[1], dtype=np.float32)
    image.pixels.foreach_set(painted)
    (problem,) = problems(with_normal_map(image))
    assert checks.read_as_data(problem)
    kept = np.empty_like(painted)
    image.pixels.foreach_get(kept)
    np.testing.assert_allclose(kept, painted, atol=1 / 255)


@pytest.mark.parametrize("is_packed", [False, True])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_a_mended_file_has_the_values_that_it_stores(
    checks, problems, images, tmp_path, dtype, is_packed
):
    stored = stripes(3, dtype)
    image = bpy.data.images.load(str(png.write(tmp_path / "wall_nor.png", stored)))
    if is_packed:
        image.pack()
    material = with_normal_map(image, (WIDTH, HEIGHT))
    bent = images.values(image)  # Read while it was still taken for colours.
    (problem,) = problems(material)
    assert checks.read_as_data(problem)
    straight = images.values(image)[::-1, :, :3]
    np.testing.assert_allclose(straight, stored / np.iinfo(dtype).max, atol=1e-6)
    assert (np.abs(bent - images.values(image)).max() > 0.1) == (dtype is np.uint16)
    assert not image.is_dirty


def test_what_was_painted_in_16_bits_is_to_be_saved_first(checks, problems, images, tmp_path):
    path = png.write(tmp_path / "wall_nor.png", stripes(3, np.uint16))
    image = bpy.data.images.load(str(path))
    painted = np.full_like(images.values(image), 0.5)
    image.pixels.foreach_set(painted.ravel())
    material = with_normal_map(image, (WIDTH, HEIGHT))
    (problem,) = problems(material)
    assert "was painted on and is not saved. Save it" in problem.message
    assert problem.bent is None
    assert not checks.read_as_data(problem)
    np.testing.assert_array_equal(images.values(image), painted)
    image.save()
    (problem,) = problems(material)
    assert checks.read_as_data(problem)
    encoded = np.float32(1.055 * 0.5 ** (1 / 2.4) - 0.055)
    np.testing.assert_allclose(images.values(image)[..., :3], encoded, atol=1e-4)


def test_a_bent_normal_map_of_another_file_is_to_be_mended_there(checks, problems, tmp_path):
    path = tmp_path / "library.blend"
    bpy.data.libraries.write(str(path), {with_normal_map(noise("nor", "sRGB"))})
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    with bpy.data.libraries.load(str(path), link=True) as (_, wanted):
        wanted.materials = ["Bricks"]
    (problem,) = problems(bpy.data.materials["Bricks"])
    assert "in the file that “nor” is linked from" in problem.message
    assert problem.bent is None
    assert not checks.read_as_data(problem)


def test_what_is_gravest_comes_first(problems, tmp_path):
    path = png.write(tmp_path / "gone.png", np.zeros((8, 8, 3), np.uint8))
    image = bpy.data.images.load(str(path))
    material = with_normal_map(noise("nor", "sRGB", size=(16, 8)))
    shade(material.node_tree, Roughness=texture(material.node_tree, image))
    path.unlink()
    image.reload()
    found = problems(material)
    for problem, said in zip(found, ("gone.png", "proportions", "colour space"), strict=True):
        assert said in problem.message

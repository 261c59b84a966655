# SPDX-License-Identifier: GPL-3.0-or-later
"""The maps that are found in a material: which, what for, of what kind, in what order."""

import bpy
import pytest

from tests.blender.material_setups import SETUPS
from tests.blender.shading import SIDE, add, connect, new_group, new_material, noise, shade, texture


@pytest.fixture(scope="session")
def maps(blender):
    return blender("material_maps")


def said(found) -> dict[str, tuple[str, str]]:
    """Each map's name, its kind, and what it is for."""
    return {
        each.name: (
            each.kind.value,
            ", ".join(
                use.role.value + (f".{use.channel}" if use.channel else "") for use in each.uses
            ),
        )
        for each in found
    }


@pytest.mark.parametrize("name", [*SETUPS])
def test_finds_the_maps_of(name, maps):
    setup = SETUPS[name]
    images = setup.new_images()
    material = setup.material(images)
    found = maps.find(material)
    assert list(said(found).items()) == list(setup.found.items())
    for each in found:
        assert each.find().name == each.name
        assert (each.width, each.height) == (SIDE, SIDE)
        for place in each.nodes:
            assert place.find()[1].image == each.find()
        assert each.alpha_is_opacity == ("Alpha.alpha" in setup.found[each.name][1])


def test_finding_changes_nothing_and_keeps_no_reference(maps):
    setup = SETUPS["node_group"]
    material = setup.material(setup.new_images())
    bpy.ops.ed.undo_push(message="before")
    found = maps.find(material)
    bpy.ops.ed.undo_push(message="after")
    bpy.ops.ed.undo()
    bpy.ops.ed.redo()
    assert maps.find(bpy.data.materials["Bricks"]) == found
    assert all(each.find() for each in found)
    hash(found)


def test_an_image_that_several_nodes_use_is_there_once(maps):
    tree = new_material().node_tree
    image = noise("stone.png")
    one, other = texture(tree, image), texture(tree, image)
    shade(tree, Base_Color=one, Roughness=other)
    (found,) = maps.find(bpy.data.materials["Bricks"])
    assert said([found]) == {"stone.png": ("colour", "Base Color, Roughness")}
    assert [place.node for place in found.nodes] == [one.name, other.name]


def test_a_group_that_is_used_twice_gives_its_node_once(maps):
    group = new_group("Both", out="Color")
    add(group, "NodeGroupOutput", {0: texture(group, noise("stone.png"))})
    tree = new_material().node_tree
    one, other = (add(tree, "Group", node_tree=group) for _ in range(2))
    shade(tree, Base_Color=one, Emission_Color=other)
    (found,) = maps.find(bpy.data.materials["Bricks"])
    assert [role.value for role in found.roles] == ["Base Color", "Emission"]
    assert [place.owner for place in found.nodes] == [group.session_uid]


def test_a_node_group_on_its_own_says_roles_by_its_outputs(maps):
    group = new_group("Maps", out_1="Color", out_2="Float")
    for item, name in enumerate(("Base Color", "Roughness")):
        group.interface.items_tree[item].name = name
    add(group, "NodeGroupOutput", {0: texture(group, noise("a")), 1: texture(group, noise("b"))})
    assert said(maps.find(group)) == {"a": ("colour", "Base Color"), "b": ("data", "Roughness")}


@pytest.mark.parametrize("target", ["CYCLES", "EEVEE"])
def test_takes_the_output_of_the_scenes_renderer(maps, target):
    material = new_material()
    tree = material.node_tree
    for engine in ("CYCLES", "EEVEE"):
        shader = add(tree, "BsdfDiffuse", {"Color": texture(tree, noise(engine))})
        add(tree, "OutputMaterial", {"Surface": shader}, target=engine)
    tree.nodes.remove(tree.nodes["Material Output"])
    eevee = "BLENDER_EEVEE" if bpy.app.version >= (5, 0) else "BLENDER_EEVEE_NEXT"
    bpy.context.scene.render.engine = eevee if target == "EEVEE" else target
    assert list(said(maps.find(material))) == [target]


@pytest.mark.parametrize(
    ("kind", "settings", "inputs"),
    [
        ("Invert", {}, {"Fac": 1.0, "Color": "image"}),
        ("Math", {"operation": "SUBTRACT"}, {0: 1.0, 1: "image"}),
        ("Math", {"operation": "MULTIPLY_ADD"}, {0: "image", 1: -1.0, 2: 1.0}),
        ("MapRange", {}, {"Value": "image", "To Min": 0.9, "To Max": 0.1}),
        ("MixRGB", {"blend_type": "DIFFERENCE"}, {0: 1.0, 1: "image", 2: (1, 1, 1, 1)}),
        ("MixRGB", {"blend_type": "SUBTRACT"}, {0: 1.0, 1: (1, 1, 1, 1), 2: "image"}),
    ],
)
def test_every_way_to_invert_roughness_makes_it_gloss(maps, kind, settings, inputs):
    material = new_material()
    tree = material.node_tree
    node = texture(tree, noise("map", "Non-Color"))
    linked = {key: node if value == "image" else value for key, value in inputs.items()}
    turned = add(tree, kind, linked, **settings)
    shade(tree, Roughness=turned)
    assert said(maps.find(material)) == {"map": ("data", "Gloss")}
    shade(tree, Roughness=add(tree, "Invert", {"Fac": 1.0, "Color": turned}))
    assert said(maps.find(material)) == {"map": ("data", "Roughness")}


def test_a_falling_ramp_and_a_falling_curve_invert(maps):
    material = new_material()
    tree = material.node_tree
    ramp = add(tree, "ValToRGB", {"Fac": texture(tree, noise("map", "Non-Color"))})
    first, last = ramp.color_ramp.elements
    first.color, last.color = (1, 1, 1, 1), (0, 0, 0, 1)
    shade(tree, Roughness=ramp)
    assert said(maps.find(material)) == {"map": ("data", "Gloss")}
    curves = add(tree, "RGBCurve", {"Color": ramp})
    points = curves.mapping.curves[3].points
    points[0].location, points[1].location = (0, 1), (1, 0)
    shade(tree, Roughness=curves)
    assert said(maps.find(material)) == {"map": ("data", "Roughness")}


@pytest.mark.parametrize(("channel", "role"), [("Red", "Roughness.red"), ("Green", "Gloss.green")])
def test_a_curve_that_inverts_green_inverts_what_is_made_of_green(maps, channel, role):
    material = new_material()
    tree = material.node_tree
    curves = add(tree, "RGBCurve", {"Color": texture(tree, noise("packed", "Non-Color"))})
    green = curves.mapping.curves[1].points
    green[0].location, green[1].location = (0, 1), (1, 0)
    parts = add(tree, "SeparateColor", {"Color": curves})
    shade(tree, Roughness=parts.outputs[channel])
    assert said(maps.find(material)) == {"packed": ("data", role)}


def normal_map(tree, color, **settings):
    shade(tree, Normal=add(tree, "NormalMap", {"Color": color}, **settings))


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("wall_normal.png", "normal"),
        ("Wall_2K_NormalDX.png", "normal_directx"),
        ("wall-nor_dx_1k.png", "normal_directx"),
        ("wall_directx_normal.png", "normal_directx"),
        ("wall_NormalGL.png", "normal"),
        ("dxwall_normal.png", "normal"),
    ],
)
def test_a_name_tells_a_normal_map_with_green_down(maps, name, kind):
    material = new_material()
    normal_map(material.node_tree, texture(material.node_tree, noise(name, "Non-Color")))
    assert said(maps.find(material)) == {name: (kind, "Normal")}


@pytest.mark.skipif(bpy.app.version < (5, 1), reason="Normal Map has no convention before 5.1")
def test_the_normal_maps_own_convention_tells_it_too(maps):
    material = new_material()
    image = noise("nor", "Non-Color")
    normal_map(material.node_tree, texture(material.node_tree, image), convention="DIRECTX")
    assert said(maps.find(material)) == {"nor": ("normal_directx", "Normal")}


def test_a_vector_multiplied_by_minus_one_along_y_has_green_down(maps):
    material = new_material()
    tree = material.node_tree
    node = texture(tree, noise("nor", "Non-Color"))
    turned = add(
        tree, "VectorMath", {0: node, 1: (1, -1, 1), 2: (0, 1, 0)}, operation="MULTIPLY_ADD"
    )
    normal_map(tree, turned)
    assert said(maps.find(material)) == {"nor": ("normal_directx", "Normal")}


def test_a_normal_in_two_channels_with_something_else_in_the_third_is_data(maps):
    material = new_material()
    tree = material.node_tree
    parts = add(tree, "SeparateColor", {"Color": texture(tree, noise("packed", "Non-Color"))})
    normal_map(tree, add(tree, "CombineColor", {0: parts.outputs[0], 1: parts.outputs[1], 2: 1.0}))
    shade(tree, Roughness=parts.outputs[2])
    assert said(maps.find(material)) == {
        "packed": ("data", "Roughness.blue, Normal.red, Normal.green")
    }


def test_coordinates_of_a_texture_are_no_maps(maps):
    material = new_material()
    tree = material.node_tree
    shade(tree, Base_Color=texture(tree, noise("a"), texture(tree, noise("distortion"))))
    assert list(said(maps.find(material))) == ["a"]


def test_colours_of_a_procedural_texture_are_maps(maps):
    material = new_material()
    tree = material.node_tree
    checker = add(tree, "TexChecker", {"Color1": texture(tree, noise("a"))})
    connect(tree, texture(tree, noise("scale")), checker.inputs["Scale"])
    shade(tree, Base_Color=checker)
    assert list(said(maps.find(material))) == ["a"]


def test_names_decide_where_sockets_do_not(maps):
    material = new_material()
    tree = material.node_tree
    color, occlusion = texture(tree, noise("wood")), texture(tree, noise("wood_AO"))
    shaded = add(tree, "MixRGB", {0: 1.0, 1: color, 2: occlusion}, blend_type="MULTIPLY")
    wet = texture(tree, noise("wood_roughness", "Non-Color"))
    shade(tree, Base_Color=add(tree, "MixRGB", {0: wet, 1: shaded}))
    assert said(maps.find(material)) == {
        "wood": ("colour", "Base Color"),
        "wood_AO": ("data", "Ambient Occlusion"),
        "wood_roughness": ("data", "Roughness"),
    }


def test_grey_that_is_tinted_is_no_occlusion(maps):
    material = new_material()
    tree = material.node_tree
    grey = add(tree, "SeparateColor", {"Color": texture(tree, noise("packed", "Non-Color"))})
    tinted = add(tree, "MixRGB", {0: 1.0, 1: grey, 2: (1, 0.8, 0.7, 1)}, blend_type="MULTIPLY")
    shade(tree, Base_Color=tinted)
    assert said(maps.find(material)) == {"packed": ("colour", "Base Color.red")}


def test_an_image_in_place_of_a_shader_glows(maps):
    material = new_material()
    tree = material.node_tree
    connect(tree, texture(tree, noise("screen")), tree.nodes["Material Output"].inputs["Surface"])
    assert said(maps.find(material)) == {"screen": ("colour", "Emission")}


def test_a_material_without_nodes_or_images_has_no_maps(maps):
    assert maps.find(bpy.data.materials.new("plain")) == ()
    material = new_material()
    add(material.node_tree, "TexImage")
    texture(material.node_tree, noise("unconnected"))
    assert maps.find(material) == ()


def test_nothing_is_followed_through_a_group_without_a_tree(maps):
    material = new_material()
    tree = material.node_tree
    group = new_group("Gone", Color="Color", out="Color")
    node = add(tree, "Group", node_tree=group)
    connect(tree, texture(tree, noise("a")), node.inputs["Color"])
    shade(tree, Base_Color=node)
    bpy.data.node_groups.remove(group)
    assert maps.find(material) == ()


def test_many_ways_through_the_nodes_take_no_time(maps):
    material = new_material()
    tree = material.node_tree
    last = texture(tree, noise("far"))
    for _ in range(40):  # 2 ** 40 ways.
        last = add(tree, "MixRGB", {0: 0.5, 1: last, 2: last})
    shade(tree, Base_Color=last)
    assert list(said(maps.find(material))) == ["far"]

# SPDX-License-Identifier: GPL-3.0-or-later
"""Operators that go by the recipe of a texture: the same again, and another like it."""

from typing import Any

import bpy
from bpy.props import StringProperty

from . import map_choice, nodes, queue, recipe
from .checks import Refused
from .exemplar import Exemplar
from .material_place import MaterialPlace
from .properties import settings_of
from .recipe import Recipe, Source
from .run import Place, Run
from .sidebars import active_image, active_material
from .working import Working


class _ByRecipe(Working):
    image: StringProperty(
        name="Image",
        description="Name of the texture whose recipe is meant; the editor's if empty",
        options={"SKIP_SAVE"},
    )

    def asked(self, context: bpy.types.Context) -> Run:
        """A run for the recipe."""
        image = self._image(context)
        wanted = self.wanted(image, context)
        missing = recipe.missing_sources(wanted)
        if missing:
            raise Refused(
                f"“{image.name}” was made from “{missing[0]}”, which is not in this file any more. "
                "Open that image, under that name, and try again."
            )
        exemplars = [Exemplar(bpy.data.images[each.name], each) for each in wanted.sources]
        shown: Any = context.scene.nifty  # type: ignore[attr-defined]
        return Run(
            exemplars,
            wanted.width,
            wanted.height,
            wanted.settings,
            _material_place(context, image) if wanted.material else _place(context, image),
            destination=shown.destination,
            material=wanted.material,
        )

    def wanted(self, image: bpy.types.Image, context: bpy.types.Context) -> Recipe:
        """The recipe to go by.

        Raises:
            Refused: there is none; the message says why.
        """
        raise NotImplementedError

    def _image(self, context: bpy.types.Context) -> bpy.types.Image:
        image = bpy.data.images.get(self.image) if self.image else active_image(context)
        if image is None and self.image:
            raise Refused(f"There is no image named “{self.image}” in this file.")
        if image is None:
            raise Refused(
                "There is no image. Select an Image Texture node in the shader editor, or open an "
                "image in the image editor."
            )
        return image


class NIFTY_OT_redo(_ByRecipe):
    bl_idname = "nifty.redo"
    bl_label = "Redo With This Recipe"
    bl_description = (
        "Make this texture again, from its source as that is now, with the size, the settings and "
        "the seed that are noted on it"
    )
    bl_options = {"UNDO"}

    def wanted(self, image: bpy.types.Image, context: bpy.types.Context) -> Recipe:
        """That of the image."""
        noted = recipe.read(image)
        if noted is None:
            raise Refused(f"“{image.name}” was not made by NIFTY: there is no recipe on it.")
        return noted


class NIFTY_OT_another(_ByRecipe):
    bl_idname = "nifty.another"
    bl_label = "Another Variation"
    bl_description = (
        "Make one more texture with the next seed: of a texture that NIFTY made with the recipe "
        "that is noted on it, of another image with what the panel shows"
    )
    bl_options = {"UNDO"}

    def wanted(self, image: bpy.types.Image, context: bpy.types.Context) -> Recipe:
        """That of the image, or the panel's, with the next seed that there is no texture of yet."""
        noted = recipe.read(image)
        if noted is None:
            shown: Any = context.scene.nifty  # type: ignore[attr-defined]
            width, height = shown.output_size(image)
            noted = Recipe((Source(image.name),), width, height, settings_of(shown))
        return noted.another([*recipe.all_written(), *queue.recipes()])


def _place(context: bpy.types.Context, image: bpy.types.Image) -> nodes.NodePlace | None:
    """The node beside which a texture belongs that comes from this one."""
    node = nodes.active_image_node(context)
    if node is not None and nodes.source_of(node) == image:
        return nodes.place_of(context, node)
    return nodes.place_with(image)


def _material_place(context: bpy.types.Context, image: bpy.types.Image) -> Place | None:
    """The material that a result is one of the maps of, the active one first."""
    shown: Any = context.scene.nifty  # type: ignore[attr-defined]
    material = active_material(context)
    for each in ([material] if material else []) + list(bpy.data.materials):
        maps = map_choice.made_together(each, image)
        if maps:
            return MaterialPlace.of(context, each, maps, shown.material_result, shown.is_assigned)
    return None

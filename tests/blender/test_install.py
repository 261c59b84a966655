# SPDX-License-Identifier: GPL-3.0-or-later
"""The zip in Blender's extension system: what it adds, and that all of it goes again."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import addon_utils
import bpy


def traces() -> set[str]:
    """Everything registered with Blender that bears the extension's name or comes from its code."""
    found = {
        f"bpy.ops.{name}.{each}" for name in dir(bpy.ops) for each in dir(getattr(bpy.ops, name))
    }
    found |= {f"add-on {name}" for name in bpy.context.preferences.addons.keys()}
    for name in dir(bpy.types):
        kind = getattr(bpy.types, name)
        found.add(f"{getattr(kind, '__module__', '')}: {name}")
        if hasattr(kind, "bl_rna"):
            found |= {f"{name}.{each}" for each in kind.bl_rna.properties.keys()}
        drawn = getattr(getattr(kind, "draw", None), "_draw_funcs", ())
        found |= {f"{name}.draw {function.__module__}" for function in drawn}
    for name in dir(bpy.app.handlers):
        handlers = getattr(bpy.app.handlers, name)
        if isinstance(handlers, list):
            found |= {f"{name} {function.__module__}" for function in handlers}
    return {each for each in found if "nifty" in each.lower()}


def run_fresh(code: str, resources: Path | str) -> str:
    """What `code` prints last in a Blender of its own with these user folders."""
    # Left at once: bpy 4.2 keeps an unregistered property group, and then crashes when unloaded.
    code += "\nimport os, sys\nsys.stdout.flush()\nos._exit(0)"
    environment = {**os.environ, "BLENDER_USER_RESOURCES": str(resources)}
    outcome = subprocess.run(
        [sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, text=True, check=True
    )
    return outcome.stdout.splitlines()[-1]


def test_the_zip_adds_its_operator_and_its_panel(extension: ModuleType) -> None:
    assert "bpy.ops.nifty.synthesize" in traces()
    panels = [getattr(bpy.types, name) for name in dir(bpy.types) if "_PT_" in name]
    ours = [panel for panel in panels if panel.__module__.startswith(extension.__name__)]
    assert any(
        (panel.bl_space_type, panel.bl_region_type, panel.bl_category)
        == ("NODE_EDITOR", "UI", "NIFTY")
        for panel in ours
    )


def test_disabled_it_leaves_nothing_and_enabled_again_it_is_whole(extension: ModuleType) -> None:
    enabled = traces()
    assert enabled
    for _ in range(2):
        addon_utils.disable(extension.__name__, default_set=True)
        assert traces() == set()
        addon_utils.enable(extension.__name__, default_set=True)
        assert traces() == enabled


def test_scipy_comes_from_the_zip(extension: ModuleType) -> None:
    code = f"""
import bpy, addon_utils
assert addon_utils.enable({extension.__name__!r}, default_set=True)
import scipy
print(scipy.__file__)
"""
    resources = Path(os.environ["BLENDER_USER_RESOURCES"]).resolve()
    assert Path(run_fresh(code, resources)).resolve().is_relative_to(resources / "extensions")


def test_uninstalled_it_leaves_no_file(
    extension: ModuleType, install_into: Callable[[Path], None], tmp_path: Path
) -> None:
    install_into(tmp_path)
    assert list(tmp_path.glob("extensions/user_default/nifty/blender_manifest.toml"))
    assert list(tmp_path.rglob("site-packages/scipy"))

    code = f"""
import bpy, addon_utils
assert addon_utils.enable({extension.__name__!r}, default_set=True)
repository = bpy.utils.user_resource("EXTENSIONS", path="user_default")
bpy.ops.extensions.package_uninstall(repo_directory=repository, pkg_id="nifty")
print({extension.__name__!r} in bpy.context.preferences.addons)
"""
    assert run_fresh(code, tmp_path) == "False"
    left = [path for path in tmp_path.rglob("*") if "nifty" in path.name or "scipy" in path.name]
    assert left == []

# SPDX-License-Identifier: GPL-3.0-or-later
"""Install the extension's zip from disk."""

from pathlib import Path

import bpy
import stage


def scenario(
    folder: Path, screenshots: Path, report: dict[str, object], zip_path: str
) -> stage.Steps:
    bpy.ops.extensions.package_install_files(
        repo="user_default", filepath=zip_path, enable_on_install=True
    )
    yield lambda: stage.EXTENSION in bpy.context.preferences.addons

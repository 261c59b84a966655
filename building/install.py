# SPDX-License-Identifier: GPL-3.0-or-later
"""Install an extension's zip into the Blender of BLENDER_USER_RESOURCES. Runs where bpy is.

Usage: python building/install.py ZIP
"""

import sys

import bpy


def install(zip_path: str) -> None:
    """Install and enable a zip in the repository `user_default`; exits with a line if refused."""
    before = set(bpy.context.preferences.addons.keys())
    bpy.ops.extensions.package_install_files(
        repo="user_default", filepath=zip_path, enable_on_install=True
    )
    if before == set(bpy.context.preferences.addons.keys()):
        sys.exit(f"Blender {bpy.app.version_string} did not install and enable {zip_path}")


if __name__ == "__main__":
    install(sys.argv[1])

# SPDX-License-Identifier: GPL-3.0-or-later
"""The pictures of the README, made in Blender with the add-on: `python3 build.py pictures`."""

# SPDX-License-Identifier: GPL-3.0-or-later
"""What the commands of build.py are made of. Standard library only, install.py aside."""

import platform
import sys
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036 - said here, before a submodule needs anything newer
    sys.exit(f"build.py: Python 3.11 or 3.13 is needed, this is {platform.python_version()}")

ROOT = Path(__file__).resolve().parent.parent
"""The repository."""

ENVIRONMENTS = ROOT / ".env"
"""Everything that is fetched or made on the way: git-ignored, and made again when deleted."""


class BuildError(Exception):
    """A command cannot go on; the text is one line that says why and what to do."""

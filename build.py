#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a bare checkout to a texture, to tested code, and to installable zips.

Each command makes the environment that it needs in .env/, once. Python 3.11 or 3.13 is all it asks.
"""

import argparse
import os
import subprocess
import sys

from building import ENVIRONMENTS, ROOT, BuildError, window
from building.clean import run_clean
from building.environment import blender_environment, check_environment
from building.package import BLENDER_PYTHONS, package
from building.pictures import make_pictures
from building.platforms import PLATFORMS, this_platform
from building.releases import RELEASES

BENCHMARKS = (
    "quality",
    "speed",
    "neighbours",
    "settings",
    "attention",
    "latent",
    "truncation",
    "growth",
    "stages",
    "startup",
    "tiling",
    "material",
)
"""The modules of benchmarks/ that can be run."""


def run_tests(bpy: str | None, arguments: list[str]) -> int:
    """Run the tests with pytest; further arguments go to it."""
    python = blender_environment(bpy, groups=("extension", "test"))
    pythons = {*BLENDER_PYTHONS, *window.pythons()}
    zip_path = package(python, this_platform(), ENVIRONMENTS / "test", sorted(pythons))
    with_zip = {**os.environ, "NIFTY_TEST_ZIP": str(zip_path)}
    return subprocess.run([python, "-m", "pytest", *arguments], cwd=ROOT, env=with_zip).returncode


def run_checks() -> int:
    """Run the linter, the formatter's check and the type checker."""
    python = check_environment()
    tools = (
        ["ruff", "check"],
        ["ruff", "format", "--check"],
        ["basedpyright", "--pythonpath", python],
    )
    codes = [subprocess.run([python, "-m", *tool], cwd=ROOT).returncode for tool in tools]
    return 1 if any(codes) else 0


def make_packages(platforms: list[str] | None, pythons: list[str] | None) -> int:
    """Make the installable zips in dist/, validated by Blender itself."""
    python = blender_environment()
    for name in platforms or PLATFORMS:
        zip_path = package(python, PLATFORMS[name], ROOT / "dist", pythons or BLENDER_PYTHONS)
        print(f"{zip_path.relative_to(ROOT)}  {zip_path.stat().st_size / 1e6:.0f} MB", flush=True)
    return 0


def run_benchmark(name: str, arguments: list[str]) -> int:
    """Run one benchmark, or all; further arguments go to it."""
    # The tests' group as well: the environment is theirs, and keeps one list of what it holds.
    python = blender_environment(groups=("extension", "test", "bench"))
    names = BENCHMARKS if name == "all" else [name]
    commands = ([python, "-m", f"benchmarks.{name}", *arguments] for name in names)
    codes = [subprocess.run(command, cwd=ROOT).returncode for command in commands]
    return 1 if any(codes) else 0


def parse_arguments() -> tuple[argparse.Namespace, list[str]]:
    """The command with its options, and what is left over for pytest or a benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)

    commands.add_parser("demo", help="synthesize a texture in a clean Blender, into demo/")
    commands.add_parser("pictures", help="make the README's pictures, into pictures/results/")

    test = commands.add_parser(
        "test", help="run all tests", usage="%(prog)s [-h] [--bpy VERSION] [PYTEST_ARGUMENT ...]"
    )
    versions = ", ".join(release.version for release in RELEASES)
    test.add_argument("--bpy", metavar="VERSION", help=f"the release of bpy: {versions}")

    bench = commands.add_parser(
        "bench",
        help="measure quality and speed, into benchmarks/results/",
        usage="%(prog)s [-h] [NAME] [BENCHMARK_ARGUMENT ...]",
    )
    bench.add_argument("name", nargs="?", default="all", choices=["all", *BENCHMARKS])

    commands.add_parser("check", help="run the linter, the formatter's check, the type checker")

    package = commands.add_parser("package", help="make the installable zips, into dist/")
    package.add_argument(
        "--platform", action="append", choices=PLATFORMS, help="only this one (repeatable)"
    )
    package.add_argument(
        "--python",
        action="append",
        metavar="VERSION",
        help=f"with a wheel for this Python (repeatable) instead of {', '.join(BLENDER_PYTHONS)}",
    )

    arguments, rest = parser.parse_known_args()
    if rest and arguments.command not in ("test", "bench"):
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    return arguments, rest


def main() -> int:
    arguments, rest = parse_arguments()
    if arguments.command == "demo":
        return run_clean(["examples/demo.py", "demo"])
    if arguments.command == "pictures":
        return make_pictures()
    if arguments.command == "test":
        return run_tests(arguments.bpy, rest)
    if arguments.command == "bench":
        return run_benchmark(arguments.name, rest)
    if arguments.command == "check":
        return run_checks()
    return make_packages(arguments.platform, arguments.python)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BuildError as error:
        sys.exit(f"build.py: {error}")
    except KeyboardInterrupt:
        sys.exit(130)

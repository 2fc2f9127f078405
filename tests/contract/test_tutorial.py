"""The tutorial in docs/plugins is followed as it is written: every file made, every command run, every output compared."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Dict, List

import pytest
import yaml

from octoprint_cli import __version__
from octoprint_cli.testing import FaultServer

from .program import Program
from .reading import as_json, check_failure, check_success
from .tutorial import FOLDER as PAGES_FOLDER, PAGES, Block, Follower, Step, blocks, blocks_of, differs, steps

FIRST = "From an empty folder to a command"
FOLDER = "octoprint-cli-my-printer/"
#: What `plugins new` writes besides the files that the tutorial shows.
NOT_SHOWN = {"README.md", "LICENSE", ".gitignore", ".github/workflows/test.yml"}
#: What a plugin can be made of, each with a part of its own.
PARTS = (
    FIRST,
    "A list",
    "A command that changes something",
    "A command that can do harm",
    "A section of the configuration",
    "The endpoints of a server plugin",
    "A pre-flight check",
    "An output format",
    "Before others install it",
)


def files_of_the_first_part() -> Dict[str, str]:
    return {block.path: block.text for block in blocks() if block.part == FIRST and block.path}


@pytest.mark.timeout(1200)  # it computes for twenty seconds, and on a busy machine has a small part of a processor
@pytest.mark.skipif(sys.platform == "win32", reason="the tutorial's commands are a POSIX shell's")
def test_following_the_tutorial_shows_the_documented_output(tmp_path: Path, server: FaultServer) -> None:
    with Follower(tmp_path, server.env) as follower:
        wrong: List[str] = []
        for block in blocks():
            if block.path:
                follower.write(block)
                continue
            for step in steps(block):
                done = follower.run(step.command)
                assert step.shown or done.returncode == 0, (step.command, done.stdout)
                wrong += filter(None, [step.shown and differs(step, done.stdout)])
        assert wrong == [], "\n".join(wrong)
        completed = follower.run("octoprint-cli complete --line 'octoprint-cli my printer '").stdout.split()
        assert completed == ["chat", "heaters", "light", "park", "probe", "tell"]
        rows = json.loads(follower.run("octoprint-cli commands my printer --json").stdout)["data"]["commands"]
        assert [row["name"] for row in rows] == [f"my printer {name}" for name in completed]
        assert {row["distribution"] for row in rows} == {"octoprint-cli-my-printer"}


def test_tutorial_has_a_complete_example_for_each_plugin_part() -> None:
    found = list(blocks())
    assert tuple(dict.fromkeys(block.part for block in found)) == PARTS
    for part in PARTS[1:-1]:
        mine = [block for block in found if block.part == part]
        assert [block for block in mine if block.path.endswith(".py")], part
        assert [block for block in mine if block.path.endswith("pyproject.toml") and block.added], part
        assert [step for block in mine if not block.path for step in steps(block) if step.shown], part


def test_first_tutorial_part_has_at_most_thirty_lines_of_code() -> None:
    files = files_of_the_first_part()
    lines = [line for text in files.values() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    assert {path.rsplit(".")[-1] for path in files} == {"py", "toml"} and 15 < len(lines) <= 30


@pytest.mark.parametrize("name", ["my-printer", "acme", "mk3-s"])
def test_plugins_new_writes_first_tutorial_part(name: str, bare: Program) -> None:
    data = check_success(as_json(bare.inside("plugins", "new", name, "--json").stdout))
    folder = bare.work / f"octoprint-cli-{name}"
    assert data["folder"] == str(folder)
    quoted = ", ".join(f'"{word}"' for word in name.split("-"))
    renamed = {'"my", "printer"': quoted, "my-printer": name}
    renamed.update({"my_printer": name.replace("-", "_"), "my printer": name.replace("-", " ")})
    expected = {}
    for path, text in files_of_the_first_part().items():
        for before, after in renamed.items():
            path, text = path.replace(before, after), text.replace(before, after)
        expected[path] = text
    written = {str(path.relative_to(bare.work)): path.read_text() for path in folder.rglob("*") if path.is_file()}
    assert {path: text for path, text in written.items() if path in expected} == expected
    assert sorted(f"{folder.name}/{path}" for path in data["files"]) == sorted(written)
    besides = {path[len(folder.name) + 1 :] for path in written} - {path[len(folder.name) + 1 :] for path in expected}
    assert besides == NOT_SHOWN and [path for path in besides if f"`{path}`" not in PAGES[0].read_text(encoding="utf-8")] == []


def test_plugins_new_writes_what_others_expect_of_a_package(bare: Program) -> None:
    bare.inside("plugins", "new", "acme-one")
    files = {path: (bare.work / "octoprint-cli-acme-one" / path).read_text() for path in NOT_SHOWN}
    assert "pip install octoprint-cli-acme-one" in files["README.md"] and "octoprint-cli acme one chat" in files["README.md"]
    assert files["LICENSE"].startswith("MIT License\n") and "the octoprint-cli-acme-one developers" in files["LICENSE"]
    assert {"dist/", "*.egg-info/", "__pycache__/"} <= set(files[".gitignore"].split())
    job = yaml.safe_load(files[".github/workflows/test.yml"])["jobs"]["test"]
    assert [step["run"] for step in job["steps"] if "run" in step][-1] == "octoprint-cli plugins check octoprint-cli-acme-one"
    assert "{{" in job["steps"][1]["with"]["python-version"]
    project = (bare.work / "octoprint-cli-acme-one" / "pyproject.toml").read_text()
    bound = re.search(r'"octoprint-agent-cli>=([0-9.]+)"', project)
    assert bound and [int(part) for part in bound[1].split(".")] <= [int(part) for part in __version__.split(".")[:2]]


BAD_NAMES = ["My-Printer", "my_printer", "-x", "x-", "a--b", "3d", "../evil", "a/b", "a b", "", "ü", "x\n"]


@pytest.mark.parametrize("name", BAD_NAMES)
def test_plugins_new_with_invalid_name_writes_nothing(name: str, bare: Program) -> None:
    result = bare.inside("plugins", "new", "--json", "--", name)
    assert result.exit_code == 4
    error = check_failure(as_json(result.stdout), "INVALID_VALUE")
    assert error["hint"] == "octoprint-cli plugins new my-printer"
    assert list(bare.work.iterdir()) == [] and not list(bare.folder.rglob("pyproject.toml"))


@pytest.mark.parametrize("what", ["folder", "file", "link"])
def test_plugins_new_never_overwrites(what: str, bare: Program) -> None:
    path = bare.work / "octoprint-cli-acme"
    if what == "folder":
        path.mkdir()
        (path / "pyproject.toml").write_text("mine")
    elif what == "file":
        path.write_text("mine")
    else:
        path.symlink_to(bare.folder / "elsewhere")
    result = bare.inside("plugins", "new", "acme", "--json")
    assert result.exit_code == 2
    error = check_failure(as_json(result.stdout), "FILE_EXISTS")
    assert str(path) in error["message"] and error["hint"] == "octoprint-cli plugins new acme-2"
    kept = path / "pyproject.toml" if what == "folder" else path
    assert not (bare.folder / "elsewhere").exists() if what == "link" else kept.read_text() == "mine"
    assert list(bare.work.iterdir()) == [path]
    assert bare.inside("plugins", "new", "acme-2").exit_code == 0


def test_plugins_new_in_unwritable_folder_is_an_error(bare: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Path, *_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.chdir(bare.work)
    monkeypatch.setattr(Path, "mkdir", refuse)  # root may write anywhere
    result = bare.run("plugins", "new", "acme", "--json")
    assert result.exit_code == 2
    assert "Permission denied" in check_failure(as_json(result.stdout), "FILE_UNWRITABLE")["message"]


def test_output_comparison_detects_differences() -> None:
    step = Step("x", "one\n...\nthree\n")
    assert differs(step, "one  \nand\ntwo\nthree\n") == ""
    assert differs(step, "one\ntwo\n") and differs(step, "none\nthree\n")
    assert differs(Step("x", "2 passed in ...s\n"), "2 passed in 1.23s\n") == ""
    assert differs(Step("x", "2 passed in ...s\n"), "1 failed in 1.23s\n")


def test_tutorial_block_of_unknown_kind_is_an_error() -> None:
    with pytest.raises(AssertionError, match="x = 1"):
        list(blocks_of("## One\n\n```python\nx = 1\n```\n"))
    assert list(blocks_of("# One\n\n`x.py`:\n\n```python\nx = 1\n```\n")) == [Block("One", "x.py", False, "x = 1\n")]


def test_every_page_on_plugins_is_followed() -> None:
    assert sorted(PAGES) == sorted(PAGES_FOLDER.glob("*.md"))

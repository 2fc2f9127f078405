"""docs/agents/guide.md is true: each of its lines runs, what it names exists, and the skill file is made from it."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path
from typing import Any, Dict, List, Set

import pytest
import yaml

from octoprint_cli.app.command_loader import CommandManager
from octoprint_cli.errors import CODES
from octoprint_cli.framework.parser import global_parser
from octoprint_cli.testing import Exchange, FaultServer, Result
from octoprint_cli.testing.server.faults import answer

from .program import Program
from .reading import as_json
from .table import Scene, cancelled_then_printed, idle, printing, stocked

CHECKOUT = Path(__file__).parents[2]
GUIDE = CHECKOUT / "docs" / "agents" / "guide.md"
SKILL = CHECKOUT / "docs" / "skill" / "octoprint-cli" / "SKILL.md"
TEXT = GUIDE.read_text(encoding="utf-8")
BLOCKS: List[str] = re.findall(r"^```sh\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
LINES = [line for block in BLOCKS for line in block.splitlines()]
RECIPE = next(block for block in BLOCKS if "--wait-timeout 36000" in block)
#: What must be going on for a line to make sense, by what it has in it.
SCENES: Dict[str, Scene] = {" cancel": printing, " wait": cancelled_then_printed, "--stored": stocked}


@pytest.fixture
def shell(program: Program, launcher: Path) -> Program:
    """The program on the PATH of a shell, in a folder with part.gcode."""
    program.env["PATH"] = os.pathsep.join([str(launcher.parent), program.env["PATH"]])
    (program.work / "part.gcode").write_bytes(program.file().read_bytes())
    return program


def finishing(exchange: Exchange) -> None:
    """A job comes to its end as soon as it has begun."""
    exchange.reply(exchange.perform())
    exchange.server.octoprint.finish()


def sh(program: Program, script: str) -> Result:
    return program.execute(["sh", "-c", script])


def test_agents_guide_is_short() -> None:
    assert len(TEXT.split()) < 800


@pytest.mark.parametrize("line", LINES)
def test_every_line_of_agents_guide_succeeds(line: str, shell: Program, server: FaultServer) -> None:
    next((scene for words, scene in SCENES.items() if words in line), idle)(server)
    server.octoprint.store("part.gcode")
    server.fail("POST", "/api/files/*", finishing)
    program, *words = shlex.split(line)
    plain = program == "octoprint-cli" and not set(line) & set("|<>$;&`*")
    result = shell.inside(*words) if plain else sh(shell, line)
    assert result.exit_code == 0, result
    documents = [as_json(text + "\n") for text in result.stdout.splitlines()] if "batch" in line else [as_json(result.stdout)]
    assert {document["status"] for document in documents} == {"success"}


@pytest.mark.parametrize("block", [block for block in BLOCKS if block != RECIPE])
def test_every_line_of_agents_guide_uses_json(block: str) -> None:
    assert [line for line in block.splitlines() if not line.endswith(" --json")] == []


def test_recipe_prints_to_the_end(shell: Program, server: FaultServer) -> None:
    server.fail("POST", "/api/files/*", finishing)
    result = sh(shell, RECIPE)
    assert (result.exit_code, result.stdout.count('"status": "success"')) == (0, 2)
    assert server.octoprint.started == ["local/part.gcode"]


def test_recipe_leaves_busy_printer_alone(shell: Program, server: FaultServer) -> None:
    server.octoprint.printing()
    result = sh(shell, RECIPE)
    assert result.exit_code == 3 and as_json(result.stdout)["error"]["code"] == "PRINTER_BUSY"
    assert server.acts == []


def test_recipe_reports_status_after_failure(shell: Program, server: FaultServer) -> None:
    server.fail("POST", "/api/files/*", answer(403))
    result = sh(shell, RECIPE)
    before, error, status = result.stdout.partition('"status": "error"')
    assert result.exit_code == 0 and '"checks"' in before and error
    assert '"UNEXPECTED_RESPONSE"' in status and '"phase": "idle"' in status
    assert server.octoprint.started == []


def catalogue(bare: Program) -> List[Dict[str, Any]]:
    commands: List[Dict[str, Any]] = bare.run("commands", "--json").data["commands"]
    return [command for command in commands if command["distribution"] is None]


def test_every_error_code_in_agents_guide_exists() -> None:
    named = set(re.findall(r"\b[A-Z]+_[A-Z_]+\b|\bTIMEOUT\b|\bINTERRUPTED\b", TEXT)) - {"CHECK_ID", "OCTOPRINT_CLI_FORMAT"}
    assert len(named) > 10 and named <= set(CODES)


def test_every_option_in_agents_guide_exists(bare: Program) -> None:
    known: Set[str] = {option for action in global_parser("", "")._actions for option in action.option_strings}
    known.update(option for command in catalogue(bare) for argument in command["arguments"] for option in argument["options"])
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", TEXT))
    assert len(named) > 15 and named <= known


def test_every_command_in_agents_guide_exists() -> None:
    """Those that are not in a fence, too; `mcp serve` comes with a plugin."""
    named = [words.split() for words in re.findall(r"octoprint-cli ((?:[a-z]+ ?)+)", TEXT) if words != "mcp serve"]
    for words in named:
        CommandManager().find_command(words)
    assert len(named) > 15


def test_exit_codes_and_effects_in_agents_guide_are_complete(bare: Program) -> None:
    rows = dict(re.findall(r"^\| ([\d, ]+) \| ([^|]+) \|", TEXT, re.MULTILINE))
    exits = {number for command in catalogue(bare) for number in command["exit_codes"]}
    assert {int(number) for cell in rows for number in cell.split(",")} == exits
    effects = re.search(r"`effects` \(([^)]*)\)", TEXT)
    assert effects and set(re.split(r",\s+", effects[1])) == {one for command in catalogue(bare) for one in command["effects"]} | {
        "powers"
    }


def test_skill_file_matches_generated_one(bare: Program) -> None:
    """If not: octoprint-cli skill --built-in > docs/skill/octoprint-cli/SKILL.md"""
    assert SKILL.read_text(encoding="utf-8") == bare.run("skill", "--built-in").stdout
    assert bare.run("skill", "--built-in", "--json").data["content"] == SKILL.read_text(encoding="utf-8")


def test_skill_file_has_front_matter_guide_and_commands(bare: Program) -> None:
    text = bare.run("skill").stdout
    front = re.match(r"---\n(.+?)---\n\n", text, re.DOTALL)
    assert front
    said = yaml.safe_load(front[1])
    assert said["name"] == SKILL.parent.name and len(said["description"]) <= 1024 and "OctoPrint" in said["description"]
    assert text[front.end() :].startswith(TEXT)
    for command in bare.run("commands", "--json").data["commands"]:
        assert f"\n| `{command['name']}` | {command['summary']} |" in text

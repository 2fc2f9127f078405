"""`plugins check`: installed add-ons, held to the rules of the house."""

from __future__ import annotations

from pathlib import Path

import pytest

from . import addons
from .addons import COMMANDS, AddOn
from .program import Program
from .reading import as_json, check_failure, check_success

KEEPING = AddOn(
    "keeping-tools",
    {
        "keeping": '''
from octoprint_cli.api import ShowOne, fields


class Lamp(ShowOne):
    """show whether the lamp is on"""

    answer = fields.record(on=fields.switch())
    effects = ("reads",)

    def take_action(self, parsed_args):
        return {"on": True}
'''
    },
    {COMMANDS: {"lamp": "keeping:Lamp"}},
)
LOUD = AddOn(
    "loud-tools",
    {
        "loud": '''
import octoprint_cli.framework.base

print("here I am")


class Noise(octoprint_cli.framework.base.ShowOne):
    """make a noise"""

    def take_action(self, parsed_args):
        return {}
'''
    },
    {COMMANDS: {"noise": "loud:Noise", "silence": "quiet:Gone"}},
)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return addons.install(tmp_path_factory.mktemp("judged"), KEEPING, LOUD)


@pytest.fixture
def judged(bare: Program, installed: Path) -> Program:
    """The program with both."""
    bare.add_path(installed)
    return bare


def test_one_that_keeps_them_is_well(judged: Program) -> None:
    for name in ("keeping-tools", "Keeping_Tools"):
        data = check_success(as_json(judged.process("plugins", "check", name, "--json").stdout))
        assert data == {"plugins": [{"distribution": "keeping-tools", "ok": True, "problems": []}]}


def test_each_rule_that_is_broken_is_told_with_what_breaks_it(judged: Program) -> None:
    result = judged.process("plugins", "check", "loud-tools", "--json")
    assert result.exit_code == 4
    envelope = as_json(result.stdout)  # whatever an add-on prints as it is imported
    error = check_failure(envelope, "PLUGIN_RULES")
    assert "loud-tools" in error["message"] and "loud-tools" in error["hint"]
    (row,) = envelope["data"]["plugins"]
    assert (row["distribution"], row["ok"]) == ("loud-tools", False)
    found = {(problem["rule"], problem["what"]) for problem in row["problems"]}
    assert found == {
        ("answer", "command noise"),
        ("effects", "command noise"),
        ("loads", "command silence"),
        ("imports", "loud"),
    }
    assert all(problem["message"].startswith(problem["what"]) for problem in row["problems"])


def test_without_a_name_every_add_on_is_held_to_them_and_the_program_is_none(judged: Program) -> None:
    result = judged.process("plugins", "check", "--json")
    rows = {row["distribution"]: row["ok"] for row in as_json(result.stdout)["data"]["plugins"]}
    assert (rows["keeping-tools"], rows["loud-tools"]) == (True, False)
    assert "octoprint-agent-cli" not in rows


def test_the_program_itself_keeps_them(bare: Program) -> None:
    result = bare.process("plugins", "check", "octoprint-agent-cli", "--json")
    assert result.exit_code == 0, result.stdout


def test_what_is_not_installed_is_told_with_what_is_near(judged: Program) -> None:
    result = judged.process("plugins", "check", "keepin-tools", "--json")
    assert result.exit_code == 4
    error = check_failure(as_json(result.stdout), "NOT_FOUND")
    assert "did you mean keeping-tools" in error["message"]
    assert error["hint"] == "octoprint-cli plugins check keeping-tools"


def test_a_person_sees_the_problems_then_the_error(judged: Program) -> None:
    result = judged.process("plugins", "check", "loud-tools")
    assert "command silence cannot be loaded: ModuleNotFoundError" in result.stdout
    assert "PLUGIN_RULES" in result.stderr

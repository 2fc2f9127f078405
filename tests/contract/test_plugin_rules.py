"""`plugins check`: installed plugins, held to the rules of the house."""

from __future__ import annotations

from pathlib import Path

import pytest

from . import third_party
from .program import Program
from .reading import as_json, check_failure, check_success
from .third_party import COMMANDS, Plugin

KEEPING = Plugin(
    "keeping-tools",
    {
        "keeping": '''
from octoprint_cli.api import ShowOne, fields


class Lamp(ShowOne):
    """show whether the lamp is on"""

    result = fields.record(on=fields.switch())
    effects = ("reads",)

    def take_action(self, parsed_args):
        return {"on": True}
'''
    },
    {COMMANDS: {"lamp": "keeping:Lamp"}},
)
LOUD = Plugin(
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
    return third_party.install(tmp_path_factory.mktemp("judged"), KEEPING, LOUD)


@pytest.fixture
def judged(bare: Program, installed: Path) -> Program:
    """The program with both."""
    bare.add_path(installed)
    return bare


def test_plugin_following_the_rules_is_ok(judged: Program) -> None:
    for name in ("keeping-tools", "Keeping_Tools"):
        data = check_success(as_json(judged.inside("plugins", "check", name, "--json").stdout))
        assert data == {"plugins": [{"distribution": "keeping-tools", "ok": True, "problems": []}]}


def test_each_violated_rule_is_reported_with_its_subject(judged: Program) -> None:
    result = judged.inside("plugins", "check", "loud-tools", "--json")
    assert result.exit_code == 4
    envelope = as_json(result.stdout)  # whatever a plugin prints as it is imported
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


def test_plugins_check_without_name_checks_every_plugin(judged: Program) -> None:
    result = judged.inside("plugins", "check", "--json")
    rows = {row["distribution"]: row["ok"] for row in as_json(result.stdout)["data"]["plugins"]}
    assert (rows["keeping-tools"], rows["loud-tools"]) == (True, False)
    assert "octoprint-agent-cli" not in rows


def test_program_itself_follows_the_rules(bare: Program) -> None:
    result = bare.inside("plugins", "check", "octoprint-agent-cli", "--json")
    assert result.exit_code == 0, result.stdout


def test_unknown_distribution_suggests_a_near_name(judged: Program) -> None:
    result = judged.inside("plugins", "check", "keepin-tools", "--json")
    assert result.exit_code == 4
    error = check_failure(as_json(result.stdout), "NOT_FOUND")
    assert "did you mean keeping-tools" in error["message"]
    assert error["hint"] == "octoprint-cli plugins check keeping-tools"


def test_plugins_check_as_plain_text_shows_problems_and_error(judged: Program) -> None:
    result = judged.inside("plugins", "check", "loud-tools")
    assert "command silence cannot be loaded: ModuleNotFoundError" in result.stdout
    assert "PLUGIN_RULES" in result.stderr

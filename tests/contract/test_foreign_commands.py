"""Plain cliff commands of third parties answer in the envelope, and however they end, the contract holds."""

from __future__ import annotations

from pathlib import Path
from typing import List

import pytest

from . import third_party
from .program import Program
from .reading import as_json, as_yaml, check_error_text, check_failure, check_success


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return third_party.install(tmp_path_factory.mktemp("cliff_only"), third_party.CLIFF_ONLY)


@pytest.fixture
def foreign(bare: Program, installed: Path) -> Program:
    """The program with plain cliff commands."""
    bare.add_path(installed)
    return bare


def test_plain_cliff_command_output_is_in_the_envelope(foreign: Program) -> None:
    assert check_success(as_json(foreign.process("say", "--json").stdout)) == {"output": "hello\nprinted\n"}
    assert check_success(as_yaml(foreign.inside("say", "moo", "-f", "yaml").stdout)) == {"output": "moo\nprinted\n"}
    assert sorted(foreign.process("say").stdout.splitlines()) == ["hello", "printed"]


def test_plain_cliff_show_command_works_in_every_format(foreign: Program) -> None:
    assert check_success(as_json(foreign.inside("one", "--json").stdout)) == {"name": "a'b", "count": 3}
    assert foreign.inside("one", "-f", "value").stdout == "a'b\n3\n"
    assert foreign.inside("one", "-f", "shell").stdout == "name='a'\"'\"'b'\ncount=3\n"
    assert "a'b" in foreign.inside("one").stdout


def test_plain_cliff_list_command_works_in_every_format(foreign: Program) -> None:
    rows = check_success(as_json(foreign.inside("many", "--json").stdout))["rows"]
    assert [list(row.values()) for row in rows] == [["a", 1], ["b", None]]
    assert foreign.inside("many", "-f", "value").stdout.splitlines()[0] == "a 1"
    assert foreign.inside("many", "-f", "csv").stdout.splitlines()[1:] == ["a,1", "b,"]
    assert as_yaml(foreign.inside("many", "-f", "yaml").stdout)["status"] == "success"


@pytest.mark.parametrize("command", ["say", "one", "many"])
def test_third_party_usage_errors_use_our_envelope(command: str, foreign: Program) -> None:
    for argv in ([command, "--wat"], [command, "a", "b", "c"], ["say", "--lou"]):
        result = foreign.inside(*argv, "--json")
        assert result.exit_code == 4
        with foreign.surroundings():
            error = check_failure(as_json(result.stdout), "USAGE_ERROR")
        near = error.get("details", {}).get("did_you_mean", [])
        assert len(near) == len(set(near))


@pytest.mark.parametrize(
    ("command", "cause"), [("crash", "ZeroDivisionError"), ("leave", "7"), ("five", "5"), ("no command", "not a cliff")]
)
def test_any_abnormal_end_of_third_party_command_is_a_plugin_error(command: str, cause: str, foreign: Program) -> None:
    argv: List[str] = command.split()
    result = foreign.process(*argv, "--json")
    assert result.exit_code == 4
    error = check_failure(as_json(result.stdout), "PLUGIN_ERROR")
    assert cause in error["message"] and "stranger-tools" in f"{error['message']} {error['hint']}"
    result = foreign.inside(*argv)
    assert result.exit_code == 4
    check_error_text(result.stderr, "PLUGIN_ERROR")


def test_third_party_traceback_is_shown_with_debug(foreign: Program) -> None:
    assert "Traceback" in foreign.inside("crash", "--debug", "--json").stderr


def test_help_lists_third_party_commands(foreign: Program) -> None:
    data = check_success(as_json(foreign.inside("help", "--json").stdout))
    summaries = {row["name"]: row["summary"] for row in data["commands"]}
    assert summaries["say"] == "say something" and "stranger-tools" in summaries["no command"]
    assert check_success(as_json(foreign.inside("say", "--help", "--json").stdout))["distribution"] == "stranger-tools"


@pytest.mark.parametrize("argv", ["help say", "say --help", "-h say"])
def test_third_party_command_with_subcommands_keeps_its_help(argv: str, foreign: Program) -> None:
    data = check_success(as_json(foreign.inside(*argv.split(), "--json").stdout))
    assert data["command"] == "say" and "--loudly" in data["help"]


def test_third_party_columns_can_be_chosen(foreign: Program) -> None:
    assert check_success(as_json(foreign.inside("one", "-c", "name", "--json").stdout)) == {"name": "a'b"}
    check_failure(as_json(foreign.inside("one", "-c", "nonsense", "--json").stdout), "USAGE_ERROR")

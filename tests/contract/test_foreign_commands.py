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
def stranger(bare: Program, installed: Path) -> Program:
    """The program with the stranger's commands."""
    bare.add_path(installed)
    return bare


def test_plain_cliff_command_output_is_in_the_envelope(stranger: Program) -> None:
    assert check_success(as_json(stranger.process("say", "--json").stdout)) == {"output": "hello\nprinted\n"}
    assert check_success(as_yaml(stranger.inside("say", "moo", "-f", "yaml").stdout)) == {"output": "moo\nprinted\n"}
    assert sorted(stranger.process("say").stdout.splitlines()) == ["hello", "printed"]


def test_plain_cliff_show_command_works_in_every_format(stranger: Program) -> None:
    assert check_success(as_json(stranger.inside("one", "--json").stdout)) == {"name": "a'b", "count": 3}
    assert stranger.inside("one", "-f", "value").stdout == "a'b\n3\n"
    assert stranger.inside("one", "-f", "shell").stdout == "name='a'\"'\"'b'\ncount=3\n"
    assert "a'b" in stranger.inside("one").stdout


def test_plain_cliff_list_command_works_in_every_format(stranger: Program) -> None:
    rows = check_success(as_json(stranger.inside("many", "--json").stdout))["rows"]
    assert [list(row.values()) for row in rows] == [["a", 1], ["b", None]]
    assert stranger.inside("many", "-f", "value").stdout.splitlines()[0] == "a 1"
    assert stranger.inside("many", "-f", "csv").stdout.splitlines()[1:] == ["a,1", "b,"]
    assert as_yaml(stranger.inside("many", "-f", "yaml").stdout)["status"] == "success"


@pytest.mark.parametrize("command", ["say", "one", "many"])
def test_third_party_usage_errors_use_our_envelope(command: str, stranger: Program) -> None:
    for argv in ([command, "--wat"], [command, "a", "b", "c"], ["say", "--lou"]):
        result = stranger.inside(*argv, "--json")
        assert result.exit_code == 4
        check_failure(as_json(result.stdout), "USAGE_ERROR")


@pytest.mark.parametrize(
    ("command", "cause"), [("crash", "ZeroDivisionError"), ("leave", "7"), ("five", "5"), ("no command", "no cliff")]
)
def test_any_abnormal_end_of_third_party_command_is_a_plugin_error(command: str, cause: str, stranger: Program) -> None:
    argv: List[str] = command.split()
    result = stranger.process(*argv, "--json")
    assert result.exit_code == 4
    error = check_failure(as_json(result.stdout), "PLUGIN_ERROR")
    assert cause in error["message"] and "stranger-tools" in f"{error['message']} {error['hint']}"
    result = stranger.inside(*argv)
    assert result.exit_code == 4
    check_error_text(result.stderr, "PLUGIN_ERROR")


def test_third_party_traceback_is_shown_with_debug(stranger: Program) -> None:
    assert "Traceback" in stranger.inside("crash", "--debug", "--json").stderr


def test_help_lists_third_party_commands(stranger: Program) -> None:
    data = check_success(as_json(stranger.inside("help", "--json").stdout))
    summaries = {row["name"]: row["summary"] for row in data["commands"]}
    assert summaries["say"] == "say something" and "stranger-tools" in summaries["no command"]
    assert check_success(as_json(stranger.inside("say", "--help", "--json").stdout))["distribution"] == "stranger-tools"


@pytest.mark.parametrize("argv", ["help say", "say --help", "-h say"])
def test_third_party_command_with_subcommands_keeps_its_help(argv: str, stranger: Program) -> None:
    data = check_success(as_json(stranger.inside(*argv.split(), "--json").stdout))
    assert data["command"] == "say" and "--loudly" in data["help"]


def test_third_party_columns_can_be_chosen(stranger: Program) -> None:
    assert check_success(as_json(stranger.inside("one", "-c", "name", "--json").stdout)) == {"name": "a'b"}
    check_failure(as_json(stranger.inside("one", "-c", "nonsense", "--json").stdout), "USAGE_ERROR")

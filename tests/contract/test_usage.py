"""A wrong command line is USAGE_ERROR with exit code 4, in whatever format was asked for: nothing of argparse leaks."""

from __future__ import annotations

from typing import Any, Dict, List, Tuple

import pytest

from octoprint_cli.testing import FaultServer

from .program import Program
from .reading import as_json, as_yaml, check_error_text, check_failure
from .table import COMMANDS, Case

WRONG: Dict[str, str] = {
    "nonsense": "nonsense",
    "two_words_of_nonsense": "non sense",
    "an_option_as_a_command": "-- --wat",
    "half_a_command_and_nonsense": "config nonsense",
    "missing_argument": "upload",
    "missing_gcode": "gcode",
    "unknown_option": "status --wat",
    "unknown_short_option": "status -Z",
    "extra_argument": "status now",
    "bad_choice": "files --location moon",
    "not_a_number": "connect --baudrate fast",
    "option_without_value": "status --host",
    "own_option_without_value": "connect --port",
    "format_without_value": "status -f",
    "bad_format": "-f nonsense status",
    "abbreviated_command": "can",
    "abbreviated_second_word": "config sho",
    "abbreviated_global_option": "status --conf x",
    "abbreviated_own_option": "cancel --conf",
    "abbreviated_json": "status --js",
    "abbreviated_cliff_option": "status --col state",
    "upper_case": "Status",
    "gcode_without_cover": "gcode G28 -X",
    "empty_command": "''",
}
EACH = pytest.mark.parametrize("line", WRONG.values(), ids=WRONG.keys())
#: How a script says which document it wants.
ASKING: List[Tuple[List[str], List[str], Dict[str, str], Any]] = [
    (["--json"], [], {}, as_json),
    (["-f", "yaml"], [], {}, as_yaml),
    ([], [], {"OCTOPRINT_CLI_FORMAT": "json"}, as_json),
    ([], ["--json"], {}, as_json),
    ([], ["-f", "yaml"], {}, as_yaml),
]


def words(line: str) -> List[str]:
    return [word.strip("'") for word in line.split()]


@EACH
def test_usage_error_is_reported_in_the_requested_format(line: str, program: Program, server: FaultServer) -> None:
    for before, after, env, read in ASKING:
        if line in (WRONG["format_without_value"], WRONG["bad_format"]) and after:
            continue  # that would be its value, or replace it
        if line == "-- --wat" and after:
            continue  # what stands after -- is no option
        result = program.run(*before, *words(line), *after, env=env)
        assert result.exit_code == 4, (before, after, result)
        check_failure(read(result.stdout), "USAGE_ERROR")
        assert "usage:" not in result.stdout + result.stderr
    assert server.changes() == []


@EACH
def test_usage_error_as_plain_text_goes_to_stderr(line: str, program: Program) -> None:
    result = program.run(*words(line))
    assert (result.exit_code, result.stdout) == (4, "")
    check_error_text(result.stderr, "USAGE_ERROR")
    assert "usage:" not in result.stderr


def test_usage_error_of_real_process_is_an_envelope(program: Program) -> None:
    for argv in (["upload", "--json"], ["--json", "can"], ["status", "--conf", "x", "--json"]):
        result = program.process(*argv)
        assert result.exit_code == 4 and result.stderr == ""
        check_failure(as_json(result.stdout), "USAGE_ERROR")


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_accept_no_abbreviations_or_unknown_options(command: str, program: Program, server: FaultServer) -> None:
    for argv in ([command[:-1]], [*command.split(), "--wat"], [*command.split(), "--verb"], [*command.split(), "--colum", "x"]):
        result = program.run(*argv[0].split(), *argv[1:], "--json")
        assert (result.exit_code, result.code) == (4, "USAGE_ERROR"), argv
    assert server.requests == []


@pytest.mark.parametrize("argv", ["temp --tool 200", "gcode G28", "disconnect", "upload {file}", "print {file} --confirm"])
def test_unknown_column_after_a_change_still_reports_the_data(argv: str, program: Program, server: FaultServer) -> None:
    """Which columns there are is known afterwards only: then the result stays in `data`."""
    result = program.run(*Case(argv).words(program), "-c", "nonsense", "--json")
    assert (result.exit_code, result.code) == (4, "USAGE_ERROR")
    assert server.changes() == [] or result.data


def test_nearest_command_names_are_suggested(program: Program) -> None:
    error = program.run("statsu", "--json").envelope["error"]
    assert "status" in error["message"] and error["details"]["did_you_mean"][0] == "status"
    below = program.run("config", "sho", "--json").envelope["error"]
    assert "did you mean config show?" in below["message"] and below["hint"] == "octoprint-cli help config show"
    assert below["details"]["did_you_mean"] == ["config show"]


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("print x.gcode --confrim", "--confirm"),
        ("status --jsn", "--json"),
        ("--jsn status", "--json"),
        ("files --location=locall", "local"),
        ("complete zhs", "zsh"),
        ("status -f jsno", "json"),
        ("plugins chek", "plugins check"),
    ],
)
def test_nearest_options_choices_and_subcommands_are_suggested(line: str, meant: str, program: Program) -> None:
    result = program.run(*line.split(), env={"OCTOPRINT_CLI_FORMAT": "json"})
    assert result.exit_code == 4
    assert result.envelope["error"]["details"]["did_you_mean"][0] == meant
    assert f"did you mean {meant}" in result.envelope["error"]["message"]


def test_first_word_of_several_commands_alone_lists_them(program: Program, server: FaultServer) -> None:
    for word in ("config", "plugins"):
        result = program.run(word)
        assert (result.exit_code, result.stderr) == (0, "")
        assert result.stdout == program.run("help", word).stdout
        assert program.run(word, "--json").data["group"] == word
    assert program.run("config", "nonsense").exit_code == program.run("config", "--wat").exit_code == 4
    assert server.requests == []


def test_global_options_stand_anywhere(program: Program, server: FaultServer) -> None:
    url, key = program.env.pop("OCTOPRINT_HOST"), program.env.pop("OCTOPRINT_API_KEY")
    options = ["--host", url, "--api-key", key, "--timeout", "5", "-q", "--json"]
    for argv in (["status", *options], [*options, "status"], [*options[:4], "status", *options[4:]]):
        assert program.run(*argv).exit_code == 0
    assert program.run("config", *options, "show").exit_code == 0


def test_invalid_global_option_value_is_a_config_error(program: Program) -> None:
    for argv in (["--timeout", "soon"], ["--timeout", "-1"], ["--timeout", "nan"], ["--host", "ftp://x"], ["--host", "a b"]):
        result = program.run("status", *argv, "--json")
        assert result.exit_code == 4
        check_failure(as_json(result.stdout), "CONFIG_ERROR")


def test_an_unknown_format_in_the_environment_is_named(program: Program) -> None:
    result = program.run("status", env={"OCTOPRINT_CLI_FORMAT": "nonsense"})
    assert (result.exit_code, result.stdout) == (4, "")
    check_error_text(result.stderr, "CONFIG_ERROR")

"""Every command in every format that it offers can be read by what reads that format, well or failed."""

from __future__ import annotations

from typing import Any

import pytest

from octoprint_cli.errors import CODES
from octoprint_cli.testing import FaultServer, Result

from .program import Program
from .reading import ENVELOPES, READERS, STREAM_READERS, check_error_text, check_failure, check_success
from .table import COMMANDS, ROWS, SHOWS_A_REPORT_THEN_FAILS, Case, entry_points, every_format, reader

#: The fields of a result that tell two equal runs apart.
TIMES = ("seconds", "heard", "heard_ago")
ALL = pytest.mark.parametrize(("command", "name"), every_format())


def run_case(case: Case, program: Program, server: FaultServer, *more: str) -> Result:
    """What the program answers to the case, and more words, in its scene."""
    case.scene(server)
    return case.run(program, *more)


def test_every_command_has_a_row_in_the_table() -> None:
    assert sorted(ROWS) == COMMANDS, "a command and its row in table.py come together"


def test_every_format_has_a_reader() -> None:
    offered = {*entry_points("octoprint_cli.formatter.show"), *entry_points("octoprint_cli.formatter.list")}
    assert offered == set(READERS) == set(STREAM_READERS)


@ALL
def test_success_parses_in_every_format(command: str, name: str, program: Program, server: FaultServer) -> None:
    result = run_case(ROWS[command].good, program, server, "-f", name)
    assert result.exit_code == 0, result
    read = reader(command, name)(result.stdout)
    if name in ENVELOPES:
        check_success(read)


@ALL
def test_failure_parses_in_every_format(command: str, name: str, program: Program, server: FaultServer) -> None:
    case = ROWS[command].bad
    result = run_case(case, program, server, "-f", name)
    assert result.exit_code == CODES[case.code].exit_code
    if name in ENVELOPES:
        check_failure(reader(command, name)(result.stdout), case.code)
        return
    check_error_text(result.stderr, case.code)
    if command in SHOWS_A_REPORT_THEN_FAILS:
        READERS[name](result.stdout)
    else:
        assert result.stdout == ""


@pytest.mark.parametrize("command", COMMANDS)
def test_json_yaml_and_format_option_variants_agree(command: str, program: Program, server: FaultServer) -> None:
    case, read = ROWS[command].bad, reader(command, "json")
    words, written = case.words(program), run_case(case, program, server, "-f", "json")
    envelope = read(written.stdout)
    spellings = [(["--json", *words], {}), ([*words, "--json"], {}), ([*words, "--format=json"], {})]
    spellings += [(["-fjson", *words], {}), (words, {"OCTOPRINT_CLI_FORMAT": "json"})]
    for argv, env in spellings:
        again = program.run(*argv, env=env, stdin=case.stdin)
        assert (again.exit_code, read(again.stdout)["error"]["code"]) == (written.exit_code, case.code)
    in_yaml = reader(command, "yaml")(case.run(program, "-f", "yaml").stdout)
    assert (untimed(in_yaml["data"]), in_yaml["error"]["code"]) == (untimed(envelope["data"]), case.code)


def untimed(data: Any) -> Any:
    """The data without how long it took, and when the printer was last heard: two runs differ in that."""
    return {name: None if name in TIMES else value for name, value in data.items()} if data else data


@pytest.mark.parametrize("command", COMMANDS)
def test_stdout_is_only_data_on_success(command: str, program: Program, server: FaultServer) -> None:
    result = run_case(ROWS[command].good, program, server, "--json", "-v", "--debug")
    check_success(reader(command, "json")(result.stdout))


def test_json_has_raw_units_and_table_readable_ones(program: Program, server: FaultServer) -> None:
    server.octoprint.printing()
    server.octoprint.free = 3 * 1024**3
    assert program.run("status", "--json").data["job"]["print_time_left"] == 420
    assert "7 min 00 s" in program.run("status").stdout
    assert program.run("files", "--json").data["free"] == 3 * 1024**3
    assert "3.0 GiB" in program.run("files").stdout


def test_times_are_iso_8601_in_utc(program: Program, server: FaultServer) -> None:
    server.octoprint.store("cube.gcode")
    assert program.run("files", "--json").data["files"][0]["date"] == "2026-11-22T07:49:47Z"


def test_columns_are_chosen_in_every_format(program: Program, server: FaultServer) -> None:
    server.octoprint.printing()
    assert program.run("status", "-c", "state", "--json").data == {"state": "Printing"}
    assert program.run("status", "-c", "job.completion", "-f", "value").stdout == "12.5\n"
    assert program.run("files", "-c", "path", "-f", "csv").stdout == "path\njob.gcode\n"


def test_unsupported_format_is_refused(program: Program) -> None:
    for argv in (["files", "-f", "shell"], ["status", "-f", "csv"], ["status", "-f", "nonsense"]):
        result = program.run(*argv)
        assert (result.exit_code, result.stdout) == (4, "")
        check_error_text(result.stderr, "USAGE_ERROR")


def test_unknown_column_error_lists_known_columns(program: Program) -> None:
    for argv in (["status"], ["files"], ["config", "show"]):
        error = check_failure(program.run(*argv, "-c", "nonsense", "--json").envelope, "USAGE_ERROR")
        assert "nonsense" in error["message"] and ("state" in error["message"] or "name" in error["message"])


@pytest.mark.parametrize("command", COMMANDS)
def test_unknown_column_is_refused_before_anything_is_sent(command: str, program: Program, server: FaultServer) -> None:
    ROWS[command].good.scene(server)
    result = ROWS[command].good.run(program, "-c", "no_such_column", "--json")
    assert result.exit_code == 4
    check_failure(result.envelope, "USAGE_ERROR")
    assert server.requests == [] and list(program.work.iterdir()) == []

"""Every error code is reached, with the exit code of its class and everything that an error owes."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, List

import pytest

from octoprint_cli.errors import CODES
from octoprint_cli.testing import Exchange, FaultServer

from .program import Program
from .reading import as_json, check_error_text, check_failure
from .scenarios import ELSEWHERE, SCENARIOS, Scenario
from .table import Case

#: The contract: a code never moves to another exit code.
EXIT_CODES: Dict[int, str] = {
    1: "CONNECTION_ERROR TIMEOUT TLS_ERROR SERVER_STARTING PRINTER_OFFLINE PRINTER_HALTED PRINTER_ERROR",
    2: "FILE_NOT_FOUND FILE_UNREADABLE FILE_UNWRITABLE FILE_INVALID FILE_CHANGED FILE_EXISTS FILE_TOO_LARGE NO_SPACE "
    "UPLOAD_CORRUPT FILE_INCOMPLETE FILE_DAMAGED OUTSIDE_VOLUME WRONG_PRINTER",
    3: "PRINTER_BUSY FILE_IN_USE STILL_CANCELLING",
    4: "AUTH_ERROR PERMISSION_DENIED SERVER_ERROR UNEXPECTED_RESPONSE OUTCOME_UNKNOWN USAGE_ERROR CONFIG_ERROR CONFIG_EXISTS "
    "CONFIRMATION_REQUIRED LIMIT_EXCEEDED INVALID_VALUE NO_ACTIVE_JOB NOT_STARTED STATE_NOT_REACHED NOT_FOUND PREFLIGHT_FAILED "
    "SERVER_WARNING OUTPUT_ERROR PLUGIN_ERROR INTERNAL_ERROR WAIT_TIMEOUT JOB_FAILED JOB_CANCELLED JOB_LOST JOB_PAUSED "
    "PUSH_UNAVAILABLE NO_REPLY FIRMWARE_REFUSED PLUGIN_RULES",
    130: "INTERRUPTED",
    143: "TERMINATED",
}
EXPECTED = {code: number for number, codes in EXIT_CODES.items() for code in codes.split()}
#: These leave it open whether something was done: trying again blindly could do it twice.
NEVER_RETRIED = {"OUTCOME_UNKNOWN", "INTERNAL_ERROR", "UPLOAD_CORRUPT", "NOT_STARTED", "AUTH_ERROR", "USAGE_ERROR", "NO_REPLY"}

#: The program itself says no, so that nothing is sent that changes anything.
REFUSED_HERE = frozenset(
    "CONFIRMATION_REQUIRED LIMIT_EXCEEDED INVALID_VALUE USAGE_ERROR PRINTER_BUSY FILE_INCOMPLETE FILE_DAMAGED OUTSIDE_VOLUME "
    "WRONG_PRINTER SERVER_WARNING".split()
)


def own_codes() -> Dict[str, Any]:
    """The codes of errors.py; a plugin may have added some to this process."""
    return {code: error for code, error in CODES.items() if error.__module__.startswith("octoprint_cli.errors.")}


@pytest.fixture(params=SCENARIOS, ids=[scenario.name for scenario in SCENARIOS])
def scenario(request: Any, program: Program, server: FaultServer, hurried: Any) -> Scenario:
    """Each scenario, set up."""
    chosen: Scenario = request.param
    chosen.world(program, server)
    return chosen


def words(scenario: Scenario, program: Program) -> List[str]:
    return Case(scenario.argv).words(program)


def test_every_error_code_is_covered_by_a_test() -> None:
    reached = {scenario.code for scenario in SCENARIOS} | set(ELSEWHERE)
    assert set(own_codes()) == reached


def test_error_codes_tested_elsewhere_appear_there() -> None:
    for code, name in ELSEWHERE.items():
        assert f'"{code}"' in (Path(__file__).parent / name).read_text()


def test_error_codes_keep_their_exit_codes() -> None:
    assert {code: int(error.exit_code) for code, error in own_codes().items()} == EXPECTED


def test_json_error_has_code_message_and_hint_and_what_is_refused_changes_nothing(
    scenario: Scenario, program: Program, server: FaultServer
) -> None:
    result = program.run("--json", *words(scenario, program))
    error = check_failure(as_json(result.stdout), scenario.code)
    assert result.exit_code == EXPECTED[scenario.code]
    assert not (scenario.code in NEVER_RETRIED and error["retryable"])
    if scenario.code in REFUSED_HERE:
        assert server.changes() == []
    if scenario.code == "NO_ACTIVE_JOB":  # a cancel is sent before anything is asked, and the server refuses it
        assert server.acts == []


def test_plain_text_error_goes_to_stderr_with_hint(scenario: Scenario, program: Program) -> None:
    result = program.run(*words(scenario, program))
    check_error_text(result.stderr, scenario.code)
    assert "Hint: " in result.stderr
    assert result.exit_code == EXPECTED[scenario.code]


def test_file_written_during_upload_is_file_changed(program: Program, server: FaultServer) -> None:
    file = program.file(content="G1 X1\n" * 5_000_000)  # more than the system's buffers take

    def write_meanwhile(exchange: Exchange) -> None:
        exchange.receive(1)
        with file.open("a") as opened:
            opened.write("G1 X2\n")
        exchange.drain()

    server.fail("POST", "/api/files/local", write_meanwhile)
    result = program.run("upload", str(file), "--json")
    assert check_failure(as_json(result.stdout), "FILE_CHANGED")["retryable"]
    assert server.acts == [] and server.octoprint.stored(file.name) is None


def test_scenario_commands_succeed_on_a_healthy_server(program: Program) -> None:
    """The servers of the scenarios differ from a healthy one, where the same lines succeed."""
    for argv in ("status", "upload {file}", "preflight {file}", "files", "gcode G28", "gcode G4", "temp --tool 200", "disconnect"):
        result = program.run(*Case(argv).words(program), "--json")
        assert result.exit_code == 0, result


def test_failed_preflight_exits_by_error_precedence(program: Program, server: FaultServer) -> None:
    """Offline 1, busy 3, file 2, other 4: whatever else is wrong."""
    empty = str(program.file("empty.gcode", ""))
    server.octoprint.heaters["bed"][0] = 200.0
    assert program.run("preflight", empty, "--json").exit_code == 2
    server.octoprint.printing()
    assert program.run("preflight", empty, "--json").exit_code == 3
    server.octoprint.state = "Offline"
    assert program.run("preflight", empty, "--json").exit_code == 1
    server.octoprint.state = "Operational"
    result = program.run("preflight", str(program.file()), "--json")
    assert (result.exit_code, result.code) == (4, "LIMIT_EXCEEDED")
    assert result.data["ready"] is False and result.envelope["error"]["details"]["failed"] == ["temperatures"]

"""What stops and what cools is sent whatever the server, or something in front of it, does with reads."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any, Dict, Iterator

import pytest
from contract.program import Program, finish

from octoprint_cli.testing import Fault, FaultServer
from octoprint_cli.testing.server import faults

from .acts import hot, printing
from .crossing import in_turn
from .kit import serving
from .ring import verdict

LINES = {
    "cancel": "cancel --confirm --json",
    "pause": "pause --json",
    "off": "temp --off --json",
    "disconnect": "disconnect --confirm --json",
}
SLOW: Dict[str, Fault] = {"drip": faults.drip(2.0, header=True), "hang": faults.hang}


@pytest.fixture
def server(request: Any) -> Iterator[FaultServer]:
    yield from serving(request.param)


@pytest.fixture
def program(each: FaultServer, tmp_path: Path) -> Program:
    return Program(tmp_path, each)


def is_stopped(server: FaultServer, line: str) -> bool:
    octoprint = server.octoprint
    off = [target for _, target in octoprint.heaters.values()] == [0.0, 0.0] or "M104 S0" in octoprint.commands
    return {
        "cancel": octoprint.state == "Operational",
        "pause": octoprint.state == "Paused",
        "off": off,
        "disconnect": octoprint.state == "Offline",
    }[line]


@pytest.mark.usefixtures("forked")
@in_turn("line slow", LINES, SLOW)
def test_stop_does_not_wait_for_slow_reads(line: str, slow: str, tmp_path: Path, server: FaultServer) -> None:
    """Each read takes longer than this test waits for the act."""
    program, each = Program(tmp_path, server), server
    program.configure("timeout: 600\nretries: 0\n")
    printing(each.octoprint)
    hot(each.octoprint)
    each.fail("GET", "/api/*", SLOW[slow])
    process = program.start(*LINES[line].split())
    each.wait_until(lambda: is_stopped(each, line), 60)
    acts = [request for request in each.changes() if request.path != "/api/login"]
    reads = [request for request in each.requests if request.method == "GET"]
    assert len(acts) == 1 and len(reads) <= 2, list(map(str, each.requests))
    each.clear_faults()
    process.send_signal(signal.SIGKILL)
    finish(process)


def test_cancel_is_the_first_request(program: Program, each: FaultServer) -> None:
    printing(each.octoprint)
    assert verdict(program.run(*LINES["cancel"].split())) == ""
    assert str(each.requests[0]).startswith("POST /api/job")


def test_cancel_without_a_job_is_reported_after_the_fact(program: Program, each: FaultServer) -> None:
    result = program.run(*LINES["cancel"].split())
    assert verdict(result) == "NO_ACTIVE_JOB" and each.acts == []


def test_slow_file_list_does_not_delay_what_needs_no_file(program: Program, each: FaultServer) -> None:
    each.fail("GET", "/api/files*", faults.hang)
    result = program.run("status", "-c", "state", "--json")
    assert result.data == {"state": "Operational"}
    assert [request.path for request in each.requests] == ["/api/job"]


@pytest.mark.parametrize("line", ["status -c state -c job", "status -c phase"])
def test_only_what_is_shown_is_asked_for(line: str, program: Program, each: FaultServer) -> None:
    assert verdict(program.run(*line.split(), "--json")) == ""
    assert {request.path for request in each.requests} == {"/api/job"}


def test_part_of_a_field_is_asked_for(program: Program, each: FaultServer) -> None:
    result: Any = program.run("status", "-c", "temperature.tool0", "--json")
    assert set(result.data["temperature"]) == {"tool0"}
    assert [request.path for request in each.requests] == ["/api/job", "/api/printer"]

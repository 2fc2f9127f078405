"""Another client between a start and the look at it: what has begun, and was ended at once, is not reported as never started."""

from __future__ import annotations

from typing import Any, Callable, Dict, Iterator

import pytest
from contract.program import Program

from octoprint_cli.testing import FakeOctoPrint, FaultServer

from .waits import FILE, OTHER

START = f"/api/files/local/{FILE}"
LINE = ("print", "--stored", FILE, "--confirm", "--no-preflight", "--json")
pytestmark = pytest.mark.usefixtures("quick")


@pytest.fixture(params=("1.11.8", "2.0.0rc7"))
def server(request: Any) -> Iterator[FaultServer]:
    with FaultServer(FakeOctoPrint(request.param)) as running:
        running.octoprint.store(FILE)
        running.octoprint.store(OTHER)
        yield running


def interfere(server: FaultServer, deed: Callable[[FakeOctoPrint], Any]) -> None:
    """Let another client do something between the start and its answer."""

    def fault(exchange: Any) -> None:
        reply = exchange.perform()
        deed(server.octoprint)
        exchange.reply(reply)

    server.fail("POST", START, fault)


#: What another client does, the error code that `print` ends with, and whether --wait makes the same of it.
DEEDS: Dict[str, Any] = {
    "cancelled": (lambda one: one.cancel(), "JOB_CANCELLED"),
    "replaced": (lambda one: (one.cancel(), one.printing(OTHER)), "JOB_FAILED"),
    "disconnected": (lambda one: one.lose_printer(), "PRINTER_OFFLINE"),
    "halted": (lambda one: one.fail(), "JOB_FAILED"),
}


@pytest.mark.parametrize("more", [(), ("--wait",)], ids=["start", "wait"])
@pytest.mark.parametrize("deed", DEEDS)
def test_job_that_was_ended_at_once_has_started(deed: str, more: Any, program: Program, server: FaultServer) -> None:
    happens, code = DEEDS[deed]
    interfere(server, happens)
    found = program.run(*LINE, *more)
    assert found.code == code, found
    assert found.envelope["error"]["details"]["file"] == FILE, found


@pytest.mark.parametrize("more", [(), ("--wait",)], ids=["start", "wait"])
def test_job_that_was_finished_at_once_is_a_success(more: Any, program: Program, server: FaultServer) -> None:
    interfere(server, lambda one: (one.finish(), one.printing(OTHER)))
    found = program.run(*LINE, *more)
    assert found.exit_code == 0 and found.data["file"] == FILE and found.data["started"] is True, found


def test_start_that_is_ignored_is_not_started(program: Program, server: FaultServer, hurried: Any) -> None:
    server.octoprint.ignored_verbs = {"start"}
    assert program.run(*LINE).code == "NOT_STARTED"

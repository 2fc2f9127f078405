"""`watch` as a program reads it: each type of line has its keys, and the session that opens the push socket is in none."""

from __future__ import annotations

import json
import threading
from typing import Any, Callable, Dict, List

import pytest

from octoprint_cli.testing import Exchange, FaultServer

from .program import Program
from .shapes import LINES, differences
from .test_secrets import LOUD, check_kept

ALL = "state,progress,temperature,event,notification,connection,terminal"


def job_request_count(server: FaultServer) -> int:
    """The number of requests for the job: one at first, and more once the socket is connected, until it is sure to speak."""
    return sum(request.path == "/api/job" for request in server.requests)


def run_once_listening(server: FaultServer, *steps: Callable[[], Any]) -> threading.Thread:
    """What happens at the server once somebody listens."""

    def happen() -> None:
        server.wait_until(lambda: any(one.authed for one in server.sockets) and job_request_count(server) > 1)
        for step in steps:
            step()

    thread = threading.Thread(target=happen, daemon=True)
    thread.start()
    return thread


def watch_lines(program: Program, *argv: str) -> List[Dict[str, Any]]:
    """The documents of a watch."""
    result = program.run("watch", *argv, "--json")
    assert result.exit_code == 0, result
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture
def lines(program: Program, server: FaultServer) -> List[Dict[str, Any]]:
    """All that can happen, as it is told."""
    octoprint = server.octoprint
    octoprint.printing()
    octoprint.interval = 0.05
    prompt = {"action": "show", "text": "Nozzle Parked", "choices": ["Continue"]}
    thread = run_once_listening(
        server,
        lambda: octoprint.heard(["ok T:21.3 /0.0"]),
        lambda: octoprint.plugin("action_command_prompt", prompt),
        lambda: octoprint.plugin("action_command_prompt", {"action": "close"}),
        octoprint.pause,
        octoprint.resume,
        octoprint.finish,
    )
    found = watch_lines(program, "--events", ALL, "--until", "done", "--timeout", "30")
    thread.join()
    return found[:-1]


def test_every_type_of_watch_line_has_its_shape(lines: List[Dict[str, Any]]) -> None:
    assert {line["type"] for line in lines} >= set(LINES) - {"terminal", "temperature"}
    for line in lines:
        assert list(differences(LINES[line["type"]], line, line["type"])) == []


def test_pushed_lines_have_source_push(lines: List[Dict[str, Any]]) -> None:
    assert lines[0]["source"] == "poll" and {line["source"] for line in lines if line["type"] == "event"} == {"push"}


def test_server_without_push_socket_is_polled_with_one_warning(program: Program, server: FaultServer) -> None:
    from octoprint_cli.testing.server import faults

    server.octoprint.printing()
    server.fail("GET", "/sockjs/websocket", faults.html(502))
    result = program.run("watch", "--timeout", "0.3", "--json")
    documents = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 0 and {line["source"] for line in documents[:-1] if line["type"] != "connection"} == {"poll"}
    assert result.stderr.count("Warning: the push socket is down") == 1


def spill(server: FaultServer) -> None:
    """The firmware, of all, repeats the session of whoever listens."""

    def repeat(exchange: Exchange) -> None:
        server.octoprint.replies["M117"] = [f"echo:{session}" for session in server.octoprint.sessions] + ["ok"]
        exchange.reply(exchange.perform())

    server.fail("POST", "/api/printer/command", repeat)


@pytest.mark.parametrize("more", LOUD, ids=" ".join)
def test_push_session_is_masked_in_output(more: List[str], program: Program, server: FaultServer) -> None:
    spill(server)
    result = program.run("gcode", "M117", "--reply", *more)
    assert result.exit_code == 0 and "echo:" in result.stdout
    server.octoprint.printing()
    for session in list(server.octoprint.sessions):
        check_kept(result, session)


@pytest.mark.parametrize("more", LOUD, ids=" ".join)
def test_push_session_is_masked_while_watching(more: List[str], program: Program, server: FaultServer) -> None:
    octoprint = server.octoprint
    octoprint.printing()
    thread = run_once_listening(
        server, lambda: octoprint.event("PrintPaused", {"by": " ".join(octoprint.sessions)}), octoprint.finish
    )
    result = program.run("watch", "--until", "done", "--timeout", "30", *more)
    thread.join()
    assert "PrintPaused" in result.stdout
    for session in list(octoprint.sessions):
        check_kept(result, session)

"""A push socket that sends nonsense, or not everything: nothing is made up, and a sound one spares the polls."""

from __future__ import annotations

import json
from typing import Any, Iterator

import pytest
from contract.program import Program

from octoprint_cli.testing import FakeOctoPrint, FaultServer
from octoprint_cli.testing.server import faults
from octoprint_cli.testing.server.push_session import serve_push
from octoprint_cli.testing.server.websocket import PushFaults, frame

from .crossing import in_turn
from .test_push_faults import ENDINGS, authed, check_ending, check_warning, spoil
from .waits import OTHER, Waiting

pytestmark = pytest.mark.usefixtures("quick")


@pytest.fixture(params=("1.11.8", "2.0.0rc7"))
def server(request: Any) -> Iterator[FaultServer]:
    with FaultServer(FakeOctoPrint(request.param)) as running:
        yield running


# -- nonsense that is well-formed -------------------------------------------------------------------

NONSENSE = [
    {"current": None},
    {"current": {"state": None, "job": None, "progress": None}},
    {"current": {"state": {"text": "Operational", "flags": {}}, "job": {}, "progress": {"completion": 100}}},
    {"current": {"state": {"text": "Fnord"}, "job": {"file": {"path": OTHER, "origin": "local"}}, "temps": [{"tool0": 5}, None]}},
    {
        "current": {
            "state": {"text": "Printing"},
            "job": {"file": {"path": None}},
            "progress": {"completion": -5, "printTime": 1e999},
        }
    },
    {"history": {"logs": {}, "state": 7}},
    {"event": {"type": "PrintDone", "payload": {"path": OTHER, "origin": "local"}}},
    {"event": {"type": "PrintFailed", "payload": {"path": OTHER, "reason": "cancelled"}}},
    {"event": {"type": "PrinterStateChanged", "payload": {"state_string": "Operational"}}},
    {"event": {"type": "PrinterStateChanged", "payload": {"state_string": 7}}},
    {"event": {"type": "PrintStarted", "payload": None}},
    {"event": {"type": ["PrintDone"], "payload": []}},
    {"plugin": {"plugin": "action_command_prompt", "data": 5}},
    {"unheardOf": {}},
    {"reauthRequired": None},
]


def nonsense(message: Any) -> Any:
    return lambda exchange: serve_push(exchange, PushFaults(garbage=[frame(json.dumps(message))]))


@in_turn("number line", range(len(NONSENSE)), ["wait", "watch"])
def test_malformed_messages_end_no_job(number: int, line: str, program: Program, server: FaultServer) -> None:
    spoil(server, nonsense(NONSENSE[number]))
    with Waiting(program, server, line) as waiting:
        authed(server)
        for completion in (20.0, 30.0, 40.0):
            server.octoprint.completion = completion
            waiting.polled(2)
        assert not waiting.ended, waiting.result
        server.octoprint.cancel()
    check_ending(waiting, ENDINGS["cancelled"])


# -- what a sound socket costs, and what it misses --------------------------------------------------


@pytest.mark.usefixtures("no_polls", "pinging")
@in_turn("line", ["wait", "print", "watch"])
def test_working_socket_makes_polling_unnecessary(line: str, program: Program, server: FaultServer) -> None:
    server.octoprint.interval = 0.0
    with Waiting(program, server, line) as waiting:
        authed(server)
        server.octoprint.completion = 13.0
        waiting.settled()
        before = len(server.requests)
        for step in range(200):
            server.octoprint.completion = 13.0 + step / 10
        server.octoprint.pause()
        server.octoprint.resume()
        waiting.settled()
        assert len(server.requests) == before
        server.octoprint.finish()
    check_ending(waiting, ENDINGS["done"])
    assert waiting.result.stderr == ""


@in_turn("line end", ["wait", "watch"], ["done", "cancelled", "lost"])
def test_missing_events_do_not_prevent_the_ending(line: str, end: str, program: Program, server: FaultServer) -> None:
    """What `current` and the polls tell is enough."""
    server.octoprint.event = lambda kind, payload=None: None  # type: ignore[method-assign]
    with Waiting(program, server, line) as waiting:
        authed(server)
        ENDINGS[end].happens(server.octoprint)
    check_ending(waiting, ENDINGS[end])


@in_turn("line", ["wait", "watch"])
def test_idle_socket_does_not_prevent_the_ending(line: str, program: Program, server: FaultServer) -> None:
    """It lives, and answers pings: the polls find the end."""
    server.octoprint.event = lambda kind, payload=None: None  # type: ignore[method-assign]
    with Waiting(program, server, line) as waiting:
        authed(server)
        server.octoprint.interval = 3600.0
        server.octoprint.completion = 13.0
        waiting.polled(2)
        server.octoprint.finish()
    check_ending(waiting, ENDINGS["done"])


@in_turn("line", ["wait", "print", "watch"])
def test_socket_that_repeats_an_old_state_does_not_outvote_the_server(
    line: str, program: Program, server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("octoprint_cli.client.push.feed.LONGEST_PAUSE", 60.0)  # as it is outside the tests
    spoil(server, faults.push_repeat(0))
    with Waiting(program, server, line) as waiting:
        waiting.connected()
        monkeypatch.setattr("octoprint_cli.client.tracking.job_tracker.GRACE_SECONDS", 3600.0)
        server.octoprint.finish()
        server.wait_until(lambda: server.open_sockets == 0)
        monkeypatch.setattr("octoprint_cli.client.tracking.job_tracker.GRACE_SECONDS", 0.0)
    check_ending(waiting, ENDINGS["done"])
    assert "it repeats an old state" in waiting.result.stderr


@pytest.mark.usefixtures("no_polls")
@pytest.mark.parametrize("reason", ["stale", "logout", "modified"])
def test_stale_session_is_renewed(reason: str, program: Program, server: FaultServer) -> None:
    with Waiting(program, server, "wait") as waiting:
        authed(server)
        server.octoprint.forget_sessions(reason)
        authed(server, 2)
        server.fail("GET", "/api/job", faults.answer(500))  # so that only the socket can tell
        server.octoprint.finish()
    check_ending(waiting, ENDINGS["done"])
    assert server.sockets[0].authed is False


# -- the lines of watch -----------------------------------------------------------------------------


def test_watch_lines_are_numbered_and_name_push_or_poll(program: Program, server: FaultServer) -> None:
    spoil(server, faults.push_drop(0.2))
    with Waiting(program, server, "watch", "--interval", "0.001") as waiting:
        server.wait_until(lambda: len(server.sockets) > 3)
        server.octoprint.finish()
    *lines, last = map(json.loads, waiting.result.stdout.splitlines())
    assert [line["seq"] for line in lines] == list(range(1, len(lines) + 1))
    assert {line["source"] for line in lines} == {"push", "poll"}
    links = [line["up"] for line in lines if line["type"] == "connection" and line["to"] == "push"]
    assert True in links and False in links and links[:2] != [False, False]
    assert last["status"] == "success"
    check_warning(waiting.result)

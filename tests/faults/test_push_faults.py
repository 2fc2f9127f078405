"""A push socket that fails in every way, while the server does not: a wait reports the end of its job all the same."""

from __future__ import annotations

import socket
from typing import Any, Callable, Dict, Iterator, NamedTuple, Tuple

import pytest
from contract.program import Program

from octoprint_cli.client.http import raw_socket
from octoprint_cli.testing import (
    Exchange,
    FakeOctoPrint,
    FaultServer,
    Result,
)
from octoprint_cli.testing.server import faults

from .crossing import in_turn
from .listener import PATH
from .ring import verdict
from .waits import FILE, Waiting, envelope

pytestmark = pytest.mark.usefixtures("broken_socket")


#: The firmware's last words; the usual ones are more than the one sentence that a message has.
STOPPED = "Thermal Runaway, system stopped"


class Ending(NamedTuple):
    """What becomes of the job, and what is reported of it: the code, and the outcome of the last job."""

    happens: Callable[[FakeOctoPrint], Any]
    code: str
    outcome: str


ENDINGS: Dict[str, Ending] = {
    "done": Ending(lambda one: one.finish(), "", "finished"),
    "cancelled": Ending(lambda one: one.cancel(), "JOB_CANCELLED", "cancelled"),
    "failed": Ending(lambda one: one.fail(STOPPED), "JOB_FAILED", "failed"),
    "lost": Ending(lambda one: one.lose_printer(), "PRINTER_OFFLINE", "failed"),
}


def spoil(server: FaultServer, fault: Any) -> None:
    server.fail("GET", PATH, fault)


def endless_head(exchange: Exchange) -> None:
    """The answer to the handshake never ends."""
    exchange.receive()
    exchange.send(b"HTTP/1.1 101 Switching Protocols\r\nX-A: ")
    while exchange.pause(0.01):
        exchange.send(b"a")


def pongs(exchange: Exchange) -> None:
    """It lives, and says nothing that is of use, a thousand times a second."""
    exchange.reply(exchange.perform())
    while exchange.pause(0.001):
        exchange.send(b"\x8a\x00")


#: Before the handshake is answered, and at it.
CLOSED: Dict[str, Any] = {
    "404": faults.answer(404, "no"),
    "403": faults.html(403),
    "502": faults.html(502),
    "login_page": faults.html(200),
    "redirect": faults.redirect("/login/"),
    "cut": faults.cut_before,
    "reset": faults.reset_before,
    "hang": faults.hang,
    "endless_head": endless_head,
    "head_drips": faults.drip(0.02, header=True),
}
#: After it.
BROKEN: Dict[str, Any] = {
    "drops_at_once": faults.push_drop(0),
    "drops_often": faults.push_drop(0.3),
    "silent": faults.push_silent,
    "mute": faults.push_mute(0.3),
    "garbage": faults.push_garbage,
    "breach": faults.push_breach,
    "drip": faults.push_drip,
    "flood": faults.push_flood(50_000_000),
    "pongs": pongs,
}
ALL = {**CLOSED, **BROKEN}


@pytest.fixture(params=("1.11.8", "2.0.0rc7"))
def server(request: Any) -> Iterator[FaultServer]:
    with FaultServer(FakeOctoPrint(request.param)) as running:
        yield running


def check_ending(waiting: Waiting, ending: Ending, *codes: str) -> None:
    """One envelope, with that end; `codes` are others that are as true."""
    found = envelope(waiting.result)
    assert verdict(found) in (ending.code, *codes), waiting.result
    assert found.data["last_job"]["outcome"] == ending.outcome, found
    assert found.data["met"] == (None if ending.code else "done")
    assert found.data["last_job"]["file"] == FILE


def check_warning(result: Result, times: int = 1) -> None:
    lines = result.stderr.splitlines()
    assert len(lines) == times and all(line.startswith("Warning: the push socket is down (") for line in lines), result


@in_turn("fault end", ALL, ENDINGS)
def test_wait_reports_the_ending_despite_socket_faults(fault: str, end: str, program: Program, server: FaultServer) -> None:
    spoil(server, ALL[fault])
    with Waiting(program, server, "wait") as waiting:
        ENDINGS[end].happens(server.octoprint)
    # 2.0 forgets the firmware's error at once, so that who has not heard it can only tell that the printer is gone.
    check_ending(waiting, ENDINGS[end], *(["PRINTER_OFFLINE"] if end == "failed" and server.octoprint.is_2 else []))
    check_warning(waiting.result) if fault in CLOSED else None


@pytest.fixture
def rare_looks(broken_socket: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A socket that works is looked past after an hour only, and its silence is found out after one."""
    monkeypatch.setattr("octoprint_cli.client.push.feed.POLL_UP_SECONDS", 3600.0)
    monkeypatch.setattr("octoprint_cli.client.push.socket.SILENCE_SECONDS", 3600.0)


@pytest.mark.usefixtures("rare_looks")
@pytest.mark.parametrize("line", ["wait", "print", "watch"])
def test_silent_socket_does_not_keep_the_ending_back(line: str, program: Program, server: FaultServer) -> None:
    spoil(server, faults.push_silent)
    with Waiting(program, server, line) as waiting:
        waiting.polled(3)
        server.octoprint.finish()
    check_ending(waiting, ENDINGS["done"])


@pytest.mark.usefixtures("rare_looks")
def test_socket_that_falls_silent_does_not_keep_the_ending_back(
    program: Program, server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("octoprint_cli.client.push.feed.QUIET_SECONDS", 0.5)
    spoil(server, faults.push_mute(0.5))
    with Waiting(program, server, "wait") as waiting:
        server.wait_until(lambda: bool(server.sockets) and server.sockets[-1].is_mute)
        server.octoprint.finish()
    check_ending(waiting, ENDINGS["done"])


@in_turn("fault how", ALL, [("print", "done"), ("watch", "cancelled")])
def test_print_and_watch_report_the_ending_despite_socket_faults(
    fault: str, how: Tuple[str, str], program: Program, server: FaultServer
) -> None:
    line, end = how
    spoil(server, ALL[fault])
    with Waiting(program, server, line) as waiting:
        ENDINGS[end].happens(server.octoprint)
    check_ending(waiting, ENDINGS[end])
    assert server.octoprint.started == (["local/" + FILE] if line == "print" else [])
    check_warning(waiting.result) if fault in CLOSED else None


@in_turn("fault line", ALL, ["wait", "print"])
def test_continuing_job_times_out_despite_socket_faults(fault: str, line: str, program: Program, server: FaultServer) -> None:
    spoil(server, ALL[fault])
    limit = "--wait-timeout" if line == "print" else "--timeout"
    with Waiting(program, server, line, limit, "0.2") as waiting:
        """Nothing happens."""
    assert verdict(waiting.result) == "WAIT_TIMEOUT"
    found = waiting.result.data
    assert (found["met"], found["phase"], found["last_job"]) == (None, "printing", None)


# -- the login --------------------------------------------------------------------------------------

LOGINS: Dict[str, Any] = {
    "too_often": faults.retry_after(429, 60),
    "too_often_now": faults.answer(429, {"error": "Too many requests"}),
    "bug": faults.answer(500, {"error": "internal"}),
    "page": faults.html(200),
    "forbidden_by_a_proxy": faults.html(403),
    "nulls": faults.nulls,
    "another_session": faults.answer(200, {"name": "bob", "session": "0" * 32}),
    "another_name": faults.answer(200, {"name": "", "session": "x"}),
    "hang": faults.hang,
    "not_there": faults.answer(404, {"error": "not found"}),
}


@in_turn("fault end", LOGINS, ["done", "cancelled"])
def test_failed_socket_login_does_not_prevent_the_ending(fault: str, end: str, program: Program, server: FaultServer) -> None:
    """The socket itself works, and of one that is not logged in nothing is heard."""
    server.fail("POST", "/api/login", LOGINS[fault])
    with Waiting(program, server, "wait") as waiting:
        server.wait_until(lambda: waiting.asked(PATH) > 1)
        ENDINGS[end].happens(server.octoprint)
    check_ending(waiting, ENDINGS[end])
    check_warning(waiting.result)


def authed(server: FaultServer, count: int = 1) -> None:
    """Wait for the socket of that number to be logged in."""
    server.wait_until(lambda: len(server.sockets) >= count and server.sockets[-1].authed)


# -- refused for the socket alone -------------------------------------------------------------------


@pytest.mark.parametrize("end", ENDINGS)
def test_refused_socket_connection_does_not_prevent_the_ending(
    end: str, program: Program, server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        connect, port = socket.create_connection, deaf.getsockname()[1]
        monkeypatch.setattr(raw_socket.socket, "create_connection", lambda address, *more: connect(("127.0.0.1", port), *more))
        with Waiting(program, server, "wait") as waiting:
            ENDINGS[end].happens(server.octoprint)
    check_ending(waiting, ENDINGS[end], *(["PRINTER_OFFLINE"] if end == "failed" and server.octoprint.is_2 else []))
    check_warning(waiting.result)
    assert server.sockets == []

"""What happens to the server, and to its jobs, during a wait for one of them: nothing is reported that is not so."""

from __future__ import annotations

from typing import Any, Dict, Iterator

import pytest
from contract.program import Program

from octoprint_cli.testing import PERMISSIONS, Exchange, FakeOctoPrint, FaultServer
from octoprint_cli.testing.server import faults

from .conftest import SHORT, set_patience
from .crossing import in_turn
from .kit import LIMIT
from .listener import PATH
from .ring import verdict
from .waits import FILE, OTHER, Waiting, envelope

pytestmark = pytest.mark.usefixtures("quick")
LINES = ("wait", "print", "watch")


@pytest.fixture(params=("1.11.8", "2.0.0rc7"))
def server(request: Any) -> Iterator[FaultServer]:
    with FaultServer(FakeOctoPrint(request.param)) as running:
        yield running


def check_ended(waiting: Waiting, code: str = "", outcome: str = "finished") -> Any:
    """The data of an answer with that code, which must tell of that end."""
    found = envelope(waiting.result)
    assert verdict(found) == code, waiting.result
    assert found.data["last_job"]["outcome"] == outcome, found
    assert found.data["last_job"]["file"] == FILE, found
    return found.data


def restart(octoprint: FakeOctoPrint) -> None:
    """The server is another process now, that knows nothing of a job; no file's history tells of it."""
    with octoprint.lock:
        octoprint.selected = octoprint.completion = None
        octoprint.messages.clear()
        octoprint.terminal.clear()
        octoprint.sessions.clear()
        octoprint._state = "Operational"


# -- the server is away -----------------------------------------------------------------------------


@in_turn("line", LINES)
def test_server_returning_with_the_job_is_followed_to_the_end(line: str, program: Program, server: FaultServer) -> None:
    with Waiting(program, server, line) as waiting:
        server.refuse()
        server.wait_until(lambda: server.open_sockets == 0)
        server.listen()
        waiting.polled()
        server.octoprint.finish()
    check_ended(waiting)
    assert waiting.result.stderr.count("Warning") == 1, waiting.result


OUTAGES: Dict[str, Any] = {
    "done": (lambda one: one.finish(), "", "finished"),
    "cancelled": (lambda one: one.cancel(), "JOB_CANCELLED", "cancelled"),
    "restarted": (restart, "JOB_LOST", "lost"),
}


@in_turn("line what", LINES, OUTAGES)
def test_job_ended_during_outage_is_reported(line: str, what: str, program: Program, server: FaultServer) -> None:
    happens, code, outcome = OUTAGES[what]
    with Waiting(program, server, line) as waiting:
        server.refuse()
        happens(server.octoprint)
        server.listen()
    check_ended(waiting, code, outcome)


@in_turn("line", LINES)
def test_server_that_stays_away_is_a_connection_error(
    line: str, program: Program, server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_patience(monkeypatch, SHORT)
    with Waiting(program, server, line) as waiting:
        server.refuse()
    found = envelope(waiting.result)
    assert verdict(found) == "CONNECTION_ERROR", waiting.result
    assert (found.data["met"], found.data["phase"], found.data["last_job"]) == (None, "printing", None)
    server.listen()


@in_turn("line status", LINES, [502, 503])
def test_temporary_proxy_error_does_not_end_the_wait(line: str, status: int, program: Program, server: FaultServer) -> None:
    with Waiting(program, server, line) as waiting:
        server.fail("*", "/*", faults.html(status))
        server.refuse()  # or the socket would go on past the proxy
        server.octoprint.finish()
        server.listen()
        waiting.polled(3)
        assert not waiting.ended
        server.clear_faults()
    check_ended(waiting)


def test_permanent_proxy_error_ends_the_wait(program: Program, server: FaultServer, monkeypatch: pytest.MonkeyPatch) -> None:
    set_patience(monkeypatch, SHORT)
    with Waiting(program, server, "wait") as waiting:
        server.fail("*", "/*", faults.html(502))
    assert verdict(waiting.result) == "SERVER_STARTING"


@in_turn("line", LINES)
def test_revoked_key_ends_the_wait(line: str, program: Program, server: FaultServer) -> None:
    """That does not mend itself, so waiting for it is of no use."""
    with Waiting(program, server, line) as waiting:
        server.wait_until(lambda: any(one.authed for one in server.sockets))
        server.key = "another"
    assert verdict(envelope(waiting.result)) == "AUTH_ERROR"


HANGS: Dict[str, str] = {"everything": "/*", "the_files": "/api/files*", "the_job": "/api/job", "the_login": "/api/login"}


@in_turn("goal what", ["done", "printing"], HANGS)
def test_wait_timeout_is_kept_whatever_hangs(
    goal: str, what: str, program: Program, server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No other limit than that of the wait ends a request here before the test is over."""
    program.configure("timeout: 3600\n")
    server.octoprint.store(FILE)
    server.octoprint.printing(FILE)
    server.octoprint.state = "Connecting" if goal == "printing" else server.octoprint.state

    def first(exchange: Exchange) -> None:
        for name in ("push.feed.SHORTEST_SECONDS", "tracking.waiter.HURRY_SECONDS", "tracking.job_tracker.LOOK_SECONDS"):
            monkeypatch.setattr(f"octoprint_cli.client.{name}", SHORT)
        monkeypatch.setattr("octoprint_cli.client.push.feed.ASK_SECONDS", 3600.0)
        exchange.reply(exchange.perform())

    server.fail("GET", "/api/job", first, times=1)
    server.fail("GET", "/api/printer", lambda exchange: exchange.reply(exchange.perform()), times=1)  # in the same poll
    server.fail("GET", PATH, faults.html(404))
    server.fail("*", HANGS[what], faults.hang)
    with Waiting(program, server, "wait", "--for", goal, "--timeout", "0.5", follows=False) as waiting:
        """Nothing else happens."""
    assert verdict(waiting.result) == "WAIT_TIMEOUT"


# -- other jobs -------------------------------------------------------------------------------------


def again(octoprint: FakeOctoPrint) -> None:
    octoprint.printing(FILE)
    octoprint.completion = 3.0


def cancelled_then_done(octoprint: FakeOctoPrint) -> None:
    octoprint.cancel()
    again(octoprint)
    octoprint.finish()


STORIES: Dict[str, Any] = {
    "another_file": (lambda one: (one.cancel(), one.printing(OTHER)), "JOB_FAILED", "unfinished"),
    "another_file_done": (lambda one: (one.cancel(), one.printing(OTHER), one.finish()), "JOB_FAILED", "unfinished"),
    "another_file_after_the_end": (lambda one: (one.finish(), one.printing(OTHER)), "", "finished"),
    "the_same_after_the_end": (lambda one: (one.finish(), again(one)), "", "finished"),
    "the_same_after_a_cancel": (lambda one: (one.cancel(), again(one)), "JOB_FAILED", "unfinished"),
    "the_same_after_a_cancel_and_done": (cancelled_then_done, "JOB_LOST", "lost"),
    "another_after_a_restart": (lambda one: (restart(one), one.printing(OTHER)), "JOB_LOST", "lost"),
}


@in_turn("line story", LINES, STORIES)
def test_second_job_during_outage_is_not_taken_for_the_first(line: str, story: str, program: Program, server: FaultServer) -> None:
    """Started from elsewhere, while the server cannot be reached: the first one is reported, not the second."""
    happens, code, outcome = STORIES[story]
    with Waiting(program, server, line) as waiting:
        server.refuse()
        happens(server.octoprint)
        server.listen()
    check_ended(waiting, code, outcome)


@pytest.fixture
def a_patient_tracker(quick: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever sees by a poll that the job has ended waits for the word of the socket, however late a busy machine brings it."""
    monkeypatch.setattr("octoprint_cli.client.tracking.job_tracker.GRACE_SECONDS", float(LIMIT))


@in_turn("line story", LINES, [story for story in STORIES if "restart" not in story])  # which no socket outlives
@pytest.mark.usefixtures("a_patient_tracker", "no_polls", "pinging")
def test_second_job_reported_by_socket_is_not_taken_for_the_first(
    line: str, story: str, program: Program, server: FaultServer
) -> None:
    happens, code, outcome = STORIES[story]
    with Waiting(program, server, line) as waiting:
        waiting.listening()
        happens(server.octoprint)
    by_event = {"unfinished": ("JOB_CANCELLED", "cancelled"), "lost": ("JOB_CANCELLED", "cancelled")}
    check_ended(waiting, *by_event.get(outcome, (code, outcome)))


def test_null_readings_do_not_change_the_followed_job(program: Program, server: FaultServer) -> None:
    server.fail("GET", PATH, faults.html(404))
    with Waiting(program, server, "wait") as waiting:
        server.fail("GET", "/api/job", faults.nulls)
        waiting.polled()
        server.octoprint.cancel()
        server.octoprint.printing(OTHER)
        server.clear_faults()
        server.fail("GET", PATH, faults.html(404))
        waiting.polled(4)
        server.octoprint.finish()
    assert verdict(waiting.result) in ("JOB_FAILED", "JOB_CANCELLED")


@pytest.mark.usefixtures("a_patient_tracker", "no_polls", "pinging")
def test_cancel_is_reported_without_permission_to_list_files(program: Program, server: FaultServer) -> None:
    server.octoprint.permissions = set(PERMISSIONS) - {"FILES_LIST", "ADMIN"}
    with Waiting(program, server, "wait") as waiting:
        waiting.listening()
        server.octoprint.cancel()
    assert verdict(waiting.result) == "JOB_CANCELLED"

"""A cache in front of OctoPrint that stores whatever it sees: no claim rests on an old answer of it."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from contract.program import Program

from octoprint_cli.client.resources import job
from octoprint_cli.testing import Exchange, FaultServer
from octoprint_cli.testing.server import faults

from .ring import error_of, sent_to, verdict

#: A read of each resource that says what the printer does.
STATES = {"/api/job": "status", "/api/printer": "temp", "/api/connection": "connect"}


def ask(server: FaultServer, path: str) -> None:
    """Fill the cache, as another client's look does."""
    requests.get(server.url + path, headers={"X-Api-Key": server.env["OCTOPRINT_API_KEY"]}, timeout=10).raise_for_status()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A state that does not come is waited for half a second."""
    for method in (job.Jobs.confirm_started, job.Jobs.pause, job.Jobs.resume, job.Jobs.cancel):
        monkeypatch.setattr(method, "__defaults__", (*(method.__defaults__ or ())[:-1], 0.5))


def inside(program: Program, *line: Any) -> Any:
    return program.inside(*line, "--json", env={"OCTOPRINT_RETRIES": "0"})


def print_stored(program: Program, server: FaultServer) -> Any:
    server.octoprint.store("part.gcode", b"G28\n")
    server.fail("GET", "/sockjs/*", faults.answer(404))
    return inside(program, "print", "--stored", "part.gcode", "--confirm", "--no-preflight")


@pytest.mark.parametrize("path", STATES)
def test_state_is_asked_by_an_address_that_is_new_each_time(path: str, program: Program, server: FaultServer) -> None:
    for _ in range(2):
        inside(program, STATES[path])
    asked = [request.target for request in server.requests if request.path == path]
    assert len(asked) == len(set(asked)) > 1


def test_cache_by_address_changes_nothing(program: Program, server: FaultServer) -> None:
    server.fail("GET", "/api/*", faults.cached())
    ask(server, "/api/job")
    server.octoprint.printing("part.gcode")
    assert inside(program, "status").data["state"] == "Printing"
    assert inside(program, "pause").data["changed"] is True
    assert inside(program, "pause").data["changed"] is False
    assert inside(program, "status").data["state"] == "Paused"


def test_start_behind_a_cache_by_address_is_confirmed(program: Program, server: FaultServer) -> None:
    server.fail("GET", "/api/job", faults.cached())
    ask(server, "/api/job")
    assert print_stored(program, server).data["started"] is True


def test_start_that_only_old_answers_show_is_not_said_to_be_none(program: Program, server: FaultServer) -> None:
    """The cache takes no notice of queries, and nothing else shows that its answers are old."""
    server.fail("GET", "/api/job", faults.cached("path"))
    result = print_stored(program, server)
    error = error_of(result, "OUTCOME_UNKNOWN")
    assert result.envelope["data"]["started"] is None and not error["retryable"]
    assert error["details"]["by_job"] == "Operational" and error["details"]["by_connection"] == "Printing"


def test_start_is_not_said_to_be_none_by_an_answer_that_shows_its_age(program: Program, server: FaultServer) -> None:
    old = faults.answer(200, {"state": "Operational"}, headers={"Age": "30"})
    server.fail("GET", "/api/job", lambda exchange: old(exchange) if server.acts else exchange.reply(exchange.perform()))
    result = print_stored(program, server)
    assert "cache" in error_of(result, "OUTCOME_UNKNOWN")["message"] and result.envelope["data"]["started"] is None


@pytest.mark.parametrize(
    "shown", [{"Age": "30"}, {"X_Cache": "HIT from proxy"}, {"X_Cache_Status": "STALE"}, {"CF_Cache_Status": "HIT"}], ids=str
)
def test_read_that_shows_its_age_is_no_state(shown: Any, program: Program, server: FaultServer) -> None:
    server.fail("GET", "/api/job", faults.cached("path", **shown))
    ask(server, "/api/job")
    error = error_of(inside(program, "status"), "UNEXPECTED_RESPONSE")
    assert "cache" in error["message"] and next(iter(shown.values())).split()[0] in error["details"]["cache"]


@pytest.mark.parametrize("shown", [{"Age": "0"}, {"X_Cache": "MISS from proxy"}, {"X_Cache_Status": "BYPASS"}], ids=str)
def test_answer_that_a_cache_has_passed_on_is_read(shown: Any, program: Program, server: FaultServer) -> None:
    server.fail("GET", "/api/job", faults.cached("path", **shown))
    ask(server, "/api/job")
    assert verdict(inside(program, "status")) == ""


def test_pause_is_sent_although_an_old_answer_says_paused(program: Program, server: FaultServer) -> None:
    server.octoprint.printing("part.gcode")
    server.octoprint.pause()
    server.fail("GET", "/api/job", faults.cached("path"))
    ask(server, "/api/job")
    server.octoprint.resume()
    assert inside(program, "pause").data["changed"] is None and server.octoprint.state == "Paused"


@pytest.mark.parametrize("line", ["pause", "resume"])
def test_command_is_sent_although_an_old_answer_says_that_there_is_no_job(line: str, program: Program, server: FaultServer) -> None:
    server.fail("GET", "/api/job", faults.cached("path"))
    ask(server, "/api/job")
    server.octoprint.printing("part.gcode")
    if line == "resume":
        server.octoprint.pause()
    error_of(inside(program, line), "OUTCOME_UNKNOWN")
    assert server.octoprint.state == ("Paused" if line == "pause" else "Printing") and len(sent_to(server)) == 1


def test_resume_is_sent_although_an_old_answer_says_printing(program: Program, server: FaultServer) -> None:
    server.octoprint.printing("part.gcode")
    server.fail("GET", "/api/job", faults.cached("path"))
    ask(server, "/api/job")
    server.octoprint.pause()
    assert inside(program, "resume").data["changed"] is not False and server.octoprint.state == "Printing"


def test_cancel_is_no_success_by_an_old_answer_alone(program: Program, server: FaultServer) -> None:
    server.fail("GET", "/api/job", faults.cached("path"))
    ask(server, "/api/job")
    server.octoprint.printing("part.gcode")
    server.octoprint.ignored_verbs.add("cancel")
    error_of(inside(program, "cancel", "--confirm"), "OUTCOME_UNKNOWN")


def test_server_that_finds_no_address_with_a_query_is_asked_without(program: Program, server: FaultServer) -> None:
    """As PrusaLink's firmware does."""

    def strict(exchange: Exchange) -> None:
        (faults.html(404) if "?" in exchange.target else faults.cached())(exchange)

    server.octoprint.printing("part.gcode")
    server.fail("GET", "/api/job", strict)
    assert inside(program, "pause").data["action"] == "paused"
    with_query = [request for request in server.requests if request.path == "/api/job" and "?" in request.target]
    assert len(with_query) == 1

"""temp --off: every heater off at once, whatever cannot be read, and called off only where it shows."""

from __future__ import annotations

import pytest
import requests

from .driver import GONE
from .heaters import BED, CHAMBER, TOOL, single, tools

COMMAND = "/api/printer/command"
BLIND = (COMMAND, {"commands": ["M104 S0", "M140 S0", "M141 S0"]})
UNREADABLE = {
    "no STATUS": {"status_code": 403, "json": {"error": "no"}},
    "failed": {"status_code": 500, "json": {"error": "The server encountered an internal error"}},
    "login page": {"text": "<html>Sign in</html>"},
    "no object": {"json": []},
    "too slow": {"exc": requests.exceptions.ReadTimeout("slow")},
}


@pytest.fixture
def big(server):
    """A printer with two tools and a chamber, all hot, which takes what it is told."""
    server.octoprint.heaters.update(tool0=[200.0, 200.0], tool1=[21.0, 0.0], bed=[60.0, 60.0], chamber=[25.0, 0.0])
    server.accept_targets()
    server.on("POST", COMMAND, status_code=204)
    return server


def test_off_switches_off_every_heater_of_the_printer(big):
    big.octoprint.heaters.update(tool0=[200.0, 200.0], bed=[60.0, 60.0])
    data = big.run_ok("temp", "--off")
    assert big.sent == [tools(tool0=0, tool1=0), single(BED, 0), single(CHAMBER, 0)]
    assert {reading["target"] for reading in data["temperature"].values()} == {0}


def test_off_skips_heaters_the_printer_lacks(server):
    server.accept_targets()
    server.run_ok("temp", "--off")
    assert [path for path, _ in server.sent] == [TOOL, BED]


def test_failed_heater_does_not_keep_off_from_other_heaters(server):
    server.accept_targets()
    server.on("POST", TOOL, status_code=403, json={"error": "no"})
    server.run_error(4, "PERMISSION_DENIED", "temp", "--off")
    assert [path for path, _ in server.sent] == [TOOL, BED]


def test_failed_off_is_looked_at_and_not_believed(server, clock):
    server.octoprint.heaters["tool0"] = [200.0, 200.0]
    server.accept_targets()
    server.on("POST", TOOL, status_code=500, json={"error": "The server encountered an internal error"})
    error = server.run_error(4, "STATE_NOT_REACHED", "temp", "--off").envelope["error"]
    assert "HTTP 500" in error["message"] and error["details"]["shown"] == {"tool0": 200.0}
    assert [path for path, _ in server.sent] == [TOOL, BED]


def test_off_does_not_wait_for_a_slow_read(big):
    big.mocker.register_uri("GET", "http://octopi.test/api/printer", [UNREADABLE["too slow"], {"content": big.answer}])
    big.run_ok("temp", "--off")
    assert big.requests[0].timeout == (1.0, 1.0) and big.sent[0] == BLIND


@pytest.mark.parametrize("state", ["Printing", "Paused"])
def test_off_runs_no_preflight(each_server, state):
    each_server.accept_targets()
    each_server.job(each_server.reading(state, "a.gcode"))
    each_server.run_ok("temp", "--off")
    assert "/api/job" not in each_server.reads and "/api/files" not in each_server.reads


def test_off_with_targets_is_a_usage_error(big):
    big.run_error(4, "USAGE_ERROR", "temp", "--off", "--bed", "60")
    assert big.requests == []


def test_off_before_first_report_uses_gcode_and_is_confirmed(each_server, clock):
    reported, each_server.octoprint.heaters = dict(each_server.octoprint.heaters), {"bed": [None, 0.0]}
    each_server.accept_targets()
    each_server.on("POST", "/api/printer/command", status_code=204)
    sleep = clock.sleep

    def report(seconds):
        sleep(seconds)
        each_server.octoprint.heaters = reported

    clock.sleep = report
    assert each_server.run_ok("temp", "--off")["set"] == {"tool0": 0.0, "bed": 0.0}
    assert each_server.sent[0] == ("/api/printer/command", {"commands": ["M104 S0", "M140 S0", "M141 S0"]})
    assert [path for path, _ in each_server.sent[1:]] == ["/api/printer/tool", "/api/printer/bed"]


@pytest.mark.parametrize("how", UNREADABLE)
def test_off_with_failed_reading_uses_gcode_first(big, how):
    answers = [UNREADABLE[how], {"content": big.answer}]
    big.mocker.register_uri("GET", "http://octopi.test/api/printer", answers)
    data = big.run_ok("temp", "--off")
    assert big.sent[0] == BLIND and [path for path, _ in big.sent[1:]] == [TOOL, BED, CHAMBER]
    assert set(data["set"].values()) == {0.0}


@pytest.mark.parametrize("how", UNREADABLE)
def test_off_without_any_reading_is_outcome_unknown(big, clock, how):
    big.on("GET", "/api/printer", **UNREADABLE[how])
    error = big.run_error(4, "OUTCOME_UNKNOWN", "temp", "--off").envelope["error"]
    assert big.sent == [BLIND] and "cannot be read" in error["message"]


@pytest.mark.parametrize("lost", [GONE, 504], ids=["broken", "504"])
def test_off_gcode_with_lost_answer_is_followed_by_confirmed_requests(big, lost):
    big.accept_post(COMMAND, "Operational", lost=lost)
    big.mocker.register_uri("GET", "http://octopi.test/api/printer", [UNREADABLE["failed"], {"content": big.answer}])
    assert big.run_ok("temp", "--off")["set"]["tool0"] == 0.0
    assert [path for path, _ in big.sent] == [COMMAND, TOOL, BED, CHAMBER]


def test_off_without_printer_is_offline_and_sends_nothing(big):
    big.offline()
    big.run_error(1, "PRINTER_OFFLINE", "temp", "--off")
    assert big.sent == []


def test_off_not_shown_by_the_printer_is_an_error(big, clock):
    big.accept_targets(shows=False)
    error = big.run_error(4, "STATE_NOT_REACHED", "temp", "--off").envelope["error"]
    assert error["details"]["shown"] == {"tool0": 200.0, "bed": 60.0} and "M112" in error["hint"]


def test_off_dry_run_lists_every_heater(big):
    data = big.run_ok("temp", "--off", "--dry-run")
    assert [request["path"] for request in data["requests"]] == [TOOL, BED, CHAMBER] and big.sent == []

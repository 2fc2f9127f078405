"""cancel, pause, resume: done when the printer is there, not when the request was accepted."""

from __future__ import annotations

import pytest
import requests

CANCEL = ("/api/job", {"command": "cancel"})
PAUSE = ("/api/job", {"command": "pause", "action": "pause"})
RESUME = ("/api/job", {"command": "pause", "action": "resume"})


pytestmark = pytest.mark.usefixtures("hot")


@pytest.fixture
def hot(request):
    """A hotend at its target: a cold one is not resumed without consent."""
    name = "each_server" if "each_server" in request.fixturenames else "server"
    request.getfixturevalue(name).octoprint.heaters["tool0"] = [200.0, 200.0]


def reading_in(server, state, completion=50.0):
    return server.reading(state, "slow.gcode", completion=completion)


@pytest.mark.parametrize("state", ["Printing", "Printing from SD", "Paused", "Pausing", "Resuming", "Starting", "Finishing"])
def test_cancel_waits_until_printer_has_stopped(each_server, clock, state):
    each_server.job(reading_in(each_server, state))
    each_server.accept_post(
        "/api/job",
        reading_in(each_server, "Cancelling"),
        reading_in(each_server, "Cancelling"),
        reading_in(each_server, "Operational", None),
    )
    assert each_server.run_ok("cancel", "--confirm") == {"action": "cancelled", "file": "slow.gcode", "state": "Operational"}
    assert each_server.sent == [CANCEL]
    assert clock.slept > 0


def test_cancel_without_confirm_sends_no_request(server):
    result = server.run_error(4, "CONFIRMATION_REQUIRED", "cancel")
    assert result.envelope["error"]["hint"] == "octoprint-cli cancel --json --confirm"
    assert server.requests == []


@pytest.mark.parametrize("command", [("pause",), ("resume",)], ids=lambda words: words[0])
def test_job_command_without_job_is_no_active_job(each_server, command):
    each_server.job("Operational")
    result = each_server.run_error(4, "NO_ACTIVE_JOB", *command)
    assert result.envelope["error"]["details"]["state"] == "Operational"
    assert each_server.sent == []


@pytest.mark.parametrize("command", [("pause",), ("resume",)], ids=lambda words: words[0])
def test_job_command_without_printer_is_offline(each_server, command):
    each_server.offline()
    each_server.run_error(1, "PRINTER_OFFLINE", *command)
    assert each_server.sent == []


@pytest.mark.parametrize(("state", "code"), [("Operational", (4, "NO_ACTIVE_JOB")), ("Offline", (1, "PRINTER_OFFLINE"))])
def test_cancel_is_sent_first_and_its_refusal_is_explained_afterwards(each_server, state, code):
    each_server.job(state)
    each_server.on("POST", "/api/job", content=each_server.answer)
    error = each_server.run_error(*code, "cancel", "--confirm").envelope["error"]
    assert error["details"]["state"] == state
    assert [request.method for request in each_server.requests] == ["POST", "GET"]


def test_refused_cancel_of_a_job_that_is_being_cancelled_waits_for_its_end(each_server, clock):
    """A proxy that sends a request twice gets the refusal of the second one."""
    each_server.job(
        reading_in(each_server, "Cancelling"), reading_in(each_server, "Cancelling"), reading_in(each_server, "Operational", None)
    )
    error = "Printer is neither printing nor paused, 'cancel' command cannot be performed"
    each_server.on("POST", "/api/job", status_code=409, json={"error": error})
    assert each_server.run_ok("cancel", "--confirm")["state"] == "Operational"
    assert each_server.sent == [CANCEL]


@pytest.mark.parametrize("next_job", ["rival.gcode", "slow.gcode"])
def test_next_job_of_another_client_is_not_taken_for_the_cancelled_one(each_server, clock, next_job):
    ours = each_server.reading("Cancelling", "slow.gcode", progress={"completion": 50.0, "printTime": 90})
    rival = each_server.reading("Printing", next_job, progress={"completion": 0.5, "printTime": 1})
    each_server.accept_post("/api/job", ours, rival)
    assert each_server.run_ok("cancel", "--confirm") == {"action": "cancelled", "file": "slow.gcode", "state": "Printing"}
    assert clock.slept < 1


def test_dry_run_of_a_cancel_without_a_job_is_refused(each_server):
    each_server.run_error(4, "NO_ACTIVE_JOB", "cancel", "--dry-run")


def test_pause_does_not_wait_for_a_slow_read(each_server, clock):
    each_server.mocker.register_uri(
        "GET",
        "http://octopi.test/api/job",
        [{"exc": requests.exceptions.ReadTimeout("slow")}, {"json": reading_in(each_server, "Paused")}],
    )
    each_server.on("POST", "/api/job", status_code=204)
    data = each_server.run_ok("pause")
    assert data == {"action": "paused", "changed": None, "file": "slow.gcode", "state": "Paused"}
    assert each_server.sent == [PAUSE] and each_server.requests[0].timeout == (1.0, 1.0)


@pytest.mark.parametrize("command", [("cancel", "--confirm"), ("pause",), ("resume",)], ids=lambda words: words[0])
def test_job_ending_before_the_request_is_no_active_job(each_server, command):
    word = "pause" if command[0] != "cancel" else "cancel"
    each_server.job(reading_in(each_server, "Paused" if command[0] == "resume" else "Printing"))
    error = f"Printer is neither printing nor paused, '{word}' command cannot be performed"
    each_server.on("POST", "/api/job", status_code=409, json={"error": error})
    each_server.run_error(4, "NO_ACTIVE_JOB", *command)
    assert len(each_server.sent) == 1


def test_unfinished_cancel_is_still_cancelling_after_timeout(each_server, clock):
    each_server.job(reading_in(each_server, "Printing"))
    each_server.accept_post("/api/job", reading_in(each_server, "Cancelling"))
    result = each_server.run_error(3, "STILL_CANCELLING", "cancel", "--confirm")
    assert "Cancelling after 60 s" in result.envelope["error"]["message"]
    assert result.envelope["error"]["retryable"] is True
    assert 60 <= clock.slept < 61
    assert each_server.sent == [CANCEL]


def test_ignored_cancel_is_not_reported_as_cancelled(server):
    server.job(reading_in(server, "Printing"))
    server.accept_post("/api/job", reading_in(server, "Printing"))
    server.run_error(3, "STILL_CANCELLING", "cancel", "--confirm")


def test_unknown_state_is_not_reported_as_cancelled(server):
    server.job(reading_in(server, "Printing"))
    server.accept_post("/api/job", reading_in(server, "Bricht gerade ab"))
    assert server.run("cancel", "--confirm", "--json").exit_code != 0


@pytest.mark.parametrize("state", ["Druckt gerade", "Sending file to SD"])
def test_cancel_is_sent_in_states_that_may_be_a_job(server, state):
    server.job(reading_in(server, state))
    server.accept_post("/api/job", reading_in(server, "Operational", None))
    server.run_ok("cancel", "--confirm")
    assert server.sent == [CANCEL]


def test_job_ended_by_error_during_cancel_counts_as_stopped(server):
    server.job(reading_in(server, "Printing"))
    server.accept_post("/api/job", "Offline after error")
    assert server.run_ok("cancel", "--confirm")["state"] == "Offline after error"


def test_cancel_runs_no_preflight(server):
    server.job(reading_in(server, "Printing"))
    server.accept_post("/api/job", "Operational")
    server.run_ok("cancel", "--confirm")
    assert set(server.reads) == {"/api/job", "/api/connection"}  # the second look, since no reading has shown the job


def test_pause_waits_for_paused_and_sends_pause_action(each_server, clock):
    each_server.job(reading_in(each_server, "Printing"))
    each_server.accept_post("/api/job", reading_in(each_server, "Pausing"), reading_in(each_server, "Paused"))
    assert each_server.run_ok("pause") == {"action": "paused", "changed": True, "file": "slow.gcode", "state": "Paused"}
    assert each_server.sent == [PAUSE]
    assert clock.slept > 0


def test_resume_waits_for_printing_and_sends_resume_action(each_server):
    each_server.job(reading_in(each_server, "Paused"))
    each_server.accept_post("/api/job", reading_in(each_server, "Resuming"), reading_in(each_server, "Printing"))
    assert each_server.run_ok("resume") == {"action": "resumed", "changed": True, "file": "slow.gcode", "state": "Printing"}
    assert each_server.sent == [RESUME]


def test_pause_when_paused_changes_nothing(each_server):
    each_server.job(reading_in(each_server, "Paused"))
    assert each_server.run_ok("pause") == {"action": "paused", "changed": False, "file": "slow.gcode", "state": "Paused"}
    assert each_server.sent == []


@pytest.mark.parametrize("state", ["Printing", "Printing from SD", "Starting", "Finishing"])
def test_resume_when_printing_changes_nothing(each_server, state):
    each_server.job(reading_in(each_server, state))
    assert each_server.run_ok("resume") == {"action": "resumed", "changed": False, "file": "slow.gcode", "state": state}
    assert each_server.sent == []


@pytest.mark.parametrize("after", ["Pausing", "Printing"])
def test_pause_not_reached_is_an_error(each_server, clock, after):
    each_server.job(reading_in(each_server, "Printing"))
    each_server.accept_post("/api/job", reading_in(each_server, after))
    result = each_server.run_error(4, "STATE_NOT_REACHED", "pause")
    assert result.envelope["error"]["details"] == {"state": after, "file": "slow.gcode", "wanted": "Paused"}
    assert 60 <= clock.slept < 61


def test_job_ending_instead_of_pausing_is_an_error_at_once(each_server, clock):
    each_server.job(reading_in(each_server, "Printing"))
    each_server.accept_post("/api/job", reading_in(each_server, "Operational", 100.0))
    each_server.run_error(4, "STATE_NOT_REACHED", "pause")
    assert clock.slept == 0


def test_resume_not_reached_is_an_error(each_server):
    each_server.job(reading_in(each_server, "Paused"))
    each_server.accept_post("/api/job", reading_in(each_server, "Paused"))
    each_server.run_error(4, "STATE_NOT_REACHED", "resume")


def test_job_finishing_right_after_resume_was_resumed(each_server):
    each_server.job(reading_in(each_server, "Paused", 99.9))
    each_server.accept_post("/api/job", reading_in(each_server, "Operational", 100.0))
    assert each_server.run_ok("resume")["changed"] is True


def test_job_cancelled_instead_of_resumed_is_an_error(each_server):
    each_server.job(reading_in(each_server, "Paused"))
    each_server.accept_post("/api/job", reading_in(each_server, "Cancelling"), reading_in(each_server, "Operational", None))
    each_server.run_error(4, "STATE_NOT_REACHED", "resume")


def test_printer_lost_during_resume_is_an_error(each_server):
    each_server.job(reading_in(each_server, "Paused"))
    each_server.accept_post("/api/job", "Offline after error")
    result = each_server.run_error(4, "STATE_NOT_REACHED", "resume")
    assert "Offline after error" in result.envelope["error"]["message"]


@pytest.mark.parametrize(
    ("command", "state", "request_"),
    [("cancel --confirm", "Printing", CANCEL), ("pause", "Printing", PAUSE), ("resume", "Paused", RESUME)],
)
def test_dry_run_lists_job_request_and_sends_nothing(each_server, clock, command, state, request_):
    each_server.job(reading_in(each_server, state))
    data = each_server.run_ok(*command.split(), "--dry-run")
    assert data == {"dry_run": True, "requests": [{"method": "POST", "path": request_[0], "json": request_[1]}]}
    assert each_server.sent == [] and clock.slept == 0


def test_dry_run_of_a_cancel_says_that_it_needs_confirm(server):
    server.job(reading_in(server, "Printing"))
    assert server.run_ok("cancel", "--dry-run")["needs_confirm"] == "this ends the print for good"


def test_dry_run_without_job_is_refused(server):
    server.run_error(4, "NO_ACTIVE_JOB", "cancel", "--dry-run")


def test_pause_has_no_confirm_option(server):
    server.run_error(4, "USAGE_ERROR", "pause", "--confirm")
    assert server.requests == []

"""Waiting ends as soon as its goal is impossible, never before it is known which."""

from __future__ import annotations

import pytest

from octoprint_cli import errors
from octoprint_cli.client.push.updates import Event, HeaterUpdate, ServerReachability, StateUpdate
from octoprint_cli.client.resources.printer import Temperature
from octoprint_cli.client.tracking.job_tracker import JobTracker

from .followed_jobs import PRINTING, print_history
from .scripted_push import client, job, news
from .scripted_waits import BROKEN, CANCELLED, DONE, wait_error, wait_for


@pytest.mark.parametrize(
    ("pieces", "code"),
    [
        ([CANCELLED], "JOB_CANCELLED"),
        ([StateUpdate("Cancelling"), CANCELLED], "JOB_CANCELLED"),
        ([Event("Error", {"error": "MINTEMP"}), StateUpdate("Error"), StateUpdate("Offline after error"), BROKEN], "JOB_FAILED"),
        ([Event("Error", {"error": "MINTEMP"}), StateUpdate("Offline"), job("Offline after error", None), BROKEN], "JOB_FAILED"),
        ([StateUpdate("Offline"), Event("EStop", {}), BROKEN], "JOB_FAILED"),
        ([Event("PrinterReset", {}), StateUpdate("Cancelling"), CANCELLED], "JOB_FAILED"),
        ([StateUpdate("Offline"), BROKEN], "PRINTER_OFFLINE"),
        ([job("Offline after error", None, error="SerialTimeoutException"), BROKEN], "PRINTER_OFFLINE"),
    ],
)
@pytest.mark.parametrize("words", ["done", "progress=90", "paused"])
def test_each_failed_ending_has_its_error_code(server_with_file, clock, monkeypatch, words, pieces, code):
    """A state comes before the event that says why: whoever judged by it alone would call each an offline printer."""
    monkeypatch.setattr("octoprint_cli.client.tracking.job_tracker.GRACE_SECONDS", 10)
    assert wait_error(errors.CliError, clock, words, PRINTING, *pieces).code == code


def test_ending_event_may_precede_offline_state(server_with_file, clock):
    server_with_file.job(server_with_file.reading("Offline after error", None))
    assert wait_error(errors.PrinterOffline, clock, "done", PRINTING, BROKEN).details["outcome"] == "failed"


def test_cancelled_job_is_reported_although_printer_is_idle(server_with_file, clock):
    wait_error(errors.JobCancelled, clock, "done", PRINTING, CANCELLED, job("Operational"), job("Operational"))


def test_ending_without_event_is_found_by_polling(server_with_file, clock):
    server_with_file.job(server_with_file.reading("Operational", "cube.gcode", completion=100.0))
    begun = clock.now
    assert wait_for(clock, "done", PRINTING, job("Operational", completion=100.0, seconds=120)) == "done"
    assert clock.now - begun < 5


def test_goal_is_not_met_while_ending_is_unclear(server_with_file, clock):
    """Idle, but whether the job was finished or cancelled is known a moment later."""
    server_with_file.job(server_with_file.reading("Operational", "cube.gcode"))
    server_with_file.falsify("cube.gcode", prints=print_history(1, 1))
    late = JobTracker(client(), PRINTING, None)
    server_with_file.falsify("cube.gcode", prints=print_history(1, 2))
    wait_error(errors.JobCancelled, clock, "done", job("Operational"), follower=late)


def test_lost_job_is_reported(server_with_file, clock):
    server_with_file.job(server_with_file.reading("Operational"))
    assert wait_error(errors.JobLost, clock, "done", PRINTING, job("Operational", None)).details["file"] == "cube.gcode"


@pytest.mark.parametrize(("words", "code"), [("done", "JOB_LOST"), ("done connected", None), ("connected", None)])
def test_lost_job_does_not_end_wait_for_another_goal(server_with_file, clock, words, code):
    server_with_file.job("Offline")
    pieces = [PRINTING._replace(state="Offline", file=None, location=None)]
    begun = JobTracker(client(), PRINTING)
    begun.process(news(ServerReachability("refused")))
    if code:
        assert wait_error(errors.CliError, clock, words, *pieces, follower=begun).code == code
    else:
        assert wait_error(errors.WaitTimeout, clock, words, *pieces, follower=begun).code == "WAIT_TIMEOUT"


def test_pause_ends_wait_only_if_listed_as_failure(server_with_file, clock):
    paused = job("Paused", completion=50.0, seconds=60)
    wait_error(errors.JobPaused, clock, "done", PRINTING, paused, fails=frozenset({"paused"}))
    wait_error(errors.WaitTimeout, clock, "done", PRINTING, paused, seconds=60)


def test_wait_paused_fails_when_job_finishes(server_with_file, clock):
    wait_error(errors.StateNotReached, clock, "paused", PRINTING, DONE)


def test_wait_temp_without_target_is_an_error(server, clock):
    wait_error(errors.StateNotReached, clock, "temp", job("Operational", None), HeaterUpdate({"tool0": Temperature(20.0, 0.0)}))


def test_offline_printer_ends_wait_temp(server, clock):
    wait_error(errors.PrinterOffline, clock, "temp", job("Offline", None))


def test_failures_before_wait_has_begun_are_ignored(server, clock):
    offline = job("Offline after error", None)
    seen = []

    def begun(scene):
        seen.append(scene.phase.value)
        return "connecting" in seen

    how = {"fails": frozenset({"error", "offline"}), "begun": begun}
    assert wait_for(clock, "connected", offline, job("Connecting", None), job("Operational", None), **how) == "connected"
    wait_error(errors.PrinterOffline, clock, "connected", offline, job("Connecting", None), offline, **how)

"""The end of a job as events report it, and readings that are no end."""

from __future__ import annotations

import pytest

from octoprint_cli.client.push.updates import Event, StateUpdate
from octoprint_cli.client.tracking.job_tracker import GRACE_SECONDS, JobTracker

from .driver import GONE
from .followed_jobs import end_event, process_all
from .scripted_push import client, job


def test_print_done_event_is_finished(tracker):
    assert process_all(tracker, end_event("PrintDone", time=60))[:4] == ("finished", None, "cube.gcode", "local")


def test_cancelled_print_failed_event_is_cancelled(tracker):
    ending = process_all(tracker, StateUpdate("Cancelling"), end_event("PrintFailed", reason="cancelled"))
    assert (ending.outcome, ending.reason, ending.certain) == ("cancelled", None, True)


def test_firmware_error_event_gives_the_failure_reason(tracker):
    """2.0 says `unknown` in the event of the end."""
    told = Event("Error", {"error": "Thermal Runaway, system stopped!"})
    ending = process_all(
        tracker,
        told,
        StateUpdate("Error"),
        StateUpdate("Offline after error"),
        end_event("PrintFailed", reason="error", error="unknown"),
    )
    assert (ending.outcome, ending.reason) == ("failed", "Thermal Runaway, system stopped!")
    assert tracker.firmware_error


@pytest.mark.parametrize(
    ("kind", "said", "reason"),
    [
        ("PrinterReset", {}, "the firmware has reset itself"),
        ("EStop", {}, "emergency stop"),
        ("Error", {"error": "unknown"}, "an error without a message"),
        ("Error", {}, "an error without a message"),
    ],
)
def test_firmware_event_before_cancel_makes_job_failed(tracker, kind, said, reason):
    ending = process_all(tracker, Event(kind, said), StateUpdate("Cancelling"), end_event("PrintFailed", reason="cancelled"))
    assert (ending.outcome, ending.reason) == ("failed", reason)


@pytest.mark.parametrize(
    ("error", "reason"),
    [("SerialTimeoutException: ", "SerialTimeoutException"), ("unknown", None), ("", None), (None, None), (["x"], None)],
)
def test_broken_serial_connection_is_failed_without_firmware_error(tracker, error, reason):
    ending = process_all(tracker, StateUpdate("Offline"), end_event("PrintFailed", reason="error", error=error))
    assert (ending.outcome, ending.reason, tracker.firmware_error) == ("failed", reason, None)


@pytest.mark.parametrize("state", ["Offline", "Error", "Offline after error", "Operational", "Connecting"])
def test_state_without_job_schedules_a_check_but_is_no_end(tracker, clock, state):
    """The event that tells how comes a moment later; whoever judged now would take an error for a printer that is off."""
    assert process_all(tracker, StateUpdate(state)) is None and tracker.due == clock.now + GRACE_SECONDS


def test_end_of_another_file_is_ignored(tracker):
    other = {"path": "other.gcode", "origin": "local"}
    assert process_all(tracker, Event("PrintDone", other), Event("PrintFailed", {**other, "reason": "cancelled"})) is None


def test_ending_is_final(tracker):
    first = process_all(tracker, end_event("PrintDone"))
    later = [end_event("PrintFailed", reason="cancelled"), Event("Error", {"error": "x"}), job("Offline", None)]
    assert process_all(tracker, *later) == first
    assert tracker.due is None and tracker.firmware_error is None


def test_leading_slash_in_octoprint_2_path_is_ignored(server):
    ours = JobTracker(client(), job("Printing", "a.gco", location="sdcard"))
    assert process_all(ours, Event("PrintDone", {"path": "/a.gco"})).outcome == "finished"


# -- the cause that comes after the end ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("end", "kind", "said", "reason"),
    [
        ("cancelled", "PrinterReset", {"idle": False}, "the firmware has reset itself"),
        ("error", "PrinterReset", {"idle": False}, "the firmware has reset itself"),
        ("error", "EStop", {}, "emergency stop"),
        ("error", "Error", {"error": "Thermal Runaway"}, "Thermal Runaway"),
    ],
)
def test_cause_of_ending_may_arrive_after_the_end(tracker, end, kind, said, reason):
    first = process_all(tracker, StateUpdate("Offline after error"), end_event("PrintFailed", reason=end, error="unknown"))
    assert (first.by_firmware, tracker.over) == (False, False) and tracker.due is not None  # nobody acts on it yet
    ending = process_all(tracker, Event(kind, said))
    assert (ending.outcome, ending.reason, ending.by_firmware, tracker.over) == ("failed", reason, True, True)


@pytest.mark.parametrize(("end", "outcome"), [("cancelled", "cancelled"), ("error", "failed")])
@pytest.mark.parametrize("kind", ["PrinterReset", "EStop", "Error"])
def test_event_long_after_ending_does_not_change_it(tracker, end, outcome, kind):
    process_all(tracker, end_event("PrintFailed", reason=end, error="unknown"))
    tracker.conclude()
    assert tracker.over and process_all(tracker, Event(kind, {"error": "x"}))[:2] == (outcome, None)


@pytest.mark.parametrize("kind", ["EStop", "Error"])
def test_error_event_just_after_cancel_does_not_change_it(tracker, kind):
    process_all(tracker, end_event("PrintFailed", reason="cancelled"))
    assert process_all(tracker, Event(kind, {"error": "x"})).outcome == "cancelled" and not tracker.over


def test_ending_with_known_cause_is_over_at_once(tracker):
    process_all(tracker, Event("EStop", {}), end_event("PrintFailed", reason="error", error="unknown"))
    assert tracker.over


# -- readings that are no end -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "reading",
    [
        job("Printing", completion=51.0, seconds=62),
        job("Paused", completion=50.0, seconds=60),
        job("Cancelling"),  # has lost its progress already
        job("Finishing", completion=100.0, seconds=120),
        job("Druckt gerade", completion=51.0, seconds=62),  # a plugin's word
        job("Printing", None),  # the file is not told yet
        job("Printing", completion=49.9, seconds=59),  # a push that was overtaken by a poll
    ],
)
def test_active_job_readings_do_not_end_the_job(tracker, reading):
    assert process_all(tracker, reading) is None and tracker.due is None


def test_reading_with_nulls_keeps_known_job(tracker):
    process_all(tracker, job("Pausing", None))
    assert tracker.job.file == "cube.gcode" and tracker.job.location == "local"
    process_all(tracker, job("Printing", completion=1.0, seconds=2))
    assert tracker.due is not None  # and so the restart is seen


def test_conclude_resumes_following_if_job_is_active_after_all(server, tracker):
    process_all(tracker, job("Operational", None))
    server.job(server.reading("Printing", "cube.gcode", completion=51.0))
    tracker.conclude()
    assert tracker.ending is None and tracker.due is None


def test_failed_check_is_scheduled_again(server, clock, tracker):
    process_all(tracker, job("Operational"))
    server.on("GET", "/api/job", exc=GONE)
    tracker.conclude()
    assert tracker.ending is None and tracker.due is not None and tracker.due > clock.now

"""The end of a job of which no event came: a check of the server finds it out."""

from __future__ import annotations

import pytest

from octoprint_cli.client.push.updates import Event, ServerReachability, StateUpdate
from octoprint_cli.client.resources.stored_file import History
from octoprint_cli.client.tracking.job_tracker import JobTracker

from .followed_jobs import PRINTING, conclude_after, end_event, print_history, process_all
from .scripted_push import client, job


def test_conclude_finds_finished_by_completion(server, tracker):
    assert conclude_after(server, tracker, "Operational", completion=100.0).outcome == "finished"


def test_conclude_finds_finished_by_file_history(server, tracker):
    assert conclude_after(server, tracker, "Operational", None, history=print_history(3, 1, True)).outcome == "finished"


def test_conclude_finds_cancelled_by_noted_failure_of_selected_file(server, tracker):
    ending = conclude_after(server, tracker, "Operational", history=print_history(2, 2))
    assert (ending.outcome, ending.certain) == ("cancelled", False)


def test_conclude_finds_failed_with_server_reason(server, tracker):
    ending = conclude_after(server, tracker, "Offline after error", None, history=print_history(2, 2), error="Thermal Runaway")
    assert (ending.outcome, ending.reason) == ("failed", "Thermal Runaway")


def test_conclude_finds_unfinished_if_another_job_is_active(server, tracker):
    assert conclude_after(server, tracker, "Printing", "other.gcode", 3.0, print_history(2, 2)).outcome == "unfinished"


def test_conclude_finds_finished_if_another_job_is_active(server, tracker):
    assert conclude_after(server, tracker, "Printing", "other.gcode", 3.0, print_history(3, 1, True)).outcome == "finished"


def test_conclude_finds_cancelled_by_state_if_history_was_read_late(server, tracker):
    """Whoever begins to wait while a cancelled job winds down reads a history that has it already."""
    late = JobTracker(client(), job("Cancelling"))
    server.job(server.reading("Operational", "cube.gcode"))
    process_all(late, job("Operational"))
    late.conclude()
    assert (late.ending.outcome, late.ending.certain) == ("cancelled", True)


def test_conclude_finds_failed_by_firmware_error(server, tracker):
    process_all(tracker, Event("Error", {"error": "MINTEMP triggered"}))
    assert conclude_after(server, tracker, "Offline after error", None)[:2] == ("failed", "MINTEMP triggered")


def test_conclude_finds_offline_printer_probably_failed(server, tracker):
    ending = conclude_after(server, tracker, "Offline after error", None, error="SerialTimeoutException")
    assert (ending.outcome, ending.reason, ending.certain) == ("failed", "SerialTimeoutException", False)


@pytest.mark.parametrize("state", ["Operational", "Offline"])
def test_conclude_finds_lost_if_server_was_away_and_has_no_job(server, tracker, state):
    process_all(tracker, ServerReachability("refused"), ServerReachability(None))
    ending = conclude_after(server, tracker, state, None)
    assert ending.outcome == "lost" and "unreachable" in ending.reason and ending.file == "cube.gcode"


def test_restart_of_same_file_is_another_job(server, tracker):
    process_all(tracker, job("Printing", completion=2.0, seconds=3))
    assert tracker.due is not None
    server.falsify("cube.gcode", prints=print_history(3, 1, True))
    server.job(server.reading("Printing", "cube.gcode", completion=2.0))
    tracker.conclude()
    assert tracker.ending.outcome == "finished"


def test_start_event_during_job_is_checked_for_another_job(server, tracker):
    """Between two readings a job may end and the next begin, of the same file."""
    process_all(tracker, end_event("PrintStarted"))
    assert tracker.due is not None
    server.falsify("cube.gcode", prints=print_history(2, 2))
    server.job(server.reading("Printing", "cube.gcode", completion=50.5))
    tracker.conclude()
    assert tracker.ending is None and tracker.due is not None  # its event may still come
    tracker.conclude()
    assert tracker.ending.outcome == "unfinished"


def test_late_event_of_own_start_ends_nothing(server, tracker):
    process_all(tracker, end_event("PrintStarted"))
    tracker.conclude()
    assert tracker.ending is None and tracker.due is None


@pytest.mark.parametrize("completion", [None, 100.0])
def test_file_printed_several_times_meanwhile_leaves_job_lost(server, tracker, completion):
    """Cancelled and printed again, or the other way round: both look like this."""
    assert (
        conclude_after(server, tracker, "Operational", completion=completion, history=print_history(3, 2, True)).outcome == "lost"
    )


def test_follower_accepts_history_from_before_the_start(server):
    server.add_file("cube.gcode", prints=print_history(1, 0, True))
    ours = JobTracker(client(), PRINTING, History())
    assert conclude_after(server, ours, "Operational", None).outcome == "finished"


def test_conclude_uses_completion_without_permission_to_list_files(server):
    server.on("GET", "/api/files/local/cube.gcode", status_code=403, json={"error": "no"})
    assert conclude_after(server, JobTracker(client(), PRINTING), "Operational", completion=100.0).outcome == "finished"


def test_conclude_finds_lost_without_history_or_completion(server):
    server.on("GET", "/api/files/local/cube.gcode", status_code=403, json={"error": "no"})
    assert conclude_after(server, JobTracker(client(), PRINTING), "Operational", None).outcome == "lost"


# -- on the SD card, which has no history ---------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "certain"), [([StateUpdate("Cancelling")], True), ([job("Cancelling", "a.gco", location="sdcard")], True), ([], False)]
)
def test_incomplete_sd_print_was_cancelled(each_server, told, certain):
    ours = JobTracker(client(), job("Printing from SD", "a.gco", 50.0, 60, "sdcard"))
    process_all(ours, *told, job("Operational", "a.gco", location="sdcard"))
    each_server.job(each_server.reading("Operational", "a.gco", origin=each_server.card))
    ours.conclude()
    assert (ours.ending.outcome, ours.ending.certain) == ("cancelled", certain)


def test_completed_sd_print_was_finished(each_server):
    ours = JobTracker(client(), job("Printing from SD", "a.gco", 50.0, 60, "sdcard"))
    process_all(ours, job("Operational", "a.gco", 100.0, 120, "sdcard"))
    each_server.job(each_server.reading("Operational", "a.gco", completion=100.0, origin=each_server.card))
    ours.conclude()
    assert ours.ending.outcome == "finished"

"""Another client may end a job and start the next while nobody listens: an end after a gap is compared with the file's history."""

from __future__ import annotations

import pytest

from octoprint_cli.client.push.updates import Event, SocketChange
from octoprint_cli.client.tracking.job_tracker import GRACE_SECONDS, JobTracker

from .followed_jobs import PRINTING, end_event, print_history, process_all
from .scripted_push import client, job

UP = SocketChange(True, None)


@pytest.mark.parametrize(
    ("since", "kind", "outcome", "certain"),
    [
        ((3, 1), "PrintDone", "finished", True),
        ((2, 2), "PrintFailed", "cancelled", True),
        ((3, 2), "PrintDone", "lost", False),  # cancelled before the socket listened, and printed again
        ((3, 2), "PrintFailed", "lost", False),
        ((2, 3), "PrintFailed", "cancelled", False),
        ((4, 1), "PrintDone", "finished", True),
        ((2, 1), "PrintDone", "finished", False),  # the history does not have it, so it is not certain
        ((2, 2), "PrintDone", "lost", False),
    ],
)
def test_end_that_is_reported_after_a_gap_is_held_against_the_count(server, tracker, since, kind, outcome, certain):
    """The job may have been cancelled, and started again, before the socket was open: the end is that of the second one."""
    process_all(tracker, UP)
    server.falsify("cube.gcode", prints=print_history(*since))
    assert process_all(tracker, end_event(kind, reason="cancelled")) is None and tracker.due is not None
    server.job(server.reading("Operational", "cube.gcode", completion=100.0 if kind == "PrintDone" else None))
    tracker.conclude()
    tracker.conclude()
    assert (tracker.ending.outcome, tracker.ending.certain) == (outcome, certain)


def test_end_after_a_look_that_found_the_same_job_is_certain_at_once(server, tracker):
    server.job(server.reading("Printing", "cube.gcode", completion=51.0, printTime=61))
    process_all(tracker, UP, job("Printing", completion=51.0, seconds=61))
    tracker.conclude()
    ending = process_all(tracker, end_event("PrintDone"))
    assert (ending.outcome, ending.certain) == ("finished", True)


def test_job_is_checked_at_the_first_word_of_the_socket_and_not_before(server, tracker):
    """It takes one look at the job, and one at the count of the file's prints."""
    server.job(server.reading("Printing", "cube.gcode", completion=51.0, printTime=61))
    process_all(tracker, UP)
    assert tracker.due is None
    process_all(tracker, Event("PrinterStateChanged", {}))
    before = len(server.reads)
    tracker.conclude()
    assert server.reads[before:] == ["/api/job", "/api/files/local/cube.gcode"] and tracker.due is None


def test_socket_that_has_said_nothing_yet_leaves_the_gap_open(server, tracker):
    """It may not have logged in, so that events can still be missed."""
    process_all(tracker, UP)
    tracker.conclude()
    assert process_all(tracker, end_event("PrintDone")) is None


def test_check_that_finds_the_job_just_ended_leaves_the_event_its_time(server, clock, tracker):
    """The socket is open already: what it brings in a moment says how the job ended, and a file's history may lag."""
    server.job(server.reading("Operational", "cube.gcode"))
    process_all(tracker, UP, Event("PrinterStateChanged", {}))
    tracker.conclude()
    assert tracker.ending is None and tracker.due == clock.now + GRACE_SECONDS
    server.falsify("cube.gcode", prints=print_history(2, 2))
    process_all(tracker, end_event("PrintFailed", reason="cancelled"))
    tracker.conclude()
    assert (tracker.ending.outcome, tracker.ending.certain) == ("cancelled", True)


def test_check_after_the_grace_of_an_end_concludes(server, clock, tracker):
    server.job(server.reading("Operational", "cube.gcode", completion=100.0))
    process_all(tracker, UP)
    tracker.conclude()
    clock.now += GRACE_SECONDS
    process_all(tracker, Event("PrinterStateChanged", {}))  # the first word of the socket: another check
    tracker.conclude()
    assert tracker.ending.outcome == "finished" and tracker.over


def test_end_after_a_gap_without_history_is_not_certain(server):
    server.on("GET", "/api/files/local/cube.gcode", status_code=403, json={"error": "no"})
    server.job(server.reading("Operational", "cube.gcode", completion=100.0))
    ours = JobTracker(client(), PRINTING)
    process_all(ours, UP, end_event("PrintDone"))
    ours.conclude()
    assert (ours.ending.outcome, ours.ending.certain) == ("finished", False)


@pytest.mark.parametrize(("seconds", "certain"), [(61, True), (2, False), (None, False)])
def test_end_after_a_gap_without_history_is_certain_if_the_job_is_older_than_the_gap(server, clock, seconds, certain):
    """Another job has printed for as long as the gap at most."""
    server.on("GET", "/api/files/local/cube.gcode", status_code=403, json={"error": "no"})
    ours = JobTracker(client(), PRINTING._replace(print_time=0))
    clock.now += 1.0
    now = server.reading("Printing", "cube.gcode", completion=51.0)
    now["progress"]["printTime"] = seconds
    server.job(now)
    process_all(ours, UP, Event("PrinterStateChanged", {}))
    ours.conclude()
    server.job(server.reading("Operational", "cube.gcode", completion=100.0))
    process_all(ours, end_event("PrintDone"))
    ours.conclude()
    ours.conclude()
    assert (ours.ending.outcome, ours.ending.certain) == ("finished", certain)


def test_position_that_falls_is_checked_for_another_job(server, tracker):
    """In short jobs no time falls: both are less than a second old."""
    process_all(tracker, job("Printing", completion=30.0, seconds=60))
    assert tracker.due is not None
    server.falsify("cube.gcode", prints=print_history(2, 2))
    server.job(server.reading("Printing", "cube.gcode", completion=31.0))
    tracker.conclude()
    tracker.conclude()
    assert (tracker.ending.outcome, tracker.ending.certain) == ("unfinished", False)


def test_ending_gets_the_time_that_the_server_has_of_it(server, tracker):
    process_all(tracker, end_event("PrintDone"))
    server.falsify("cube.gcode", prints=print_history(3, 1, True))
    assert tracker.dated().ended == 1795398168.5
    server.falsify("cube.gcode", prints=print_history(4, 1, True))  # that is the next one's
    assert tracker.dated().ended == tracker.ending.ended


def test_job_without_storage_is_followed(server):
    """PrusaLink and Moonraker name none."""
    ours = JobTracker(client(), job("Printing", completion=10.0, seconds=5, location=None))
    process_all(ours, job("Printing", completion=11.0, seconds=6, location=None))
    assert ours.ending is None and ours.due is None

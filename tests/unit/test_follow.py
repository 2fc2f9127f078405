"""One job to its end: every ending told apart, told by events or found out where they were missed."""

from __future__ import annotations

import pytest

from octoprint_cli.client.push.updates import Event, ServerReachability, SocketChange, StateUpdate
from octoprint_cli.client.resources.stored_file import History
from octoprint_cli.client.tracking.job_tracker import GRACE_SECONDS, JobTracker

from .driver import GONE
from .scripted_push import client, job, news

AT_WORK = job("Printing", completion=50.0, seconds=60)
NEVER = {"success": 0, "failure": 0}


def prints(success, failure, succeeded=False):
    return {"success": success, "failure": failure, "last": {"date": 1795398168.5, "success": succeeded}}


@pytest.fixture
def follower(server):
    """Of a local job, whose file was printed twice to its end before, and cancelled once."""
    server.stores("cube.gcode", prints=prints(2, 1))
    server.job(server.reading("Printing", "cube.gcode", completion=50.0))
    return JobTracker(client(), AT_WORK)


def hears(follower, *pieces):
    for piece in pieces:
        follower.process(news(piece))
    return follower.ending


def ended(kind, **payload):
    return Event(kind, {"path": "cube.gcode", "origin": "local", **payload})


def finds(server, follower, state, file="cube.gcode", completion=None, history=None, **more):
    """What is found when a reading says that it is over, and no event comes."""
    if history is not None:
        server.falsify("cube.gcode", prints=history)
    server.job(server.reading(state, file, completion=completion, **more))
    hears(follower, job(state, file, completion=completion))
    assert follower.due is not None and follower.ending is None
    follower.conclude()
    return follower.ending


# -- told -----------------------------------------------------------------------------------------


def test_print_done_event_is_finished(follower):
    assert hears(follower, ended("PrintDone", time=60))[:4] == ("finished", None, "cube.gcode", "local")


def test_cancelled_print_failed_event_is_cancelled(follower):
    ending = hears(follower, StateUpdate("Cancelling"), ended("PrintFailed", reason="cancelled"))
    assert (ending.outcome, ending.reason, ending.certain) == ("cancelled", None, True)


def test_firmware_error_event_gives_the_failure_reason(follower):
    """2.0 says `unknown` in the event of the end."""
    told = Event("Error", {"error": "Thermal Runaway, system stopped!"})
    ending = hears(
        follower,
        told,
        StateUpdate("Error"),
        StateUpdate("Offline after error"),
        ended("PrintFailed", reason="error", error="unknown"),
    )
    assert (ending.outcome, ending.reason) == ("failed", "Thermal Runaway, system stopped!")
    assert follower.firmware_error


@pytest.mark.parametrize(
    ("kind", "said", "reason"),
    [
        ("PrinterReset", {}, "the firmware has reset itself"),
        ("EStop", {}, "emergency stop"),
        ("Error", {"error": "unknown"}, "an error that it does not name"),
        ("Error", {}, "an error that it does not name"),
    ],
)
def test_firmware_event_before_cancel_makes_job_failed(follower, kind, said, reason):
    ending = hears(follower, Event(kind, said), StateUpdate("Cancelling"), ended("PrintFailed", reason="cancelled"))
    assert (ending.outcome, ending.reason) == ("failed", reason)


@pytest.mark.parametrize(
    ("error", "reason"),
    [("SerialTimeoutException: ", "SerialTimeoutException"), ("unknown", None), ("", None), (None, None), (["x"], None)],
)
def test_broken_serial_connection_is_failed_without_firmware_error(follower, error, reason):
    ending = hears(follower, StateUpdate("Offline"), ended("PrintFailed", reason="error", error=error))
    assert (ending.outcome, ending.reason, follower.firmware_error) == ("failed", reason, None)


@pytest.mark.parametrize("state", ["Offline", "Error", "Offline after error", "Operational", "Connecting"])
def test_state_without_job_schedules_a_check_but_is_no_end(follower, clock, state):
    """The event that tells how comes a moment later; whoever judged now would take an error for a printer that is off."""
    assert hears(follower, StateUpdate(state)) is None and follower.due == clock.now + GRACE_SECONDS


def test_end_of_another_file_is_ignored(follower):
    other = {"path": "other.gcode", "origin": "local"}
    assert hears(follower, Event("PrintDone", other), Event("PrintFailed", {**other, "reason": "cancelled"})) is None


def test_ending_is_final(follower):
    first = hears(follower, ended("PrintDone"))
    assert hears(follower, ended("PrintFailed", reason="cancelled"), Event("Error", {"error": "x"}), job("Offline", None)) == first
    assert follower.due is None and follower.firmware_error is None


def test_leading_slash_in_octoprint_2_path_is_ignored(server):
    ours = JobTracker(client(), job("Printing", "a.gco", location="sdcard"))
    assert hears(ours, Event("PrintDone", {"path": "/a.gco"})).outcome == "finished"


# -- goes on --------------------------------------------------------------------------------------


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
def test_active_job_readings_do_not_end_the_job(follower, reading):
    assert hears(follower, reading) is None and follower.due is None


def test_reading_with_nulls_keeps_known_job(follower):
    hears(follower, job("Pausing", None))
    assert follower.job.file == "cube.gcode" and follower.job.location == "local"
    hears(follower, job("Printing", completion=1.0, seconds=2))
    assert follower.due is not None  # and so the restart is seen


def test_conclude_resumes_following_if_job_is_active_after_all(server, follower):
    hears(follower, job("Operational", None))
    server.job(server.reading("Printing", "cube.gcode", completion=51.0))
    follower.conclude()
    assert follower.ending is None and follower.due is None


def test_failed_check_is_scheduled_again(server, clock, follower):
    hears(follower, job("Operational"))
    server.on("GET", "/api/job", exc=GONE)
    follower.conclude()
    assert follower.ending is None and follower.due is not None and follower.due > clock.now


# -- found out ------------------------------------------------------------------------------------


def test_conclude_finds_finished_by_completion(server, follower):
    assert finds(server, follower, "Operational", completion=100.0).outcome == "finished"


def test_conclude_finds_finished_by_file_history(server, follower):
    assert finds(server, follower, "Operational", None, history=prints(3, 1, True)).outcome == "finished"


def test_conclude_finds_cancelled_by_noted_failure_of_selected_file(server, follower):
    ending = finds(server, follower, "Operational", history=prints(2, 2))
    assert (ending.outcome, ending.certain) == ("cancelled", False)


def test_conclude_finds_failed_with_server_reason(server, follower):
    ending = finds(server, follower, "Offline after error", None, history=prints(2, 2), error="Thermal Runaway")
    assert (ending.outcome, ending.reason) == ("failed", "Thermal Runaway")


def test_conclude_finds_unfinished_if_another_job_is_active(server, follower):
    assert finds(server, follower, "Printing", "other.gcode", 3.0, prints(2, 2)).outcome == "unfinished"


def test_conclude_finds_finished_if_another_job_is_active(server, follower):
    assert finds(server, follower, "Printing", "other.gcode", 3.0, prints(3, 1, True)).outcome == "finished"


def test_conclude_finds_cancelled_by_state_if_history_was_read_late(server, follower):
    """Whoever begins to wait while a cancelled job winds down reads a history that has it already."""
    late = JobTracker(client(), job("Cancelling"))
    server.job(server.reading("Operational", "cube.gcode"))
    hears(late, job("Operational"))
    late.conclude()
    assert (late.ending.outcome, late.ending.certain) == ("cancelled", True)


def test_conclude_finds_failed_by_firmware_error(server, follower):
    hears(follower, Event("Error", {"error": "MINTEMP triggered"}))
    assert finds(server, follower, "Offline after error", None)[:2] == ("failed", "MINTEMP triggered")


def test_conclude_finds_offline_printer_probably_failed(server, follower):
    ending = finds(server, follower, "Offline after error", None, error="SerialTimeoutException")
    assert (ending.outcome, ending.reason, ending.certain) == ("failed", "SerialTimeoutException", False)


@pytest.mark.parametrize("state", ["Operational", "Offline"])
def test_conclude_finds_lost_if_server_was_away_and_has_no_job(server, follower, state):
    hears(follower, ServerReachability("refused"), ServerReachability(None))
    ending = finds(server, follower, state, None)
    assert ending.outcome == "lost" and "away" in ending.reason and ending.file == "cube.gcode"


def test_restart_of_same_file_is_another_job(server, follower):
    hears(follower, job("Printing", completion=2.0, seconds=3))
    assert follower.due is not None
    server.falsify("cube.gcode", prints=prints(3, 1, True))
    server.job(server.reading("Printing", "cube.gcode", completion=2.0))
    follower.conclude()
    assert follower.ending.outcome == "finished"


def test_start_event_during_job_is_checked_for_another_job(server, follower):
    """Between two readings a job may end and the next begin, of the same file."""
    hears(follower, ended("PrintStarted"))
    assert follower.due is not None
    server.falsify("cube.gcode", prints=prints(2, 2))
    server.job(server.reading("Printing", "cube.gcode", completion=50.5))
    follower.conclude()
    assert follower.ending is None and follower.due is not None  # its event may still come
    follower.conclude()
    assert follower.ending.outcome == "unfinished"


def test_late_event_of_own_start_ends_nothing(server, follower):
    hears(follower, ended("PrintStarted"))
    follower.conclude()
    assert follower.ending is None and follower.due is None


@pytest.mark.parametrize("completion", [None, 100.0])
def test_file_printed_several_times_meanwhile_leaves_job_lost(server, follower, completion):
    """Cancelled and printed again, or the other way round: both look like this."""
    assert finds(server, follower, "Operational", completion=completion, history=prints(3, 2, True)).outcome == "lost"


def test_follower_accepts_history_from_before_the_start(server):
    server.stores("cube.gcode", prints=prints(1, 0, True))
    ours = JobTracker(client(), AT_WORK, History())
    assert finds(server, ours, "Operational", None).outcome == "finished"


def test_conclude_uses_completion_without_permission_to_list_files(server):
    server.on("GET", "/api/files/local/cube.gcode", status_code=403, json={"error": "no"})
    assert finds(server, JobTracker(client(), AT_WORK), "Operational", completion=100.0).outcome == "finished"


def test_conclude_finds_lost_without_history_or_completion(server):
    server.on("GET", "/api/files/local/cube.gcode", status_code=403, json={"error": "no"})
    assert finds(server, JobTracker(client(), AT_WORK), "Operational", None).outcome == "lost"


# -- another client in between ---------------------------------------------------------------------

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
def test_end_that_is_reported_after_a_gap_is_held_against_the_count(server, follower, since, kind, outcome, certain):
    """The job may have been cancelled, and started again, before the socket was open: the end is that of the second one."""
    hears(follower, UP)
    server.falsify("cube.gcode", prints=prints(*since))
    assert hears(follower, ended(kind, reason="cancelled")) is None and follower.due is not None
    server.job(server.reading("Operational", "cube.gcode", completion=100.0 if kind == "PrintDone" else None))
    follower.conclude()
    follower.conclude()
    assert (follower.ending.outcome, follower.ending.certain) == (outcome, certain)


def test_end_after_a_look_that_found_the_same_job_is_certain_at_once(server, follower):
    server.job(server.reading("Printing", "cube.gcode", completion=51.0, printTime=61))
    hears(follower, UP, job("Printing", completion=51.0, seconds=61))
    follower.conclude()
    ending = hears(follower, ended("PrintDone"))
    assert (ending.outcome, ending.certain) == ("finished", True)


def test_job_is_checked_at_the_first_word_of_the_socket_and_not_before(server, follower):
    """It takes one look at the job, and one at the count of the file's prints."""
    server.job(server.reading("Printing", "cube.gcode", completion=51.0, printTime=61))
    hears(follower, UP)
    assert follower.due is None
    hears(follower, Event("PrinterStateChanged", {}))
    before = len(server.reads)
    follower.conclude()
    assert server.reads[before:] == ["/api/job", "/api/files/local/cube.gcode"] and follower.due is None


def test_socket_that_has_said_nothing_yet_leaves_the_gap_open(server, follower):
    """It may not have logged in, so that events can still be missed."""
    hears(follower, UP)
    follower.conclude()
    assert hears(follower, ended("PrintDone")) is None


def test_check_that_finds_the_job_just_ended_leaves_the_event_its_time(server, clock, follower):
    """The socket is open already: what it brings in a moment says how the job ended, and a file's history may lag."""
    server.job(server.reading("Operational", "cube.gcode"))
    hears(follower, UP, Event("PrinterStateChanged", {}))
    follower.conclude()
    assert follower.ending is None and follower.due == clock.now + GRACE_SECONDS
    server.falsify("cube.gcode", prints=prints(2, 2))
    hears(follower, ended("PrintFailed", reason="cancelled"))
    follower.conclude()
    assert (follower.ending.outcome, follower.ending.certain) == ("cancelled", True)


def test_check_after_the_grace_of_an_end_concludes(server, clock, follower):
    server.job(server.reading("Operational", "cube.gcode", completion=100.0))
    hears(follower, UP)
    follower.conclude()
    clock.now += GRACE_SECONDS
    hears(follower, Event("PrinterStateChanged", {}))  # the first word of the socket: another check
    follower.conclude()
    assert follower.ending.outcome == "finished" and follower.over


def test_end_after_a_gap_without_history_is_not_certain(server):
    server.on("GET", "/api/files/local/cube.gcode", status_code=403, json={"error": "no"})
    server.job(server.reading("Operational", "cube.gcode", completion=100.0))
    ours = JobTracker(client(), AT_WORK)
    hears(ours, UP, ended("PrintDone"))
    ours.conclude()
    assert (ours.ending.outcome, ours.ending.certain) == ("finished", False)


@pytest.mark.parametrize(("seconds", "certain"), [(61, True), (2, False), (None, False)])
def test_end_after_a_gap_without_history_is_certain_if_the_job_is_older_than_the_gap(server, clock, seconds, certain):
    """Another job has printed for as long as the gap at most."""
    server.on("GET", "/api/files/local/cube.gcode", status_code=403, json={"error": "no"})
    ours = JobTracker(client(), AT_WORK._replace(print_time=0))
    clock.now += 1.0
    now = server.reading("Printing", "cube.gcode", completion=51.0)
    now["progress"]["printTime"] = seconds
    server.job(now)
    hears(ours, UP, Event("PrinterStateChanged", {}))
    ours.conclude()
    server.job(server.reading("Operational", "cube.gcode", completion=100.0))
    hears(ours, ended("PrintDone"))
    ours.conclude()
    ours.conclude()
    assert (ours.ending.outcome, ours.ending.certain) == ("finished", certain)


def test_position_that_falls_is_checked_for_another_job(server, follower):
    """In short jobs no time falls: both are less than a second old."""
    hears(follower, job("Printing", completion=30.0, seconds=60))
    assert follower.due is not None
    server.falsify("cube.gcode", prints=prints(2, 2))
    server.job(server.reading("Printing", "cube.gcode", completion=31.0))
    follower.conclude()
    follower.conclude()
    assert (follower.ending.outcome, follower.ending.certain) == ("unfinished", False)


def test_ending_gets_the_time_that_the_server_has_of_it(server, follower):
    hears(follower, ended("PrintDone"))
    server.falsify("cube.gcode", prints=prints(3, 1, True))
    assert follower.dated().ended == 1795398168.5
    server.falsify("cube.gcode", prints=prints(4, 1, True))  # that is the next one's
    assert follower.dated().ended == follower.ending.ended


def test_job_without_storage_is_followed(server):
    """PrusaLink and Moonraker name none."""
    ours = JobTracker(client(), job("Printing", completion=10.0, seconds=5, location=None))
    hears(ours, job("Printing", completion=11.0, seconds=6, location=None))
    assert ours.ending is None and ours.due is None


# -- on the SD card, which has no history ---------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "certain"), [([StateUpdate("Cancelling")], True), ([job("Cancelling", "a.gco", location="sdcard")], True), ([], False)]
)
def test_incomplete_sd_print_was_cancelled(each_server, told, certain):
    ours = JobTracker(client(), job("Printing from SD", "a.gco", 50.0, 60, "sdcard"))
    hears(ours, *told, job("Operational", "a.gco", location="sdcard"))
    each_server.job(each_server.reading("Operational", "a.gco", origin=each_server.card))
    ours.conclude()
    assert (ours.ending.outcome, ours.ending.certain) == ("cancelled", certain)


def test_completed_sd_print_was_finished(each_server):
    ours = JobTracker(client(), job("Printing from SD", "a.gco", 50.0, 60, "sdcard"))
    hears(ours, job("Operational", "a.gco", 100.0, 120, "sdcard"))
    each_server.job(each_server.reading("Operational", "a.gco", completion=100.0, origin=each_server.card))
    ours.conclude()
    assert ours.ending.outcome == "finished"


@pytest.mark.parametrize(
    ("end", "kind", "said", "reason"),
    [
        ("cancelled", "PrinterReset", {"idle": False}, "the firmware has reset itself"),
        ("error", "PrinterReset", {"idle": False}, "the firmware has reset itself"),
        ("error", "EStop", {}, "emergency stop"),
        ("error", "Error", {"error": "Thermal Runaway"}, "Thermal Runaway"),
    ],
)
def test_cause_of_ending_may_arrive_after_the_end(follower, end, kind, said, reason):
    first = hears(follower, StateUpdate("Offline after error"), ended("PrintFailed", reason=end, error="unknown"))
    assert (first.by_firmware, follower.over) == (False, False) and follower.due is not None  # nobody acts on it yet
    ending = hears(follower, Event(kind, said))
    assert (ending.outcome, ending.reason, ending.by_firmware, follower.over) == ("failed", reason, True, True)


@pytest.mark.parametrize(("end", "outcome"), [("cancelled", "cancelled"), ("error", "failed")])
@pytest.mark.parametrize("kind", ["PrinterReset", "EStop", "Error"])
def test_event_long_after_ending_does_not_change_it(follower, end, outcome, kind):
    hears(follower, ended("PrintFailed", reason=end, error="unknown"))
    follower.conclude()
    assert follower.over and hears(follower, Event(kind, {"error": "x"}))[:2] == (outcome, None)


@pytest.mark.parametrize("kind", ["EStop", "Error"])
def test_error_event_just_after_cancel_does_not_change_it(follower, kind):
    hears(follower, ended("PrintFailed", reason="cancelled"))
    assert hears(follower, Event(kind, {"error": "x"})).outcome == "cancelled" and not follower.over


def test_ending_with_known_cause_is_over_at_once(follower):
    hears(follower, Event("EStop", {}), ended("PrintFailed", reason="error", error="unknown"))
    assert follower.over

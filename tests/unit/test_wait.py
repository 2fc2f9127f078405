"""Waiting for a goal: an end as soon as it is met or impossible, never before it is known which."""

from __future__ import annotations

import math

import pytest

from octoprint_cli import errors
from octoprint_cli.client.push.updates import (
    Event,
    HeaterUpdate,
    ServerReachability,
    StateUpdate,
)
from octoprint_cli.client.resources.printer import Temperature
from octoprint_cli.client.tracking.goals import Goal
from octoprint_cli.client.tracking.job_tracker import JobTracker
from octoprint_cli.client.tracking.waiter import Waiter

from .scripted_push import ScriptedFeed, client, job, news
from .test_follow import prints

DONE = Event("PrintDone", {"path": "cube.gcode"})
CANCELLED = Event("PrintFailed", {"path": "cube.gcode", "reason": "cancelled"})
BROKEN = Event("PrintFailed", {"path": "cube.gcode", "reason": "error", "error": ""})
AT_WORK = job("Printing", completion=50.0, seconds=60)


@pytest.fixture
def stored(server):
    server.stores("cube.gcode", prints=prints(1, 0, True))
    return server


def waits(clock, words, *pieces, fails=None, seconds=600.0, **how):
    """The goal that is met; each piece of news comes a second after the one before."""
    waiter = Waiter(client(), [Goal.parse(word) for word in words.split()], fails, **how)
    feed = ScriptedFeed(clock, *((clock.now + number, piece) for number, piece in enumerate(pieces)))
    for _ in waiter.watch(feed, seconds):
        pass
    return str(waiter.met)


def refuses(error, clock, *how, **more):
    with pytest.raises(error) as raised:
        waits(clock, *how, **more)
    return raised.value


# -- met ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "pieces", "met"),
    [
        ("done", [AT_WORK, DONE], "done"),
        ("progress=60", [AT_WORK, job("Printing", completion=60.5, seconds=70)], "progress=60"),
        ("progress=60", [AT_WORK, DONE], "progress=60"),
        ("paused", [AT_WORK, StateUpdate("Pausing"), StateUpdate("Paused")], "paused"),
        ("printing", [job("Paused", completion=5.0), job("Printing", completion=5.0)], "printing"),
        ("connected", [job("Offline", None), StateUpdate("Connecting"), StateUpdate("Operational")], "connected"),
        ("idle", [AT_WORK, CANCELLED, job("Cancelling"), job("Operational")], "idle"),
        ("paused done", [AT_WORK, DONE], "done"),
        (
            "temp",
            [
                job("Operational", None),
                HeaterUpdate({"tool0": Temperature(20.0, 200.0)}),
                HeaterUpdate({"tool0": Temperature(199.0, 200.0)}),
            ],
            "temp",
        ),
    ],
)
def test_wait_ends_when_goal_is_met(stored, clock, words, pieces, met):
    assert waits(clock, words, *pieces) == met


@pytest.mark.parametrize("words", ["idle", "connected", "printing"])
def test_goal_already_met_ends_wait_after_one_poll(stored, clock, words):
    before = clock.now
    waits(clock, words, job("Printing" if words == "printing" else "Operational", None))
    assert clock.now == before


def test_wait_done_uses_last_job_if_none_is_active(stored, clock):
    assert waits(clock, "done", job("Operational", completion=100.0)) == "done"
    stored.falsify("cube.gcode", prints=prints(1, 1))
    refuses(errors.JobCancelled, clock, "done", job("Operational"))


def test_wait_done_ignores_last_job_while_one_is_active(stored, clock):
    refuses(errors.WaitTimeout, clock, "done", job("Starting", completion=None), AT_WORK, seconds=60)


def test_wait_done_without_any_job_is_no_active_job(server, clock):
    refuses(errors.NoActiveJob, clock, "done", job("Operational", None))
    refuses(errors.PrinterOffline, clock, "done", job("Offline", None))


# -- impossible -----------------------------------------------------------------------------------


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
def test_each_failed_ending_has_its_error_code(stored, clock, monkeypatch, words, pieces, code):
    """A state comes before the event that says why: whoever judged by it alone would call each an offline printer."""
    monkeypatch.setattr("octoprint_cli.client.tracking.job_tracker.GRACE_SECONDS", 10)
    assert refuses(errors.CliError, clock, words, AT_WORK, *pieces).code == code


def test_ending_event_may_precede_offline_state(stored, clock):
    stored.job(stored.reading("Offline after error", None))
    assert refuses(errors.PrinterOffline, clock, "done", AT_WORK, BROKEN).details["outcome"] == "failed"


def test_cancelled_job_is_reported_although_printer_is_idle(stored, clock):
    refuses(errors.JobCancelled, clock, "done", AT_WORK, CANCELLED, job("Operational"), job("Operational"))


def test_ending_without_event_is_found_by_polling(stored, clock):
    stored.job(stored.reading("Operational", "cube.gcode", completion=100.0))
    begun = clock.now
    assert waits(clock, "done", AT_WORK, job("Operational", completion=100.0, seconds=120)) == "done"
    assert clock.now - begun < 5


def test_goal_is_not_met_while_ending_is_unclear(stored, clock):
    """Idle, but whether the job was finished or cancelled is known a moment later."""
    stored.job(stored.reading("Operational", "cube.gcode"))
    stored.falsify("cube.gcode", prints=prints(1, 1))
    late = JobTracker(client(), AT_WORK, None)
    stored.falsify("cube.gcode", prints=prints(1, 2))
    refuses(errors.JobCancelled, clock, "done", job("Operational"), follower=late)


def test_lost_job_is_reported(stored, clock):
    stored.job(stored.reading("Operational"))
    assert refuses(errors.JobLost, clock, "done", AT_WORK, job("Operational", None)).details["file"] == "cube.gcode"


@pytest.mark.parametrize(("words", "code"), [("done", "JOB_LOST"), ("done connected", None), ("connected", None)])
def test_lost_job_does_not_end_wait_for_another_goal(stored, clock, words, code):
    stored.job("Offline")
    pieces = [AT_WORK._replace(state="Offline", file=None, location=None)]
    begun = JobTracker(client(), AT_WORK)
    begun.process(news(ServerReachability("refused")))
    if code:
        assert refuses(errors.CliError, clock, words, *pieces, follower=begun).code == code
    else:
        assert refuses(errors.WaitTimeout, clock, words, *pieces, follower=begun).code == "WAIT_TIMEOUT"


def test_pause_ends_wait_only_if_listed_as_failure(stored, clock):
    paused = job("Paused", completion=50.0, seconds=60)
    refuses(errors.JobPaused, clock, "done", AT_WORK, paused, fails=frozenset({"paused"}))
    refuses(errors.WaitTimeout, clock, "done", AT_WORK, paused, seconds=60)


def test_wait_paused_fails_when_job_finishes(stored, clock):
    refuses(errors.StateNotReached, clock, "paused", AT_WORK, DONE)


def test_wait_temp_without_target_is_an_error(server, clock):
    refuses(errors.StateNotReached, clock, "temp", job("Operational", None), HeaterUpdate({"tool0": Temperature(20.0, 0.0)}))


def test_offline_printer_ends_wait_temp(server, clock):
    refuses(errors.PrinterOffline, clock, "temp", job("Offline", None))


def test_failures_before_wait_has_begun_are_ignored(server, clock):
    offline = job("Offline after error", None)
    seen = []

    def begun(scene):
        seen.append(scene.phase.value)
        return "connecting" in seen

    how = {"fails": frozenset({"error", "offline"}), "begun": begun}
    assert waits(clock, "connected", offline, job("Connecting", None), job("Operational", None), **how) == "connected"
    refuses(errors.PrinterOffline, clock, "connected", offline, job("Connecting", None), offline, **how)


# -- time -----------------------------------------------------------------------------------------


def test_wait_timeout_is_kept_and_reported(stored, clock):
    begun = clock.now
    error = refuses(errors.WaitTimeout, clock, "paused progress=90", AT_WORK, seconds=30)
    assert clock.now - begun == 30
    assert error.message == ("after 30 s the printer is Printing (last heard 30 s ago), and not paused or progress=90")
    assert error.retryable is True
    assert error.details == {"wanted": ["paused", "progress=90"], "state": "Printing"}


def test_wait_for_a_job_that_is_paused_for_a_person_is_not_retryable(stored, clock):
    error = refuses(errors.WaitTimeout, clock, "done", job("Paused", completion=50.0), seconds=30)
    assert error.retryable is False and "is Paused" in error.message


def test_goal_met_at_the_deadline_counts(stored, clock):
    assert waits(clock, "done", AT_WORK, DONE, seconds=1.0) == "done"


def test_watch_without_goal_ends_at_timeout_successfully(stored, clock):
    waiter, begun = Waiter(client(), []), clock.now
    assert list(waiter.watch(ScriptedFeed(clock, (clock.now, AT_WORK), (clock.now + 1, CANCELLED)), 10.0))
    assert waiter.met is None and clock.now == begun + 10


# -- the next job ---------------------------------------------------------------------------------


def test_wait_ignoring_failures_follows_next_job(stored, clock):
    stored.stores("next.gcode", prints=prints(0, 0))
    after = [
        job("Cancelling"),
        job("Operational"),
        job("Printing", "next.gcode", 1.0, 1),
        Event("PrintDone", {"path": "next.gcode"}),
    ]
    assert waits(clock, "done", AT_WORK, CANCELLED, *after, fails=frozenset()) == "done"


def test_wait_follows_next_job_started_between_polls(stored, clock):
    """Between two looks the printer was idle."""
    stored.stores("next.gcode", prints=prints(0, 0))
    after = [job("Printing", "next.gcode", 1.0, 1), Event("PrintDone", {"path": "next.gcode"})]
    assert waits(clock, "done", AT_WORK, CANCELLED, *after, fails=frozenset()) == "done"


def test_job_still_cancelling_is_not_the_next_job(stored, clock):
    again = [job("Cancelling", completion=50.0, seconds=61), job("Operational")]
    refuses(errors.WaitTimeout, clock, "done", AT_WORK, CANCELLED, *again, fails=frozenset(), seconds=60)


# -- afterwards -----------------------------------------------------------------------------------


def final(clock, server, *pieces):
    waiter = Waiter(client(), [Goal("done")])
    feed = ScriptedFeed(clock, *((clock.now + number, piece) for number, piece in enumerate(pieces)))
    with pytest.raises(errors.CliError):
        for _ in waiter.watch(feed, 30.0):
            pass
    return waiter.final()


def test_final_state_is_polled_once_more(stored, clock):
    stored.job(
        stored.reading("Cancelling", "cube.gcode"),
        stored.reading("Cancelling", "cube.gcode"),
        stored.reading("Operational", "cube.gcode"),
    )
    known = final(clock, stored, AT_WORK, CANCELLED)
    assert known.job.state == "Operational" and known.ending.outcome == "cancelled" and known.printer is not None


def test_final_state_is_last_known_if_server_is_unreachable(stored, clock):
    stored.on("GET", "/api/job", status_code=503, text="")
    known = final(clock, stored, AT_WORK, CANCELLED)
    assert known.job.state == "Printing" and known.ending.outcome == "cancelled" and known.printer is None


def test_final_state_is_none_if_nothing_was_received(stored, clock):
    waiter = Waiter(client(), [Goal("done")])
    with pytest.raises(errors.WaitTimeout):
        list(waiter.watch(ScriptedFeed(clock), 5.0))
    assert waiter.final() is None


# -- as commands ----------------------------------------------------------------------------------


def test_wait_works_by_polling_only(stored, clock):
    """As behind a proxy that lets no websocket through."""
    stored.job(
        stored.reading("Printing", "cube.gcode", completion=50.0),
        stored.reading("Printing", "cube.gcode", completion=99.0),
        stored.reading("Operational", "cube.gcode", completion=100.0),
    )
    result = stored.run("wait", "--json")
    assert (result.exit_code, result.data["met"], result.data["last_job"]["outcome"]) == (0, "done", "finished")
    assert result.stderr.count("Warning: ") == 1 and "asked every 2 s" in result.stderr
    assert stored.sent == []


def test_wait_timeout_works_by_polling_only(stored, clock):
    stored.job(stored.reading("Printing", "cube.gcode", completion=50.0))
    result = stored.refuses(4, "WAIT_TIMEOUT", "wait", "--timeout", "60")
    assert 60 <= clock.slept < 61 and result.data["job"]["completion"] == 50.0 and result.data["met"] is None
    assert result.data["seconds"] >= 60


def test_print_wait_runs_to_the_end(each_server, gcode_file, clock):
    server = each_server
    server.takes_upload()
    readings = [server.reading("Printing", "quick.gcode", completion=percent) for percent in (0.5, 50.0)]
    server.then("/api/files/local/quick.gcode", *readings, server.reading("Operational", "quick.gcode", completion=100.0))
    data = server.does("print", str(gcode_file), "--confirm", "--wait")
    assert data["started"] is True and data["met"] == "done" and data["state"] == "Operational"
    assert data["last_job"]["outcome"] == "finished" and data["last_job"]["file"] == "quick.gcode"


def test_failed_print_with_wait_reports_the_start(each_server, gcode_file, clock):
    server = each_server
    server.takes_upload()

    def failed():
        server.falsify("quick.gcode", prints=prints(0, 1))

    gone = server.reading("Offline after error", error="Thermal Runaway")
    server.then("/api/files/local/quick.gcode", server.reading("Printing", "quick.gcode", completion=0.5), gone, also=failed)
    server.stores("quick.gcode", gcode_file.read_bytes(), prints=prints(0, 0))
    result = server.run("print", str(gcode_file), "--confirm", "--wait", "--json")
    assert result.code in ("PRINTER_OFFLINE", "JOB_FAILED") and result.data["started"] is True
    assert result.data["last_job"]["outcome"] == "failed" and result.data["error"] == "Thermal Runaway"


def test_interrupted_print_wait_leaves_the_print_running(server, gcode_file, clock):
    server.takes_upload()
    server.then("/api/files/local/quick.gcode", server.reading("Printing", "quick.gcode", completion=0.5))
    sleep = clock.sleep

    def interrupted(seconds):
        sleep(seconds)
        if clock.slept > 10:
            raise KeyboardInterrupt

    clock.sleep = interrupted
    error = server.refuses(130, "INTERRUPTED", "print", str(gcode_file), "--confirm", "--wait").envelope["error"]
    assert error["message"] == "interrupted; the job goes on: the printer is Printing with quick.gcode"
    assert [path for path, _ in server.sent] == ["/api/files/local", "/api/files/local/quick.gcode"]


def test_temp_wait_runs_until_target_is_reached(each_server, clock):
    server = each_server
    server.takes_targets()
    sleep = clock.sleep

    def warmer(seconds):
        sleep(seconds)
        server.octoprint.heaters["tool0"][0] = min(200.0, 21.3 + clock.slept * 10)

    clock.sleep = warmer
    data = server.does("temp", "--tool", "200", "--wait")
    assert data["met"] == "temp" and data["set"] == {"tool0": 200.0} and data["temperature"]["tool0"]["actual"] >= 198
    assert math.isclose(clock.slept, 18, abs_tol=2.5)

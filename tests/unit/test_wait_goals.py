"""Waiting for a goal ends as soon as it is met, or with the time-out."""

from __future__ import annotations

import pytest

from octoprint_cli import errors
from octoprint_cli.client.push.updates import Event, HeaterUpdate, StateUpdate
from octoprint_cli.client.resources.printer import Temperature
from octoprint_cli.client.tracking.waiter import Waiter

from .followed_jobs import PRINTING, print_history
from .scripted_push import ScriptedFeed, client, job
from .scripted_waits import CANCELLED, DONE, wait_error, wait_for


@pytest.mark.parametrize(
    ("words", "pieces", "met"),
    [
        ("done", [PRINTING, DONE], "done"),
        ("progress=60", [PRINTING, job("Printing", completion=60.5, seconds=70)], "progress=60"),
        ("progress=60", [PRINTING, DONE], "progress=60"),
        ("paused", [PRINTING, StateUpdate("Pausing"), StateUpdate("Paused")], "paused"),
        ("printing", [job("Paused", completion=5.0), job("Printing", completion=5.0)], "printing"),
        ("connected", [job("Offline", None), StateUpdate("Connecting"), StateUpdate("Operational")], "connected"),
        ("idle", [PRINTING, CANCELLED, job("Cancelling"), job("Operational")], "idle"),
        ("paused done", [PRINTING, DONE], "done"),
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
def test_wait_ends_when_goal_is_met(server_with_file, clock, words, pieces, met):
    assert wait_for(clock, words, *pieces) == met


@pytest.mark.parametrize("words", ["idle", "connected", "printing"])
def test_goal_already_met_ends_wait_after_one_poll(server_with_file, clock, words):
    before = clock.now
    wait_for(clock, words, job("Printing" if words == "printing" else "Operational", None))
    assert clock.now == before


def test_wait_done_uses_last_job_if_none_is_active(server_with_file, clock):
    assert wait_for(clock, "done", job("Operational", completion=100.0)) == "done"
    server_with_file.falsify("cube.gcode", prints=print_history(1, 1))
    wait_error(errors.JobCancelled, clock, "done", job("Operational"))


def test_wait_done_ignores_last_job_while_one_is_active(server_with_file, clock):
    wait_error(errors.WaitTimeout, clock, "done", job("Starting", completion=None), PRINTING, seconds=60)


def test_wait_done_without_any_job_is_no_active_job(server, clock):
    wait_error(errors.NoActiveJob, clock, "done", job("Operational", None))
    wait_error(errors.PrinterOffline, clock, "done", job("Offline", None))


# -- time -----------------------------------------------------------------------------------------


def test_wait_timeout_is_kept_and_reported(server_with_file, clock):
    begun = clock.now
    error = wait_error(errors.WaitTimeout, clock, "paused progress=90", PRINTING, seconds=30)
    assert clock.now - begun == 30
    assert error.message == ("after 30 s the printer is Printing (last heard 30 s ago), and not paused or progress=90")
    assert error.retryable is True
    assert error.details == {"wanted": ["paused", "progress=90"], "state": "Printing"}


def test_wait_for_a_job_that_is_paused_for_a_person_is_not_retryable(server_with_file, clock):
    error = wait_error(errors.WaitTimeout, clock, "done", job("Paused", completion=50.0), seconds=30)
    assert error.retryable is False and "is Paused" in error.message


def test_goal_met_at_the_deadline_counts(server_with_file, clock):
    assert wait_for(clock, "done", PRINTING, DONE, seconds=1.0) == "done"


def test_watch_without_goal_ends_at_timeout_successfully(server_with_file, clock):
    waiter, begun = Waiter(client(), []), clock.now
    assert list(waiter.watch(ScriptedFeed(clock, (clock.now, PRINTING), (clock.now + 1, CANCELLED)), 10.0))
    assert waiter.met is None and clock.now == begun + 10


# -- the next job ---------------------------------------------------------------------------------


def test_wait_ignoring_failures_follows_next_job(server_with_file, clock):
    server_with_file.add_file("next.gcode", prints=print_history(0, 0))
    after = [
        job("Cancelling"),
        job("Operational"),
        job("Printing", "next.gcode", 1.0, 1),
        Event("PrintDone", {"path": "next.gcode"}),
    ]
    assert wait_for(clock, "done", PRINTING, CANCELLED, *after, fails=frozenset()) == "done"


def test_wait_follows_next_job_started_between_polls(server_with_file, clock):
    """Between two looks the printer was idle."""
    server_with_file.add_file("next.gcode", prints=print_history(0, 0))
    after = [job("Printing", "next.gcode", 1.0, 1), Event("PrintDone", {"path": "next.gcode"})]
    assert wait_for(clock, "done", PRINTING, CANCELLED, *after, fails=frozenset()) == "done"


def test_job_still_cancelling_is_not_the_next_job(server_with_file, clock):
    again = [job("Cancelling", completion=50.0, seconds=61), job("Operational")]
    wait_error(errors.WaitTimeout, clock, "done", PRINTING, CANCELLED, *again, fails=frozenset(), seconds=60)

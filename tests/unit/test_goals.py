"""What can be waited for, when it is met, what makes it impossible, and what an end means to whoever waited."""

from __future__ import annotations

import pytest

from octoprint_cli.client.phase import phase_of
from octoprint_cli.client.resources.printer import Temperature
from octoprint_cli.client.tracking import goals as goal_module, outcome_errors
from octoprint_cli.client.tracking.goals import Goal, usual_failures
from octoprint_cli.client.tracking.job_outcome import JobOutcome
from octoprint_cli.client.tracking.snapshot import PrinterSnapshot

from .scripted_push import job

EVERY_STATE = """Offline; Connecting; Offline after error; Operational; Starting; Printing; Pausing; Paused; Resuming; Cancelling;
    Finishing; Sending file to SD; Druckt gerade""".replace("\n    ", " ").split("; ")


def snapshot(state="Printing", completion=None, outcome=None, **heaters):
    reading = job(state, completion=completion)
    heat = {name: Temperature(*pair) for name, pair in heaters.items()}
    return PrinterSnapshot(reading, heaters=heat, ending=JobOutcome(outcome) if outcome else None)


# -- goals ----------------------------------------------------------------------------------------


def test_every_documented_goal_parses_and_formats():
    for word in goal_module.GOALS:
        written = word.replace("PERCENT", "12.5")
        assert str(Goal.parse(written)) == written


@pytest.mark.parametrize(
    "written",
    "|Done|progress|progress=|progress=x|progress=-1|progress=101|progress=nan|progress=inf|done=1| done".split("|"),
)
def test_invalid_goal_is_refused(written):
    with pytest.raises(ValueError):
        Goal.parse(written)


@pytest.mark.parametrize(
    ("name", "states"),
    [
        ("idle", ["Operational"]),
        ("printing", ["Printing"]),
        ("paused", ["Paused"]),
        ("connected", [state for state in EVERY_STATE if phase_of(state).connected]),
    ],
)
def test_state_goal_is_met_only_in_its_states(name, states):
    assert [state for state in EVERY_STATE if Goal(name).met(snapshot(state))] == states


@pytest.mark.parametrize(
    ("outcome", "met"),
    [("finished", True), ("cancelled", False), ("failed", False), ("unfinished", False), ("lost", False), (None, False)],
)
def test_done_goal_is_met_only_by_finished_job(outcome, met):
    assert Goal("done").met(snapshot("Operational", outcome=outcome)) is met
    assert Goal("done").met(snapshot("Operational", 100.0)) is False  # which may be that of an earlier job


@pytest.mark.parametrize(
    ("state", "completion", "outcome", "met"),
    [
        ("Printing", 49.9, None, False),
        ("Printing", 50.0, None, True),
        ("Paused", 80.0, None, True),
        ("Printing", None, None, False),
        ("Operational", 100.0, None, False),
        ("Operational", None, "finished", True),
        ("Operational", None, "cancelled", False),
    ],
)
def test_progress_goal_is_met_by_active_or_finished_job(state, completion, outcome, met):
    assert Goal("progress", 50).met(snapshot(state, completion, outcome)) is met


@pytest.mark.parametrize(
    ("heaters", "met"),
    [
        ({"tool0": (198.0, 200.0)}, True),
        ({"tool0": (202.0, 200.0)}, True),
        ({"tool0": (197.9, 200.0)}, False),
        ({"tool0": (202.1, 200.0)}, False),
        ({"tool0": (200.0, 200.0), "bed": (21.0, 60.0)}, False),
        ({"tool0": (200.0, 200.0), "bed": (21.0, 0.0)}, True),
        ({"tool0": (200.0, 200.0), "bed": (21.0, None)}, True),
        ({"tool0": (None, 200.0)}, False),
        ({"tool0": (21.0, 0.0)}, False),
        ({"tool0": (0.0, None)}, False),
        ({}, False),
    ],
)
def test_temp_goal_needs_every_heater_at_its_target(heaters, met):
    assert Goal("temp").met(snapshot("Operational", **heaters)) is met


# -- what makes them impossible -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("goals", "fails"),
    [
        ("done", "error offline cancelled"),
        ("progress", "error offline cancelled"),
        ("paused", "error offline cancelled"),
        ("idle", "error offline"),
        ("temp", "error offline"),
        ("done idle", "error offline"),
        ("connected", ""),
        ("done connected", ""),
    ],
)
def test_failures_that_make_all_goals_impossible_end_the_wait(goals, fails):
    assert usual_failures([Goal(name) for name in goals.split()]) == set(fails.split())
    assert set(fails.split()) <= set(goal_module.FAILURES)


# -- verdicts -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outcome", "state", "by_firmware", "code"),
    [
        ("finished", "Operational", False, None),
        ("finished", "Offline", False, None),
        ("cancelled", "Operational", False, "JOB_CANCELLED"),
        ("cancelled", "Offline", False, "JOB_CANCELLED"),
        ("failed", "Offline after error", True, "JOB_FAILED"),
        ("failed", "Offline after error", False, "PRINTER_OFFLINE"),
        ("failed", "Offline", False, "PRINTER_OFFLINE"),
        ("failed", "Operational", False, "JOB_FAILED"),
        ("failed", "Operational", True, "JOB_FAILED"),
        ("unfinished", "Operational", False, "JOB_FAILED"),
        ("lost", "Operational", False, "JOB_LOST"),
        ("lost", "Offline", False, "JOB_LOST"),
    ],
)
def test_each_job_ending_maps_to_its_error_code(outcome, state, by_firmware, code):
    error = outcome_errors.of_ending(JobOutcome(outcome, "why", "cube.gcode", "local", by_firmware=by_firmware), job(state))
    assert (error and error.code) == code
    if error:
        assert "cube.gcode" in error.message and error.retryable is False
        assert error.details["outcome"] == outcome and error.details["reason"] == "why" and error.details["file"] == "cube.gcode"


@pytest.mark.parametrize(
    ("state", "fails", "code"),
    [
        ("Offline", "offline", "PRINTER_OFFLINE"),
        ("Offline", "error", None),
        ("Offline after error", "offline", "PRINTER_OFFLINE"),
        ("Offline after error", "error", "PRINTER_OFFLINE"),
        ("Offline after error", "paused cancelled", None),
        ("Paused", "paused", "JOB_PAUSED"),
        ("Paused", "error offline cancelled", None),
        ("Pausing", "paused", None),
        ("Connecting", "error offline", None),
        ("Operational", "error offline cancelled paused", None),
    ],
)
def test_state_ends_the_wait_only_if_listed_as_failure(state, fails, code):
    error = outcome_errors.of_snapshot(snapshot(state), frozenset(fails.split()), lambda job: None)
    assert (error and error.code) == code


def test_halted_firmware_ends_the_wait_with_its_own_words():
    known = snapshot("Offline after error")
    error = outcome_errors.of_snapshot(known, frozenset({"error"}), lambda job: "MINTEMP triggered")
    assert (error.code, error.retryable, error.details["reason"]) == ("PRINTER_HALTED", False, "MINTEMP triggered")
    heard = known._replace(firmware_error="Thermal Runaway")
    assert "Thermal Runaway" in outcome_errors.of_snapshot(heard, frozenset({"error"}), lambda job: None).message


@pytest.mark.parametrize(("state", "hint"), [("Operational", "temp --off"), ("Offline after error", "nothing can be switched off")])
def test_hint_after_a_failed_job_is_one_that_can_work(state, hint):
    ended = JobOutcome("failed", "Thermal Runaway", by_firmware=True)
    assert hint in outcome_errors.of_ending(ended, job(state)).hint

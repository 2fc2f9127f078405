"""`wait` for more than an end, what ends it without, and what becomes of the print when the start_waiting ends."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from .program import Answer, Started
from .server import LIMIT
from .test_endings import cancel, disconnect, start_following
from .test_interrupts import SIGNALS


def start_waiting(server: Any, *line: Any) -> Started:
    """A `wait` that listens."""
    with server.listened():
        run: Started = server.begin("wait", *line)
    return run


def assert_met(run: Started, goal: str) -> Any:
    data = run.answer().data
    assert data["met"] == goal, data
    return data


def assert_ended(answer: Answer, exit_code: int, code: str) -> Any:
    """The error's details."""
    assert (answer.exit_code, answer.code, answer.envelope["data"]["met"]) == (exit_code, code, None), answer
    return answer.error["details"]


# -- goals ------------------------------------------------------------------------------------------


def test_state_goals_are_met_on_change_and_at_once(server: Any, slow: Path) -> None:
    printing, paused = start_waiting(server, "--for", "printing"), start_waiting(server, "--for", "paused")
    server.cli("print", slow, "--confirm")
    assert assert_met(printing, "printing")["phase"] == "printing"
    server.post("/api/job", {"command": "pause", "action": "pause"})
    assert assert_met(paused, "paused")["state"] == "Paused"
    assert server.cli("wait", "--for", "paused", "--for", "done").data["met"] == "paused"
    idle = start_waiting(server, "--for", "idle")
    cancel(server)
    assert assert_met(idle, "idle")["last_job"]["outcome"] == "cancelled"
    assert server.cli("wait", "--for", "idle").data["met"] == "idle"


def test_progress_goal_is_met_during_the_job(server: Any, slow: Path) -> None:
    server.cli("print", slow, "--confirm")
    data = assert_met(start_waiting(server, "--for", "progress=6"), "progress=6")
    assert (data["phase"], data["job"]["completion"] >= 6, server.prints("slow.gcode")) == ("printing", True, 0)


def test_connected_goal_and_offline_failure(server: Any) -> None:
    disconnect(server)
    assert assert_ended(server.cli("wait", "--for", "idle", expect=None), 1, "PRINTER_OFFLINE")["state"] == "Offline"
    run = start_waiting(server, "--for", "connected")
    server.post("/api/connection", {"command": "connect"})
    assert assert_met(run, "connected")["phase"] == "idle"
    disconnect(server)
    assert server.cli("connect", "--wait", LIMIT).data["connected"] is True
    assert server.state() == "Operational"
    run = start_waiting(server, "--for", "printing")
    disconnect(server)
    assert_ended(run.answer(), 1, "PRINTER_OFFLINE")


def test_temp_goal_waits_for_heaters(server: Any) -> None:
    assert server.cli("wait", "--for", "temp", expect=4).code == "STATE_NOT_REACHED"
    data = server.cli("temp", "--tool", "60", "--bed", "40", "--wait", "--wait-timeout", LIMIT).data
    assert (data["set"], data["met"]) == ({"tool0": 60, "bed": 40}, "temp")
    for heaters in (data["temperature"], server.get("/api/printer")["temperature"]):
        assert abs(heaters["tool0"]["actual"] - 60) <= 2 and abs(heaters["bed"]["actual"] - 40) <= 2, heaters
    assert server.cli("wait", "--for", "temp").data["met"] == "temp"
    server.gcode("M104 S200")
    server.until(lambda: server.get("/api/printer")["temperature"]["tool0"]["target"], lambda target: target == 200)
    answer = server.cli("temp", "--wait", "--wait-timeout", "0.5", expect=4)
    assert (answer.code, answer.envelope["data"]["met"]) == ("WAIT_TIMEOUT", None)
    server.cli("temp", "--off")


def test_temperature_history_is_returned(server: Any) -> None:
    history = server.cli("temp", "--history", "--limit", "3").data["history"]
    assert 1 <= len(history) <= 3
    assert all(entry["time"].endswith("Z") for entry in history), history
    assert history[-1]["tool0"]["actual"] > 0, history  # of the moment of a connect it remembers nothing


# -- what ends a wait without its goal ----------------------------------------------------------------


def test_wait_without_job_is_no_active_job(server: Any) -> None:
    assert assert_ended(server.cli("wait", expect=None), 4, "NO_ACTIVE_JOB")["state"] == "Operational"
    disconnect(server)
    assert_ended(server.cli("wait", expect=None), 1, "PRINTER_OFFLINE")


def test_pause_ends_wait_only_with_fail_on_paused(server: Any, slow: Path) -> None:
    patient = start_following(server, slow)
    strict = start_waiting(server, "--fail-on", "paused,error,offline,cancelled")
    server.post("/api/job", {"command": "pause", "action": "pause"})
    assert assert_ended(strict.answer(), 4, "JOB_PAUSED")["file"] == "slow.gcode"
    assert (patient.process.poll(), server.state()) == (None, "Paused")
    cancel(server)
    assert patient.answer().code == "JOB_CANCELLED"


def test_fail_on_none_waits_for_the_next_job(server: Any, slow: Path, quick: Path) -> None:
    first = start_following(server, slow)
    run = start_waiting(server, "--for", "done", "--fail-on", "none")
    cancel(server)
    first.answer()
    server.idle()
    assert run.process.poll() is None
    server.cli("print", quick, "--confirm")
    assert assert_met(run, "done")["last_job"]["file"] == "quick.gcode"


@pytest.mark.parametrize("line", [["print", "--wait-timeout"], ["wait", "--timeout"]])
def test_wait_timeout_leaves_the_print_running(server: Any, slow: Path, line: Any) -> None:
    if line[0] == "print":
        answer = server.cli("print", slow, "--confirm", "--wait", line[1], "0.5", expect=None)
    else:
        server.cli("print", slow, "--confirm")
        answer = server.cli(*line, "0.5", expect=None)
    details = assert_ended(answer, 4, "WAIT_TIMEOUT")
    assert (details["wanted"], details["state"]) == (["done"], server.state()) == (["done"], "Printing")
    assert (answer.envelope["data"]["phase"], answer.envelope["data"]["job"]["file"]) == ("printing", "slow.gcode")


def test_interrupted_wait_leaves_the_print_running(server: Any, slow: Path) -> None:
    waiters = start_following(server, slow), start_waiting(server)
    for waiter, (number, _, _) in zip(waiters, SIGNALS):
        waiter.send(number)
    answers = [waiter.answer() for waiter in waiters]
    assert [(answer.exit_code, answer.code) for answer in answers] == [tuple(expected) for _, *expected in SIGNALS], answers
    assert "the job goes on: the printer is Printing with slow.gcode" in answers[0].error["message"]
    assert "nothing was sent that would change anything" in answers[1].error["message"]
    assert (server.state(), server.job()["job"]["file"]["path"]) == ("Printing", "slow.gcode")

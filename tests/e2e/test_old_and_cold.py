"""A server that hangs, whose last word grows old, and a paused job whose heaters cool down: nothing is reported that is not so."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import pytest

from octoprint_cli.client.tracking.outcome_errors import OLD_SECONDS

from .prints import DWELL, write

#: After so many seconds of silence the state is old: in a run whose server hangs, to spare the wait.
SILENCE = 2.0


def test_wait_on_a_hung_server_says_when_it_was_heard_last(server: Any, slow: Path) -> None:
    server.cli("print", slow, "--confirm")
    with server.listened():
        run = server.begin("wait", "--timeout", str(3 * SILENCE), held={"OLD_SECONDS": SILENCE})
    pid = server.pid()
    os.kill(pid, signal.SIGSTOP)
    try:
        answer = run.answer()
    finally:
        os.kill(pid, signal.SIGCONT)
    assert answer.code == "WAIT_TIMEOUT" and "the printer is Printing (last heard " in answer.error["message"], answer
    data = answer.envelope["data"]
    assert data["heard_ago"] >= SILENCE and data["heard"].endswith("Z") and data["phase"] == "printing"


def test_wait_that_hears_the_server_has_a_current_state(server: Any) -> None:
    assert server.cli("wait", "--for", "idle").data["heard_ago"] < OLD_SECONDS


@pytest.fixture
def paused(server: Any, tmp_path: Path) -> Any:
    """A job with a warm hotend, paused."""
    file = write(tmp_path / "warm.gcode", f"M117 warm\nM109 S60\n{DWELL}")
    server.cli("print", file, "--confirm")
    server.until(lambda: server.get("/api/printer")["temperature"]["tool0"]["actual"], lambda actual: actual >= 58)
    server.cli("pause")
    yield server
    server.request("POST", "/api/job", json={"command": "cancel"})
    server.idle()
    server.cli("temp", "--off")


def test_resume_with_cold_heaters_wants_consent(paused: Any) -> None:
    paused.cli("temp", "--off")
    answer = paused.cli("resume", expect=4)
    assert (answer.code, answer.error["details"]["cold"]) == ("CONFIRMATION_REQUIRED", {"tool0": 60.0}), answer
    assert "tool0 60 °C" in answer.error["message"] and "temp --tool 60 --wait" in answer.error["hint"]
    assert paused.state() == "Paused"
    assert paused.cli("resume", "--confirm").data["changed"] is True
    assert paused.state() == "Printing"


def test_resume_with_hot_heaters_needs_no_consent(paused: Any) -> None:
    assert paused.cli("resume").data["changed"] is True

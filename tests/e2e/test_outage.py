"""A server that goes away, a printer that goes away, a firmware that gives up: in the middle of a job."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

#: While a server is on its way up, or down.
NOT_THERE = {"CONNECTION_ERROR", "SERVER_STARTING", "TIMEOUT"}


@pytest.fixture
def printing(server: Any, slow: Path) -> Any:
    server.cli("print", slow, "--confirm")
    return server


def gone(server: Any) -> str:
    """Wait until the server itself says that there is no printer any more, and return its word."""
    return server.until(server.state, lambda state: state.startswith("Offline"))


def says_offline(server: Any, halted: bool = False) -> None:
    """Every verb tells that there is no printer, and `status` what the server knows of the job: nothing is printing.

    A firmware that has halted is told as that; of 2.0, which does not say so in its job, by `status` alone.
    """
    word, code = server.state(), "PRINTER_HALTED" if halted else "PRINTER_OFFLINE"
    for line in (["pause"], ["resume"], ["cancel", "--confirm"]):
        answer = server.cli(*line, expect=1)
        verb_code = "PRINTER_OFFLINE" if server.modern else code
        assert (answer.code, word in answer.error["message"]) == (verb_code, True), answer
        assert answer.error["retryable"] is (word == "Offline"), answer
    status = server.cli("status", expect=1)
    assert (status.code, status.envelope["data"]["state"]) == (code, word)
    assert status.envelope["data"]["job"]["completion"] is None
    assert status.error["retryable"] is (word == "Offline")


def test_server_restart_is_reported_as_it_happens(printing: Any, slow: Path) -> None:
    try:
        assert printing.cli("status").data["phase"] == "printing"
        printing.sandbox("stop")
        for line in (["status"], ["cancel", "--confirm"], ["print", slow, "--confirm"]):
            answer = printing.cli(*line, expect=1)
            assert (answer.code, answer.error["retryable"]) == ("CONNECTION_ERROR", True)
    finally:
        starting = printing.begin("sandbox", "start", "--name", printing.name)
        told = []
        while starting.process.poll() is None:
            # In its usual time it would try again until the server is there, and see nothing of the start.
            told.append(printing.cli("status", "--timeout", "0.5", expect=None))
        starting.answer()
    for answer in told:
        if answer.exit_code == 0:
            assert (answer.data["phase"], answer.data["job"]["file"]) == ("idle", None), answer
        else:
            assert answer.exit_code == 1 and answer.code in {*NOT_THERE, "PRINTER_OFFLINE"}, answer
    assert {answer.code for answer in told} & NOT_THERE
    status = printing.cli("status").data
    assert (status["state"], status["job"]["file"]) == (printing.state(), None) == ("Operational", None)
    assert printing.cli("cancel", "--confirm", expect=4).code == "NO_ACTIVE_JOB"
    assert printing.prints("slow.gcode") == 0


def test_disconnecting_the_printer_ends_its_job(printing: Any) -> None:
    printing.post("/api/connection", {"command": "disconnect"})
    assert gone(printing) == "Offline"
    says_offline(printing)
    printing.cli("connect")
    assert printing.cli("cancel", "--confirm", expect=4).code == "NO_ACTIVE_JOB"


@pytest.mark.parametrize("fault", ["trigger_fatal_error_marlin", "drop_connection"])
def test_firmware_failure_is_offline_after_error(printing: Any, slow: Path, fault: str) -> None:
    printing.gcode(f"!!DEBUG:{fault}")
    assert gone(printing) == "Offline after error"
    says_offline(printing, halted=fault != "drop_connection")
    answer = printing.cli("print", slow, "--confirm", expect=1)
    assert answer.code in ("PRINTER_OFFLINE", "PRINTER_HALTED") and answer.error["retryable"] is False
    assert printing.state() == "Offline after error"
    printing.cli("connect")
    assert (printing.state(), printing.cli("status").data["phase"]) == ("Operational", "idle")


def test_error_that_only_ends_the_job_leaves_no_active_job(mild: Any, slow: Path) -> None:
    mild.cli("print", slow, "--confirm")
    mild.gcode("!!DEBUG:mintemp_error")
    mild.idle()
    assert mild.cli("cancel", "--confirm", expect=4).code == "NO_ACTIVE_JOB"
    status = mild.cli("status").data
    assert (status["phase"], status["job"]["completion"]) == ("idle", None)


def test_cancel_during_firmware_failure_reports_the_outcome(printing: Any) -> None:
    run = printing.begin("cancel", "--confirm")
    printing.gcode("!!DEBUG:trigger_fatal_error_marlin")
    answer = run.answer()
    word = gone(printing)
    if answer.exit_code == 0:
        assert answer.data["action"] == "cancelled"
        assert answer.data["state"].startswith(("Operational", "Offline", "Error", word)), answer
    else:
        assert answer.code in {"PRINTER_OFFLINE", "PRINTER_HALTED", "NO_ACTIVE_JOB"}, answer

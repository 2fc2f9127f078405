"""A printer that goes away, a firmware that gives up: in the middle of a job."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def printing(server: Any, slow: Path) -> Any:
    server.cli("print", slow, "--confirm")
    return server


def wait_until_offline(server: Any) -> str:
    """Wait until the server itself says that there is no printer any more, and return its state."""
    return server.until(server.state, lambda state: state.startswith("Offline"))


def assert_offline(server: Any, halted: bool = False) -> None:
    """Every verb reports that there is no printer, and `status` what the server knows of the job: nothing is printing.

    A firmware that has halted is reported as that; of 2.0, which does not say so in its job, by `status` alone.
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


def test_disconnecting_the_printer_ends_its_job(printing: Any) -> None:
    printing.post("/api/connection", {"command": "disconnect"})
    assert wait_until_offline(printing) == "Offline"
    assert_offline(printing)
    printing.cli("connect")
    assert printing.cli("cancel", "--confirm", expect=4).code == "NO_ACTIVE_JOB"


@pytest.mark.parametrize("fault", ["trigger_fatal_error_marlin", "drop_connection"])
def test_firmware_failure_is_offline_after_error(printing: Any, slow: Path, fault: str) -> None:
    printing.gcode(f"!!DEBUG:{fault}")
    assert wait_until_offline(printing) == "Offline after error"
    assert_offline(printing, halted=fault != "drop_connection")
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
    word = wait_until_offline(printing)
    if answer.exit_code == 0:
        assert answer.data["action"] == "cancelled"
        assert answer.data["state"].startswith(("Operational", "Offline", "Error", word)), answer
    else:
        assert answer.code in {"PRINTER_OFFLINE", "PRINTER_HALTED", "NO_ACTIVE_JOB"}, answer

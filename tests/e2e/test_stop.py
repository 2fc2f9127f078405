"""`cancel` and `temp --off`: a success means that the printer has stopped, or that its heaters are off."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any, Dict

import pytest

from .prints import DWELL, write
from .server import LIMIT
from .throttle import Throttle

#: The real wait of a minute; the other test of a stuck cancel costs a quarter of it.
LONG = pytest.mark.skipif(not os.environ.get("OCTOPRINT_CLI_TEST_LONG"), reason="takes a minute: OCTOPRINT_CLI_TEST_LONG=1")


def targets(server: Any) -> Dict[str, float]:
    return {heater: reading["target"] for heater, reading in server.get("/api/printer")["temperature"].items()}


def heating(server: Any, folder: Path, command: str, heater: str) -> None:
    """A job that waits some seconds for a temperature, in which the printer takes no command."""
    wanted = int(server.get("/api/printer")["temperature"][heater]["actual"]) + 30  # ten degrees a second
    file = write(folder / "heat.gcode", f"M117 heat\n{command} S{wanted}\n{DWELL}")
    server.cli("print", file, "--confirm")
    server.until(lambda: targets(server), lambda heaters: max(heaters.values()) > 0)


@pytest.mark.parametrize(("command", "heater"), [("M109", "tool0"), ("M190", "bed")])
def test_heat_up_can_be_cancelled_and_heaters_switched_off(server: Any, tmp_path: Path, command: str, heater: str) -> None:
    heating(server, tmp_path, command, heater)
    assert server.cli("cancel", "--confirm").data["state"] == "Operational"
    assert server.state() == "Operational"
    shown = server.cli("temp", "--off").data["temperature"]
    assert {heater: reading["target"] for heater, reading in shown.items()} == targets(server) == {"tool0": 0, "bed": 0}


def test_heaters_can_be_switched_off_during_a_job(server: Any, slow: Path) -> None:
    server.cli("temp", "--tool", "60", "--bed", "40")
    server.cli("print", slow, "--confirm")
    server.cli("temp", "--off")
    assert (targets(server), server.state()) == ({"tool0": 0, "bed": 0}, "Printing")


def test_stop_is_carried_out_with_closed_streams(server: Any, slow: Path) -> None:
    """As a daemon or a cron job may run it; the faults ring has each stop."""
    server.cli("print", slow, "--confirm")
    words = ["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", *server.line("cancel", "--confirm")]
    assert subprocess.run(words, env=server.environ, timeout=LIMIT, check=False).returncode == 0
    server.until(server.state, lambda state: state != "Printing")


def test_lost_cancel_answer_is_resolved_by_polling_without_resending(server: Any, slow: Path) -> None:
    server.cli("print", slow, "--confirm")
    with Throttle(server.host, "POST /api/job", lose=True) as proxy:
        data = server.cli("cancel", "--confirm", "--host", proxy.host, "--api-key", server.key).data
        assert proxy.held.is_set() is False
    assert (data["action"], server.state()) == ("cancelled", "Operational")


def test_unfinished_cancel_is_still_cancelling(hung: Any) -> None:
    with Throttle(hung.host, "POST /api/job", lose=True) as proxy:  # after which it looks for LOST_SECONDS, and not a minute
        line = ("cancel", "--confirm", "--host", proxy.host, "--api-key", hung.key)
        answer = hung.cli(*line, expect=3, held={"LOST_SECONDS": 2.0})
    assert answer.code == "STILL_CANCELLING"
    assert answer.error["details"]["state"] == hung.state() == "Cancelling"


@LONG
def test_cancel_times_out_after_one_minute(hung: Any) -> None:
    answer = hung.cli("cancel", "--confirm", expect=3)
    assert answer.code == "STILL_CANCELLING"
    assert "still Cancelling after 60 s" in answer.error["message"]
    assert hung.state() == "Cancelling"
    assert hung.cli("status").data["phase"] == "cancelling"

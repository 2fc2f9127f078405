"""Every way in which a job ends, told apart by `print --wait`, by `wait` beside it and after it, and by `status`."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Callable, Iterator, NamedTuple, Tuple

import pytest

from .prints import DWELL, write
from .server import Answer, Started

#: What the virtual printer says of its errors.
RUNAWAY = "Thermal Runaway"
SECONDS = 60


class End(NamedTuple):
    """What is done to a job, and what is to be told of it."""

    act: Callable[[Any], Any]
    exit_code: int
    code: str
    outcomes: Tuple[str, ...]
    reason: str = ""


def debug(command: str) -> Callable[[Any], Any]:
    return lambda server: server.gcode(f"!!DEBUG:{command}")


def cancel(server: Any) -> None:
    server.post("/api/job", {"command": "cancel"})


def disconnect(server: Any) -> None:
    server.post("/api/connection", {"command": "disconnect"})


ENDS = {
    "cancelled elsewhere": End(cancel, 4, "JOB_CANCELLED", ("cancelled",)),
    "firmware error": End(debug("trigger_fatal_error_marlin"), 4, "JOB_FAILED", ("failed",), RUNAWAY),
    "emergency stop": End(lambda server: server.gcode("M112"), 4, "JOB_FAILED", ("failed",), "mergency"),
    "line dropped": End(debug("drop_connection"), 1, "PRINTER_OFFLINE", ("failed",)),
    "action disconnect": End(debug("action_disconnect"), 1, "PRINTER_OFFLINE", ("failed",)),
    "disconnected": End(disconnect, 1, "PRINTER_OFFLINE", ("failed",)),
}


@pytest.fixture
def printed(server: Any, slow: Path) -> Iterator[Started]:
    """A `print --wait` of a minute, under way."""
    yield following(server, slow)


def following(server: Any, file: Path, *more: Any) -> Started:
    """`print --wait`, once the server is in the middle of the file."""
    run = server.begin("print", file, "--confirm", "--wait", *more)
    server.until(server.job, lambda job: job["state"] == "Printing" and (job["progress"]["completion"] or 0) > 0)
    return run


def told(answer: Answer, end: End, file: str = "slow.gcode") -> Any:
    """The last job of an answer that must tell this end."""
    assert (answer.exit_code, answer.code) == (end.exit_code, end.code), answer
    last = answer.envelope["data"]["last_job"]
    assert (last["outcome"] in end.outcomes, last["file"], last["location"]) == (True, file, "local"), answer
    assert end.reason in (last["reason"] or ""), answer
    return last


@pytest.mark.parametrize("name", ENDS)
def test_how_it_ended_is_told_by_everyone(server: Any, slow: Path, name: str) -> None:
    end = ENDS[name]
    run, beside = following(server, slow), server.begin("wait")
    end.act(server)
    for waiting in (run, beside):
        told(waiting.answer(SECONDS), end)
    print(server.cli("status", expect=None))
    print(server.cli("wait", expect=None))
    assert 0

"""Every way in which a job ends, distinguished by `print --wait`, by `wait` beside it and after it, and by `status`."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Callable, Iterator, NamedTuple

import pytest

from .program import Answer, Started
from .server import LIMIT
from .throttle import Throttle


class End(NamedTuple):
    """What is done to a job, and what is to be reported of it."""

    act: Callable[[Any], Any]
    exit_code: int
    code: str
    outcome: str
    reason: str = ""


def debug(command: str) -> Callable[[Any], Any]:
    """A fault of the virtual printer's."""
    return lambda server: server.gcode(f"!!DEBUG:{command}")


def cancel(server: Any) -> None:
    """As somebody else does."""
    server.post("/api/job", {"command": "cancel"})


def disconnect(server: Any) -> None:
    server.post("/api/connection", {"command": "disconnect"})


ENDS = {
    "cancelled": End(cancel, 4, "JOB_CANCELLED", "cancelled"),
    "firmware_error": End(debug("trigger_fatal_error_marlin"), 4, "JOB_FAILED", "failed", "Thermal Runaway"),
    "emergency_stop": End(lambda server: server.gcode("M112"), 4, "JOB_FAILED", "failed", "emergency stop"),
    "line_dropped": End(debug("drop_connection"), 1, "PRINTER_OFFLINE", "failed"),
    "action_disconnect": End(debug("action_disconnect"), 1, "PRINTER_OFFLINE", "failed"),
    "disconnected": End(disconnect, 1, "PRINTER_OFFLINE", "failed"),
}
ONLY_THE_JOB = End(debug("mintemp_error"), 4, "JOB_FAILED", "failed", "MINTEMP")


def start_following(server: Any, file: Path, *more: Any) -> Started:
    """`print --wait`, once it listens and the server is in the middle of the file."""
    with server.listened():
        run: Started = server.begin("print", file, "--confirm", "--wait", *more)
    server.until(server.job, lambda job: (job["progress"]["completion"] or 0) > 0)
    return run


def assert_reported(answer: Answer, end: End, file: str = "slow.gcode") -> None:
    """The answer reports this end: by its codes, and in its data."""
    assert (answer.exit_code, answer.code) == (end.exit_code, end.code), answer
    assert_last_job(answer, end, file)
    details = answer.error["details"]
    assert (details["file"], details["outcome"]) == (file, end.outcome), answer
    assert end.reason in (details["reason"] or "") and end.reason in answer.error["message"], answer


def assert_last_job(answer: Answer, end: End, file: str = "slow.gcode") -> None:
    """The answer's data name the job that ended, and how."""
    last = answer.envelope["data"]["last_job"]
    assert (last["outcome"], last["file"], last["location"], last["certain"]) == (end.outcome, file, "local", True), answer
    assert end.reason in (last["reason"] or ""), answer
    assert last["ended"].endswith("Z")


def assert_all_report(server: Any, file: Path, end: End) -> None:
    """Who follows the job to its end, who has come in the middle of it, and who comes too late."""
    run = start_following(server, file)
    with server.listened():
        beside = server.begin("wait")
    end.act(server)
    for waiting in (run, beside):
        assert_reported(waiting.answer(), end)
    assert_reported(server.cli("wait", expect=None), end)
    assert_last_job(server.cli("status", expect=None), end)


@pytest.mark.parametrize("name", ENDS)
def test_every_ending_is_reported_consistently(server: Any, slow: Path, name: str) -> None:
    assert_all_report(server, slow, ENDS[name])


def test_error_that_only_ends_the_job_is_reported_consistently(mild: Any, slow: Path) -> None:
    assert_all_report(mild, slow, ONLY_THE_JOB)
    assert mild.state() == "Operational"


def test_firmware_reset_is_neither_cancel_nor_success(server: Any, slow: Path) -> None:
    run = start_following(server, slow)
    server.gcode("!!DEBUG:reset")
    answer = run.answer()
    assert (answer.exit_code, answer.code) in ((4, "JOB_FAILED"), (1, "PRINTER_OFFLINE")), answer
    last = answer.envelope["data"]["last_job"]
    assert (last["outcome"], last["file"]) == ("failed", "slow.gcode"), answer
    if answer.code == "JOB_FAILED":
        assert "reset" in answer.error["message"]
        later = server.cli("status", expect=None)  # the line may break in what follows the reset, and 1.11 says why
        broken = later.error["details"]["reason"] if later.code == "PRINTER_OFFLINE" else None
        assert_last_job(later, End(cancel, 0, "", "failed", broken or "reset"))


def test_finished_job_is_a_success_for_every_command(server: Any, short: Path) -> None:
    run = start_following(server, short)
    beside = server.begin("wait")
    data = run.answer().data
    assert (data["action"], data["started"], data["waited_for"], data["met"]) == ("started", True, ["done"], "done")
    assert (data["last_job"]["outcome"], data["last_job"]["reason"], data["state"]) == ("finished", None, "Operational")
    assert beside.answer().data["last_job"]["outcome"] == "finished"
    late = server.cli("wait").data
    assert (late["met"], late["last_job"]["outcome"], late["last_job"]["file"]) == ("done", "finished", "short.gcode")
    assert server.cli("status").data["last_job"]["outcome"] == "finished"
    assert server.prints("short.gcode") == 1


def test_last_job_is_the_most_recent_one(server: Any, slow: Path, quick: Path) -> None:
    run = start_following(server, slow)
    cancel(server)
    assert_reported(run.answer(), ENDS["cancelled"])
    assert server.cli("print", quick, "--confirm", "--wait").data["last_job"]["file"] == "quick.gcode"
    last = server.cli("status").data["last_job"]
    assert (last["outcome"], last["file"]) == ("finished", "quick.gcode")


# -- where a proxy lets no websocket through --------------------------------------------------------


@pytest.fixture
def without_socket(server: Any) -> Iterator[Any]:
    """A way to the server without its push socket."""
    with Throttle(server.host, "GET /sockjs", lose=True, every=True) as proxy:
        yield proxy


def through(proxy: Any, server: Any) -> Any:
    return ("--host", proxy.host, "--api-key", server.key)


@pytest.mark.parametrize("name", ["cancelled", "firmware_error", "line_dropped"])
def test_failed_ending_is_recognised_without_push_socket(server: Any, without_socket: Any, slow: Path, name: str) -> None:
    end = ENDS[name]
    run = server.begin("print", slow, "--confirm", "--wait", *through(without_socket, server))
    assert without_socket.lost.wait(LIMIT)
    end.act(server)
    answer = run.answer()
    last = answer.envelope["data"]["last_job"]
    assert answer.exit_code != 0 and last["file"] == "slow.gcode", answer
    assert last["outcome"] == end.outcome or (last["outcome"] == "unfinished" and answer.code == "JOB_FAILED"), answer
    assert last["certain"] is False or last["outcome"] != "cancelled", answer
    assert "push socket is down" in answer.stderr


def test_finished_job_is_a_success_without_push_socket(server: Any, without_socket: Any, short: Path) -> None:
    run = server.begin("print", short, "--confirm", "--wait", *through(without_socket, server))
    assert run.answer().data["last_job"]["outcome"] == "finished"
    assert server.prints("short.gcode") == 1

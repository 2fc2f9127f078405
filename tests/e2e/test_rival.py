"""A second client in between: a job is told from the next one by what the server counts, and not by its name and state."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Callable

import pytest

from .limits import dwell
from .prints import DWELL, write
from .program import Answer
from .server import LIMIT
from .throttle import Throttle


@pytest.fixture
def ours(tmp_path: Path) -> Path:
    return write(tmp_path / "ours.gcode", dwell(3))


@pytest.fixture
def rival(server: Any, tmp_path: Path) -> str:
    """Another file on the server, which prints for a minute."""
    server.cli("upload", write(tmp_path / "rival.gcode", "M117 rival\n" + DWELL))
    return "rival.gcode"


def cancel_and_wait(server: Any) -> None:
    server.post("/api/job", {"command": "cancel"})
    server.idle()


def start(server: Any, path: str) -> None:
    server.post(f"/api/files/local/{path}", {"command": "select", "print": True})


def print_again(server: Any) -> None:
    cancel_and_wait(server)
    start(server, "ours.gcode")
    server.finished("ours.gcode")


def assert_no_success(answer: Answer) -> None:
    """The second job finished, and ours was cancelled: whatever is said, it is no success, and nothing certain."""
    assert answer.exit_code == 4 and answer.code in ("JOB_CANCELLED", "JOB_FAILED", "JOB_LOST"), answer
    last = answer.envelope["data"]["last_job"]
    assert (last["file"], last["certain"]) == ("ours.gcode", last["outcome"] == "cancelled"), answer


def test_job_that_was_cancelled_and_printed_again_before_the_socket_listens_is_no_success(server: Any, ours: Path) -> None:
    """The handshake of the socket is held until the second job prints, so that its end is the first one heard."""
    with Throttle(server.host, "GET /sockjs") as proxy:
        run = server.begin("print", ours, "--confirm", "--wait", "--host", proxy.host, "--api-key", server.key)
        assert proxy.held.wait(LIMIT)
        cancel_and_wait(server)
        start(server, "ours.gcode")
        proxy.release()
        assert_no_success(run.answer())
    assert server.finished("ours.gcode") == 1


def test_job_that_was_cancelled_and_printed_again_is_no_success_without_a_socket(server: Any, ours: Path) -> None:
    with Throttle(server.host, "GET /sockjs", lose=True, every=True) as proxy:
        run = server.begin("print", ours, "--confirm", "--wait", "--host", proxy.host, "--api-key", server.key)
        assert proxy.lost.wait(LIMIT)
        print_again(server)
        assert_no_success(run.answer())


#: Whether it is waited for makes no difference on any server: the faults ring has both with each.
@pytest.mark.parametrize(("deed", "more"), [("cancelled", ()), ("replaced", ("--wait",)), ("disconnected", ())])
def test_job_that_was_ended_at_once_did_start(server: Any, ours: Path, rival: str, deed: str, more: Any) -> None:
    """The answer to the start is held until the job has been ended."""
    deeds: Any = {
        "cancelled": lambda: cancel_and_wait(server),
        "replaced": lambda: (cancel_and_wait(server), start(server, rival)),
        "disconnected": lambda: server.post("/api/connection", {"command": "disconnect"}),
    }
    do: Callable[[], Any] = deeds[deed]
    server.cli("upload", ours)
    with Throttle(server.host, "POST /api/files/local/ours.gcode") as proxy:
        line = ("print", "--stored", "ours.gcode", "--confirm", *more, "--host", proxy.host, "--api-key", server.key)
        run = server.begin(*line)
        assert proxy.held.wait(LIMIT)
        server.until(server.job, lambda job: (job["progress"]["completion"] or 0) > 0)
        do()
        proxy.release()
        answer = run.answer()
    assert answer.code in ("JOB_CANCELLED", "JOB_FAILED", "JOB_LOST", "PRINTER_OFFLINE"), answer
    assert answer.error["details"]["file"] == "ours.gcode", answer


@pytest.mark.parametrize("goes", ["deleted", "uploaded anew"])
def test_older_job_is_not_taken_for_the_last_one(server: Any, quick: Path, slow: Path, goes: str) -> None:
    """The history of a job goes with its file, and on 1.11 with an upload of the same name."""
    if goes == "uploaded anew" and server.modern:
        pytest.skip("2.0 keeps the history of a file that is uploaded anew")
    server.cli("print", quick, "--confirm", "--wait")
    server.cli("print", slow, "--confirm")
    cancel_and_wait(server)
    if goes == "deleted":
        server.delete("slow.gcode")
    else:
        slow.write_text(slow.read_text().replace("M117 slow", "M117 anew"))
        server.cli("upload", slow)
    assert_older_job_is_uncertain(server)


def assert_older_job_is_uncertain(server: Any) -> None:
    """What the server still knows is that quick.gcode was printed: perhaps not the last job."""
    last = server.cli("status").data["last_job"]
    assert (last["file"], last["outcome"], last["certain"]) == ("quick.gcode", "finished", False)
    answer = server.cli("wait", expect=4)
    assert (answer.code, answer.error["details"]["last_job"]) == ("NO_ACTIVE_JOB", {"file": "quick.gcode", "outcome": "finished"})


def test_one_end_has_one_time(server: Any, ours: Path) -> None:
    waited = server.cli("print", ours, "--confirm", "--wait").data["last_job"]
    assert waited == server.cli("status").data["last_job"]

"""SIGINT and SIGTERM: the program ends at once, with one envelope that says what the server has."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any, Callable

import pytest

from .prints import write
from .server import LIMIT
from .throttle import Throttle

MIB = 1024 * 1024
SIGNALS = [(signal.SIGINT, 130, "INTERRUPTED"), (signal.SIGTERM, 143, "TERMINATED")]
#: The tests take turns with the two: the faults ring has each of them, and SIGHUP, in the middle of everything.
INTERRUPT, TERMINATE = SIGNALS


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """More than the system would take off the program's hands while the proxy holds the rest."""
    return write(tmp_path / "large.gcode", (";" + "x" * 1022 + "\n") * (4 * 1024))


def interrupted(server: Any, proxy: Throttle, line: Any, how: Any, ready: Callable[[], Any] = lambda: None) -> Any:
    """The answer of a run that got the signal while the proxy held it up, once the server is `ready` for it."""
    number, exit_code, code = how
    with proxy:
        run = server.begin(*line, "--host", proxy.host, "--api-key", server.key)
        assert proxy.held.wait(LIMIT), run.answer()
        ready()
        run.send(number)
        answer = run.answer()
    assert (answer.exit_code, answer.code) == (exit_code, code), answer
    assert answer.stdout.count("\n") == len(answer.stdout.strip().splitlines()), answer
    return answer


def test_interrupted_upload_has_not_arrived(server: Any, large: Path) -> None:
    proxy = Throttle(server.host, "POST /api/files/local ", after=MIB)
    answer = interrupted(server, proxy, ["upload", large], TERMINATE)
    assert answer.error["details"]["upload"] == "large.gcode"
    assert answer.error["details"]["stored"] is False
    assert "has not arrived" in answer.error["message"]
    assert server.names() == []


def test_upload_interrupted_while_awaiting_answer_has_arrived(server: Any, large: Path) -> None:
    proxy = Throttle(server.host, "POST /api/files/local ")
    answer = interrupted(server, proxy, ["upload", large], INTERRUPT)
    assert answer.error["details"]["stored"] is True
    assert "has arrived" in answer.error["message"]
    assert server.content("large.gcode") == large.read_bytes()


def test_earlier_file_is_not_taken_for_interrupted_upload(server: Any, large: Path, quick: Path) -> None:
    earlier = quick.rename(large.with_name("later.gcode")).read_bytes()
    server.cli("upload", large.with_name("later.gcode"))
    large = large.rename(large.with_name("later.gcode"))
    proxy = Throttle(server.host, "POST /api/files/local ", after=MIB)
    answer = interrupted(server, proxy, ["upload", large], INTERRUPT)
    assert (answer.error["details"]["stored"], server.content("later.gcode")) == (False, earlier)


def test_print_interrupted_during_upload_starts_nothing(server: Any, large: Path) -> None:
    proxy = Throttle(server.host, "POST /api/files/local ", after=MIB)
    answer = interrupted(server, proxy, ["print", large, "--confirm"], TERMINATE)
    assert "the printer is Operational" in answer.error["message"]
    assert (server.names(), server.state()) == ([], "Operational")


def test_print_interrupted_during_start_reports_printing(server: Any, slow: Path) -> None:
    proxy = Throttle(server.host, "POST /api/files/local/slow.gcode")

    def prints() -> None:  # it says Starting for a moment first
        server.until(server.state, lambda state: state == "Printing")

    answer = interrupted(server, proxy, ["print", slow, "--confirm"], INTERRUPT, prints)
    job = server.job()
    assert (job["state"], job["job"]["file"]["path"]) == ("Printing", "slow.gcode")
    assert (answer.error["details"]["state"], answer.error["details"]["file"]) == ("Printing", "slow.gcode")


def test_interrupted_cancel_reports_that_the_printer_is_still_cancelling(hung: Any) -> None:
    """The printer has stopped answering, so that it is cancelling until it is connected anew."""
    number, exit_code, code = TERMINATE
    run = hung.begin("cancel", "--confirm")
    hung.until(hung.state, lambda state: state == "Cancelling")
    run.send(number)
    answer = run.answer()
    assert (answer.exit_code, answer.code) == (exit_code, code), answer
    assert answer.error["details"]["state"] == hung.state() == "Cancelling", answer
    assert "Cancelling" in answer.error["message"]


def test_interrupt_before_any_change_reports_nothing_sent(server: Any) -> None:
    proxy = Throttle(server.host, "GET /api/job")
    answer = interrupted(server, proxy, ["resume"], INTERRUPT)  # a cancel is sent before anything is read
    assert "nothing was sent that would change anything" in answer.error["message"]

"""Two invocations at once, and one after another that gave up: one wins, the other gets an error, nothing is printed twice."""

from __future__ import annotations

import signal
import threading
from pathlib import Path
from typing import Any, Iterator, List

import pytest
from contract.program import Program, finish

from octoprint_cli.testing import (
    Exchange,
    FakeOctoPrint,
    FaultServer,
    Result,
)
from octoprint_cli.testing.server import faults

from .ring import CONTENT, DIALECTS, LONGEST, error_of, verdict

pytestmark = pytest.mark.usefixtures("forked")


@pytest.fixture(params=DIALECTS)
def each(request: Any) -> Iterator[FaultServer]:
    with FaultServer(FakeOctoPrint(request.param)) as server:
        server.octoprint.store("cube.gcode", CONTENT.encode())
        server.octoprint.store("gear.gcode", b"G28 ; gear\n")
        yield server


STORED = ("print", "--stored", "cube.gcode", "--confirm", "--no-preflight", "--json")


def together(server: FaultServer, programs: List[Program], *lines: Any) -> List[Result]:
    """Runs at once, each of which has looked at the printer before either may go on."""
    barrier = threading.Barrier(len(programs))

    def meet(exchange: Exchange) -> None:
        reply = exchange.perform()
        barrier.wait(LONGEST)
        exchange.reply(reply)

    server.fail("GET", "/api/job", meet, times=len(programs))
    return [finish(process) for process in [program.start(*line) for program, line in zip(programs, lines)]]


def test_second_print_on_same_computer_is_refused_by_lock(each: FaultServer, tmp_path: Path) -> None:
    """The lock refuses the second before it asks the server anything: the server would accept both."""
    first = Program(tmp_path, each)
    gate = threading.Event()

    def hold(exchange: Exchange) -> None:
        reply = exchange.perform()
        gate.wait(LONGEST)
        exchange.reply(reply)

    each.fail("GET", "/api/job", hold, times=1)
    running = first.start(*STORED)
    each.wait_for("/api/job")
    second = finish(first.start(*STORED))
    gate.set()
    assert "another octoprint-cli" in error_of(second, "PRINTER_BUSY")["message"]
    assert verdict(finish(running)) == ""
    assert each.octoprint.started == ["local/cube.gcode"] and len(each.changes()) == 1


def test_same_file_from_two_computers_is_printed_once(each: FaultServer, tmp_path: Path) -> None:
    """No lock between them: the server decides, and the loser reports what is true."""
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    programs = [Program(tmp_path / name, each) for name in "ab"]
    results = together(each, programs, STORED, STORED)
    codes = sorted(map(verdict, results))
    both_sent = len(each.changes()) == 2  # then it prints, and nothing tells which of the two starts began it
    assert codes == ["", "OUTCOME_UNKNOWN" if both_sent else "PRINTER_BUSY"], results
    assert [result.data["started"] for result in results if result.exit_code] == [None if both_sent else False]
    assert each.octoprint.started == ["local/cube.gcode"]


def test_two_files_from_two_computers_print_only_one(each: FaultServer, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    programs = [Program(tmp_path / name, each) for name in "ab"]
    other = tuple(word.replace("cube", "gear") for word in STORED)
    results = together(each, programs, STORED, other)
    winner = {"": "local/cube.gcode", "PRINTER_BUSY": "local/gear.gcode"}[verdict(results[0])]
    assert each.octoprint.started == [winner]
    assert sorted(map(verdict, results)) == ["", "PRINTER_BUSY"]


def test_lock_of_killed_process_does_not_block(each: FaultServer, tmp_path: Path) -> None:
    """Killed in the middle: the system lets go of its lock."""
    program = Program(tmp_path, each)
    each.fail("GET", "/api/job", faults.hang, times=1)
    process = program.start(*STORED)
    each.wait_for("/api/job")
    process.send_signal(signal.SIGKILL)
    finish(process)
    assert verdict(finish(program.start(*STORED))) == ""
    assert each.octoprint.started == ["local/cube.gcode"]


def test_retry_after_lost_answer_does_not_print_twice(each: FaultServer, tmp_path: Path) -> None:
    """F2: a second try after it reports that the file prints."""
    program = Program(tmp_path, each)
    each.fail("POST", "/api/files/local/cube.gcode", faults.cut_after, times=1)
    each.fail("GET", "/api/job", faults.answer(500, "broken"), after=2, times=1)
    assert verdict(program.run(*STORED)) == ""
    error_of(program.run(*STORED), "PRINTER_BUSY")
    assert each.octoprint.started == ["local/cube.gcode"] and len(each.changes()) == 1


@pytest.mark.parametrize(
    "state", ["Printing", "Paused", "Pausing", "Resuming", "Cancelling", "Finishing", "Starting", "Printing from SD"]
)
def test_every_busy_state_is_reported_as_busy(state: str, each: FaultServer, tmp_path: Path) -> None:
    """F4: the state is named, and nothing is sent, with the checks and without."""
    each.octoprint.printing("gear.gcode", state)
    program = Program(tmp_path, each)
    for argv in (STORED, tuple(word for word in STORED if word != "--no-preflight")):
        assert state in error_of(program.run(*argv), "PRINTER_BUSY")["message"]
    skipped = program.run(*STORED, "--skip-if-printing")
    assert verdict(skipped) == "" and skipped.data["action"] == "skipped"
    assert each.changes() == [] and each.octoprint.started == []


def test_endless_cancel_is_not_reported_as_cancelled(each: FaultServer, tmp_path: Path, hurried: Any) -> None:
    """F5: never reported as cancelled."""
    each.octoprint.printing(state="Cancelling")
    each.octoprint.ignored_verbs.add("cancel")
    error = error_of(Program(tmp_path, each).run("cancel", "--confirm", "--json"), "STILL_CANCELLING")
    assert "60 s" in error["message"] and "Cancelling" in error["message"]
    assert len(each.changes()) == 1


@pytest.mark.parametrize("line", ["print {0} --confirm", "temp --tool 200", "gcode G28", "cancel --confirm", "pause", "status"])
def test_offline_error_hints_at_connect(line: str, each: FaultServer, tmp_path: Path) -> None:
    """F6."""
    each.octoprint.state = "Offline"
    program = Program(tmp_path, each)
    error = error_of(program.run(*line.format(program.file()).split(), "--json"), "PRINTER_OFFLINE")
    assert "octoprint-cli connect" in error["hint"] and each.acts == []


def test_offline_after_error_gives_the_reason(each: FaultServer, tmp_path: Path) -> None:
    """F7: the job of 2.0 has forgotten it, and its last error has not."""
    each.octoprint.fail("Thermal Runaway, system stopped! Heater_ID: bed")
    error = Program(tmp_path, each).run("status", "--json").envelope["error"]
    assert error["code"] == "PRINTER_HALTED" and error["retryable"] is False
    assert "Offline after error" in error["message"] and "Thermal Runaway" in error["message"]


@pytest.mark.parametrize("lie", ["start", "print", "select"])
def test_accepted_start_without_effect_is_not_started(lie: str, each: FaultServer, tmp_path: Path, hurried: Any) -> None:
    """F3: an answer of 2xx proves nothing."""
    each.octoprint.ignored_verbs.add(lie if lie != "print" else "start")
    program = Program(tmp_path, each)
    line = ("print", str(program.file()), "--confirm", "--json") if lie == "print" else STORED
    assert error_of(program.run(*line), "NOT_STARTED")["retryable"] is False
    assert each.octoprint.started == [] and len([one for one in each.changes() if one.path != "/api/files/test"]) <= 2


def test_minimal_configuration_is_sufficient(each: FaultServer, tmp_path: Path) -> None:
    """F35: what it lacks has a default, and nothing but the server is asked."""
    program = Program(tmp_path, each)
    program.configure(f"host: {each.url}\napi_key: {each.key}\n")
    del program.env["OCTOPRINT_HOST"], program.env["OCTOPRINT_API_KEY"]
    assert verdict(program.inside(*STORED)) == ""


def test_simultaneous_init_calls_lose_no_printer(tmp_path: Path) -> None:
    program, names = Program(tmp_path), ["left", "middle", "right"]
    lines = [("init", "--no-verify", "--printer", name, "--host", f"{name}.local", "--api-key", "k" * 20) for name in names]
    for process in [program.start(*line) for line in lines]:
        assert finish(process).exit_code == 0
    shown = (tmp_path / "config" / "config.yaml").read_text()
    assert [name for name in names if f"  {name}:" not in shown] == []

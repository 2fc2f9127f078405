"""Uploads that are cut off, held up, refused, spoilt, renamed or overtaken: whole or not at all, and never twice."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Iterator

import pytest
from contract.program import Program

from octoprint_cli.testing import FakeOctoPrint, FaultServer
from octoprint_cli.testing.server import faults

from .ring import CONTENT, DIALECTS, MEASURED, error_of, peak_of, timed, verdict
from .slow import SlowLine

TO = "/api/files/local"
MIB = 1024 * 1024
#: More than the systems between take without being read.
LARGE = 24 * MIB


@pytest.fixture(params=DIALECTS)
def each(request: Any) -> Iterator[FaultServer]:
    with FaultServer(FakeOctoPrint(request.param)) as server:
        yield server


def program_for(folder: Path, server: FaultServer, config: str = "") -> Program:
    program = Program(folder, server)
    program.configure("retries: 3\n" + config)
    return program


def sparse(program: Program, size: int, name: str = "big.gcode") -> str:
    """A file of that size that takes no room."""
    path = program.file(name, "G28\n")
    os.truncate(path, size)
    return str(path)


def posts(server: FaultServer) -> int:
    return sum(request.method == "POST" and request.path == TO for request in server.requests)


def check_never_short(server: FaultServer) -> None:
    """What was stored is whole, and no request ever was for less than the file."""
    assert posts(server) == 1
    assert server.acts == [] or server.acts[0].complete


# -- cut off ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("after", "reset"), [(0, False), (1, True), (150, False), (64 * 1024, True), (3 * MIB, False), (3 * MIB, True)]
)
def test_cut_off_upload_stores_nothing_and_is_not_repeated(after: int, reset: bool, tmp_path: Path, server: FaultServer) -> None:
    """F1, F9: nothing is stored, nothing is sent again, and a limit of a proxy is thought of."""
    program = program_for(tmp_path, server)
    server.octoprint.store("big.gcode", b"G28 ; older\n")
    server.fail("POST", TO, faults.cut_upload(after, reset))
    error = error_of(timed(program, "upload", sparse(program, LARGE), "--json"), "CONNECTION_ERROR")
    assert error["retryable"] and "earlier file" in error["message"] and "limit" in error["hint"]
    assert error["details"]["size"] == LARGE and error["details"]["sent"] <= LARGE
    assert server.acts == [] and server.octoprint.stored("big.gcode").content == b"G28 ; older\n"  # type: ignore[union-attr]
    check_never_short(server)


def test_upload_succeeds_when_run_again_after_gateway_error(tmp_path: Path, server: FaultServer) -> None:
    """F1: the second run sends all of it; no empty body ever arrives."""
    program = program_for(tmp_path, server)
    file = sparse(program, 3 * MIB)
    server.fail("POST", TO, faults.early_answer(502, after=1000), times=1)
    assert timed(program, "upload", file, "--json").exit_code == 1
    assert server.acts == [] and posts(server) == 1
    assert verdict(program.run("upload", file, "--json")) == ""
    assert len(server.acts) == 1 and server.octoprint.stored("big.gcode").size == 3 * MIB  # type: ignore[union-attr]


@pytest.mark.parametrize("size", [100, LARGE])
@pytest.mark.parametrize("linger", [True, False], ids=["linger", "reset"])
def test_proxy_size_limit_is_reported(linger: bool, size: int, tmp_path: Path, server: FaultServer) -> None:
    """F8, F9: by an HTML page, which may be lost when the rest of the body runs into it."""
    program = program_for(tmp_path, server)
    server.fail("POST", TO, faults.early_answer(413, after=50, linger=linger))
    result = timed(program, "upload", sparse(program, size), "--json")
    code = verdict(result)
    assert code == "FILE_TOO_LARGE" or (not linger and code == "CONNECTION_ERROR"), result
    assert "limit" in result.envelope["error"]["hint"] and str(size) in result.envelope["error"]["message"]
    assert server.acts == [] and posts(server) == 1


def test_octoprint_size_limit_is_an_error(each: FaultServer, tmp_path: Path) -> None:
    program = program_for(tmp_path, each)
    each.octoprint.max_upload = MIB
    result = timed(program, "upload", sparse(program, LARGE), "--json")
    assert verdict(result) in ("CONNECTION_ERROR", "FILE_TOO_LARGE", "SERVER_ERROR"), result
    assert each.acts == [] and posts(each) == 1


# -- held up ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("after", [0, MIB])
def test_stalled_upload_times_out(after: int, tmp_path: Path, server: FaultServer) -> None:
    program = program_for(tmp_path, server, "timeout: 1\n")
    server.fail("POST", TO, faults.stall_reading(after))
    result = timed(program, "upload", sparse(program, LARGE), "--json")
    error = error_of(result, "TIMEOUT")
    assert error["retryable"] and 0 < error["details"]["sent"] < LARGE
    assert server.octoprint.stored("big.gcode") is None


def test_slow_steady_upload_does_not_time_out(tmp_path: Path, server: FaultServer) -> None:
    """Several times the timeout, which bounds standing still, not the whole."""
    program = program_for(tmp_path, server, "timeout: 2\n")
    size = 6 * MIB
    with SlowLine(server.port, size // 8) as line:
        result = timed(program, "upload", sparse(program, size), "--json", env={"OCTOPRINT_HOST": f"127.0.0.1:{line.port}"})
    assert verdict(result) == "" and result.data["verified"] == "sha1"
    assert server.octoprint.stored("big.gcode").size == size and posts(server) == 1  # type: ignore[union-attr]


# -- what the server makes of it --------------------------------------------------------------------


@pytest.mark.parametrize("argv", ["upload {0}", "print {0} --confirm", "upload {0} --verify download"])
def test_corrupted_upload_is_detected(argv: str, each: FaultServer, tmp_path: Path) -> None:
    program = program_for(tmp_path, each)
    each.octoprint.corrupts_uploads = True
    error_of(program.run(*argv.format(program.file()).split(), "--json"), "UPLOAD_CORRUPT")
    assert each.octoprint.started == [] and posts(each) == 1


def test_upload_discarded_by_server_is_detected(each: FaultServer, tmp_path: Path, hurried: Any) -> None:
    each.octoprint.ignored_verbs.add("upload")
    program = program_for(tmp_path, each)
    error_of(program.run("upload", str(program.file()), "--json"), "UPLOAD_CORRUPT")


def test_lost_upload_answer_with_older_file_of_same_size(each: FaultServer, tmp_path: Path, hurried: Any) -> None:
    """F2: 2.0 tells no hash, so only its date says that it is not ours."""
    program = program_for(tmp_path, each)
    file = program.file()
    each.octoprint.store("cube.gcode", CONTENT.replace("X20", "X30").encode())
    each.fail("POST", TO, faults.cut_before)
    assert "earlier file" in error_of(program.run("upload", str(file), "--json"), "CONNECTION_ERROR")["message"]
    each.fail("POST", TO, faults.cut_after)
    result = program.run("print", str(file), "--confirm", "--json")
    assert verdict(result) == "" and each.octoprint.started == ["local/cube.gcode"]


@pytest.mark.parametrize(
    ("name", "stored"),
    [
        ("a:b|c.gcode", "abc.gcode"),
        ("  .x.gcode", "x.gcode"),
        ("w\u00fcrfel \u96ea.gcode", "w\u00fcrfel \u96ea.gcode"),
        ("q%41#[1].gcode", "q%41#[1].gcode"),
    ],
)
def test_path_assigned_by_the_server_is_used(name: str, stored: str, each: FaultServer, tmp_path: Path) -> None:
    """F15, F16, F17: what is sent is the name as it is, what is reported and printed is the server's path."""
    program = program_for(tmp_path, each)
    result = program.run("print", str(program.file(name)), "--path", "a [b]%2e", "--confirm", "--json")
    assert verdict(result) == "" and result.data["file"] == f"a [b]%2e/{stored}"
    form = next(request.form for request in each.changes() if request.path == TO)
    assert form is not None and form.file is not None and form.file.filename == name
    assert each.octoprint.started == [f"local/a [b]%2e/{stored}"]


def test_refused_file_name_is_a_server_error(each: FaultServer, tmp_path: Path) -> None:
    """F15."""
    each.fail("POST", TO, faults.answer(400))
    program = program_for(tmp_path, each)
    assert "400" in error_of(program.run("upload", str(program.file("w\u00fcrfel.gcode")), "--json"), "SERVER_ERROR")["message"]


def test_insufficient_disk_space_is_detected_before_upload(each: FaultServer, tmp_path: Path) -> None:
    """F39."""
    each.octoprint.free = 3
    program = program_for(tmp_path, each)
    for argv in (["upload"], ["print", "--confirm"], ["print", "--confirm", "--no-preflight"]):
        error_of(program.run(*argv, str(program.file()), "--json"), "NO_SPACE")
    assert posts(each) == 0


# -- memory -----------------------------------------------------------------------------------------


def test_a_large_file_takes_no_more_memory_than_a_small_one(tmp_path: Path) -> None:
    peaks = []
    for size in (1000, 120 * MIB):
        with FaultServer(keep=1000) as server:
            program = program_for(tmp_path, server, "timeout: 60\n")
            result = program.python(MEASURED, "upload", sparse(program, size), "--json")
            assert verdict(result) == "" and server.octoprint.stored("big.gcode").size == size  # type: ignore[union-attr]
            peaks.append(peak_of(result))
    assert peaks[1] - peaks[0] < 40, peaks

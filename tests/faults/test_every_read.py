"""Every read with everything that can go wrong with it: made again where that may help, within its time, its size and its memory."""

from __future__ import annotations

import contextlib
import socket
import threading
from pathlib import Path
from typing import Any, Dict, Iterator, List, NamedTuple

import pytest
from contract.program import Program, finish
from contract.table import Case as Words

from octoprint_cli.testing import Exchange, FakeOctoPrint, Fault, FaultServer, Reply, Result, faults

from .ring import DIALECTS, SLACK, error_of, sent_to, timed, verdict

#: Command lines that only read, with the request whose fault each meets.
READS: Dict[str, str] = {
    "status": "/api/job",
    "files": "/api/files",
    "temp": "/api/printer",
    "preflight": "/api/job",
    "connect": "/api/connection",
    "version": "/api/version",
    "init --force": "/api/currentuser",
    "cancel --confirm --dry-run": "/api/job",
    "print {file} --confirm --dry-run": "/api/job",
    "upload {file} --dry-run": "/api/files",
}


class Trouble(NamedTuple):
    """A fault, the code it ends with, and whether it is one that another try may cure."""

    fault: Fault
    code: str
    again: bool = False


TROUBLES: Dict[str, Trouble] = {
    "cut": Trouble(faults.cut_before, "SERVER_STARTING", True),
    "reset": Trouble(faults.reset_before, "SERVER_STARTING", True),
    "truncated": Trouble(faults.truncated, "SERVER_STARTING", True),
    "booting": Trouble(faults.raw(b"Not found"), "SERVER_STARTING", True),
    "502": Trouble(faults.html(502), "SERVER_STARTING", True),
    "503": Trouble(faults.retry_after(503, 0), "SERVER_STARTING", True),
    "504": Trouble(faults.html(504), "SERVER_STARTING", True),
    "429": Trouble(faults.retry_after(429, 0), "SERVER_ERROR", True),
    "500": Trouble(faults.answer(500, {"error": "The server encountered an internal error"}), "SERVER_ERROR"),
    "418": Trouble(faults.answer(418, "short and stout"), "SERVER_ERROR"),
    "proxy": Trouble(faults.html(403), "UNEXPECTED_RESPONSE"),
    "nowhere": Trouble(faults.html(404), "UNEXPECTED_RESPONSE"),
    "login": Trouble(faults.html(200), "UNEXPECTED_RESPONSE"),
    "redirect": Trouble(faults.redirect("/login/"), "UNEXPECTED_RESPONSE"),
    "not_json": Trouble(faults.not_json, "UNEXPECTED_RESPONSE"),
    "overlong": Trouble(faults.overlong, "UNEXPECTED_RESPONSE"),
    "list": Trouble(faults.wrong_shape([1, 2]), "UNEXPECTED_RESPONSE"),
    "text": Trouble(faults.wrong_shape("hello"), "UNEXPECTED_RESPONSE"),
    "null": Trouble(faults.wrong_shape(None), "UNEXPECTED_RESPONSE"),
    "nested": Trouble(faults.answer(200, "[" * 100_000, "application/json"), "UNEXPECTED_RESPONSE"),
}


def words(program: Program, line: str, *more: str) -> List[str]:
    return [*Words(line).words(program), *more, "--json"]


def asked(server: FaultServer, path: str) -> int:
    return sum(request.path == path for request in server.requests)


@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize("line", READS)
def test_a_read_that_fails_is_told_and_made_again_where_that_may_help(
    line: str, trouble: str, program: Program, server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("octoprint_cli.client.http.retries.FIRST_PAUSE", 0.001)
    program.configure("retries: 2\n")
    server.octoprint.printing() if "cancel" in line else None
    server.fail("GET", READS[line], TROUBLES[trouble].fault)
    assert verdict(program.run(*words(program, line))) == TROUBLES[trouble].code
    assert asked(server, READS[line]) == (3 if TROUBLES[trouble].again else 1)
    assert sent_to(server) == []


@pytest.mark.parametrize("trouble", [name for name in TROUBLES if TROUBLES[name].again])
def test_a_read_that_fails_twice_succeeds_at_the_third_try(trouble: str, program: Program, server: FaultServer) -> None:
    program.configure("retries: 2\n")
    server.fail("GET", "/api/job", TROUBLES[trouble].fault, times=2)
    assert verdict(program.process("status", "--json")) == ""
    assert asked(server, "/api/job") == 3


@pytest.mark.parametrize(("retries", "tries"), [(0, 1), (1, 2), (3, 4)])
def test_no_more_tries_than_configured(retries: int, tries: int, program: Program, server: FaultServer) -> None:
    program.configure(f"retries: {retries}\n")
    server.fail("GET", "/api/job", faults.cut_before)
    error_of(program.process("status", "--json"), "SERVER_STARTING")
    assert asked(server, "/api/job") == tries


@pytest.mark.parametrize(("seconds", "tries"), [(1, 2), (3600, 1)])
def test_retry_after_is_honoured_up_to_a_bound(seconds: int, tries: int, program: Program, server: FaultServer) -> None:
    program.configure("retries: 1\n")
    server.fail("GET", "/api/job", faults.retry_after(503, seconds))
    result = timed(program, "status", "--json", limit=SLACK)
    error_of(result, "SERVER_STARTING")
    assert asked(server, "/api/job") == tries


def test_all_tries_together_end_with_the_timeout(program: Program, server: FaultServer) -> None:
    program.configure("retries: 100\ntimeout: 1\n")
    server.fail("GET", "/api/job", faults.cut_before)
    error_of(timed(program, "status", "--json", limit=1 + SLACK), "SERVER_STARTING")
    assert asked(server, "/api/job") < 10


# -- time -------------------------------------------------------------------------------------------

SLOW: Dict[str, Fault] = {
    "hang": faults.hang,
    "drip": faults.drip(0.1, size=10_000),
    "drip_header": faults.drip(0.1, header=True, size=10_000),
    "bytes_without_end": lambda exchange: _without_end(exchange),
}


def _without_end(exchange: Any) -> None:
    """An answer of no length, which only ends with the connection: white space, which JSON allows."""
    exchange.receive()
    exchange.send(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n{}")
    while exchange.pause(0.1):
        exchange.send(b" ")


class Slow(NamedTuple):
    """A line, a fault, a dialect, as a process."""

    line: str
    fault: str

    def run(self, folder: Path) -> Result:
        with FaultServer(FakeOctoPrint(DIALECTS[len(self.line) % 2])) as server:
            server.fail("GET", READS[self.line], SLOW[self.fault])
            program = Program(folder, server)
            program.configure("retries: 3\n")
            return timed(program, *words(program, self.line, "--timeout", "1"), limit=1 + 2 * SLACK)


@pytest.mark.parametrize(
    "case", [pytest.param(Slow(line, fault), id=f"{line.split()[0]}-{fault}") for line in READS if "cancel" not in line for fault in SLOW]
)
def test_a_slow_answer_ends_with_the_timeout(case: Slow, runs: Any) -> None:
    assert error_of(runs[case].result(), "TIMEOUT")["retryable"] is True


@contextlib.contextmanager
def silent() -> Iterator[int]:
    """A port where connections are accepted and nothing is ever said."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(16)
        yield listener.getsockname()[1]  # the system accepts, nobody else need


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("line", ["status --json", "gcode G4 --json"])
def test_a_server_that_accepts_and_never_speaks(scheme: str, line: str, program: Program) -> None:
    program.configure("retries: 3\ntimeout: 1\n")
    with silent() as port:
        result = timed(program, *line.split(), env={"OCTOPRINT_HOST": f"{scheme}://127.0.0.1:{port}"}, limit=2 + SLACK)
    assert verdict(result) == ("OUTCOME_UNKNOWN" if "gcode" in line and scheme == "http" else "TIMEOUT"), result


def test_a_tls_handshake_a_byte_at_a_time(program: Program) -> None:
    """Each single read meets its limit; the whole does not."""
    over = threading.Event()
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(16)
        talker = threading.Thread(target=_handshake, args=(listener, over), daemon=True)
        talker.start()
        address = f"https://127.0.0.1:{listener.getsockname()[1]}"
        result = timed(program, "status", "--json", "--timeout", "1", env={"OCTOPRINT_HOST": address}, limit=1 + SLACK)
        over.set()
        talker.join(SLACK)
    assert verdict(result) == "TIMEOUT", result


def _handshake(listener: socket.socket, over: threading.Event) -> None:
    """A TLS record that is announced as 16 KiB long, and comes a byte at a time."""
    connection, _ = listener.accept()
    with connection, contextlib.suppress(OSError):
        connection.sendall(b"\x16\x03\x03\x40\x00")
        while not over.wait(0.1):
            connection.sendall(b"\x02")


def test_a_host_that_nobody_answers_for(program: Program, server: FaultServer) -> None:
    server.refuse()
    program.configure("retries: 1\n")
    error_of(program.process("status", "--json"), "CONNECTION_ERROR")
    error_of(program.process("gcode", "G4", "--json"), "CONNECTION_ERROR")
    server.listen()
    assert server.requests == []


@pytest.mark.parametrize("line", ["gcode G4", "status"])
def test_a_connection_that_was_never_made_is_tried_again_for_every_method(line: str, program: Program, server: FaultServer) -> None:
    """The server comes up while the program is trying."""
    program.configure("retries: 20\ntimeout: 20\n")
    server.refuse()
    process = program.start(*line.split(), "--json")
    threading.Timer(0.7, server.listen).start()
    assert verdict(finish(process)) == ""
    assert len(server.acts) == ("gcode" in line)


# -- size and memory --------------------------------------------------------------------------------

MEASURED = (
    "import resource, sys\n"
    "from octoprint_cli.app import main\n"
    "code = main(sys.argv[1:])\n"
    "sys.stderr.write('PEAK %d' % resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)\n"
    "sys.stdout.flush()\n"
    "raise SystemExit(code)\n"
)


def _redirect(exchange: Exchange) -> None:
    """A redirect with a page of 200 MB: requests of its own accord would read all of it."""
    exchange.receive()
    size = 200 * 1024 * 1024
    exchange.send(exchange.head(Reply(302, None, "text/html"), length=size, Location="/login/"))
    for _ in range(size // 65536):
        exchange.send(b" " * 65536)


BOMBS = {"redirect": _redirect, "gzip": faults.bomb(), "nested": faults.bomb("nested"), "plain": faults.bomb("plain"), "listing": faults.bomb()}


class Bomb(NamedTuple):
    """A line and a bomb, with its memory measured."""

    line: str
    bomb: str

    def run(self, folder: Path) -> Result:
        with FaultServer() as server:
            server.fail("*", "/api/*", BOMBS[self.bomb])
            return Program(folder, server).python(MEASURED, *self.line.split(), "--json")


@pytest.mark.parametrize(
    ("case", "megabytes"),
    [
        pytest.param(Bomb("status", "gzip"), 150, id="gzip"),
        pytest.param(Bomb("status", "nested"), 150, id="nested"),
        pytest.param(Bomb("status", "plain"), 150, id="plain"),
        pytest.param(Bomb("status", "redirect"), 150, id="redirect"),
        pytest.param(Bomb("gcode G4", "gzip"), 150, id="act"),
        pytest.param(Bomb("files", "listing"), 250, id="listing"),
    ],
)
def test_a_bomb_does_not_go_off(case: Bomb, megabytes: int, runs: Any) -> None:
    result = runs[case].result()
    peak = int(result.stderr.rpartition("PEAK ")[2]) / 1024
    assert verdict(result) == ("OUTCOME_UNKNOWN" if "gcode" in case.line else "UNEXPECTED_RESPONSE"), result
    assert peak < megabytes


# -- values that nobody knows -----------------------------------------------------------------------

NOT_A_NUMBER = '{"state": "Operational", "progress": {"completion": NaN, "printTime": Infinity, "printTimeLeft": 1e999}, "job": null}'


@pytest.mark.parametrize("version", DIALECTS)
@pytest.mark.parametrize("line", ["status", "files", "temp", "connect", "version", "preflight"])
def test_nulls_everywhere_are_no_crash_and_no_made_up_zero(line: str, version: str, program: Program, hurried: Any) -> None:
    with FaultServer(FakeOctoPrint(version)) as server:
        server.octoprint.printing("cube.gcode") if line == "status" else server.octoprint.store("cube.gcode")
        server.fail("GET", "/api/*", faults.nulls)
        for name in ("json", "table", "yaml", "value"):
            result = program.run(line, "-f", name, env={**server.env, "OCTOPRINT_API_KEY": server.key})
            assert "Traceback" not in result.stderr and "INTERNAL_ERROR" not in result.stdout + result.stderr, result
            assert not any(word.strip("\",") in ("0", "0.0") for word in result.stdout.split()), result


def test_numbers_that_are_none_are_null(program: Program, server: FaultServer) -> None:
    server.fail("GET", "/api/job", faults.answer(200, NOT_A_NUMBER, "application/json"))
    job = program.process("status", "--json").data["job"]
    assert [job[name] for name in ("completion", "print_time", "print_time_left", "file")] == [None] * 4


@pytest.mark.parametrize("text", ["3.1-1", "2.0.0rc3", "1.13.0.dev7+g12", "", "\u96ea", "1" * 5000])
def test_any_version_is_tolerated(text: str, program: Program, server: FaultServer) -> None:
    server.octoprint.version = text
    result = program.run("version", "--json")
    assert verdict(result) == "" and (result.data["server"] == text or not text)


def test_a_plugin_endpoint_that_is_absent_costs_nothing(program: Program, server: FaultServer) -> None:
    """Old servers know nothing of `/api/files/test`, and some answer it with nothing at all."""
    for fault in (faults.answer(404, {"error": "The requested URL was not found"}), faults.answer(204), faults.answer(500)):
        server.fail("POST", "/api/files/test", fault)
        server.octoprint.storage.files["local"].clear()
        assert verdict(program.run("upload", str(program.file()), "--json")) == ""
        assert server.octoprint.stored("cube.gcode") is not None

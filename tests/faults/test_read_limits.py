"""Reads that are slow, silent or huge: each ends within its time, its size and its memory, whatever the server does."""

from __future__ import annotations

import contextlib
import socket
import threading
from pathlib import Path
from typing import Any, Dict, Iterator, NamedTuple

import pytest
from contract.program import Program

from octoprint_cli.client.http import retry as policy
from octoprint_cli.testing import (
    Exchange,
    FakeOctoPrint,
    Fault,
    FaultServer,
    Reply,
    Result,
)
from octoprint_cli.testing.server import faults

from .crossing import DIALECTS, with_classes
from .ring import LONGEST, MEASURED, error_of, peak_of, timed, verdict
from .test_every_read import READS, words

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
    """A line and a fault, with a dialect in turn."""

    line: str
    fault: str

    def run(self, folder: Path, as_process: bool = False) -> Result:
        with FaultServer(FakeOctoPrint(DIALECTS[len(self.line) % 2])) as server:
            server.fail("GET", READS[self.line], SLOW[self.fault])
            program = Program(folder, server)
            program.configure("retries: 3\n")
            return timed(program, *words(program, self.line, "--timeout", "1"), as_process=as_process)


#: Each line with one of the faults in turn, and one with all of them.
SLOW_READS = with_classes([line for line in READS if "cancel" not in line], [list(SLOW)], all_of=("status",))


@pytest.mark.parametrize("case", [pytest.param(Slow(*pair), id="-".join(pair)) for pair in SLOW_READS])
def test_a_slow_answer_ends_with_the_timeout(case: Slow, tmp_path: Path) -> None:
    assert error_of(case.run(tmp_path), "TIMEOUT")["retryable"] is True


def test_a_slow_answer_ends_a_process_with_the_timeout(tmp_path: Path) -> None:
    assert error_of(Slow("status", "drip_header").run(tmp_path, as_process=True), "TIMEOUT")["retryable"] is True


@contextlib.contextmanager
def silent() -> Iterator[int]:
    """A port where connections are accepted and nothing is ever sent."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(16)
        yield listener.getsockname()[1]  # the system accepts, without a program


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("line", ["status --json", "gcode G4 --json"])
def test_silent_server_ends_with_the_timeout(scheme: str, line: str, program: Program) -> None:
    program.configure("retries: 3\ntimeout: 1\n")
    with silent() as port:
        result = timed(program, *line.split(), env={"OCTOPRINT_HOST": f"{scheme}://127.0.0.1:{port}"})
    assert verdict(result) == ("OUTCOME_UNKNOWN" if "gcode" in line and scheme == "http" else "TIMEOUT"), result


def test_byte_by_byte_tls_handshake_times_out(program: Program) -> None:
    """Each single read meets its limit; the whole does not."""
    over = threading.Event()
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(16)
        talker = threading.Thread(target=_handshake, args=(listener, over), daemon=True)
        talker.start()
        address = f"https://127.0.0.1:{listener.getsockname()[1]}"
        result = timed(program, "status", "--json", "--timeout", "1", env={"OCTOPRINT_HOST": address})
        over.set()
        talker.join(LONGEST)
    assert verdict(result) == "TIMEOUT", result


def _handshake(listener: socket.socket, over: threading.Event) -> None:
    """A TLS record that is announced as 16 KiB long, and comes a byte at a time."""
    connection, _ = listener.accept()
    with connection, contextlib.suppress(OSError):
        connection.sendall(b"\x16\x03\x03\x40\x00")
        while not over.wait(0.1):
            connection.sendall(b"\x02")


def test_refused_connection_is_a_connection_error(program: Program, server: FaultServer) -> None:
    server.refuse()
    program.configure("retries: 1\n")
    error_of(program.run("status", "--json"), "CONNECTION_ERROR")
    error_of(program.run("gcode", "G4", "--json"), "CONNECTION_ERROR")
    server.listen()
    assert server.requests == []


@pytest.mark.parametrize("line", ["gcode G4", "status"])
def test_connection_never_made_is_retried_for_every_method(
    line: str, program: Program, server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server comes up while the program is trying."""
    program.configure("retries: 20\ntimeout: 200\n")
    server.refuse()
    refused, sleep = threading.Event(), policy.sleep
    monkeypatch.setattr(policy, "sleep", lambda pause: (refused.set(), sleep(min(pause, 0.1))))
    comes_up = threading.Thread(target=lambda: refused.wait(LONGEST) and server.listen(), daemon=True)
    comes_up.start()
    assert verdict(program.run(*line.split(), "--json")) == "" and refused.is_set()
    comes_up.join(LONGEST)
    assert len(server.acts) == ("gcode" in line)


# -- size and memory --------------------------------------------------------------------------------


def _redirect(exchange: Exchange) -> None:
    """A redirect with a page of 200 MB: requests of its own accord would read all of it."""
    exchange.receive()
    size = 200 * 1024 * 1024
    exchange.send(exchange.head(Reply(302, None, "text/html"), length=size, Location="/login/"))
    for _ in range(size // 65536):
        exchange.send(b" " * 65536)


BOMBS = {
    "redirect": _redirect,
    "gzip": faults.bomb(),
    "nested": faults.bomb("nested"),
    "plain": faults.bomb("plain"),
    "listing": faults.bomb(),
}


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
def test_decompression_bomb_is_refused_within_memory_limit(case: Bomb, megabytes: int, tmp_path: Path) -> None:
    result = case.run(tmp_path)
    peak = peak_of(result)
    assert verdict(result) == ("OUTCOME_UNKNOWN" if "gcode" in case.line else "UNEXPECTED_RESPONSE"), result
    assert peak < megabytes

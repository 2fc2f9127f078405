"""The process that waits or watches, and its surroundings: signals, a reader that goes away, TLS, a prefix, a proxy's password."""

from __future__ import annotations

import json
import signal
import subprocess
from pathlib import Path
from typing import Sequence, Tuple

import pytest
from contract.program import Program, finish

from octoprint_cli.testing import FaultServer, Result
from octoprint_cli.testing.server import faults

from .listener import PATH
from .ring import check_quiet, error_of, verdict
from .test_process import EACH, SIGNALS
from .test_tls import CA, CLIENT, context, written
from .waits import FILE, LINES, Waiting, envelope

pytestmark = pytest.mark.usefixtures("forked")

WAITING = {**LINES, "temp": ["temp", "--tool", "200", "--wait", "--json"], "reply": ["gcode", "M400", "--reply", "--json"]}


def begun(program: Program, server: FaultServer, name: str, pushed: bool = True) -> subprocess.Popen[str]:
    """A process that waits, with the socket or without."""
    server.octoprint.store(FILE)
    server.octoprint.printing(FILE) if name in ("wait", "watch") else None
    server.octoprint.replies["M400"] = []
    if not pushed:
        server.fail("GET", PATH, faults.html(404))
    process = program.start(*WAITING[name])
    server.wait_until(lambda: any(one.authed for one in server.sockets) if pushed else asked(server) > 0)
    if name == "reply":
        server.wait_until(lambda: server.octoprint.commands == ["M400"])
    return process


def asked(server: FaultServer) -> int:
    return sum(request.path == PATH for request in server.requests)


def message_of(name: str) -> str:
    """What an interrupted run reports: one that has begun a job, that this goes on."""
    if name == "print":
        return "the job goes on: the printer is Printing with cube.gcode"
    return "nothing was sent that would change anything" if name in LINES else "the printer is Operational"


# -- signals ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "kind"), [(name, SIGNALS[number % 3]) for number, name in enumerate(WAITING)])
def test_a_signal_ends_the_wait_and_not_the_job(name: str, kind: Tuple[int, str], program: Program, server: FaultServer) -> None:
    number, code = kind
    process = begun(program, server, name)
    process.send_signal(number)
    result = finish(process)
    error = error_of(envelope(result), code)
    assert message_of(name) in error["message"], error
    assert name not in LINES or server.octoprint.state == "Printing"
    assert len(server.acts) == (0 if name in ("wait", "watch") else 1)
    assert result.stderr == ""


@EACH
def test_signal_while_polling_ends_the_wait(number: int, code: str, program: Program, server: FaultServer) -> None:
    name = {signal.SIGINT: "wait", signal.SIGTERM: "watch", signal.SIGHUP: "print"}[signal.Signals(number)]
    process = begun(program, server, name, pushed=False)
    process.send_signal(number)
    result = finish(process)
    assert message_of(name) in error_of(envelope(result), code)["message"]
    assert result.stderr.count("Warning: ") <= 1 and len(result.stderr.splitlines()) <= 1


def test_signal_during_unresponsive_server_ends_the_wait(program: Program, server: FaultServer) -> None:
    process = begun(program, server, "print")
    server.fail("*", "/*", faults.hang)
    process.send_signal(signal.SIGTERM)
    assert "could not be asked" in error_of(finish(process), "TERMINATED")["message"]


# -- streams ----------------------------------------------------------------------------------------


def test_closed_reader_of_watch_exits_141(program: Program, server: FaultServer) -> None:
    """Nothing is wrong with that, and nothing is written."""
    server.octoprint.interval = 0.0
    process = begun(program, server, "watch")
    assert process.stdout and json.loads(process.stdout.readline())["seq"] == 1
    process.stdout.close()
    server.octoprint.pause()  # a line more, at which it finds out
    result = finish(process)
    assert (result.exit_code, result.stderr) == (141, "")
    assert server.octoprint.state == "Paused"


@pytest.mark.parametrize("name", ["print"])
def test_closed_reader_of_wait_exits_141(name: str, program: Program, server: FaultServer) -> None:
    process = begun(program, server, name)
    assert process.stdout
    process.stdout.close()
    server.octoprint.finish()
    result = finish(process)
    assert (result.exit_code, result.stderr) == (141, "")


@pytest.mark.parametrize("name", ["wait", "print", "watch"])
def test_wait_to_the_end_prints_only_the_answer(name: str, program: Program, server: FaultServer) -> None:
    process = begun(program, server, name)
    server.octoprint.finish()
    result = finish(process)
    assert verdict(envelope(result)) == "" and result.stderr == ""
    assert (name == "watch") or len(json.loads(result.stdout)) == 2


# -- in front of the server -------------------------------------------------------------------------


@pytest.fixture
def no_polls(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the socket can tell how the job ends: the next poll is an hour away, and a busy machine may take its time."""
    for name in ("push.feed.POLL_UP_SECONDS", "push.feed.QUIET_SECONDS", "push.feed.OPEN_SECONDS", "push.socket.SILENCE_SECONDS"):
        monkeypatch.setattr(f"octoprint_cli.client.{name}", 3600.0)


def check_pushed(server: FaultServer, folder: Path, config: str = "", warnings: Sequence[str] = (), **environ: str) -> Result:
    """A wait in this process, to its end, of which the socket tells."""
    program = Program(folder, server)
    program.configure("retries: 0\n" + config)
    program.env.update(environ)
    with Waiting(program, server, "wait") as waiting:
        server.wait_until(lambda: any(one.authed for one in server.sockets))
        server.octoprint.finish()
    result = waiting.result
    assert verdict(result) == "" and result.data["last_job"]["outcome"] == "finished"
    assert result.stderr.splitlines() == list(warnings)
    assert len(server.sockets) == 1
    check_quiet(result)
    return result


@pytest.mark.usefixtures("no_polls")
def test_push_socket_works_with_custom_ca_bundle(tmp_path: Path) -> None:
    with FaultServer(tls=context(CA.issue_cert("127.0.0.1"))) as server:
        bundle = written(tmp_path / "ca.pem", CA.cert_pem)
        check_pushed(server, tmp_path, f"ca_bundle: {bundle}\n")


@pytest.mark.usefixtures("no_polls")
def test_push_socket_works_with_verify_false(tmp_path: Path) -> None:
    with FaultServer(tls=context(CA.issue_cert("octopi.local"))) as server:
        warning = "Warning: the server's certificate is not checked (verify: false)"
        check_pushed(server, tmp_path, "verify: false\n", [warning])


@pytest.mark.usefixtures("no_polls")
def test_push_socket_works_with_client_certificate(tmp_path: Path) -> None:
    with FaultServer(tls=context(CA.issue_cert("127.0.0.1"), clients=CA)) as server:
        bundle = written(tmp_path / "ca.pem", CA.cert_pem)
        mine = written(tmp_path / "mine.pem", CLIENT.private_key_and_cert_chain_pem)
        check_pushed(server, tmp_path, f"ca_bundle: {bundle}\nclient_cert: {mine}\n")


@pytest.mark.usefixtures("no_polls")
def test_push_socket_works_below_prefix_with_basic_auth(tmp_path: Path) -> None:
    with FaultServer(prefix="/octoprint", basic_auth=("us er", "p@ss:word")) as server:
        host = server.url.replace("://", "://us%20er:p%40ss%3Aword@")
        check_quiet(check_pushed(server, tmp_path, OCTOPRINT_HOST=host), "p%40ss", "p@ss")

"""The process that waits or watches, and its surroundings: signals, a reader that goes away, TLS, a prefix, a proxy's password."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from contract.program import Program, finish

from octoprint_cli.testing import FaultServer, Result
from octoprint_cli.testing.server import faults

from .listener import PATH
from .ring import check_quiet, error_of, verdict
from .test_process import EACH
from .test_tls import CA, CLIENT, context, written
from .waits import FILE, LINES, envelope

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


def told_of(name: str) -> str:
    """What an interrupted run says of itself: one that has begun a job, that this goes on."""
    if name == "print":
        return "the job goes on: the printer is Printing with cube.gcode"
    return "nothing was sent that changes anything" if name in LINES else "the printer is Operational"


# -- signals ----------------------------------------------------------------------------------------


@EACH
@pytest.mark.parametrize("name", WAITING)
def test_a_signal_ends_the_wait_and_not_the_job(name: str, number: int, code: str, program: Program, server: FaultServer) -> None:
    process = begun(program, server, name)
    process.send_signal(number)
    result = finish(process)
    error = error_of(envelope(result), code)
    assert told_of(name) in error["message"], error
    assert name not in LINES or server.octoprint.state == "Printing"
    assert len(server.acts) == (0 if name in ("wait", "watch") else 1)
    assert result.stderr == ""


@EACH
@pytest.mark.parametrize("name", ["wait", "watch", "print"])
def test_signal_while_polling_ends_the_wait(name: str, number: int, code: str, program: Program, server: FaultServer) -> None:
    process = begun(program, server, name, pushed=False)
    process.send_signal(number)
    result = finish(process)
    assert told_of(name) in error_of(envelope(result), code)["message"]
    assert result.stderr.count("Warning: ") <= 1 and len(result.stderr.splitlines()) <= 1


@EACH
def test_signal_during_unresponsive_server_ends_the_wait(number: int, code: str, program: Program, server: FaultServer) -> None:
    process = begun(program, server, "print")
    server.fail("*", "/*", faults.hang)
    process.send_signal(number)
    assert "could not be asked" in error_of(finish(process), code)["message"]


# -- streams ----------------------------------------------------------------------------------------


def test_closed_reader_of_watch_exits_141(program: Program, server: FaultServer) -> None:
    """Nothing is wrong with that, and nobody is told."""
    server.octoprint.interval = 0.0
    process = begun(program, server, "watch")
    assert process.stdout and json.loads(process.stdout.readline())["seq"] == 1
    process.stdout.close()
    process.stdout = None
    server.octoprint.pause()  # a line more, at which it finds out
    result = finish(process)
    assert (result.exit_code, result.stderr) == (141, "")
    assert server.octoprint.state == "Paused"


@pytest.mark.parametrize("name", ["wait", "print"])
def test_closed_reader_of_wait_exits_141(name: str, program: Program, server: FaultServer) -> None:
    process = begun(program, server, name)
    assert process.stdout
    process.stdout.close()
    process.stdout = None
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


def followed(server: FaultServer, folder: Path, config: str) -> Result:
    """A wait, to its end, of which the socket tells: the next poll is a minute away."""
    program = Program(folder, server)
    program.configure("retries: 0\n" + config)
    process = begun(program, server, "wait")
    server.octoprint.finish()
    return finish(process)


def check_pushed(result: Result, server: FaultServer, *warnings: str) -> None:
    assert verdict(result) == "" and result.data["last_job"]["outcome"] == "finished"
    assert result.stderr.splitlines() == list(warnings)
    assert len(server.sockets) == 1
    check_quiet(result)


def test_push_socket_works_with_custom_ca_bundle(tmp_path: Path) -> None:
    with FaultServer(tls=context(CA.issue_cert("127.0.0.1"))) as server:
        bundle = written(tmp_path / "ca.pem", CA.cert_pem)
        check_pushed(followed(server, tmp_path, f"ca_bundle: {bundle}\n"), server)


def test_push_socket_works_with_verify_false(tmp_path: Path) -> None:
    with FaultServer(tls=context(CA.issue_cert("octopi.local"))) as server:
        warning = "Warning: the server's certificate is not checked (verify: false)"
        check_pushed(followed(server, tmp_path, "verify: false\n"), server, warning)


def test_push_socket_works_with_client_certificate(tmp_path: Path) -> None:
    with FaultServer(tls=context(CA.issue_cert("127.0.0.1"), clients=CA)) as server:
        bundle = written(tmp_path / "ca.pem", CA.cert_pem)
        mine = written(tmp_path / "mine.pem", CLIENT.private_key_and_cert_chain_pem)
        check_pushed(followed(server, tmp_path, f"ca_bundle: {bundle}\nclient_cert: {mine}\n"), server)


def test_push_socket_works_below_prefix_with_basic_auth(tmp_path: Path) -> None:
    with FaultServer(prefix="/octoprint", basic_auth=("us er", "p@ss:word")) as server:
        program = Program(tmp_path, server)
        host = server.url.replace("://", "://us%20er:p%40ss%3Aword@")
        program.env["OCTOPRINT_HOST"] = host
        program.configure("retries: 0\n")
        process = begun(program, server, "wait")
        server.octoprint.finish()
        result = finish(process)
        check_pushed(result, server)
        check_quiet(result, "p%40ss", "p@ss")

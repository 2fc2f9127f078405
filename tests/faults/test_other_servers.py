"""Servers that are not a current OctoPrint, and addresses of another kind: what they are is said."""

from __future__ import annotations

from typing import Any

import pytest
from contract.program import Program

from octoprint_cli.testing import FakeOctoPrint, FaultServer
from octoprint_cli.testing.server import faults

from .ring import error_of
from .test_kit_server import has_ipv6

MOONRAKER = {"server": "1.5.0", "api": "0.1", "text": "OctoPrint (Moonraker 0.11.0)"}
TRACEBACK = "Traceback (most recent call last): tornado.web.HTTPError"
NOT_FOUND = {"error": {"code": 404, "message": "Not Found", "traceback": TRACEBACK}}


def status(program: Program, **env: str) -> Any:
    return program.run("status", "--json", env=env)


def test_endpoint_that_moonraker_lacks_is_named_with_the_server(program: Program, server: FaultServer) -> None:
    server.fail("GET", "/api/version", faults.answer(200, MOONRAKER))
    server.fail("GET", "/api/files", faults.answer(404, NOT_FOUND))
    result = program.run("files", "--json")
    error = error_of(result, "NOT_FOUND")
    assert "this server (OctoPrint (Moonraker 0.11.0)) has no such endpoint" in error["message"]
    assert "Traceback" not in result.stdout


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"error": {"code": 500, "message": "Klippy is not ready", "traceback": TRACEBACK}}, "Klippy is not ready"),
        ({"error": ["the first", "the second"]}, "the first"),
        ({"title": "Internal error", "message": "the printer is asleep"}, "the printer is asleep"),
        ({"error": {"traceback": TRACEBACK}}, "HTTP 500"),
    ],
)
def test_message_of_an_errors_object_is_shown_and_nothing_else_of_it(
    body: Any, words: str, program: Program, server: FaultServer
) -> None:
    server.fail("GET", "/api/job", faults.answer(500, body))
    result = status(program)
    message = error_of(result, "SERVER_ERROR")["message"]
    assert words in message and "{" not in message and "Traceback" not in result.stdout


def test_old_octoprint_with_a_page_for_404_is_recognised(program: Program, server: FaultServer) -> None:
    server.fail("GET", "/api/version", faults.answer(200, {"server": "1.5.3", "api": "0.1", "text": "OctoPrint 1.5.3"}))
    server.fail("GET", "/api/files", faults.html(404))
    error = error_of(program.run("files", "--json"), "NOT_FOUND")
    assert "this server (OctoPrint 1.5.3) has no such endpoint" in error["message"]


def test_page_for_404_everywhere_is_no_octoprint(program: Program, server: FaultServer) -> None:
    server.fail("*", "/*", faults.html(404))
    assert "there is no OctoPrint at this address" in error_of(program.run("files", "--json"), "UNEXPECTED_RESPONSE")["message"]


@pytest.mark.parametrize("challenge", ['Digest realm="x", nonce="y"', "Negotiate", "NTLM"])
def test_authentication_that_the_program_lacks_gets_a_true_hint(challenge: str, program: Program, server: FaultServer) -> None:
    server.fail("*", "/api/*", faults.answer(401, "<html>", "text/html", {"WWW-Authenticate": challenge}))
    error = error_of(status(program), "AUTH_ERROR")
    assert challenge.split()[0] in error["message"] and "USER:PASSWORD" not in error["hint"]


def test_basic_authentication_gets_the_hint_of_user_and_password(program: Program, server: FaultServer) -> None:
    server.fail("*", "/api/*", faults.answer(401, "<html>", "text/html", {"WWW-Authenticate": 'Basic realm="x"'}))
    assert "USER:PASSWORD@" in error_of(status(program), "AUTH_ERROR")["hint"]


def test_job_without_an_origin_is_followed_and_not_lost(program: Program, server: FaultServer) -> None:
    job = {"file": {"name": "x.gcode", "path": "x.gcode"}}
    body = {"state": "Printing", "job": job, "progress": {"completion": 10, "printTime": 5, "printTimeLeft": 50}}
    server.fail("GET", "/api/job", faults.answer(200, body))
    server.fail("GET", "/sockjs/websocket", faults.answer(404))
    error = error_of(program.run("wait", "--timeout", "8", "--json"), "WAIT_TIMEOUT")
    assert "JOB_LOST" not in error["message"]


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")
@pytest.mark.parametrize("host", ["http://[::1%1]:{port}", "http://[::1%251]:{port}", "[::1%1]:{port}"])
def test_ipv6_zone_is_for_this_computer_alone(host: str, program: Program) -> None:
    with FaultServer(FakeOctoPrint("1.11.8"), host="::1") as server:
        env = {**server.env, "OCTOPRINT_HOST": host.format(port=server.port)}
        assert program.run("status", "--json", env=env).exit_code == 0
        assert program.run("gcode", "M115", "--reply", "--json", env=env).exit_code == 0
        assert {request.headers["host"] for request in server.requests} == {f"[::1]:{server.port}"}

"""What stands between the program and OctoPrint: proxies, login pages, redirects, prefixes, and how a name becomes an address."""

from __future__ import annotations

import contextlib
import socket
from typing import Any, Dict, Iterator, List, Tuple

import pytest
from contract.program import Program

from octoprint_cli.testing import KEY, Exchange, FaultServer
from octoprint_cli.testing.server import faults

from .ring import check_quiet, error_of, sent_to, verdict

READ, ACT, UPLOAD = "status --json", "gcode G4 --json", "upload {file} --json"
LINES = [READ, ACT, UPLOAD]
EACH = pytest.mark.parametrize("line", LINES, ids=["read", "act", "upload"])


def run(program: Program, line: str, **how: Any) -> Any:
    return program.inside(*line.format(file=program.file()).split(), **how)


# -- redirects --------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@EACH
def test_redirect_is_reported_and_never_followed(
    line: str, status: int, program: Program, server: FaultServer, other: FaultServer
) -> None:
    """The fixture `other` asserts that nothing connected to it."""
    server.fail("*", "/api/*", faults.redirect(f"{other.url}/api/job", status))
    result = program.run(*line.format(file=program.file()).split())
    error = error_of(result, "UNEXPECTED_RESPONSE")
    assert other.url in error["message"] and not error["retryable"]
    assert [str(act) for act in server.acts] == [] and len(sent_to(server)) <= 1


@EACH
def test_redirect_target_is_suggested_in_hint(line: str, program: Program, server: FaultServer, other: FaultServer) -> None:
    """As a proxy that wants https says it: the same path elsewhere."""

    def moved(exchange: Exchange) -> None:
        faults.redirect(other.url + exchange.target)(exchange)

    server.fail("*", "/api/*", moved)
    assert f"--host {other.url} " in error_of(run(program, line), "UNEXPECTED_RESPONSE")["hint"]


@pytest.mark.parametrize(
    "location", ["/login?next=/api/job", "//other.example/", "", "http://u:Pa55w0rd-Of-Theirs@other.example/", "http://[", "\u00fc"]
)
def test_any_redirect_location_is_reported_safely(location: str, program: Program, server: FaultServer) -> None:
    server.fail("*", "/api/*", faults.redirect(location.encode("utf-8").decode("latin-1")))
    result = run(program, READ)
    error_of(result, "UNEXPECTED_RESPONSE")
    check_quiet(result, "Pa55w0rd-Of-Theirs")


# -- login pages and other answers that are not OctoPrint's -----------------------------------------


@EACH
def test_html_login_page_is_an_unexpected_response(line: str, program: Program, server: FaultServer) -> None:
    server.fail("*", "/*", faults.html())
    assert "login page" in error_of(run(program, line), "UNEXPECTED_RESPONSE")["message"]
    assert server.acts == []


@EACH
def test_html_403_page_is_a_proxy_error(line: str, program: Program, server: FaultServer) -> None:
    """Not a missing permission of the key: OctoPrint's own 403 is JSON."""
    server.fail("*", "/*", faults.html(403))
    assert "proxy" in error_of(run(program, line), "UNEXPECTED_RESPONSE")["message"]


@pytest.mark.parametrize("line", [READ, UPLOAD], ids=["read", "upload"])
def test_html_503_page_is_server_starting(line: str, program: Program, server: FaultServer) -> None:
    """F30. An upload asks first what the server has."""
    program.configure("retries: 1\n")
    server.fail("*", "/*", faults.retry_after(503, 0))
    assert error_of(run(program, line), "SERVER_STARTING")["retryable"] is True
    assert sent_to(server) == []


@pytest.mark.parametrize("status", [500, 503, 524])
def test_failure_of_an_act_that_nothing_shows_is_unknown_and_not_to_be_repeated(
    status: int, program: Program, server: FaultServer
) -> None:
    """It may have been carried out before the answer: who sends it again, sends it twice."""
    server.fail("POST", "/api/printer/command", faults.gateway_after(status))
    error = error_of(run(program, ACT), "OUTCOME_UNKNOWN")
    assert error["retryable"] is False and error["details"]["now"]["state"] == "Operational"
    assert server.octoprint.commands == ["G4"] and len(sent_to(server)) == 1


def test_conflict_of_a_read_is_not_a_busy_printer(program: Program, server: FaultServer) -> None:
    for fault in (faults.answer(409), faults.html(409), faults.answer(409, {"error": "conflict"})):
        server.fail("GET", "/api/job", fault)
        result = program.run(*READ.split())
        assert result.exit_code == 4 and result.code in ("UNEXPECTED_RESPONSE", "SERVER_ERROR"), result


def test_reads_ask_caches_in_front_for_the_current_state(program: Program, server: FaultServer) -> None:
    assert verdict(program.run(*READ.split())) == ""
    assert {request.headers.get("cache-control") for request in server.requests if request.method == "GET"} <= {"no-cache", None}
    assert server.requests[0].headers["cache-control"] == "no-cache"


@EACH
def test_basic_auth_of_proxy_works_and_password_is_never_shown(line: str, program: Program) -> None:
    with FaultServer(basic_auth=("bob", "Pa55-F0r-The-Pr0xy")) as server:
        error = error_of(run(program, line, env=server.env), "AUTH_ERROR")
        assert "USER:PASSWORD@" in error["hint"] and server.acts == [], error
        address = server.url.replace("://", "://bob:Pa55-F0r-The-Pr0xy@")
        for more in ("", " --debug", " -v -v"):
            result = run(program, line + more, env={"OCTOPRINT_HOST": address})
            assert result.exit_code == 0
            check_quiet(result, "Pa55-F0r-The-Pr0xy")
        wrong = server.url.replace("://", "://bob:An0ther-Pa55w0rd@")
        result = run(program, line + " --debug", env={"OCTOPRINT_HOST": wrong})
        assert result.envelope["error"]["code"] == "AUTH_ERROR" and "An0ther-Pa55w0rd" not in result.stdout + result.stderr


@EACH
def test_url_prefix_is_used_and_required(line: str, program: Program) -> None:
    with FaultServer(prefix="/octoprint") as server:
        for host in (server.url, server.url + "/"):
            assert verdict(run(program, line, env={"OCTOPRINT_HOST": host})) == ""
        bare = server.url.replace("/octoprint", "")
        assert "path" in error_of(run(program, line, env={"OCTOPRINT_HOST": bare}), "UNEXPECTED_RESPONSE")["hint"]
        assert all(request.target.startswith("/octoprint/api/") for request in server.acts)


def test_environment_proxies_and_netrc_are_ignored(program: Program, server: FaultServer, other: FaultServer) -> None:
    names = ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")
    assert verdict(run(program, READ, env=dict.fromkeys(names, other.url))) == ""
    netrc = program.folder / ".netrc"
    netrc.write_text("machine 127.0.0.1 login me password secret\n")
    netrc.chmod(0o600)
    assert verdict(run(program, READ)) == ""
    assert not any("authorization" in request.headers for request in server.requests)


@EACH
def test_cookies_are_never_kept(line: str, program: Program, server: FaultServer) -> None:
    """A session's cookie would win over the key, and then a POST wants a CSRF token."""

    def baked(exchange: Exchange) -> None:
        reply = exchange.perform()
        exchange.reply(reply._replace(headers=(*reply.headers, ("Set-Cookie", "session_P5000=logged-in; Path=/"))))

    server.fail("*", "/*", baked)
    assert verdict(run(program, line)) == ""
    assert server.requests and not any("cookie" in request.headers for request in server.requests)


# -- names and addresses ----------------------------------------------------------------------------

Addresses = List[Tuple[Any, ...]]


@contextlib.contextmanager
def resolving(monkeypatch: pytest.MonkeyPatch, answers: Dict[str, Any]) -> Iterator[List[str]]:
    """Names that are looked up here: `answers` by name, called for each look-up. The list fills with what was asked."""
    asked: List[str] = []
    real = socket.getaddrinfo

    def lookup(host: Any, port: Any, *rest: Any, **more: Any) -> Addresses:
        if host not in answers:
            return real(host, port, *rest, **more)
        asked.append(host)
        found: Addresses = answers[host](port)
        return found

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    yield asked


def v6(port: int) -> Tuple[Any, ...]:
    return socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("::1", port, 0, 0)


def v4(port: int) -> Tuple[Any, ...]:
    return socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port)


@pytest.mark.parametrize("line", ["status", "gcode G4"])
def test_ipv4_is_used_if_ipv6_is_refused(line: str, program: Program, server: FaultServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """F13."""
    program.configure("retries: 0\n")
    host = {"OCTOPRINT_HOST": f"http://octopi.test:{server.port}"}
    with resolving(monkeypatch, {"octopi.test": lambda port: [v6(port), v4(port)]}) as asked:
        assert verdict(program.run(*line.split(), "--json", env=host)) == ""
    assert asked and len(server.acts) == ("gcode" in line)


def late(times: int) -> Any:
    """A name that is known only after so many look-ups, as mDNS has it."""
    count = 0

    def answer(port: int) -> Addresses:
        nonlocal count
        count += 1
        if count <= times:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [v4(port)]

    return answer


@pytest.mark.parametrize("line", ["status", "gcode G4"])
def test_host_name_resolving_at_second_try_works(
    line: str, program: Program, server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F12."""
    host = {"OCTOPRINT_HOST": f"http://octopi.local:{server.port}"}
    with resolving(monkeypatch, {"octopi.local": late(1)}) as asked:
        assert verdict(program.run(*line.split(), "--json", env=host)) == ""
    assert len(asked) >= 2 and len(server.acts) == ("gcode" in line)


def test_unresolvable_host_name_is_a_connection_error(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    program.configure("retries: 1\n")
    with resolving(monkeypatch, {"octopi.local": late(99)}) as asked:
        result = program.run("status", "--json", env={"OCTOPRINT_HOST": "http://octopi.local:5000"})
    assert "octopi.local" in error_of(result, "CONNECTION_ERROR")["message"] and len(asked) == 2


def test_ipv6_address_works(program: Program) -> None:
    try:
        server = FaultServer(host="::1")
    except OSError:
        pytest.skip("this computer has no IPv6")
    with server:
        for host in (server.url, f"[::1]:{server.port}"):
            assert verdict(run(program, READ, env={"OCTOPRINT_HOST": host, "OCTOPRINT_API_KEY": KEY})) == ""

"""The kit's server: connections, TLS, proxies in front, waiting, its end, and the whole with the program."""

from __future__ import annotations

import contextlib
import os
import socket
import ssl
import threading
from pathlib import Path
from typing import Any, Dict, Tuple

import pytest
import requests
import trustme

from octoprint_cli.testing import (
    GCODE,
    FakeOctoPrint,
    FaultServer,
    run,
)
from octoprint_cli.testing.server import faults

from .kit import DIALECTS, LIMIT, acts, ask, connect, get, head, post, reading, upload


def secured(*names: str) -> Tuple[ssl.SSLContext, trustme.CA]:
    """A context for a server of these names, and who vouches for it."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(context)
    return context, authority


def threads() -> int:
    return threading.active_count()


def test_connections_are_kept_alive() -> None:
    with FaultServer() as server, requests.Session() as session:
        session.headers["X-Api-Key"] = server.key
        for _ in range(3):
            assert session.get(server.url + "/api/job", timeout=LIMIT).status_code == 200
        assert session.post(server.url + "/api/printer/command", json={"command": "G28"}, timeout=LIMIT).status_code == 204
        assert session.get(server.url + "/api/nowhere", timeout=LIMIT).status_code == 404
        assert (server.connections, len(server.requests)) == (1, 5)


def test_connection_close_header_is_honoured() -> None:
    with FaultServer() as server:
        for _ in range(2):
            assert ask(server, "GET", "/api/job", headers={"Connection": "close"}).status_code == 200
        assert server.connections == 2


def test_requests_are_recorded_as_received() -> None:
    with FaultServer() as server:
        ask(server, "GET", "/api/files/local/a%20b.gcode?recursive=true&x=", headers={"X-More": "yes"})
        asked = server.requests[0]
        assert (asked.method, asked.path) == ("GET", "/api/files/local/a%20b.gcode")
        assert asked.target == "/api/files/local/a%20b.gcode?recursive=true&x="
        assert asked.query == {"recursive": "true", "x": ""}
        assert (asked.headers["x-more"], asked.headers["x-api-key"]) == ("yes", server.key)
        upload(server, path="sub")
        sent = server.requests[1]
        assert sent.form is not None
        assert sent.form.fields == {"path": "sub"}
        assert sent.form.file is not None
        assert sent.form.file.content == b"G28\n"
        assert str(sent) == "POST /api/files/local"
        assert server.changes() == server.acts == [sent]


@pytest.mark.parametrize("version", DIALECTS)
def test_server_supports_tls(version: str, tmp_path: Path) -> None:
    context, authority = secured("127.0.0.1")
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    with FaultServer(FakeOctoPrint(version), tls=context) as server, requests.Session() as session:
        session.trust_env, session.verify = False, str(tmp_path / "ca.pem")
        session.headers["X-Api-Key"] = server.key
        assert server.url.startswith("https://127.0.0.1:")
        for _ in range(2):
            assert session.get(server.url + "/api/version", timeout=LIMIT).json()["server"] == version
        assert server.connections == 1
        server.octoprint.printing()
        server.fail("POST", "/api/job", faults.cut_after, times=1)
        with pytest.raises(requests.exceptions.ConnectionError):
            session.post(server.url + "/api/job", json={"command": "cancel"}, timeout=LIMIT)
        assert acts(server) == ["POST /api/job"]


def test_untrusted_or_mismatched_certificate_is_refused_by_client(tmp_path: Path) -> None:
    context, authority = secured("another.test")
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    with FaultServer(tls=context) as server:
        with pytest.raises(requests.exceptions.SSLError, match=r"self.signed|unable to get local issuer"):
            ask(server, "GET", "/api/job")
        with pytest.raises(requests.exceptions.SSLError, match=r"127\.0\.0\.1"):
            ask(server, "GET", "/api/job", verify=str(tmp_path / "ca.pem"))
        assert server.requests == []


def test_incomplete_tls_handshake_does_not_block_the_server() -> None:
    context, _ = secured("127.0.0.1")
    with FaultServer(tls=context) as server:
        silent = connect(server)
        server.wait_until(lambda: server.connections == 1)
        with connect(server) as plain:
            plain.sendall(b"GET / HTTP/1.1\r\n\r\n")
            assert not plain.recv(100).startswith(b"HTTP")
    with silent:
        assert silent.recv(1) == b""


@pytest.mark.parametrize("fault", [faults.hang, faults.reset_after, faults.cut_upload(3), faults.drip(0)])
def test_faults_work_over_tls(fault: Any, tmp_path: Path) -> None:
    context, authority = secured("127.0.0.1")
    client = ssl.create_default_context()
    authority.configure_trust(client)
    with FaultServer(tls=context) as server:
        server.fail("POST", "/api/job", fault)
        with connect(server) as plain, client.wrap_socket(plain, server_hostname="127.0.0.1") as connection:
            connection.sendall(head(server, "POST", "/api/job", 5, Content_Type="application/json") + b"[1,2]")
            server.wait_for("/api/job")
    assert server.acts == []


def test_server_below_a_prefix() -> None:
    with FaultServer(prefix="/octoprint/") as server:
        assert server.url.endswith("/octoprint")
        assert get(server, "/api/version")["server"] == "1.11.8"
        assert (server.requests[0].path, server.requests[0].target) == ("/api/version", "/octoprint/api/version")
        beside = requests.get(server.url[: -len("/octoprint")] + "/api/version", headers={"X-Api-Key": server.key}, timeout=LIMIT)
        assert (beside.status_code, beside.headers["Content-Type"][:9]) == (404, "text/html")
        server.fail("GET", "/api/version", faults.html(502))
        assert ask(server, "GET", "/api/version").status_code == 502


def test_server_behind_basic_auth() -> None:
    with FaultServer(basic_auth=("bob", "s3cret")) as server:
        refused = ask(server, "POST", "/api/printer/command", json={"command": "G28"})
        assert (refused.status_code, refused.headers["Content-Type"][:9]) == (401, "text/html")
        assert refused.headers["WWW-Authenticate"].startswith("Basic")
        assert ask(server, "GET", "/api/job", auth=("bob", "wrong")).status_code == 401
        assert server.acts == []
        assert ask(server, "GET", "/api/job", auth=("bob", "s3cret")).status_code == 200
        assert ask(server, "GET", "/api/job", "wrong-key", auth=("bob", "s3cret")).status_code == 403


def has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as tried:
            tried.bind(("::1", 0))
    except OSError:
        return False
    return True


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")
def test_server_on_ipv6_loopback_address() -> None:
    with FaultServer(host="::1") as server:
        assert server.url == f"http://[::1]:{server.port}"
        assert get(server, "/api/version")["server"] == "1.11.8"
        with pytest.raises(ConnectionRefusedError):
            connect(server)  # 127.0.0.1


def test_wait_for_and_wait_until() -> None:
    with FaultServer() as server, connect(server) as connection:
        server.octoprint.printing()
        with pytest.raises(AssertionError, match="not within"):
            server.wait_for("/api/job", seconds=0)
        server.fail("POST", "/api/job", faults.hang_after)
        connection.sendall(head(server, "GET", "/api/version"))
        assert server.wait_for("/api/*").path == "/api/version"
        body = b'{"command": "cancel"}'
        connection.sendall(head(server, "POST", "/api/job", len(body), Content_Type="application/json") + body)
        server.wait_until(lambda: server.octoprint.state == "Operational")
        assert server.wait_for("/api/job", "POST").json == {"command": "cancel"}
        with pytest.raises(AssertionError, match="GET /api/version"):
            server.wait_for("/api/job", count=2, seconds=0)


def test_simultaneous_requests_are_handled_one_after_another() -> None:
    """One act ends before the next begins, so that only one of several cancels finds a job."""
    met, answers = [], []

    class Narrow(FakeOctoPrint):
        def require_operational(self) -> None:
            with contextlib.suppress(threading.BrokenBarrierError):
                meeting.wait(0.02)  # two at once would come through
                met.append(self.state)
            meeting.reset()

    meeting = threading.Barrier(2)
    with FaultServer(Narrow()) as server:
        server.octoprint.printing()
        racers = [
            threading.Thread(target=lambda: answers.append(ask(server, "POST", "/api/job", json={"command": "cancel"}).status_code))
            for _ in range(8)
        ]
        for racer in racers:
            racer.start()
        for racer in racers:
            racer.join(LIMIT)
        assert sorted(answers) == [204] + [409] * 7
        assert (len(server.acts), len(server.requests)) == (1, 8)
    assert met == []


def test_threads_and_connections_end_with_the_server() -> None:
    before = threads()
    with FaultServer() as server:
        idle, halfway, hanging, stalled, flooded = (connect(server) for _ in range(5))
        server.fail("GET", "/api/job", faults.hang)
        server.fail("POST", "/api/files/local", faults.stall_reading(1))
        server.fail("GET", "/api/version", faults.bomb("plain", 10**12))
        halfway.sendall(b"GET /api/")
        hanging.sendall(head(server, "GET", "/api/job"))
        stalled.sendall(head(server, "POST", "/api/files/local", 10**9) + b"xx")
        flooded.sendall(head(server, "GET", "/api/version"))
        reading(flooded, b"\r\n\r\n")
        server.wait_until(lambda: len(server.requests) == 3)
        assert threads() == before + 6
    assert threads() == before
    for connection in (idle, halfway, hanging, stalled, flooded):
        connection.close()
    with pytest.raises(ConnectionRefusedError):
        connect(server)


def test_bug_in_a_fault_fails_the_test() -> None:
    def broken(exchange: Any) -> None:
        raise KeyError("a bug")

    with pytest.raises(RuntimeError, match="has a bug") as found, FaultServer() as server:
        server.fail("GET", "/api/job", broken)
        with pytest.raises(requests.exceptions.ConnectionError):
            ask(server, "GET", "/api/job")
    assert isinstance(found.value.__cause__, KeyError)


def test_unstarted_server_holds_no_open_port() -> None:
    server = FaultServer()
    server.refuse()
    with pytest.raises(ConnectionRefusedError):
        connect(server)
    with server:
        post(server, "/api/printer/command", command="G28")
    assert server.octoprint.commands == ["G28"]


@pytest.mark.parametrize("version", DIALECTS)
def test_program_runs_against_the_fault_server(version: str, tmp_path: Path) -> None:
    (tmp_path / "cube.gcode").write_text(GCODE)
    with FaultServer(FakeOctoPrint(version)) as server:
        env: Dict[str, str] = {**server.env, "OCTOPRINT_CLI_HOME": str(tmp_path), "HOME": str(tmp_path)}
        printed = run("print", str(tmp_path / "cube.gcode"), "--confirm", "--json", env={**os.environ, **env})
        assert printed.exit_code == 0, printed
        assert server.octoprint.started == ["local/cube.gcode"]
        assert acts(server) == ["POST /api/files/local", "POST /api/files/local/cube.gcode"]
        server.fail("POST", "/api/job", faults.cut_after, times=1)
        lost = run("cancel", "--confirm", "--json", env={**os.environ, **env})
        assert len(server.acts) == 3
        assert server.octoprint.state == "Operational"
        assert lost.code in (None, "OUTCOME_UNKNOWN")

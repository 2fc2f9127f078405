"""The kit's lost answers: what the client sees of each, and whether it was done."""

from __future__ import annotations

import socket
from typing import Any, List

import pytest
import requests

from octoprint_cli.testing import FaultServer
from octoprint_cli.testing.server import faults

from .kit import LIMIT, acts, ask, cancel, connect, head, post, rest

CANCELLED = ["POST /api/job"]


@pytest.fixture
def server() -> Any:
    """A server that prints."""
    with FaultServer() as running:
        running.octoprint.printing()
        yield running


@pytest.mark.parametrize(("fault", "done"), [(faults.cut_before, []), (faults.cut_after, CANCELLED)], ids=["before", "after"])
def test_cut_faults_close_the_connection(fault: Any, done: List[str], server: FaultServer) -> None:
    server.fail("POST", "/api/job", fault)
    with connect(server) as connection:
        connection.sendall(cancel(server))
        assert rest(connection) == b""
    assert acts(server) == done
    assert server.octoprint.state == ("Operational" if done else "Printing")
    assert [request.json for request in server.changes()] == [{"command": "cancel"}]


@pytest.mark.parametrize(("fault", "done"), [(faults.reset_before, []), (faults.reset_after, CANCELLED)], ids=["before", "after"])
def test_reset_faults_reset_the_connection(fault: Any, done: List[str], server: FaultServer) -> None:
    server.fail("POST", "/api/job", fault)
    with connect(server) as connection:
        connection.sendall(cancel(server))
        with pytest.raises(ConnectionResetError):
            rest(connection)
    assert acts(server) == done


@pytest.mark.parametrize(("fault", "done"), [(faults.hang, []), (faults.hang_after, CANCELLED)], ids=["before", "after"])
def test_hang_faults_do_not_answer_until_the_server_stops(fault: Any, done: List[str]) -> None:
    with FaultServer() as server:
        server.octoprint.printing()
        server.fail("POST", "/api/job", fault)
        connection = connect(server)
        connection.sendall(cancel(server))
        server.wait_for("/api/job", "POST")
        server.wait_until(lambda: acts(server) == done)
        connection.setblocking(False)
        with pytest.raises(BlockingIOError):
            connection.recv(1)
        connection.settimeout(LIMIT)
    with connection:
        assert rest(connection) == b""
    assert acts(server) == done


@pytest.mark.parametrize("status", [502, 504])
def test_gateway_after_fault_performs_the_request(status: int, server: FaultServer) -> None:
    server.fail("POST", "/api/job", faults.gateway_after(status))
    response = post(server, "/api/job", status, command="cancel")
    assert response.headers["Content-Type"].startswith("text/html")
    assert acts(server) == CANCELLED


def test_acts_lists_only_requests_that_changed_something(server: FaultServer) -> None:
    post(server, "/api/job", 409, command="start")
    post(server, "/api/job", 400, command="dance")
    assert ask(server, "POST", "/api/job", "wrong-key", json={"command": "cancel"}).status_code == 400
    server.octoprint.ignored_verbs.add("cancel")
    post(server, "/api/job", command="cancel")
    assert server.acts == []
    assert len(server.changes()) == 4
    server.octoprint.ignored_verbs.clear()
    post(server, "/api/job", command="pause", action="pause")
    post(server, "/api/job", command="pause", action="pause")  # is paused already
    post(server, "/api/job", command="cancel")
    said = ['POST /api/job {"command": "pause", "action": "pause"}', 'POST /api/job {"command": "cancel"}']
    assert [str(act) for act in server.acts] == said


def test_fault_is_limited_by_times_and_after(server: FaultServer) -> None:
    server.fail("GET", "/api/job", faults.html(502), times=2, after=2)
    assert [ask(server, "GET", "/api/job").status_code for _ in range(6)] == [200, 200, 502, 502, 200, 200]


def test_faults_apply_in_the_order_they_were_set(server: FaultServer) -> None:
    server.fail("GET", "/api/job", faults.html(502), times=1)
    server.fail("GET", "/api/job", faults.html(503), times=1)
    server.fail("GET", "/api/job", faults.html(504))
    assert [ask(server, "GET", "/api/job").status_code for _ in range(4)] == [502, 503, 504, 504]
    server.fail("GET", "/api/job", faults.html(500))  # a lasting one gives way to the next
    assert ask(server, "GET", "/api/job").status_code == 500
    server.clear_faults()
    assert ask(server, "GET", "/api/job").status_code == 200


def test_fault_applies_to_its_method_and_paths(server: FaultServer) -> None:
    server.fail("GET", "/api/files/*", faults.html(502))
    assert ask(server, "GET", "/api/files/local?recursive=true").status_code == 502
    assert ask(server, "GET", "/api/files").status_code == 200
    assert ask(server, "POST", "/api/files/local").status_code == 400
    server.fail("*", "/api/job", faults.html(503))
    assert ask(server, "POST", "/api/job").status_code == ask(server, "GET", "/api/job").status_code == 503


def test_server_refuses_connections_until_listening_again(server: FaultServer) -> None:
    with requests.Session() as session:
        session.headers["X-Api-Key"] = server.key
        assert session.get(server.url + "/api/job", timeout=LIMIT).status_code == 200
        server.refuse()
        with pytest.raises(requests.exceptions.ConnectionError, match="refused"):
            session.get(server.url + "/api/job", timeout=LIMIT)
        with pytest.raises(ConnectionRefusedError):
            connect(server)
        server.listen()
        assert session.get(server.url + "/api/job", timeout=LIMIT).status_code == 200
    assert len(server.requests) == 2


def test_request_with_incomplete_body_changes_nothing(server: FaultServer) -> None:
    with connect(server) as connection:
        connection.sendall(cancel(server)[:-5])
        connection.shutdown(socket.SHUT_WR)
        assert rest(connection) == b""
    arrived = server.wait_for("/api/job", "POST")
    assert not arrived.complete
    assert server.acts == []


def test_pipelined_requests_are_answered_in_order(server: FaultServer) -> None:
    with connect(server) as connection:
        both = head(server, "GET", "/api/version") + cancel(server) + head(server, "GET", "/api/job", Connection="close")
        connection.sendall(both)
        said = rest(connection)
    assert said.index(b"OctoPrint 1.11.8") < said.index(b"204 No Content") < said.index(b'"Operational"')
    assert server.connections == 1

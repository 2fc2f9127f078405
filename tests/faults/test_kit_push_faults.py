"""The faults of the kit's push socket, as the raw `websocket` client sees them, on both versions."""

from __future__ import annotations

import json
import socket
import threading
import time
from typing import Any, List

import pytest
import websocket

from octoprint_cli.testing import FakeOctoPrint, FaultServer
from octoprint_cli.testing.server import faults

from .kit import DIALECTS, get
from .listener import PATH, Listener, listening

CLOSED = websocket.WebSocketConnectionClosedException
REFUSED = websocket.WebSocketBadStatusException


def spoil(server: FaultServer, fault: Any, **how: int) -> None:
    server.fail("GET", PATH, fault, **how)


# -- before the handshake ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (faults.answer(404), 404),
        (faults.answer(400, "no", "text/plain"), 400),
        (faults.html(), 200),
        (faults.html(502), 502),
        (faults.retry_after(503), 503),
        (faults.gateway_after(504), 504),
    ],
)
def test_websocket_handshake_can_be_answered_by_a_proxy(fault: Any, status: int, each: FaultServer) -> None:
    spoil(each, fault, times=1)
    with pytest.raises(REFUSED, match=str(status)):
        Listener(each)
    assert each.sockets == []
    with Listener(each) as listener:
        assert "connected" in listener.receive()


@pytest.mark.parametrize("fault", [faults.cut_before, faults.cut_after, faults.reset_before, faults.truncated, faults.drip(0)])
def test_connection_can_end_during_the_handshake(fault: Any, each: FaultServer) -> None:
    spoil(each, fault)
    with pytest.raises((websocket.WebSocketException, OSError)):
        Listener(each).receive()
    assert (each.sockets, len(each.requests)) == ([], 1)


def test_handshake_can_remain_unanswered(each: FaultServer) -> None:
    spoil(each, faults.hang)
    with pytest.raises(websocket.WebSocketTimeoutException):
        websocket.create_connection(each.url.replace("http", "ws") + PATH, timeout=0.2)
    assert each.sockets == []


# -- after it ---------------------------------------------------------------------------------------


def silence(listener: Listener) -> bytes:
    """What comes within a moment; raises where the connection is at its end."""
    listener.socket.sock.settimeout(0.3)
    try:
        found: bytes = listener.socket.sock.recv(1)
    except socket.timeout:
        return b""
    assert found, "the connection has ended"
    return found


def test_push_silent_fault_sends_nothing(each: FaultServer) -> None:
    spoil(each, faults.push_silent)
    with Listener(each) as listener:
        listener.log_in()
        listener.socket.ping()
        each.octoprint.event("Home")
        each.wait_until(lambda: each.sockets[0].pings == 1)
        assert silence(listener) == b""
        assert (each.open_sockets, each.sockets[0].authed, len(each.sockets[0].said)) == (1, False, 1)
    each.wait_until(lambda: each.open_sockets == 0)


def test_push_mute_fault_stops_sending(each: FaultServer) -> None:
    spoil(each, faults.push_mute(1.0))
    with listening(each) as listener:
        each.octoprint.event("Home")
        assert listener.receive()["event"]["type"] == "Home"
        listener.socket.settimeout(1)
        with pytest.raises(websocket.WebSocketTimeoutException):
            while True:  # as long as it answers
                listener.socket.ping()
                listener.socket.recv_data(control_frame=True)
        each.octoprint.event("Home")
        assert silence(listener) == b""
        assert each.open_sockets == 1


@pytest.mark.parametrize("seconds", [0, 0.5])
def test_push_drop_fault_closes_the_connection(seconds: float, each: FaultServer) -> None:
    spoil(each, faults.push_drop(seconds), times=2)
    for _ in range(2):
        with Listener(each) as listener:
            since = time.monotonic()
            assert "connected" in listener.receive()
            assert listener.socket.sock.recv(100) == b""  # not even a close frame
            assert time.monotonic() - since > seconds - 0.2
    with Listener(each) as listener:
        listener.receive()
        assert listener.pending() == []
    assert (len(each.sockets), each.octoprint.sessions) == (3, {})


def test_push_drop_fault_works_until_the_drop(each: FaultServer) -> None:
    spoil(each, faults.push_drop(1))
    with listening(each) as listener:
        each.octoprint.event("Home")
        assert listener.last("event") == {"type": "Home", "payload": None}
        with pytest.raises(CLOSED):
            listener.receive()


def test_push_garbage_fault_sends_garbage_between_messages(each: FaultServer) -> None:
    spoil(each, faults.push_garbage)
    frames: List[Any] = []
    with Listener(each) as listener:
        while not any(opcode == websocket.ABNF.OPCODE_TEXT and b'"version"' in content for opcode, content in frames):
            frames.append(listener.socket.recv_data(control_frame=True))
        listener.log_in()
        while b'"history"' not in frames[-1][1] or b'"serverTime"' not in frames[-1][1]:
            frames.append(listener.socket.recv_data())
    assert {opcode for opcode, _ in frames} == {websocket.ABNF.OPCODE_TEXT, websocket.ABNF.OPCODE_BINARY}
    assert len(frames) > 28
    assert not all(is_json(content) for _, content in frames)


def is_json(content: bytes) -> bool:
    try:
        return json.loads(content) is not None
    except (ValueError, RecursionError):
        return False


def test_push_breach_fault_violates_the_protocol(each: FaultServer) -> None:
    spoil(each, faults.push_breach)
    with Listener(each) as listener, pytest.raises(websocket.WebSocketPayloadException):
        listener.receive()


def test_push_flood_fault_sends_one_large_message(each: FaultServer) -> None:
    size = 5_000_000
    spoil(each, faults.push_flood(size))
    with Listener(each, skip_utf8_validation=True) as listener:  # which would take longer than everything else here
        assert len(listener.socket.recv()) == size
        listener.socket.ping()
        assert silence(listener) == b""
        assert each.open_sockets == 1


def test_unread_flood_ends_with_the_server() -> None:
    with FaultServer() as server:
        spoil(server, faults.push_flood(500_000_000))
        listener = Listener(server)
        server.wait_until(lambda: server.open_sockets == 1)
    assert server.open_sockets == 0
    listener.socket.shutdown()


def test_push_drip_fault_sends_byte_by_byte(each: FaultServer) -> None:
    spoil(each, faults.push_drip)
    with Listener(each) as listener:
        times = []
        for _ in range(20):
            assert len(listener.socket.sock.recv(1)) == 1
            times.append(time.monotonic())
    assert times[-1] - times[0] > 0.3
    each.wait_until(lambda: each.open_sockets == 0)


# -- the server -------------------------------------------------------------------------------------


def test_stopped_server_drops_sockets_and_accepts_new_ones_later(each: FaultServer) -> None:
    with listening(each) as listener:
        each.refuse()
        with pytest.raises(CLOSED):
            listener.receive()
        with pytest.raises(ConnectionRefusedError):
            Listener(each)
        each.wait_until(lambda: each.open_sockets == 0)
        each.octoprint.printing()
        each.listen()
    with listening(each) as listener:
        each.octoprint.finish()
        assert listener.events()[1] == "PrintDone"
    assert len(each.sockets) == 2


def threads() -> int:
    """How many there are, but the program's own clock."""
    return len([thread for thread in threading.enumerate() if thread.name != "clock"])


@pytest.mark.parametrize("version", DIALECTS)
@pytest.mark.parametrize("fault", [None, faults.push_silent, faults.push_drip, faults.push_drop(60), faults.push_mute(60)])
def test_sockets_and_threads_end_with_the_server(fault: Any, version: str) -> None:
    before = threads()
    with FaultServer(FakeOctoPrint(version)) as server:
        if fault:
            spoil(server, fault)
        listener = Listener(server)
        server.wait_until(lambda: server.open_sockets == 1)
        server.closing.set()
    assert (threads(), server.open_sockets) == (before, 0)
    listener.socket.shutdown()


def test_client_that_does_not_read_does_not_block_others(each: FaultServer) -> None:
    small = {"sockopt": [(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)]}
    with listening(each, **small), listening(each, skip_utf8_validation=True) as other:
        for _ in range(6):  # more than the system takes for a client that does not read
            each.octoprint.event("Home", {"x": "y" * 1_000_000})
        assert get(each, "/api/job")["state"] == "Operational"
        each.octoprint.event("Dwelling")
        assert other.events()[-1] == "Dwelling"


def test_malformed_client_frame_closes_the_socket(each: FaultServer) -> None:
    with Listener(each) as listener:
        listener.receive()
        listener.socket.sock.sendall(b"\x83\x80\x00\x00\x00\x00")  # of a kind that there is not
        with pytest.raises((CLOSED, OSError)):
            listener.receive()
    each.wait_until(lambda: each.open_sockets == 0)

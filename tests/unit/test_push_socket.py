"""One push socket against a real server on the loopback interface: how it is opened, and what makes it useless."""

from __future__ import annotations

import ssl
import sys
import time

import pytest
import trustme
from busy import busy

from octoprint_cli.client.client import Client
from octoprint_cli.client.http.server_address import ServerAddress, Tls
from octoprint_cli.client.push import socket as module
from octoprint_cli.client.push.history import recent
from octoprint_cli.client.push.socket import Socket, SocketLost, Subscription
from octoprint_cli.errors import AuthError
from octoprint_cli.testing import KEY, FakeOctoPrint, FaultServer
from octoprint_cli.testing.server import faults

from .conftest import Clock

PATH = "/sockjs/websocket"
pytestmark = pytest.mark.timeout(60)


@pytest.fixture(scope="module")
def no_connections():
    """Here there is a network, of one computer."""


@pytest.fixture(scope="module")
def no_push():
    """And a push socket."""


@pytest.fixture(scope="module")
def no_watcher():
    """And a clock over each request."""


@pytest.fixture(scope="module")
def module_clock():
    """The real time passes; there is no clock to reset."""
    return Clock()


@pytest.fixture(params=["1.11.8", "2.0.0rc7"])
def server(request):
    with FaultServer(FakeOctoPrint(version=request.param)) as running:
        yield running


def client(server, **how):
    return Client(ServerAddress(server.url, how.pop("key", KEY)), timeout=5, retries=0, **how)


@pytest.fixture
def connect(server):
    """Opens sockets, and closes them at the end."""
    opened = []

    def open_socket(*args, ours=None, **how):
        opened.append(Socket((ours or client(server)).http, *args, **how))
        return opened[-1]

    yield open_socket
    for one in opened:
        one.close()


def deadline(seconds=10.0):
    return time.monotonic() + seconds


def until(socket, kind):
    """The next message of that kind."""
    while True:
        message = socket.receive(deadline())
        assert message is not None, f"no {kind} came"
        if message.kind == kind:
            return message.body


def loss_of(act):
    with pytest.raises(SocketLost) as raised:
        act()
    return str(raised.value)


def loss_reason(socket):
    """Why it is lost; until then it may say what it likes."""
    while True:
        try:
            assert socket.receive(deadline()) is not None
        except SocketLost as why:
            return str(why)


# -- opening --------------------------------------------------------------------------------------


def test_socket_subscribes_before_login(server, connect):
    """The other way round the server would begin with a history that nobody has asked for."""
    line = connect(Subscription(state=False, events=("PrintDone",), plugins=("action_command_prompt",), throttle=4))
    until(line, "timelapse")
    subscribe, throttle, auth = server.sockets[0].said
    assert subscribe == {"subscribe": {"state": False, "events": ["PrintDone"], "plugins": ["action_command_prompt"]}}
    assert throttle == {"throttle": 4} and auth["auth"].startswith("bob:") and server.sockets[0].authed
    assert [request.method for request in server.requests] == ["GET", "POST"]


def test_subscribed_messages_arrive(server, connect):
    line = connect(Subscription(lines=True, events=("PrintDone",)))
    assert until(line, "history")["state"]["text"] == "Operational"
    server.octoprint.heard(["ok"])
    assert until(line, "current")["logs"][-1].endswith("ok")
    server.octoprint.event("PrintStarted")
    server.octoprint.event("PrintDone", {"time": 5})
    assert until(line, "event") == {"type": "PrintDone", "payload": {"time": 5}}


def test_terminal_lines_arrive_only_if_subscribed(server, connect):
    line = connect(Subscription())
    server.octoprint.heard(["ok"])
    assert until(line, "history")["logs"] == []


def test_recent_lines_come_from_socket_history(server):
    server.octoprint.heard(["first", "ok"])
    assert [line.split(" ", 1)[1] for line in recent(client(server).http).lines][-2:] == ["first", "ok"]
    server.wait_until(lambda: server.open_sockets == 0)


def test_recent_lines_without_permission_are_lost(server, monkeypatch):
    monkeypatch.setattr(sys.modules["octoprint_cli.client.push.history"], "SECONDS", 0.3)
    server.octoprint.permissions = {"FILES_LIST"}
    assert "shows nothing to this API key" in loss_of(lambda: recent(client(server).http))
    server.wait_until(lambda: server.open_sockets == 0)


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (faults.html(404), "HTTP status 404"),
        (faults.html(502), "HTTP status 502"),
        (faults.html(200), "HTTP status 200"),
        (faults.redirect("http://127.0.0.1:1/"), "Redirect"),
        (faults.cut_before, ""),
        (faults.raw(b"SSH-2.0-OpenSSH_9.2\r\n"), ""),
        (faults.raw(b"\x00\xff" * 50 + b"\r\n\r\n"), ""),
        (faults.hang, ""),
    ],
    ids=["404", "502", "page", "redirect", "cut", "ssh", "garbage", "hang"],
)
def test_failed_handshake_gives_reason_in_time(server, connect, fault, why):
    server.fail("GET", PATH, fault)
    begun = time.monotonic()
    assert why in loss_of(lambda: connect(seconds=0.5 * busy())) and time.monotonic() - begun < 5 * busy()
    assert [request.path for request in server.requests if request.method == "POST"] == []


def test_refused_connection_loses_socket(server, connect):
    server.refuse()
    assert loss_of(connect)
    server.listen()


@pytest.mark.parametrize(
    "fault",
    [
        faults.answer(429, {"error": "too many"}),
        faults.answer(500, {"error": "x"}),
        faults.html(),
        faults.cut_before,
        faults.answer(200, []),
    ],
    ids=["429", "500", "page", "cut", "list"],
)
def test_failed_login_loses_only_the_socket(server, connect, fault):
    server.fail("POST", "/api/login", fault)
    assert "refuses its login" in loss_of(connect)
    server.wait_until(lambda: server.open_sockets == 0)


@pytest.mark.parametrize(
    "body", [{}, {"name": "bob"}, {"session": "x"}, {"name": None, "session": "x"}, {"name": "bob", "session": 5}]
)
def test_login_without_session_loses_socket(server, connect, body):
    server.fail("POST", "/api/login", faults.answer(200, body))
    assert "no session" in loss_of(connect)


def test_wrong_key_is_an_auth_error(server, connect):
    with pytest.raises(AuthError):
        connect(ours=client(server, key="wrong-key-0123456789"))
    server.wait_until(lambda: server.open_sockets == 0)


def test_session_is_passed_to_on_secret(server, connect):
    ours, secrets = client(server), []
    ours.http.on_secret = secrets.append
    connect(ours=ours)
    assert secrets == list(server.octoprint.sessions)


def test_login_does_not_count_as_change(server, connect):
    ours = client(server)
    connect(ours=ours)
    assert ours.http.acted is False


# -- where it is ----------------------------------------------------------------------------------


def test_socket_works_below_prefix_with_basic_auth():
    with FaultServer(prefix="/mk3", basic_auth=("me", "s3cret:/@")) as server:
        address = server.url.replace("://", "://me:s3cret%3A%2F%40@")
        socket = Socket(Client(ServerAddress(address, KEY), retries=0).http)
        until(socket, "history")
        socket.close()
        assert server.requests[0].target == "/mk3/sockjs/websocket"
        assert "s3cret" not in server.requests[0].target


def test_wrong_basic_auth_password_loses_socket():
    with FaultServer(basic_auth=("me", "right")) as server:
        address = server.url.replace("://", "://me:wrong@")
        why = loss_of(lambda: Socket(Client(ServerAddress(address, KEY), retries=0).http))
        assert "HTTP status 401" in why and "wrong@" not in why


def test_socket_works_over_tls(tmp_path):
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    with FaultServer(tls=context) as server:
        socket = Socket(Client(ServerAddress(server.url, KEY, tls=Tls(str(tmp_path / "ca.pem"))), retries=0).http)
        until(socket, "history")
        socket.close()
        assert "certificate" in loss_of(lambda: Socket(Client(ServerAddress(server.url, KEY), retries=0).http)).lower()


def test_socket_ignores_environment_proxies(server, connect, monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    until(connect(), "history")


# -- what makes it useless ------------------------------------------------------------------------


def test_silent_server_is_pinged(server, connect, monkeypatch):
    silence = 0.2 * busy()
    monkeypatch.setattr(module, "SILENCE_SECONDS", silence)
    line = connect(Subscription(state=False, events=()))
    until(line, "timelapse")
    begun = time.monotonic()
    assert line.receive(deadline(5 * silence)) is None and time.monotonic() - begun >= 5 * silence
    assert server.sockets[0].pings >= 3  # each was answered, so the silence means nothing


@pytest.mark.parametrize("fault", [faults.push_silent, faults.push_mute(0.3)], ids=["from the beginning", "later"])
def test_unanswered_ping_loses_socket(server, connect, monkeypatch, fault):
    monkeypatch.setattr(module, "SILENCE_SECONDS", 0.3)
    server.fail("GET", PATH, fault)
    assert "silent" in loss_reason(connect(Subscription(state=False, events=())))


def test_busy_caller_does_not_mistake_unread_messages_for_silence(server, connect, monkeypatch):
    """A poll may take longer than a silence: what came meanwhile waits to be read."""
    line = connect()
    until(line, "timelapse")
    server.octoprint.event("PrintDone")
    line._heard -= 10 * module.SILENCE_SECONDS
    assert until(line, "event")["type"] == "PrintDone"


def test_dropped_connection_loses_socket(server, connect):
    server.fail("GET", PATH, faults.push_drop(0.3))
    assert loss_reason(connect())


def test_server_shutdown_loses_socket(connect):
    with FaultServer() as server:
        socket = Socket(client(server).http)
        until(socket, "history")
    assert loss_reason(socket)
    socket.close()


@pytest.mark.parametrize("fault", [faults.push_garbage, faults.push_breach], ids=["garbage", "no UTF-8"])
def test_malformed_messages_lose_socket(server, connect, fault):
    server.fail("GET", PATH, fault)
    try:
        line = connect()
    except SocketLost:
        return
    assert loss_reason(line)


@pytest.mark.parametrize("reason", ["logout", "stale", "removed", "modified"])
def test_invalidated_session_loses_socket(server, connect, reason):
    line = connect()
    until(line, "timelapse")
    server.octoprint.forget_sessions(reason)
    assert "a new login" in loss_reason(line)


def test_oversized_frame_is_not_read_to_its_end(server, connect, monkeypatch):
    monkeypatch.setattr(module, "MAX_BYTES", 100_000)
    server.fail("GET", PATH, faults.push_flood(10**12))
    assert "larger than 100000 bytes" in loss_reason(connect())


def test_size_limit_applies_to_single_messages(server, connect, monkeypatch):
    monkeypatch.setattr(module, "MAX_BYTES", 20_000)
    line = connect(Subscription(state=False, events=("E",)))
    until(line, "timelapse")
    for _ in range(10):
        server.octoprint.event("E", {"text": "x" * 9_000})
        until(line, "event")


def test_byte_by_byte_frame_does_not_block_receive(server, connect):
    server.fail("GET", PATH, faults.push_drip)
    line, begun = connect(), time.monotonic()
    assert line.receive(begun + 0.5) is None and time.monotonic() - begun < 2 * busy()
    assert line.receive(time.monotonic() + 0.5) is None  # and what came by then is kept, not taken for a new frame


def test_close_is_quick_and_repeatable(server):
    server.fail("GET", PATH, faults.push_mute(0))
    socket, begun = Socket(client(server).http), time.monotonic()
    socket.close()
    socket.close()
    assert time.monotonic() - begun < busy()


def test_failed_logins_leave_no_open_sockets(server, connect):
    before = len(server.sockets)
    server.fail("POST", "/api/login", faults.answer(200, {}))
    for _ in range(3):
        loss_of(connect)
    server.wait_until(lambda: len(server.sockets) == before + 3 and server.open_sockets == 0)  # it may see the last one late
    assert len(server.sockets) == before + 3

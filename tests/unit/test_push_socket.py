"""One push socket against a real server on the loopback interface: how it is opened, and what makes it useless."""

from __future__ import annotations

import ssl
import sys
import time

import pytest
import trustme

from octoprint_cli.client.client import Client
from octoprint_cli.client.http.transport import Tls
from octoprint_cli.client.push import socket as module
from octoprint_cli.client.push.history import recent_lines
from octoprint_cli.client.push.socket import Lost, Socket, Subscription
from octoprint_cli.errors import AuthError
from octoprint_cli.testing import KEY, FakeOctoPrint, FaultServer
from octoprint_cli.testing.server import faults

PATH = "/sockjs/websocket"
pytestmark = pytest.mark.timeout(60)


@pytest.fixture
def nothing_leaks():
    """Here there is a network, of one computer."""


@pytest.fixture
def no_push():
    """And a push socket."""


@pytest.fixture
def watched():
    """And a clock over each request."""


@pytest.fixture
def clock():
    """The real one."""


@pytest.fixture(params=["1.11.8", "2.0.0rc7"])
def server(request):
    with FaultServer(FakeOctoPrint(version=request.param)) as running:
        yield running


def client(server, **how):
    return Client(server.url, how.pop("key", KEY), timeout=5, retries=0, **how)


@pytest.fixture
def plug(server):
    """Opens sockets, and closes them at the end."""
    opened = []

    def opens(*args, ours=None, **how):
        opened.append(Socket((ours or client(server)).http, *args, **how))
        return opened[-1]

    yield opens
    for one in opened:
        one.close()


def soon(seconds=10.0):
    return time.monotonic() + seconds


def until(socket, kind):
    """The next message of that kind."""
    while True:
        message = socket.receive(soon())
        assert message is not None, f"no {kind} came"
        if message.kind == kind:
            return message.body


def lost(act):
    with pytest.raises(Lost) as raised:
        act()
    return str(raised.value)


def loses(socket):
    """Why it is lost; until then it may say what it likes."""
    while True:
        try:
            assert socket.receive(soon()) is not None
        except Lost as why:
            return str(why)


# -- opening --------------------------------------------------------------------------------------


def test_it_subscribes_first_and_logs_in_then(server, plug):
    """The other way round the server would begin with a history that nobody has asked for."""
    line = plug(Subscription(state=False, events=("PrintDone",), plugins=("action_command_prompt",), throttle=4))
    until(line, "timelapse")
    subscribe, throttle, auth = server.sockets[0].said
    assert subscribe == {"subscribe": {"state": False, "events": ["PrintDone"], "plugins": ["action_command_prompt"]}}
    assert throttle == {"throttle": 4} and auth["auth"].startswith("bob:") and server.sockets[0].authed
    assert [request.method for request in server.requests] == ["GET", "POST"]


def test_what_is_wished_for_comes(server, plug):
    line = plug(Subscription(lines=True, events=("PrintDone",)))
    assert until(line, "history")["state"]["text"] == "Operational"
    server.octoprint.heard(["ok"])
    assert until(line, "current")["logs"][-1].endswith("ok")
    server.octoprint.event("PrintStarted")
    server.octoprint.event("PrintDone", {"time": 5})
    assert until(line, "event") == {"type": "PrintDone", "payload": {"time": 5}}


def test_the_terminal_comes_only_if_it_is_wished_for(server, plug):
    line = plug(Subscription())
    server.octoprint.heard(["ok"])
    assert until(line, "history")["logs"] == []


def test_recent_lines_are_those_of_the_history(server):
    server.octoprint.heard(["first", "ok"])
    assert [line.split(" ", 1)[1] for line in recent_lines(client(server).http)][-2:] == ["first", "ok"]
    server.wait_until(lambda: server.open_sockets == 0)


def test_a_key_that_may_see_nothing_has_no_history(server, monkeypatch):
    monkeypatch.setattr(sys.modules["octoprint_cli.client.push.history"], "SECONDS", 0.3)
    server.octoprint.permissions = {"FILES_LIST"}
    assert "shows this key nothing" in lost(lambda: recent_lines(client(server).http))
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
def test_a_handshake_that_fails_says_why_in_time(server, plug, fault, why):
    server.fail("GET", PATH, fault)
    begun = time.monotonic()
    assert why in lost(lambda: plug(seconds=0.5)) and time.monotonic() - begun < 5
    assert [request.path for request in server.requests if request.method == "POST"] == []


def test_nobody_listens(server, plug):
    server.refuse()
    assert lost(plug)
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
def test_a_login_that_fails_costs_the_socket_alone(server, plug, fault):
    server.fail("POST", "/api/login", fault)
    assert "does not log it in" in lost(plug)
    server.wait_until(lambda: server.open_sockets == 0)


@pytest.mark.parametrize(
    "body", [{}, {"name": "bob"}, {"session": "x"}, {"name": None, "session": "x"}, {"name": "bob", "session": 5}]
)
def test_a_login_without_a_session_does_too(server, plug, body):
    server.fail("POST", "/api/login", faults.answer(200, body))
    assert "no session" in lost(plug)


def test_a_wrong_key_is_the_keys_fault(server, plug):
    with pytest.raises(AuthError):
        plug(ours=client(server, key="wrong-key-0123456789"))
    server.wait_until(lambda: server.open_sockets == 0)


def test_the_session_is_told_to_whoever_keeps_secrets(server, plug):
    ours, secrets = client(server), []
    ours.http.on_secret = secrets.append
    plug(ours=ours)
    assert secrets == list(server.octoprint.sessions)


def test_a_login_is_no_act(server, plug):
    ours = client(server)
    plug(ours=ours)
    assert ours.http.acted is False


# -- where it is ----------------------------------------------------------------------------------


def test_below_a_prefix_behind_a_password():
    with FaultServer(prefix="/mk3", basic_auth=("me", "s3cret:/@")) as server:
        address = server.url.replace("://", "://me:s3cret%3A%2F%40@")
        socket = Socket(Client(address, KEY, retries=0).http)
        until(socket, "history")
        socket.close()
        assert server.requests[0].target == "/mk3/sockjs/websocket"
        assert "s3cret" not in server.requests[0].target


def test_the_wrong_password_is_a_refusal():
    with FaultServer(basic_auth=("me", "right")) as server:
        address = server.url.replace("://", "://me:wrong@")
        why = lost(lambda: Socket(Client(address, KEY, retries=0).http))
        assert "HTTP status 401" in why and "wrong@" not in why


def test_over_tls_as_over_http(tmp_path):
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    with FaultServer(tls=context) as server:
        socket = Socket(Client(server.url, KEY, tls=Tls(str(tmp_path / "ca.pem")), retries=0).http)
        until(socket, "history")
        socket.close()
        assert "certificate" in lost(lambda: Socket(Client(server.url, KEY, retries=0).http)).lower()


def test_no_proxy_of_the_environment_sees_it(server, plug, monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    until(plug(), "history")


# -- what makes it useless ------------------------------------------------------------------------


def test_a_silent_server_is_asked_whether_it_is_there(server, plug, monkeypatch):
    monkeypatch.setattr(module, "SILENCE_SECONDS", 0.2)
    line = plug(Subscription(state=False, events=()))
    until(line, "timelapse")
    begun = time.monotonic()
    assert line.receive(soon(1.0)) is None and time.monotonic() - begun >= 1.0
    assert server.sockets[0].pings >= 3  # each was answered, so the silence means nothing


@pytest.mark.parametrize("fault", [faults.push_silent, faults.push_mute(0.3)], ids=["from the beginning", "later"])
def test_one_that_does_not_answer_that_is_lost(server, plug, monkeypatch, fault):
    monkeypatch.setattr(module, "SILENCE_SECONDS", 0.3)
    server.fail("GET", PATH, fault)
    assert "silent" in loses(plug(Subscription(state=False, events=())))


def test_a_caller_that_was_busy_elsewhere_does_not_take_that_for_silence(server, plug, monkeypatch):
    """A poll may take longer than a silence: what came meanwhile waits to be read."""
    line = plug()
    until(line, "timelapse")
    server.octoprint.event("PrintDone")
    line._heard -= 10 * module.SILENCE_SECONDS
    assert until(line, "event")["type"] == "PrintDone"


def test_a_drop_is_told(server, plug):
    server.fail("GET", PATH, faults.push_drop(0.3))
    assert loses(plug())


def test_a_server_that_ends_is_told(plug):
    with FaultServer() as server:
        socket = Socket(client(server).http)
        until(socket, "history")
    assert loses(socket)
    socket.close()


@pytest.mark.parametrize("fault", [faults.push_garbage, faults.push_breach], ids=["garbage", "no UTF-8"])
def test_what_no_octoprint_says_makes_it_useless(server, plug, fault):
    server.fail("GET", PATH, fault)
    try:
        line = plug()
    except Lost:
        return
    assert loses(line)


@pytest.mark.parametrize("reason", ["logout", "stale", "removed", "modified"])
def test_a_session_that_is_not_good_any_more(server, plug, reason):
    line = plug()
    until(line, "timelapse")
    server.octoprint.forget_sessions(reason)
    assert "another login" in loses(line)


def test_a_frame_that_is_too_large_is_not_read_to_its_end(server, plug, monkeypatch):
    monkeypatch.setattr(module, "MAX_BYTES", 100_000)
    server.fail("GET", PATH, faults.push_flood(10**12))
    assert "larger than 100000 bytes" in loses(plug())


def test_many_messages_may_be_larger_together(server, plug, monkeypatch):
    monkeypatch.setattr(module, "MAX_BYTES", 20_000)
    line = plug(Subscription(state=False, events=("E",)))
    until(line, "timelapse")
    for _ in range(10):
        server.octoprint.event("E", {"text": "x" * 9_000})
        until(line, "event")


def test_a_drip_holds_nobody_up(server, plug):
    server.fail("GET", PATH, faults.push_drip)
    line, begun = plug(), time.monotonic()
    assert line.receive(begun + 0.5) is None and time.monotonic() - begun < 2
    assert line.receive(time.monotonic() + 0.5) is None  # and what came by then is kept, not taken for a new frame


def test_closing_is_quick_and_may_be_done_twice(server):
    server.fail("GET", PATH, faults.push_mute(0))
    socket, begun = Socket(client(server).http), time.monotonic()
    socket.close()
    socket.close()
    assert time.monotonic() - begun < 1


def test_no_socket_is_left_open(server, plug):
    before = len(server.sockets)
    server.fail("POST", "/api/login", faults.answer(200, {}))
    for _ in range(3):
        lost(plug)
    server.wait_until(lambda: len(server.sockets) == before + 3 and server.open_sockets == 0)  # it may see the last one late
    assert len(server.sockets) == before + 3

"""The wire, over a pair of sockets: which bytes go out, when the clock ends a request, and how many connections there are."""

from __future__ import annotations

import socket
import threading

import pytest
import urllib3.util.connection

from octoprint_cli import errors
from octoprint_cli.client.http.http_client import Http
from octoprint_cli.client.http.request import StreamedBody
from octoprint_cli.client.http.server_address import ServerAddress

from .driver import KEY, URL

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
pytestmark = pytest.mark.timeout(60)


@pytest.fixture(scope="module")
def no_watcher():
    """Here each request has its watcher, and a socket that it can end."""


class Peer:
    """The other end of each connection: it has its answer ready before it is asked. None: it hangs up."""

    def __init__(self):
        self.answers = []
        self.ends = []
        self.refuse = 0
        self.hangs_up = False

    def connect(self, *_, **__):
        if self.refuse:
            self.refuse -= 1
            raise ConnectionRefusedError(111, "Connection refused")
        ours, theirs = socket.socketpair()
        self.ends.append(theirs)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        theirs.sendall(answer or b"")
        if answer is None or self.hangs_up:
            theirs.shutdown(socket.SHUT_WR)
        return ours

    def received(self, which=0):
        """What went out on that connection."""
        self.ends[which].setblocking(False)
        found = b""
        try:
            while True:
                piece = self.ends[which].recv(65536)
                if not piece:
                    return found
                found += piece
        except BlockingIOError:
            return found


@pytest.fixture
def peer(monkeypatch):
    found = Peer()
    monkeypatch.setattr(urllib3.util.connection, "create_connection", found.connect)
    yield found
    for end in found.ends:
        end.close()


def http(**how):
    return Http(ServerAddress(URL, KEY), **{"timeout": 5, **how})


def code_of(act):
    with pytest.raises(errors.CliError) as caught:
        act()
    return caught.value.code


def post(client):
    return client.post("/api/job", {"command": "cancel"})


def test_request_is_complete_and_has_the_key(peer):
    peer.answers = [OK]
    client = http()
    assert post(client) == {}
    head, _, body = peer.received().partition(b"\r\n\r\n")
    assert head.startswith(b"POST /api/job HTTP/1.1\r\n") and f"X-Api-Key: {KEY}".encode() in head
    assert body == b'{"command": "cancel"}' and b"Content-Length: 21" in head


def test_each_change_request_has_its_own_connection(peer):
    peer.answers = [OK]
    client = http()
    client.get("/api/job")
    post(client)  # on the kept one nobody could tell whether the server had closed it already
    post(client)
    assert [peer.received(which)[:4] for which in range(len(peer.ends))] == [b"GET ", b"POST", b"POST"]


def test_dropped_read_is_retried_and_change_is_not(peer, clock):
    peer.answers = [None]
    assert code_of(lambda: http(retries=3).get("/api/job")) == "SERVER_STARTING"
    assert len(peer.ends) == 4
    client = http(retries=3)
    assert code_of(lambda: post(client)) == "OUTCOME_UNKNOWN"
    assert len(peer.ends) == 5 and client.acted


def test_closed_kept_connection_is_reopened_for_read(peer, clock):
    peer.answers = [OK]
    client = http(retries=1)
    client.get("/api/job")
    peer.ends[0].close()
    assert client.get("/api/job") == {} and len(peer.ends) == 2


@pytest.mark.parametrize("refuse", [1, 3])
def test_refused_connection_is_retried_for_change_request(peer, clock, refuse):
    peer.answers, peer.refuse = [OK], refuse
    assert post(http(retries=3)) == {}
    assert len(peer.ends) == 1 and clock.slept > 0


def test_always_refused_connection_sends_nothing(peer, clock):
    peer.refuse = 99
    client = http(retries=2)
    assert code_of(lambda: post(client)) == "CONNECTION_ERROR"
    assert peer.refuse == 96 and not client.acted


def test_non_http_answer_of_booting_server(peer, clock):
    peer.answers, peer.hangs_up = [b"Not found"], True
    assert code_of(lambda: http(retries=0).get("/api/job")) == "SERVER_STARTING"
    assert code_of(lambda: post(http(retries=0))) == "OUTCOME_UNKNOWN"


@pytest.mark.parametrize(
    "answer", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{", b"HTTP/1.1 200 OK\r\n\r\n{}"], ids=ascii
)
def test_incomplete_answer_times_out(peer, answer):
    peer.answers = [answer]
    assert code_of(lambda: http(timeout=0.2, retries=0).get("/api/job")) == "TIMEOUT"
    assert code_of(lambda: post(http(timeout=0.2, retries=0))) == "OUTCOME_UNKNOWN"


def test_byte_by_byte_answer_times_out(peer):
    peer.answers = [b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"]
    over = threading.Event()

    def drip():
        while not over.wait(0.02):
            for end in peer.ends:
                try:
                    end.send(b" ")
                except OSError:
                    return

    thread = threading.Thread(target=drip)
    thread.start()
    try:
        assert code_of(lambda: http(timeout=0.3, retries=0).get("/api/job")) == "TIMEOUT"
    finally:
        over.set()
        thread.join()


class Endless:
    """A form that has always more to give."""

    content_type = "multipart/form-data; boundary=x"
    complete = False
    len = 10**9

    def read(self, amount=-1):
        return b"x" * 65536


def test_stalled_upload_is_outcome_unknown(peer):
    peer.answers = [b""]
    with pytest.raises(errors.OutcomeUnknown) as caught:
        http().post_form("/api/files/local", StreamedBody(Endless(), stall=0.3, patience=9), plan={})
    assert caught.value.details == {"stalled": True} and "0.3 s" in caught.value.message


def test_one_timeout_watcher_thread_is_shared(peer):
    peer.answers = [OK]
    for _ in range(3):
        http().get("/api/job")
    assert len([thread for thread in threading.enumerate() if thread.name == "clock"]) == 1

"""The push socket's connection: opened, subscribed and logged in, and closed as soon as it is of no use.

The raw websocket of SockJS at `/sockjs/websocket`: a text frame is a JSON object. The server sends no heartbeat
there, so a ping goes out while it is silent. The only importer of websocket-client.
"""

from __future__ import annotations

import base64
import contextlib
import json
import time
from typing import TYPE_CHECKING, Any, Dict, Iterator, List, NamedTuple, Optional, Sequence
from urllib.parse import unquote, urlsplit, urlunsplit

import websocket

from octoprint_cli.client.parsing import mapping, text
from octoprint_cli.errors import AuthError, CliError

if TYPE_CHECKING:
    from octoprint_cli.client.http.http_client import Http

_PATH = "/sockjs/websocket"
#: Time limit in seconds for the handshake, and for the login.
OPEN_SECONDS = 5.0
#: Longest time in seconds until a run that is to end notices.
CHECK_SECONDS = 0.5
#: After so many seconds of silence a ping is sent; after as many again the connection counts as dead.
SILENCE_SECONDS = 10.0
#: Largest message in bytes; the longest one is the history, with some 300 lines of the terminal.
MAX_BYTES = 4 * 1024 * 1024


class SocketLost(Exception):
    """The push socket cannot be opened, or is of no use any more; the message says why."""


class Message(NamedTuple):
    """A message from the server: its kind (`current`, `event`, `plugin`, `connected` ...) and its content."""

    kind: str
    body: Any


class Subscription(NamedTuple):
    """The messages to subscribe to. `events` are event types, None for all; `plugins` are ids of server plugins."""

    state: bool = True
    lines: bool = False
    events: Optional[Sequence[str]] = None
    plugins: Sequence[str] = ()
    throttle: int = 1  # in half seconds: how often the state comes at most

    def messages(self) -> List[Dict[str, Any]]:
        """Return the messages that the client sends to subscribe."""
        state = {"logs": self.lines, "messages": False} if self.state or self.lines else False
        events = True if self.events is None else list(self.events)
        subscription = {"state": state, "events": events, "plugins": list(self.plugins) or False}
        return [{"subscribe": subscription}, {"throttle": self.throttle}]


class Socket:
    """An open push socket. Raises SocketLost if it does not open within about `seconds`, and AuthError if the key is refused."""

    def __init__(self, http: Http, subscription: Subscription = Subscription(), seconds: float = OPEN_SECONDS) -> None:
        self._check = http.check
        # Its validation takes 40 ms for a history; decoding finds the same.
        self._line = _WebSocket(enable_multithread=False, skip_utf8_validation=True)
        self._open(http, seconds)
        try:
            for message in subscription.messages():  # before the login: what follows it is a history, else
                self._send(message)
            self._send({"auth": _session(http, seconds)})
        except BaseException:
            self.close()
            raise
        self._heard: float = time.monotonic()
        self._asked: Optional[float] = None  # when the last unanswered ping was sent

    def _open(self, http: Http, seconds: float) -> None:
        parts = urlsplit(http.address.url + _PATH)
        scheme = "wss" if parts.scheme == "https" else "ws"
        url = urlunsplit((scheme, http.address.authority, parts.path, "", ""))
        user = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}".encode("latin-1", "replace")  # as requests has it
        header = ["Authorization: Basic " + base64.b64encode(user).decode()] if parts.username else []
        with _lost(), http.open_socket(min(seconds, http.timeout)) as sock:
            self._line.connect(url, socket=sock, header=header, redirect_limit=0)  # type: ignore[no-untyped-call]
            if self._line.getstatus() != 101:  # websocket-client before 1.9 takes a redirect that it may not follow for a success
                raise websocket.WebSocketException(f"Redirect: HTTP status {self._line.getstatus()}")

    def close(self) -> None:
        """Close the socket without waiting for the server's close frame."""
        with contextlib.suppress(*_BROKEN):
            self._line.shutdown()  # type: ignore[no-untyped-call]

    def receive(self, until: float) -> Optional[Message]:
        """Return the next message, None if none comes before `until` (of the monotonic clock). Raises SocketLost."""
        while True:
            self._check()
            now = time.monotonic()
            silent = (self._heard if self._asked is None else self._asked) + SILENCE_SECONDS
            if now >= silent:
                self._ask()
                continue
            with _lost():
                try:
                    opcode, data = self._line.next_frame(min(until, silent, now + CHECK_SECONDS))
                except websocket.WebSocketTimeoutException:
                    if time.monotonic() >= until:
                        return None
                    continue
            self._heard, self._asked = time.monotonic(), None
            if opcode == websocket.ABNF.OPCODE_CLOSE:
                raise SocketLost("the server has closed it")
            if opcode in (websocket.ABNF.OPCODE_TEXT, websocket.ABNF.OPCODE_BINARY):
                return _message(data)

    def _ask(self) -> None:
        """Send a ping. Raises SocketLost if the previous one is unanswered."""
        if self._asked is not None:
            raise SocketLost(f"it was silent for {time.monotonic() - self._heard:.0f} s")
        self._asked = time.monotonic()
        with _lost():
            self._line.ping()

    def _send(self, message: Dict[str, Any]) -> None:
        with _lost():
            self._line.send(json.dumps(message))


class _WebSocket(websocket.WebSocket):
    """A websocket that keeps the time limit and the size limit within a frame, too."""

    deadline = 0.0
    taken = 0

    def next_frame(self, deadline: float) -> Any:
        """Return opcode and data of the next frame. Raises WebSocketTimeoutException, and keeps an incomplete frame."""
        self.deadline = deadline
        opcode, frame = self.recv_data_frame(control_frame=True)
        self.taken = 0
        return opcode, frame.data

    def _recv(self, bufsize: int) -> bytes:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise websocket.WebSocketTimeoutException("the time is up")
        if self.taken > MAX_BYTES:
            raise websocket.WebSocketPayloadException(f"a message is larger than {MAX_BYTES} bytes")
        if self.sock is not None:  # otherwise the call below raises
            self.sock.settimeout(left)
        found: bytes = super()._recv(bufsize)  # type: ignore[no-untyped-call]
        self.taken += len(found)
        return found


#: Exceptions of a broken socket; websocket-client before 1.9 raises IndexError for an answer that is no HTTP.
_BROKEN = (websocket.WebSocketException, OSError, ValueError, IndexError)


@contextlib.contextmanager
def _lost() -> Iterator[None]:
    """Raise SocketLost for an exception of a broken socket in the `with` block."""
    try:
        yield
    except _BROKEN as error:
        raise SocketLost(_reason(error)) from error


def _session(http: Http, seconds: float) -> str:
    """Return the key's user and session by a passive `POST /api/login`: a socket takes these, but no key."""
    try:
        with http.hurried(seconds):
            me = mapping(http.ask("/api/login", {"passive": True}), "/api/login")
    except AuthError:
        raise
    except CliError as error:  # 429 for all clients, after wrong passwords of another one
        raise SocketLost(f"the server refuses its login: {error.message}") from error
    name, session = text(me.get("name")), text(me.get("session"))
    if name is None or session is None:
        raise SocketLost("the server refuses its login: its answer has no session")
    http.on_secret(session)
    return f"{name}:{session}"


def _message(data: bytes) -> Message:
    try:
        body = json.loads(data.decode())
        (kind, said) = next(iter(body.items()))
    except (ValueError, AttributeError, StopIteration, RecursionError) as error:
        raise SocketLost("it sent something that OctoPrint does not send") from error
    if kind == "reauthRequired":  # the session went stale, or the user was changed
        raise SocketLost("the server requires a new login")
    return Message(str(kind), said)


def _reason(error: Exception) -> str:
    if isinstance(error, websocket.WebSocketBadStatusException):
        return f"the server, or a proxy in front of it, refuses it with HTTP status {error.status_code}"
    if isinstance(error, websocket.WebSocketConnectionClosedException):
        return "the connection broke"
    return str(error) or type(error).__name__

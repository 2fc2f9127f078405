"""`PushSocket`: the messages that the fake server sends and receives on one push socket.

    server.wait_until(lambda: server.sockets and server.sockets[-1].authed)
    server.octoprint.say("Recv: wait")
    assert server.sockets[-1].said[0] == {"subscribe": {"state": False, "events": ["PrintDone"], "plugins": False}}

The messages come from `event_log` and `push_payloads`, the client's subscription is in `push_subscription`, the frames in
`websocket`, and what can go wrong is in `push_faults`.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any, Dict, List, Optional

from octoprint_cli.testing.octoprint import push_payloads
from octoprint_cli.testing.server.push_subscription import Subscription
from octoprint_cli.testing.server.websocket import (
    CLOSE,
    PING,
    PONG,
    TEXT,
    FrameSocket,
    PushFaults,
)

if TYPE_CHECKING:
    from octoprint_cli.testing.server.exchange import Exchange

_NORMAL_END = (1000).to_bytes(2, "big")


def serve_push(exchange: Exchange, faults: PushFaults = PushFaults()) -> None:
    """Answer the request for a push socket, and serve the socket until one of both sides ends it."""
    reply = exchange.perform()
    exchange.reply(reply)
    if reply.status == 101:
        PushSocket(exchange, faults).run()


class _Enough(Exception):
    """Raised when the server ends the session."""


class PushSocket:
    """One client's push socket. A test may look at it at any time."""

    def __init__(self, exchange: Exchange, faults: PushFaults) -> None:
        self.server = exchange.server
        self.octoprint = exchange.server.octoprint
        #: What the client has sent, as JSON, oldest first; invalid JSON is not kept.
        self.said: List[Any] = []
        #: The number of pings received.
        self.pings = 0
        #: Whether the client has logged in with a valid session.
        self.authed = False
        #: Whether the connection is open.
        self.open = True
        self.wants = Subscription()
        self._faults = faults
        self._wire = FrameSocket(exchange, faults)
        self._since = time.monotonic()
        self._events = self._lines = self._temps = 0
        self._last: Optional[Dict[str, Any]] = None
        self._told: Dict[str, Any] = {}  # the last state that was sent
        self._due = 0.0

    def run(self) -> None:
        """Serve the socket until it ends. Raises OSError when the client has gone."""
        self.server.joined(self)
        try:
            self._wire.send_garbage()
            if not self.is_mute:
                self._wire.tell({"connected": push_payloads.connected(self.octoprint)})
            while not self.server.closing.is_set() and not self._elapsed(self._faults.closes_after):
                self._listen()
                for message in [] if self.is_mute else self._news():
                    self._wire.tell(message)
        except _Enough:
            """The server has ended the session."""
        finally:
            with self.octoprint.changed:
                self.open = False
                self.octoprint.changed.notify_all()

    @property
    def is_mute(self) -> bool:
        """Whether nothing more is sent, though the connection is open."""
        return self._elapsed(self._faults.mute_after)

    def _elapsed(self, seconds: Optional[float]) -> bool:
        return seconds is not None and time.monotonic() - self._since >= seconds

    # -- receiving --------------------------------------------------------------------------------

    def _listen(self) -> None:
        found = self._wire.next()
        if found is None:
            return
        opcode, content = found
        if opcode == PING:
            self._count_ping()
            if not self.is_mute:
                self._wire.answer(content, PONG)
        elif opcode == CLOSE and not self.is_mute:
            self._wire.answer(content[:2] or _NORMAL_END, CLOSE)
            raise _Enough
        elif opcode == TEXT:
            for message in self._heard(content):
                self._wire.tell(message)

    def _count_ping(self) -> None:
        with self.octoprint.changed:
            self.pings += 1
            self.octoprint.changed.notify_all()

    def _heard(self, content: bytes) -> List[Any]:
        """Apply a message of the client, and return the messages that answer it at once."""
        try:
            said = json.loads(content)
        except ValueError:
            return []
        with self.octoprint.changed:
            self.said.append(said)
            self.octoprint.changed.notify_all()
            if self.is_mute or said == []:
                return []
            if not isinstance(said, dict):
                raise _Enough  # as the real servers do
            return self._take_over(said)

    def _take_over(self, said: Dict[str, Any]) -> List[Any]:
        answers: List[Any] = []
        if "auth" in said:
            answers += self._log_in(said["auth"])
        if "subscribe" in said:
            answers += self._subscribe(said["subscribe"])
        if isinstance(said.get("throttle"), int):
            self.wants.throttle = max(1, said["throttle"])
        return answers

    def _log_in(self, shown: Any) -> List[Any]:
        name, colon, session = str(shown).partition(":")
        if not colon:
            raise _Enough
        before, self.authed = self.authed, self.octoprint.sessions.get(session) == name
        if not self.authed:
            return [{"reauthRequired": {"reason": "stale"}}]
        self._events = len(self.octoprint.messages)
        if before or not self.octoprint.may("STATUS"):
            return []
        return [*self._history(), {"timelapse": None}]

    def _subscribe(self, wanted: Any) -> List[Any]:
        if not isinstance(wanted, dict):
            raise _Enough
        before = self.wants.state
        self.wants.subscribe(wanted)
        return self._history() if self.authed and not before else []

    # -- sending ----------------------------------------------------------------------------------

    def _history(self) -> List[Any]:
        """Return the `history` message, if it is wanted, and let later messages hold only what is new."""
        octoprint = self.octoprint
        octoprint.note_temperatures()
        self._lines, self._temps = len(octoprint.terminal), len(octoprint.history)
        self._last, self._due = push_payloads.state(octoprint), 0.0
        self._told = self._readable(push_payloads.current(octoprint, [], []))
        return [{"history": self._readable(push_payloads.history(octoprint))}] if self.wants.state else []

    def _repeated(self) -> List[Any]:
        now = time.monotonic()
        if not self._told or now < self._due:
            return []
        self._due = now + self.octoprint.interval * self.wants.throttle
        return [{"current": self._told}]

    def _news(self) -> List[Any]:
        """Return the messages since the last time: events first, then a `current`."""
        octoprint = self.octoprint
        if self._elapsed(self._faults.repeats_after):
            return self._repeated()
        with octoprint.lock:
            fresh, self._events = octoprint.messages[self._events :], len(octoprint.messages)
            if not self.authed or not octoprint.may("STATUS"):
                return []
            if any("reauthRequired" in message for message in fresh):
                self.authed = False
            return [*filter(self.wants.passes, fresh), *self._current()]

    def _current(self) -> List[Any]:
        octoprint, now = self.octoprint, time.monotonic()
        if not self.wants.state or not self.authed or now < self._due:
            return []
        octoprint.note_temperatures()
        lines, temps, state = octoprint.terminal[self._lines :], octoprint.history[self._temps :], push_payloads.state(octoprint)
        if not lines and not temps and state == self._last:
            return []
        self._lines, self._temps, self._last = len(octoprint.terminal), len(octoprint.history), state
        self._due = now + octoprint.interval * self.wants.throttle
        self._told = self._readable(push_payloads.current(octoprint, temps, lines))
        return [{"current": self._told}]

    def _readable(self, body: Dict[str, Any]) -> Dict[str, Any]:
        """Return the message with the lines that are wanted, and none if the key may not read the terminal."""
        allowed = self.wants.cut(body)
        return allowed if self.octoprint.may("MONITOR_TERMINAL") else {**allowed, "logs": [], "messages": []}

"""`EventLog`: the fake server's state, and its events, plugin messages, terminal lines and temperatures as they happen.

Push sockets (`push_session`) read it; this module knows neither sockets nor HTTP. The wording is that of 1.11.8 or 2.0.0rc7.
"""

from __future__ import annotations

import threading
import time
from typing import Any, Dict, Iterable, List, Tuple

#: The state ids in events, where they are not the state in capitals.
_STATE_IDS = {
    "Starting print from SD": "STARTING",
    "Starting to send file to SD": "STARTING",
    "Printing from SD": "PRINTING",
    "Sending file to SD": "PRINTING",
    "Transferring file to SD": "TRANSFERING_FILE",
    "Transferring file to printer": "TRANSFERING_FILE",
    "Opening serial connection": "OPEN_SERIAL",
    "Detecting serial connection": "DETECT_SERIAL",
}
#: How the states begin in which no printer is connected.
_OFF_LINE = ("Offline", "Error", "Connecting", "Opening", "Detecting")


class EventLog:
    """The state, and all messages so far, oldest first. Each push socket remembers how far it has read."""

    def __init__(self, version: str) -> None:
        #: Held while anything is changed or answered; hold it to make several changes at once.
        self.lock = threading.RLock()
        #: Notified after each change.
        self.changed = threading.Condition(self.lock)
        self.version = version
        self.is_2 = version.startswith("2")
        #: Actual and target temperature of each heater, in degrees Celsius.
        self.heaters: Dict[str, List[Any]] = {"tool0": [21.3, 0.0], "bed": [21.1, 0.0]}
        #: Messages that push sockets send unchanged: `{"event": {"type", "payload"}}`, `{"plugin": {"plugin", "data"}}`.
        self.messages: List[Dict[str, Any]] = []
        #: The lines of the terminal, in the server's dialect: `Send: M115`, `Recv: ok` or `>>> M115`, `<<< ok`.
        self.terminal: List[str] = []
        #: Earlier temperatures, the newest last: a time in seconds since 1970, and the heaters as in `heaters`, or
        #: none at a moment without a printer.
        self.history: List[Tuple[int, Dict[str, List[Any]]]] = []
        #: The least number of seconds between two `current` messages on one push socket.
        self.interval = 0.5
        #: The user name of each session that may use the push socket.
        self.sessions: Dict[str, str] = {}
        self._state = "Operational"

    # -- the state --------------------------------------------------------------------------------

    @property
    def state(self) -> str:
        """The state text, such as `Operational`, `Printing`, `Paused`, `Offline after error`."""
        return self._state

    @state.setter
    def state(self, state: str) -> None:
        with self.changed:
            if state == self._state:
                return
            self.say(f'Changing monitoring state from "{self._state}" to "{state}"')
            self._state = state
            self.event("PrinterStateChanged", self._state_payload())

    @property
    def connected(self) -> bool:
        """Whether a printer is connected."""
        return not self.state.startswith(_OFF_LINE)

    def _state_payload(self) -> Dict[str, Any]:
        """Return the payload of `PrinterStateChanged`.

        1.x has one name for every end of a connection; 2.0 no longer knows the connector by then.
        """
        gone = self.state.startswith("Offline")
        named = {"state_id": _STATE_IDS.get(self.state, self.state.upper()), "state_string": self.state}
        if not self.is_2:
            return {"state_id": "OFFLINE", "state_string": "Offline"} if gone else named
        if gone:
            named["state_id"] = "CLOSED" if self.state == "Offline" else "CLOSED_WITH_ERROR"
        return {**named, "connector": "unknown" if gone else "serial"}

    # -- messages ---------------------------------------------------------------------------------

    def event(self, kind: str, payload: Any = None) -> None:
        """Publish an event such as `PrintDone` to all push sockets that have subscribed to it."""
        self._publish({"event": {"type": kind, "payload": payload}})

    def plugin(self, name: str, data: Any) -> None:
        """Publish a message of a server plugin: `octoprint.plugin("action_command_prompt", {...})`."""
        self._publish({"plugin": {"plugin": name, "data": data}})

    def forget_sessions(self, reason: str = "stale") -> None:
        """End all sessions, so that push sockets must log in again; reasons: `logout`, `stale`, `removed`, `modified`."""
        with self.changed:
            self.sessions.clear()
            self._publish({"reauthRequired": {"reason": reason}})

    def _publish(self, message: Dict[str, Any]) -> None:
        with self.changed:
            self.messages.append(message)
            self.changed.notify_all()

    # -- the terminal -----------------------------------------------------------------------------

    def say(self, *lines: str) -> None:
        """Add lines to the terminal as they are: `octoprint.say("Recv: wait")`."""
        with self.changed:
            self.terminal += lines
            self.changed.notify_all()

    def heard(self, lines: Iterable[str]) -> None:
        """Add lines that the printer sent, given without prefix: `octoprint.heard(["echo:busy: processing", "ok"])`."""
        self.say(*(("<<< " if self.is_2 else "Recv: ") + line for line in lines))

    def wrote(self, line: str) -> None:
        """Add a line that was sent to the printer."""
        self.say((">>> " if self.is_2 else "Send: ") + line)

    # -- temperatures -----------------------------------------------------------------------------

    def note_temperatures(self) -> None:
        """Add the temperatures to the history if they have changed; push sockets call this regularly."""
        found = {name: list(value) for name, value in self.heaters.items()} if self.connected else {}
        if not self.history or self.history[-1][1] != found:
            self.history.append((int(time.time()), found))

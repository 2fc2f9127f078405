"""What the fake server tells of itself as it happens: events, plugin messages, terminal lines, temperatures, its state.

A push socket reads along (`push`); nothing here knows sockets or HTTP. The words are those of 1.11.8 or of 2.0.0rc7.
"""

from __future__ import annotations

import threading
import time
from typing import Any, Dict, Iterable, List, Tuple

#: The names of the states that the events carry, where they are not the state in capitals.
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
#: The beginnings of the states in which no printer answers.
_OFF_LINE = ("Offline", "Error", "Connecting", "Opening", "Detecting")


class EventLog:
    """The state, and all messages so far, oldest first. A push socket remembers how far it has read."""

    def __init__(self, version: str) -> None:
        #: Held while anything is changed or answered; hold it to change two things at once.
        self.lock = threading.RLock()
        #: Told whenever something is new.
        self.changed = threading.Condition(self.lock)
        self.version = version
        self.is_2 = version.startswith("2")
        #: By name: actual and target, in degrees Celsius.
        self.heaters: Dict[str, List[Any]] = {"tool0": [21.3, 0.0], "bed": [21.1, 0.0]}
        #: Messages that sockets pass on as they are: `{"event": {"type", "payload"}}`, `{"plugin": {"plugin", "data"}}`.
        self.messages: List[Dict[str, Any]] = []
        #: The terminal's lines, in the server's dialect: `Send: M115`, `Recv: ok` or `>>> M115`, `<<< ok`.
        self.terminal: List[str] = []
        #: Earlier temperatures as the server keeps them, the newest last: a time in seconds since 1970, and actual
        #: and target of each heater as in `heaters`; no heater for a moment without a printer.
        self.history: List[Tuple[int, Dict[str, List[Any]]]] = []
        #: Seconds between two `current` messages of a socket, at least.
        self.interval = 0.5
        #: The name by the secret of each session that may use the push socket.
        self.sessions: Dict[str, str] = {}
        self._state = "Operational"

    # -- the state --------------------------------------------------------------------------------

    @property
    def state(self) -> str:
        """The server's own word, such as `Operational`, `Printing`, `Paused`, `Offline after error`."""
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
        """Whether a printer answers."""
        return not self.state.startswith(_OFF_LINE)

    def _state_payload(self) -> Dict[str, Any]:
        """1.x names every end of a connection alike here; 2.0 has lost the connector by then."""
        gone = self.state.startswith("Offline")
        named = {"state_id": _STATE_IDS.get(self.state, self.state.upper()), "state_string": self.state}
        if not self.is_2:
            return {"state_id": "OFFLINE", "state_string": "Offline"} if gone else named
        if gone:
            named["state_id"] = "CLOSED" if self.state == "Offline" else "CLOSED_WITH_ERROR"
        return {**named, "connector": "unknown" if gone else "serial"}

    # -- telling ----------------------------------------------------------------------------------

    def event(self, kind: str, payload: Any = None) -> None:
        """An event has happened, such as `PrintDone`; whoever has subscribed to it hears of it at once."""
        self._tell({"event": {"type": kind, "payload": payload}})

    def plugin(self, name: str, data: Any) -> None:
        """A plugin tells its part of the page something: `octoprint.plugin("action_command_prompt", {...})`."""
        self._tell({"plugin": {"plugin": name, "data": data}})

    def forget_sessions(self, reason: str = "stale") -> None:
        """Who is on a push socket has to log in again: `logout`, `stale`, `removed`, `modified`."""
        with self.changed:
            self.sessions.clear()
            self._tell({"reauthRequired": {"reason": reason}})

    def _tell(self, message: Dict[str, Any]) -> None:
        with self.changed:
            self.messages.append(message)
            self.changed.notify_all()

    # -- the terminal -----------------------------------------------------------------------------

    def say(self, *lines: str) -> None:
        """Lines of the terminal as they are: `octoprint.say("Recv: wait")`."""
        with self.changed:
            self.terminal += lines
            self.changed.notify_all()

    def heard(self, lines: Iterable[str]) -> None:
        """Lines that came from the printer, without a prefix: `octoprint.heard(["echo:busy: processing", "ok"])`."""
        self.say(*(("<<< " if self.is_2 else "Recv: ") + line for line in lines))

    def wrote(self, line: str) -> None:
        """A line that went to the printer."""
        self.say((">>> " if self.is_2 else "Send: ") + line)

    # -- temperatures -----------------------------------------------------------------------------

    def note_temperatures(self) -> None:
        """Note the temperatures, if they are others than the last time; while a push socket stands, it looks."""
        found = {name: list(value) for name, value in self.heaters.items()} if self.connected else {}
        if not self.history or self.history[-1][1] != found:
            self.history.append((int(time.time()), found))

"""A plain client of the push socket, with the raw `websocket` library."""

from __future__ import annotations

import json
from typing import Any, Dict, List, Optional

import websocket

from octoprint_cli.testing import FaultServer

from .kit import LIMIT, post

PATH = "/sockjs/websocket"
EVENTS_ALONE = {"state": False, "events": True, "plugins": False}


class Listener:
    """One connection. Leave it by `with`."""

    def __init__(self, server: FaultServer, **how: Any) -> None:
        self.server = server
        url = server.url.replace("http", "ws", 1) + PATH
        self.socket = websocket.create_connection(url, timeout=LIMIT, http_no_proxy=["*"], **how)

    def __enter__(self) -> Listener:
        return self

    def __exit__(self, *_: Any) -> None:
        self.socket.shutdown()

    def send(self, **what: Any) -> None:
        """Send a JSON object."""
        self.socket.send(json.dumps(what))

    def log_in(self) -> None:
        """Ask for a session, and show it."""
        who = post(self.server, "/api/login", 200, passive=True).json()
        self.send(auth=f"{who['name']}:{who['session']}")

    def receive(self) -> Any:
        """Receive the next message."""
        return json.loads(self.socket.recv())

    def receive_until(self, kind: str) -> List[Any]:
        """Receive the messages up to one of that kind, and with it."""
        found = [self.receive()]
        while kind not in found[-1]:
            found.append(self.receive())
        return found

    def last(self, kind: str) -> Any:
        """Receive up to the next message of that kind, and return what that holds."""
        return self.receive_until(kind)[-1][kind]

    def pending(self) -> List[Any]:
        """Receive all that has arrived or is on its way: what was new before a ping is sent before the pong to the second one."""
        found, pongs = [], 0
        self.socket.ping()
        while pongs < 2:
            opcode, content = self.socket.recv_data(control_frame=True)
            if opcode == websocket.ABNF.OPCODE_PONG:
                pongs += 1
                self.socket.ping() if pongs < 2 else None
            else:
                found.append(json.loads(content))
        return found

    def events(self) -> List[Any]:
        """Receive the pending events: their types, and with a state its name, as `PrinterStateChanged PAUSED`."""
        found = [message["event"] for message in self.pending() if "event" in message]
        return [" ".join(filter(None, [event["type"], (event["payload"] or {}).get("state_id")])) for event in found]


def listening(server: FaultServer, subscribe: Optional[Dict[str, Any]] = None, **how: Any) -> Listener:
    """A client that is logged in and subscribed (by default to events alone), and has received `timelapse`."""
    listener = Listener(server, **how)
    listener.send(subscribe=EVENTS_ALONE if subscribe is None else subscribe)
    listener.log_in()
    listener.receive_until("timelapse")
    return listener

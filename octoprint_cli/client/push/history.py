"""What the server's terminal has said lately, which only the push socket tells."""

from __future__ import annotations

import time
from typing import List

from octoprint_cli.client.http import Http
from octoprint_cli.client.noun import members, texts
from octoprint_cli.client.push.socket import Lost, Message, Socket, Wish

#: It comes right after the login, or not at all.
SECONDS = 5.0


def recent_lines(http: Http) -> List[str]:
    """The last lines of the terminal, 300 at most, the newest last; none without the permission MONITOR_TERMINAL.

    Raises Lost.
    """
    socket = Socket(http, Wish(lines=True, events=()))
    try:
        return texts(members(history(socket).body).get("logs"))
    finally:
        socket.close()


def history(socket: Socket) -> Message:
    """The message that says how it is now and was before: it comes first, where the state is subscribed to. Raises Lost."""
    until = time.monotonic() + SECONDS
    while True:
        message = socket.receive(until)
        if message is None:
            raise Lost("the server shows this key nothing")
        if message.kind == "history":
            return message

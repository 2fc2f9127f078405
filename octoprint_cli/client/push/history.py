"""Read the recent lines of the server's terminal, which only the push socket sends."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, List, Tuple

from octoprint_cli.client.parsing import members, texts
from octoprint_cli.client.push.socket import Message, Socket, SocketLost, Subscription

if TYPE_CHECKING:
    from octoprint_cli.client.http.http_client import Http

#: Longest wait for the history message, which comes right after the login or not at all.
SECONDS = 5.0


def recent_lines(http: Http) -> List[str]:
    """Return the last lines of the terminal, 300 at most, the newest last; none without the permission MONITOR_TERMINAL.

    Raises SocketLost.
    """
    socket, history = ready(http, Subscription(lines=True, events=()))
    socket.close()
    return texts(members(history.body).get("logs"))


def ready(http: Http, subscription: Subscription) -> Tuple[Socket, Message]:
    """Open a socket, and return it with the history message that confirms its login; nothing after that is missed.

    The subscription must include the state or the terminal lines. Raises SocketLost.
    """
    socket = Socket(http, subscription)
    try:
        return socket, _history(socket)
    except BaseException:
        socket.close()
        raise


def _history(socket: Socket) -> Message:
    until = time.monotonic() + SECONDS
    while True:
        message = socket.receive(until)
        if message is None:
            raise SocketLost("the server shows this key nothing")
        if message.kind == "history":
            return message

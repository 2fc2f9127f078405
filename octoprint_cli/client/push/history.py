"""What the server's terminal has said lately, which only the push socket tells."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, List, Tuple

from octoprint_cli.client.parsing import members, texts
from octoprint_cli.client.push.socket import Lost, Message, Socket, Subscription

if TYPE_CHECKING:
    from octoprint_cli.client.http.http_client import Http

#: It comes right after the login, or not at all.
SECONDS = 5.0


def recent_lines(http: Http) -> List[str]:
    """The last lines of the terminal, 300 at most, the newest last; none without the permission MONITOR_TERMINAL.

    Raises Lost.
    """
    socket, history = ready(http, Subscription(lines=True, events=()))
    socket.close()
    return texts(members(history.body).get("logs"))


def ready(http: Http, wish: Subscription) -> Tuple[Socket, Message]:
    """A socket whose login was taken, and what says so: how it is now and was before. After it, nothing is missed.

    The wish must be for the state or its lines. Raises Lost.
    """
    socket = Socket(http, wish)
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
            raise Lost("the server shows this key nothing")
        if message.kind == "history":
            return message

"""Read the recent lines of the server's terminal, which only the push socket sends, and when the printer last reported."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, List, NamedTuple, Optional, Tuple

from octoprint_cli.client.parsing import items, members, number, texts
from octoprint_cli.client.push.socket import Message, Socket, SocketLost, Subscription
from octoprint_cli.client.resources.printer import readings_of

if TYPE_CHECKING:
    from octoprint_cli.client.http.http_client import Http

#: Longest wait for the history message, which comes right after the login or not at all.
SECONDS = 5.0


class Recent(NamedTuple):
    """What the server still has of the last minutes."""

    #: The last lines of the terminal, 300 at most, the newest last; none without the permission MONITOR_TERMINAL.
    lines: List[str]
    #: When the printer last reported temperatures, in seconds since 1970 by the server's clock: while it is not
    #: connected, that is when the connection ended. None if the server has no report.
    last_report: Optional[float] = None


def recent(http: Http) -> Recent:
    """Return the server's recent past. Raises SocketLost."""
    socket, history = ready(http, Subscription(lines=True, events=()))
    socket.close()
    body = members(history.body)
    times = [number(sample.get("time")) for sample in items(body.get("temps")) if readings_of(sample)]
    return Recent(texts(body.get("logs")), times[-1] if times else None)


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
            raise SocketLost("the server shows nothing to this API key")
        if message.kind == "history":
            return message

"""Send G-code commands and read the firmware's replies from the server's terminal, their only source in OctoPrint.

Which line answers which command is the matter of `reply_reader`.
"""

from __future__ import annotations

import shlex
import time
from typing import TYPE_CHECKING, Any, Dict, List, Optional, Sequence

from octoprint_cli import errors
from octoprint_cli.client.parsing import inner, members, text, texts
from octoprint_cli.client.push.history import ready
from octoprint_cli.client.push.socket import (
    Message,
    Socket,
    SocketLost,
    Subscription,
)
from octoprint_cli.client.reply_reader import ReplyReader
from octoprint_cli.gcode.command import unframed

if TYPE_CHECKING:
    from octoprint_cli.client.client import Client

#: Seconds to listen after the last reply: terminal lines come in batches of half a second, and another client's
#: identical command may be in the next one.
SETTLE_SECONDS = 0.7


def send_and_read_replies(client: Client, commands: Sequence[str], seconds: float) -> List[Dict[str, Any]]:
    """Send the commands and return the firmware's reply to each, as `GcodeReply.as_dict` makes it.

    Calls `POST /api/printer/command` (CONTROL) and the push socket (MONITOR_TERMINAL). `seconds` is the longest
    time without progress: no answer, and no message that the firmware is busy.
    Raises PushUnavailable if nothing was sent yet; later NoReply, with the replies so far in its `data`.
    """
    try:
        socket, _ = ready(client.http, Subscription(state=False, lines=True, events=("CommandSuppressed",)))
    except SocketLost as lost:
        raise errors.PushUnavailable(
            f"the firmware's replies cannot be received: {lost}; nothing was sent",
            hint=f"octoprint-cli gcode {' '.join(map(shlex.quote, commands))}  # without --reply",
        ) from lost
    try:
        talk = ReplyReader([unframed(command.partition(";")[0]) for command in commands])
        client.printer.send(commands)
        broken = _listen(socket, talk, seconds)
        talk.settle()
        if broken is not None:
            raise _no_reply(talk, f"the push socket was lost ({broken})") from broken
        if not talk.complete:
            raise _no_reply(talk, f"nothing arrived for {seconds:g} s")
        return [reply.as_dict() for reply in talk.replies]
    finally:
        socket.close()


def _listen(socket: Socket, talk: ReplyReader, seconds: float) -> Optional[SocketLost]:
    """Listen until every reply is complete, or the firmware is silent for `seconds`, or the socket is lost."""
    deadline = time.monotonic() + seconds
    settled: Optional[float] = None
    while True:
        if talk.complete and settled is None:
            settled = time.monotonic() + SETTLE_SECONDS
        try:
            message = socket.receive(settled if settled is not None else deadline)
        except SocketLost as lost:
            return None if talk.complete else lost
        if message is None:
            return None
        _take(message, talk)
        if talk.moved:
            talk.moved, deadline = False, time.monotonic() + seconds


def _take(message: Message, talk: ReplyReader) -> None:
    body = members(message.body)
    if message.kind == "current":
        for raw in texts(body.get("logs")):
            talk.process_line(raw)
    elif message.kind == "event" and body.get("type") == "CommandSuppressed":
        talk.suppressed(text(inner(body, "payload").get("command")) or "")


def _no_reply(talk: ReplyReader, why: str) -> errors.CliError:
    open_ones = [reply for reply in talk.replies if not reply.closed]
    how = "sent, but not acknowledged" if open_ones[0].sent else "queued, but not seen being sent"
    return errors.NoReply(
        f"{open_ones[0].command} was {how}: {why}",
        hint="octoprint-cli status  # the key needs the permission MONITOR_TERMINAL to see the firmware's replies",
        data={"replies": [reply.as_dict() for reply in talk.replies]},
    )

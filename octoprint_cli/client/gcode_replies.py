"""Send G-code commands and read the firmware's replies from the server's terminal, their only source in OctoPrint.

The terminal also shows the lines of the server's own polls and of other clients. The firmware answers in order, so
the lines between a command and its acknowledgement belong to that command, unless another client's command is among them.
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
from octoprint_cli.gcode.code_row import MESSAGE
from octoprint_cli.gcode.code_table import lookup
from octoprint_cli.gcode.command import code_of, only_asks, unframed
from octoprint_cli.gcode.firmware.refusals import is_refusal
from octoprint_cli.gcode.firmware.replies import parsed_reply
from octoprint_cli.gcode.firmware.terminal_log import (
    FIRMWARE,
    HOST,
    is_busy,
    is_chatter,
    is_error,
    is_ok,
    is_resend,
    is_start,
    read_terminal_line,
    without_ok,
)
from octoprint_cli.output.redact import without_passwords

if TYPE_CHECKING:
    from octoprint_cli.client.client import Client

#: Seconds to listen after the last reply: terminal lines come in batches of half a second, and another client's
#: identical command may be in the next one.
SETTLE_SECONDS = 0.7


class GcodeReply:
    """A command and the firmware's reply so far."""

    def __init__(self, command: str) -> None:
        self.command = command
        self.lines: List[str] = []
        self.late: List[str] = []  # lines after the acknowledgement: see `ReplyReader.settle`
        self.with_ok: Optional[str] = None  # the text in the same line as the ok
        self.chatter: List[str] = []  # the firmware's lines meanwhile that are no answer
        self.sent = self.acknowledged = False
        self.ambiguous = False  # another client's command came between, or was identical
        self.error: Optional[str] = None  # the firmware's own error, or why no reply can come

    @property
    def closed(self) -> bool:
        """Whether the reply is complete: the command was acknowledged, or failed."""
        return self.acknowledged or self.error is not None

    @property
    def is_bare(self) -> bool:
        """Whether the command is a query that was acknowledged but not answered."""
        return self.acknowledged and only_asks(self.command) and not (self.lines or self.with_ok)

    def refused_by(self, text: str) -> None:
        """Take the line for the command's error if the firmware refuses the command with it. The first such line counts."""
        echoed = lookup(code_of(self.command)).text == MESSAGE  # M117 and M118 are answered with their own text
        if self.error is None and not echoed and not is_resend(text) and (is_error(text) or is_refusal(text)):
            self.error = text

    def as_dict(self) -> Dict[str, Any]:
        """Return the reply as data: `parsed` is set for known commands, and `error` is the firmware's complaint."""
        return {
            "command": self.command,
            "lines": self.lines,
            "ok": self.acknowledged and self.error is None,
            "ambiguous": self.ambiguous,
            "error": self.error,
            "parsed": parsed_reply(self.command, self.lines),
            "chatter": self.chatter,
        }


class ReplyReader:
    """Reads the terminal line by line, and assigns each line to the command that it answers."""

    def __init__(self, commands: Sequence[str]) -> None:
        self.replies = [GcodeReply(command) for command in commands]
        self._open: Optional[GcodeReply] = None
        self._last: Optional[GcodeReply] = None  # acknowledged; some firmwares answer after that
        self._theirs = False  # another client's command is not acknowledged yet
        self._resent = False  # the next ok belongs to a line that got lost
        self.moved = False  # one of the own commands has progressed since this was last set to False

    @property
    def complete(self) -> bool:
        """Whether every command has a complete reply."""
        return all(reply.closed for reply in self.replies)

    def process_line(self, raw: str) -> None:
        """Process a line of the terminal."""
        line = read_terminal_line(without_passwords(raw))
        if line.said_by == HOST:
            self._sent(line.text)
        elif line.said_by == FIRMWARE:
            self._said(line.text)

    def suppressed(self, command: str) -> None:
        """Record that the server blocks a command, and will not send it."""
        reply = next((reply for reply in self.replies if not reply.sent and reply.command == command), None)
        if reply is not None:
            reply.sent, reply.error = True, "the server blocks this command"

    @property
    def _answers_behind(self) -> bool:
        """Whether the firmware acknowledges before it answers, as shown by an unanswered query that most firmwares answer.

        A firmware that answers the first query before its ok always does so, and may just not support another query.
        """
        first = next((reply for reply in self.replies if only_asks(reply.command) and not reply.with_ok), None)
        if first is None or not first.is_bare:
            return False
        return any(reply.is_bare and lookup(code_of(reply.command)).answered for reply in self.replies)

    def settle(self) -> None:
        """Assign the lines that came after an acknowledgement to their commands, once the terminal is silent.

        Repetier acknowledges before it answers, when the server has already sent the next command: its lines before
        one acknowledgement answer the previous command.
        """
        early = self._answers_behind
        doubt = not any(reply.late and only_asks(reply.command) for reply in self.replies)
        doubted = False
        for reply, following in zip(self.replies, [*self.replies[1:], None]):
            said = following.lines if following is not None else []
            doubted = doubted or (doubt and reply.is_bare and bool(said))
            reply.ambiguous = reply.ambiguous or doubted  # it is unclear which command was answered
            if early:
                reply.lines = [] if reply.with_ok else [*reply.late, *said]
            elif not reply.lines and not reply.with_ok:
                reply.lines = reply.late[:1]
        for reply in self.replies:
            reply.lines += [reply.with_ok] if reply.with_ok else []
            if not reply.ambiguous:
                for line in reply.lines:
                    reply.refused_by(line)

    def _sent(self, command: str) -> None:
        expected = next((reply for reply in self.replies if not reply.sent and not reply.closed), None)
        for reply in self.replies:
            if reply.command == command and reply.sent and reply is not expected:
                reply.ambiguous = reply.ambiguous or not self._is_repeated(command)
        if self._open is not None:
            self._open.ambiguous = True
        elif expected is not None and expected.command == command:
            expected.sent, expected.ambiguous = True, expected.ambiguous or self._theirs
            self._open, self._last, self.moved = expected, None, True
            return
        self._theirs = True
        if self._last is not None and not (self._last.is_bare or self._answers_behind):  # else it may still answer: see `settle`
            self._last = None

    def _is_repeated(self, command: str) -> bool:
        """Whether the caller asked for this command several times, and one of them is yet to be sent."""
        return any(not reply.sent and reply.command == command for reply in self.replies)

    def _said(self, text: str) -> None:
        if is_resend(text):
            self._resent = True
        elif is_ok(text):
            self._acknowledged(text)
        elif self._open is not None:
            self._answered(self._open, text)
        elif self._last is not None and not is_chatter(text, self._last.command):
            self._last.ambiguous = self._last.ambiguous or (self._theirs and not self._last.late)
            self._last.late.append(text)

    def _acknowledged(self, text: str) -> None:
        reply, resent = self._open, self._resent
        self._resent = False
        if resent:
            return
        if reply is None:
            self._last = None if self._theirs else self._last
            self._theirs = False
            return
        reply.with_ok = without_ok(text) or None
        reply.acknowledged, self._open, self._last, self.moved = True, None, reply, True

    def _answered(self, reply: GcodeReply, text: str) -> None:
        self.moved = self.moved or is_busy(text) or not is_chatter(text, reply.command)
        if is_start(text):
            reply.error, self._open = "the firmware has reset itself", None
        elif is_chatter(text, reply.command):
            reply.chatter.append(text)
        else:
            reply.lines.append(text)
            reply.refused_by(text)


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
            f"no reply can be heard: {lost}; nothing was sent",
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
            raise _no_reply(talk, f"nothing came for {seconds:g} s")
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
    how = "sent, but not acknowledged" if open_ones[0].sent else "queued, but not seen going out"
    return errors.NoReply(
        f"{open_ones[0].command} was {how}: {why}",
        hint="octoprint-cli status  # the key needs the permission MONITOR_TERMINAL to hear the printer",
        data={"replies": [reply.as_dict() for reply in talk.replies]},
    )

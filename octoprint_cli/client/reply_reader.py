"""Match the lines of the server's terminal to the commands that they answer. Knows no HTTP and no socket.

The terminal shows every line to the firmware and from it: of the own commands, of the server's polls and of other clients.
The firmware answers in order, with lines and then an `ok`. So at any time one command at most is open, and what the firmware says
belongs to it, from the moment at which the terminal shows it going out until its `ok`:

    Send: M115          the own command is open
    Recv: FIRMWARE_...  a line of its reply
    Recv: ok            it is acknowledged; nothing is open
    Send: M105          another client's, or the server's own: its `ok` comes next
    Recv: ok T:20.1     that `ok`

Three things blur this. Some firmwares (Repetier) acknowledge before they answer: their lines come after the `ok`, and are kept
as late ones of the command that was acknowledged last. Another client may send between, or send the very same command: what
cannot be told apart is called ambiguous. And a line that got lost is sent again, which costs one `ok` more.
"""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Sequence

from octoprint_cli.gcode.code_row import MESSAGE
from octoprint_cli.gcode.code_table import lookup
from octoprint_cli.gcode.command import code_of, only_asks
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
        self.moved = False  # one of the own commands has progressed since this was last set to False
        self._open: Optional[GcodeReply] = None  # the own command that was sent, and is not acknowledged
        self._previous: Optional[GcodeReply] = None  # the one that was acknowledged last, while late lines may still be its own
        self._others_open = False  # another client's command was sent, and is not acknowledged
        self._skip_ok = False  # the next ok belongs to a line that got lost

    @property
    def complete(self) -> bool:
        """Whether every command has a complete reply."""
        return all(reply.closed for reply in self.replies)

    def process_line(self, raw: str) -> None:
        """Process a line of the terminal."""
        line = read_terminal_line(without_passwords(raw))
        if line.said_by == HOST:
            self._command_sent(line.text)
        elif line.said_by == FIRMWARE:
            self._line_received(line.text)

    def suppressed(self, command: str) -> None:
        """Record that the server blocks a command, and will not send it."""
        reply = next((reply for reply in self.replies if not reply.sent and reply.command == command), None)
        if reply is not None:
            reply.sent, reply.error = True, "the server blocks this command"

    # -- to the firmware --------------------------------------------------------------------------

    def _command_sent(self, command: str) -> None:
        """Process a command that goes out: the next own one, or another client's."""
        expected = next((reply for reply in self.replies if not reply.sent and not reply.closed), None)
        self._doubt_identical(command, expected)
        if self._open is not None:  # another client's, before the own one was acknowledged
            self._open.ambiguous = True
        elif expected is not None and expected.command == command:
            expected.sent, expected.ambiguous = True, expected.ambiguous or self._others_open
            self._open, self._previous, self.moved = expected, None, True
            return
        self._others_open = True
        if self._previous is not None and not self._may_answer_late(self._previous):
            self._previous = None

    def _doubt_identical(self, command: str, expected: Optional[GcodeReply]) -> None:
        """Call the reply to a command ambiguous if another client sends the same one, which the caller has not asked for again."""
        repeated = any(not reply.sent and reply.command == command for reply in self.replies)
        for reply in self.replies:
            if reply.command == command and reply.sent and reply is not expected and not repeated:
                reply.ambiguous = True

    def _may_answer_late(self, reply: GcodeReply) -> bool:
        return reply.is_bare or self._acknowledges_first

    # -- from the firmware ------------------------------------------------------------------------

    def _line_received(self, text: str) -> None:
        if is_resend(text):
            self._skip_ok = True
        elif is_ok(text):
            self._ok_received(text)
        elif self._open is not None:
            self._add_line(self._open, text)
        elif self._previous is not None and not is_chatter(text, self._previous.command):
            self._add_late_line(self._previous, text)

    def _ok_received(self, text: str) -> None:
        reply = self._open
        if self._skip_ok:
            self._skip_ok = False
        elif reply is not None:
            reply.acknowledged, reply.with_ok = True, without_ok(text) or None
            self._open, self._previous, self.moved = None, reply, True
        else:
            self._previous = None if self._others_open else self._previous
            self._others_open = False

    def _add_line(self, reply: GcodeReply, text: str) -> None:
        self.moved = self.moved or is_busy(text) or not is_chatter(text, reply.command)
        if is_start(text):
            reply.error, self._open = "the firmware has reset itself", None
        elif is_chatter(text, reply.command):
            reply.chatter.append(text)
        else:
            reply.lines.append(text)
            reply.refused_by(text)

    def _add_late_line(self, reply: GcodeReply, text: str) -> None:
        reply.ambiguous = reply.ambiguous or (self._others_open and not reply.late)
        reply.late.append(text)

    # -- when the terminal is silent --------------------------------------------------------------

    @property
    def _acknowledges_first(self) -> bool:
        """Whether the firmware acknowledges before it answers, as shown by an unanswered query that most firmwares answer.

        A firmware that answers the first query before its ok always does so, and may just not support another query.
        """
        first = next((reply for reply in self.replies if only_asks(reply.command) and not reply.with_ok), None)
        if first is None or not first.is_bare:
            return False
        return any(reply.is_bare and lookup(code_of(reply.command)).answered for reply in self.replies)

    def settle(self) -> None:
        """Assign the lines that came after an acknowledgement to their commands, once the terminal is silent."""
        self._assign_late_lines()
        for reply in self.replies:
            reply.lines += [reply.with_ok] if reply.with_ok else []
            if not reply.ambiguous:
                for line in reply.lines:
                    reply.refused_by(line)

    def _assign_late_lines(self) -> None:
        """Assign late lines, where the firmware acknowledges before it answers.

        By the time of the answer the server has already sent the next command: the lines before one acknowledgement answer the
        previous command. If nothing shows that the firmware does so, they may be either's.
        """
        acknowledges_first = self._acknowledges_first
        clear = any(reply.late and only_asks(reply.command) for reply in self.replies)
        doubted = False
        for reply, following in zip(self.replies, [*self.replies[1:], None]):
            next_lines = following.lines if following is not None else []
            doubted = doubted or (not clear and reply.is_bare and bool(next_lines))
            reply.ambiguous = reply.ambiguous or doubted  # it is unclear which command was answered
            if acknowledges_first:
                reply.lines = [] if reply.with_ok else [*reply.late, *next_lines]
            elif not reply.lines and not reply.with_ok:
                reply.lines = reply.late[:1]

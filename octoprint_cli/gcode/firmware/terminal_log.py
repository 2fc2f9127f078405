"""A line of OctoPrint's terminal log: who said it, and what a line of the firmware is.

The log comes in two dialects: `Send: N12 G1 X1*33` and `Recv: ok` of OctoPrint 1.x, `>>> ...` and `<<< ...` of 2.0.
What has neither mark is the server's own talk, such as `Changing monitoring state from ...`.

Between a command and its `ok` a firmware says other things: reports that it was set to send by itself, that it is
busy, that a line got lost. None of this answers the command, and `is_chatter` tells it apart. The `ok` is no reliable
end of the answer: Repetier says `ok 1` first and answers then.
"""

from __future__ import annotations

import re
from typing import NamedTuple, Pattern, Tuple

from octoprint_cli.gcode.code_row import FANS, POSITION, PROGRESS, SD_PROGRESS, TEMPERATURES
from octoprint_cli.gcode.code_table import lookup
from octoprint_cli.gcode.command import code_of, unframed

#: Who said a line: the host is OctoPrint speaking to the firmware, for whichever client; the server is OctoPrint noting.
HOST, FIRMWARE, SERVER = "host", "firmware", "server"
_MARKS = (("Send:", HOST), ("Recv:", FIRMWARE), (">>>", HOST), ("<<<", FIRMWARE))

_OK = re.compile(r"ok(?![a-z])")  # `ok`, `ok 12`, `ok N12 P15 B3`, `ok T:21.3`, `okT:21.3`
#: What an acknowledgement says of itself: the line's number, the room that is left in the firmware's buffers.
_BOOKKEEPING = re.compile(r"(?:[NPB]?[0-9]+(?:\s+|$))+")
_START = re.compile(r"start$")
_RESEND = re.compile(r"resend\b|rs(?=\s|:|[0-9])", re.IGNORECASE)
_ERROR = re.compile(r"error\s*:|fatal\s*:|alarm\s*:|!!", re.IGNORECASE)
#: An error of the serial line, which the server repairs by sending the line again.
_LINE_FAULT = re.compile(r"error\s*:.*(?:line\s*number|checksum|expected line|format error)", re.IGNORECASE)

_BUSY = re.compile(r"(?:echo:\s*)?busy:")
_WAIT = re.compile(r"wait$")
_ACTION = re.compile(r"//\s*action:")
_TEMPERATURES = re.compile(r"(?:T[0-9]*|B|C):\s*-?(?:[0-9]|inf|nan)")
_POSITION = re.compile(r"(?:C:\s*)?X:\s*-?[0-9.]+\s*Y:")
_SD = re.compile(r"Not SD printing|SD printing byte")
_FANS = re.compile(r"E[0-9]:\s*[0-9]+ RPM")
_PROGRESS = re.compile(r"(?:NORMAL|SILENT) MODE:|echo:\s*M73 ")

#: Reports that a firmware may send by itself. Which codes ask for each stands in the column `reports` of the table of codes.
_REPORTS: Tuple[Tuple[Pattern[str], str], ...] = (
    (_TEMPERATURES, TEMPERATURES),
    (_POSITION, POSITION),
    (_SD, SD_PROGRESS),
    (_FANS, FANS),
    (_PROGRESS, PROGRESS),
)
#: What answers no command at all.
_NEVER_AN_ANSWER = (_WAIT, _START, _BUSY, _ACTION)


class TerminalLine(NamedTuple):
    """One line, without its mark. Of what the host sent, without line number and checksum, too."""

    said_by: str  # HOST, FIRMWARE or SERVER
    text: str


def read_terminal_line(raw: str) -> TerminalLine:
    """Read a line of the terminal log, in either dialect of its marks."""
    for mark, said_by in _MARKS:
        if raw.startswith(mark):
            text = raw[len(mark) :].strip()
            return TerminalLine(said_by, unframed(text) if said_by == HOST else text)
    return TerminalLine(SERVER, raw.strip())


def is_ok(text: str) -> bool:
    """Whether the firmware acknowledges a command. What it answers may stand behind the `ok`: see `without_ok`.

    The `ok` behind a line that `is_resend` belongs to that line, and acknowledges no command.
    """
    return _OK.match(text.strip()) is not None


def without_ok(text: str) -> str:
    """`T:21.3` of `ok T:21.3`, nothing of `ok N12 P15 B3`; a line that is no acknowledgement as it is."""
    text = text.strip()
    return _behind(text[2:].strip()) if is_ok(text) else text


def _behind(text: str) -> str:
    kept = _BOOKKEEPING.match(text)
    return text[kept.end() :] if kept else text


def is_error(text: str) -> bool:
    """Whether the firmware says that something is wrong: `Error:...`, `!! ...` of Klipper, `fatal:` of Repetier.

    Not for a line that got lost on its way, which the server sends again: `is_resend`.
    """
    return _ERROR.match(text.strip()) is not None and not is_resend(text)


def is_resend(text: str) -> bool:
    """Whether the firmware asks for a line again (`Resend: 12`, `rs 12`) or says why (`Error:checksum mismatch ...`)."""
    text = text.strip()
    return _RESEND.match(text) is not None or _LINE_FAULT.match(text) is not None


def is_start(text: str) -> bool:
    """Whether the firmware was reset: nothing that was sent before is answered any more."""
    return _START.match(text.strip()) is not None


def is_busy(text: str) -> bool:
    """Whether the firmware says that it is at work on a command, and cannot answer yet."""
    return _BUSY.match(text.strip()) is not None


def is_chatter(text: str, command: str) -> bool:
    """Whether the firmware's line is no answer to the command.

    A report is an answer to what asks for it: temperatures to M105, a position to M114, an SD print's progress to M27;
    to homing and heating, too, which end or pass their time with one. An acknowledgement is never chatter.
    """
    text = text.strip()
    if is_resend(text) or any(pattern.match(text) for pattern in _NEVER_AN_ANSWER):
        return True
    asked_for = lookup(code_of(command)).reports
    return any(pattern.match(text) and report != asked_for for pattern, report in _REPORTS)

"""What the server's terminal log says of the end of a job: the lines about it, the outcome, and the firmware's reason."""

from __future__ import annotations

import itertools
import re
from typing import Dict, Iterable, List, Optional, Sequence, Tuple

from octoprint_cli.client.phase import Phase, phase_of
from octoprint_cli.client.tracking.job_outcome import CANCELLED, FAILED, FINISHED, RESET, STOPPED
from octoprint_cli.errors import InvalidValue
from octoprint_cli.gcode.code_table import lookup
from octoprint_cli.gcode.command import code_of, parse_command
from octoprint_cli.gcode.firmware.replies import parsed_reply
from octoprint_cli.gcode.firmware.terminal_log import (
    FIRMWARE,
    HOST,
    TerminalLine,
    is_error,
    is_start,
    read_terminal_line,
)

_CHANGE = re.compile(r'Changing monitoring state from "([^"]*)" to "([^"]*)"')
#: Number of lines before the end of a job in which its cause is sought; older errors did most likely not end it.
_JUST_BEFORE = 12
#: The phases of a pause.
_PAUSE = (Phase.PAUSING, Phase.PAUSED)
_TOOL = re.compile(r"\bT\s*([0-9]+)")
_ERROR_MARK = re.compile(r"(?:error\s*:|!!)\s*", re.IGNORECASE)


def of_last_end(lines: Sequence[str]) -> List[str]:
    """Return the terminal lines that belong to the end of the last job, and those just before, which hold its cause."""
    changes = _changes(lines)
    ends = [number for number, before, after in changes if before.has_job and not after.has_job]
    if not ends:
        return []
    end = ends[-1]
    begins = [number for number, before, after in changes if number < end and after.has_job and not before.has_job]
    turns = [number for number, before, after in changes if number <= end and before.has_job and before is not Phase.CANCELLING]
    return list(lines[max([0, *begins[-1:], (turns[-1] if turns else end) - _JUST_BEFORE]) : end + 1])


def before_last_disconnect(lines: Sequence[str]) -> List[str]:
    """Return the terminal lines just before the printer was disconnected last, which hold the cause."""
    changes = _changes(lines)
    ends = [number for number, before, after in changes if before.connected and not after.connected]
    return list(lines[max(0, ends[-1] - _JUST_BEFORE) : ends[-1] + 1]) if ends else []


def targets_before_pause(lines: Sequence[str]) -> Optional[Dict[str, float]]:
    """Return the heaters' targets when the job was paused last: those reported last, and what was sent since; None if unknown."""
    changes = _changes(lines)
    pauses = [number for number, before, after in changes if after in _PAUSE and before not in _PAUSE]
    said = [read_terminal_line(line) for line in lines[: pauses[-1]]] if pauses else []
    for number in reversed(range(len(said))):
        targets = _reported_targets(said[number])
        if targets:
            return {**targets, **_sent_targets(said[number + 1 :], targets)}
    return None


def _reported_targets(line: TerminalLine) -> Dict[str, float]:
    report = parsed_reply("M105", [line.text]) if line.said_by == FIRMWARE else None
    return {name: reading["target"] for name, reading in (report or {}).items() if reading["target"] is not None}


def _sent_targets(lines: Sequence[TerminalLine], heaters: Iterable[str]) -> Dict[str, float]:
    """Return the targets that commands have set. Of several hotends, one that the command does not name is left out."""
    tools = [name for name in heaters if name.startswith("tool")]
    found: Dict[str, float] = {}
    for text in (line.text for line in lines if line.said_by == HOST):
        tool = _TOOL.search(text)
        hotend = f"tool{tool.group(1)}" if tool else tools[0] if len(tools) == 1 else None
        for kind, degrees in _targets_of(text):
            heater = hotend if kind == "tool" else kind
            found.update({heater: degrees} if heater else {})
    return found


def _targets_of(text: str) -> List[Tuple[str, float]]:
    try:
        return parse_command(text).targets
    except InvalidValue:  # it is read in more than one way
        return []


def outcome_in(lines: Sequence[str]) -> Optional[str]:
    """Return the last job's outcome by the terminal lines: finished, cancelled or failed; None if they are too recent."""
    for before, after in filter(None, map(_change, reversed(lines))):
        if before.has_job and not after.has_job:
            ends = {Phase.CANCELLING: CANCELLED, Phase.FINISHING: FINISHED}
            return ends.get(before, FAILED) if after is Phase.IDLE else FAILED
    return None


def firmware_error_in(lines: Sequence[str]) -> Optional[str]:
    """Return why the printer stopped, by the terminal lines: its error, a reset, an emergency stop; None if they name none."""
    said = [line.text for line in map(read_terminal_line, lines) if line.said_by == FIRMWARE]
    groups = [list(group) for wrong, group in itertools.groupby(said, is_error) if wrong]
    if groups:  # a firmware that halts says so in the line after the reason
        return " - ".join(_ERROR_MARK.sub("", text, count=1) for text in groups[-1])
    if any(map(is_start, said)):
        return RESET
    stops = (line.text for line in map(read_terminal_line, lines) if line.said_by == HOST)
    return STOPPED if any(lookup(code_of(text)).emergency_stop for text in stops) else None


def _changes(lines: Sequence[str]) -> List[Tuple[int, Phase, Phase]]:
    """Return each change of the printer's phase: the number of its line, the phase before and the one after."""
    return [(number, *change) for number, change in enumerate(map(_change, lines)) if change]


def _change(line: str) -> Optional[Tuple[Phase, Phase]]:
    match = _CHANGE.match(line)
    return (phase_of(match.group(1)), phase_of(match.group(2))) if match else None

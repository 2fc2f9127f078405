"""Find out how the last job ended, from the places where the server keeps traces of it.

No single place is enough: the job resource forgets the progress of a cancelled job and everything after an error, a file's
history knows that its last print failed but not why, and the terminal log knows why but keeps only 300 lines.
"""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING, List, Optional, Sequence, Tuple

from octoprint_cli.client.phase import Phase, phase_of
from octoprint_cli.client.resources.job import Job
from octoprint_cli.client.resources.stored_file import StoredFile
from octoprint_cli.client.tracking.job_outcome import CANCELLED, FAILED, FINISHED, RESET, STOPPED, UNFINISHED, JobOutcome
from octoprint_cli.errors import AuthError, CliError
from octoprint_cli.gcode.code_table import lookup
from octoprint_cli.gcode.command import code_of
from octoprint_cli.gcode.firmware.terminal_log import (
    FIRMWARE,
    HOST,
    is_error,
    is_start,
    read_terminal_line,
)

if TYPE_CHECKING:
    from octoprint_cli.client.client import Client

_CHANGE = re.compile(r'Changing monitoring state from "([^"]*)" to "([^"]*)"')
#: Number of lines before the end of a job in which its cause is sought; older errors did most likely not end it.
_JUST_BEFORE = 12
_ERROR_MARK = re.compile(r"(?:error\s*:|!!)\s*", re.IGNORECASE)


def last_ending(client: Client, job: Job) -> Optional[JobOutcome]:
    """Return how the last job ended, None while one is active, or if no file of the server was ever printed.

    Calls `GET /api/files` (permission FILES_LIST), `GET /api/printer/error` (STATUS), and the push socket's history.
    Raises nothing: what may not be read is not known.
    """
    if job.phase.has_job or job.phase in (Phase.TRANSFERRING, Phase.UNKNOWN):
        return None
    done = bool(job.file) and job.completion == 100
    if job.file and job.location == "sdcard":  # which has no history; a select alone looks as a cancelled job does
        return JobOutcome(FINISHED, None, job.file, job.location) if done else None
    last = _last_printed(client)
    selected = last is not None and job.is_of(last.path, last.location)
    if done:
        return JobOutcome(FINISHED, None, job.file, job.location, last.history.last if last is not None and selected else None)
    if last is None:
        return None
    ending = JobOutcome(FINISHED) if last.history.succeeded else _why(client, job, selected)
    return ending._replace(file=last.path, location=last.location, ended=last.history.last)


def _last_printed(client: Client) -> Optional[StoredFile]:
    try:
        printed = [file for file in client.files.list("local").files if file.history.last is not None]
    except CliError:
        return None
    return max(printed, key=lambda file: file.history.last or 0, default=None)


def _why(client: Client, job: Job, selected: bool) -> JobOutcome:
    """Return the outcome of a job that did not finish. `selected`: whether the server still shows it as its job."""
    lines = of_last_end(_terminal(client))
    outcome, complaint = outcome_in(lines), firmware_error_in(lines)
    if outcome == CANCELLED and not complaint:
        return JobOutcome(CANCELLED)
    error = _printer_error(client)  # which may be one of long ago
    by_firmware = bool(complaint or (error and job.error in (None, error)))
    reason = job.error or complaint or error
    if outcome in (CANCELLED, FAILED):  # else the lines are about another job, of the SD card's
        return JobOutcome(FAILED, reason, by_firmware=by_firmware)
    if reason or job.phase is Phase.ERROR:
        return JobOutcome(FAILED, reason, certain=False, by_firmware=by_firmware)
    return JobOutcome(CANCELLED, certain=False) if selected and job.phase is Phase.IDLE else JobOutcome(UNFINISHED)


def _printer_error(client: Client) -> Optional[str]:
    try:
        return client.printer.error()
    except CliError:
        return None


def _terminal(client: Client) -> List[str]:
    """Return the last lines of the server's terminal (permission MONITOR_TERMINAL); none if they cannot be read."""
    from octoprint_cli.client.push.history import recent_lines  # slow to import, and seldom needed
    from octoprint_cli.client.push.socket import SocketLost  # slow to import, and seldom needed

    try:
        return recent_lines(client.http)
    except (SocketLost, AuthError):
        return []


def of_last_end(lines: Sequence[str]) -> List[str]:
    """Return the terminal lines that belong to the end of the last job, and those just before, which hold its cause."""
    changes = [(number, *change) for number, change in enumerate(map(_change, lines)) if change]
    ends = [number for number, before, after in changes if before.has_job and not after.has_job]
    if not ends:
        return []
    end = ends[-1]
    begins = [number for number, before, after in changes if number < end and after.has_job and not before.has_job]
    turns = [number for number, before, after in changes if number <= end and before.has_job and before is not Phase.CANCELLING]
    return list(lines[max([0, *begins[-1:], (turns[-1] if turns else end) - _JUST_BEFORE]) : end + 1])


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


def _change(line: str) -> Optional[Tuple[Phase, Phase]]:
    match = _CHANGE.match(line)
    return (phase_of(match.group(1)), phase_of(match.group(2))) if match else None

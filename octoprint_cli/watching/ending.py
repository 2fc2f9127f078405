"""How a job ended, and how the last one did as far as the server's many places can tell.

None of them tells all: the job forgets a cancelled one's progress and everything after an error, a file's history
knows that its last print failed but not why, the terminal knows why but has 300 lines.
"""

from __future__ import annotations

import re
from typing import Iterator, List, NamedTuple, Optional, Sequence, Tuple

from octoprint_cli.client import Client
from octoprint_cli.client.job import Job
from octoprint_cli.client.state import Phase, phase_of
from octoprint_cli.client.stored import StoredFile
from octoprint_cli.errors import AuthError, CliError

FINISHED, CANCELLED, FAILED, UNFINISHED, LOST = "finished", "cancelled", "failed", "unfinished", "lost"
_CHANGE = re.compile(r'Changing monitoring state from "([^"]*)" to "([^"]*)"')
_FIRMWARE_ERROR = re.compile(r"(?:Recv: |<<< )(?:Error: ?|!! ?)(.*\S)")


class Ending(NamedTuple):
    """The end of a job. `outcome` is finished, cancelled, failed, unfinished (cancelled or failed: nothing says
    which), or lost (the server no longer knows it)."""

    outcome: str
    reason: Optional[str] = None  # in the server's or the firmware's words
    file: Optional[str] = None  # path on the server
    location: Optional[str] = None  # local or sdcard
    ended: Optional[float] = None  # seconds since 1970, UTC
    certain: bool = True  # whether the server says so, and nothing was concluded


def last_ending(client: Client, job: Job) -> Optional[Ending]:
    """How the last job ended, None while one is active, or if no file of the server was ever printed.

    `GET /api/files` (permission FILES_LIST), `GET /api/printer/error` (STATUS), and the push socket's history.
    Raises nothing: what may not be read is not known.
    """
    if job.phase.has_job or job.phase in (Phase.TRANSFERRING, Phase.UNKNOWN):
        return None
    last = _last_printed(client)
    if job.file and job.completion == 100:
        ended = last.history.last if last is not None and job.is_of(last.path, last.location) else None
        return Ending(FINISHED, None, job.file, job.location, ended)
    if last is None or (job.file and job.location == "sdcard"):  # which has no history; a select alone looks the same
        return None
    at = (last.path, last.location, last.history.last)
    if last.history.succeeded:
        return Ending(FINISHED, None, *at)
    outcome, reason, certain = _why(client, job, selected=job.is_of(last.path, last.location))
    return Ending(outcome, reason, *at, certain)


def _last_printed(client: Client) -> Optional[StoredFile]:
    try:
        printed = [file for file in client.files.list("local").files if file.history.last is not None]
    except CliError:
        return None
    return max(printed, key=lambda file: file.history.last or 0, default=None)


def _why(client: Client, job: Job, selected: bool) -> Tuple[str, Optional[str], bool]:
    """Outcome, reason, certainty of a job that did not finish."""
    error = job.error or _printer_error(client)
    lines = _terminal(client)
    outcome = outcome_in(lines)
    if outcome == CANCELLED and not error:
        return CANCELLED, None, True
    if outcome is not None:
        return FAILED, error or firmware_error_in(lines), True
    if error or job.phase is Phase.ERROR:
        return FAILED, error, False
    return (CANCELLED, None, False) if selected and job.phase is Phase.IDLE else (UNFINISHED, None, True)


def _printer_error(client: Client) -> Optional[str]:
    try:
        return client.printer.error()
    except CliError:
        return None


def _terminal(client: Client) -> List[str]:
    """The last lines of the server's terminal (permission MONITOR_TERMINAL); none where they cannot be had."""
    from octoprint_cli.client.push import Lost, recent_lines  # slow to import, and seldom needed

    try:
        return recent_lines(client.http)
    except (Lost, AuthError):
        return []


def outcome_in(lines: Sequence[str]) -> Optional[str]:
    """What the terminal's lines tell of the last job's end: finished, cancelled, failed; None if they do not reach back."""
    for before, after in reversed(list(_changes(lines))):
        if before.has_job and not after.has_job:
            ends = {Phase.CANCELLING: CANCELLED, Phase.FINISHING: FINISHED}
            return ends.get(before, FAILED) if after is Phase.IDLE else FAILED
    return None


def firmware_error_in(lines: Sequence[str]) -> Optional[str]:
    """The last error that the firmware has reported in these lines."""
    found = [match.group(1) for match in map(_FIRMWARE_ERROR.match, lines) if match]
    return found[-1] if found else None


def _changes(lines: Sequence[str]) -> Iterator[Tuple[Phase, Phase]]:
    for match in filter(None, map(_CHANGE.search, lines)):
        yield phase_of(match.group(1)), phase_of(match.group(2))

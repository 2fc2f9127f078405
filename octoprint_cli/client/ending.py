"""How a job ended, and how the last one did as far as the server's many places can tell.

None of them tells all: the job forgets a cancelled one's progress and everything after an error, a file's history
knows that its last print failed but not why, the terminal knows why but has 300 lines.
"""

from __future__ import annotations

import re
import time
from typing import Iterator, List, NamedTuple, Optional, Sequence, Tuple

from octoprint_cli.client.files import Files
from octoprint_cli.client.http import Http
from octoprint_cli.client.job import Job
from octoprint_cli.client.noun import members, texts
from octoprint_cli.client.state import Phase, phase_of
from octoprint_cli.client.stored import StoredFile
from octoprint_cli.errors import AuthError, CliError

FINISHED, CANCELLED, FAILED, UNFINISHED, LOST = "finished", "cancelled", "failed", "unfinished", "lost"
#: The history of the terminal comes with the login, or not at all.
_HISTORY_SECONDS = 3.0
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
    by_firmware: bool = False  # whether the firmware, or the server in its place, has given up; a lost connection is neither


def last_ending(http: Http, files: Files, job: Job) -> Optional[Ending]:
    """How the last job ended, None while one is active, or if no file of the server was ever printed.

    `GET /api/files` (permission FILES_LIST), `GET /api/printer/error` (STATUS), and the push socket's history.
    Raises nothing: what may not be read is not known.
    """
    if job.phase.has_job or job.phase in (Phase.TRANSFERRING, Phase.UNKNOWN):
        return None
    last = _last_printed(files)
    if job.file and job.completion == 100:
        ended = last.history.last if last is not None and job.is_of(last.path, last.location) else None
        return Ending(FINISHED, None, job.file, job.location, ended)
    if last is None or (job.file and job.location == "sdcard"):  # which has no history; a select alone looks the same
        return None
    at = (last.path, last.location, last.history.last)
    if last.history.succeeded:
        return Ending(FINISHED, None, *at)
    return _why(http, job, selected=job.is_of(last.path, last.location))._replace(
        file=last.path, location=last.location, ended=last.history.last
    )


def _last_printed(files: Files) -> Optional[StoredFile]:
    try:
        printed = [file for file in files.list("local").files if file.history.last is not None]
    except CliError:
        return None
    return max(printed, key=lambda file: file.history.last or 0, default=None)


def _why(http: Http, job: Job, selected: bool) -> Ending:
    """Outcome, reason, certainty of a job that did not finish."""
    reported, lines = _printer_error(http), _terminal(http)
    heard, outcome = firmware_error_in(of_last_job(lines)), outcome_in(lines)
    error = job.error or reported
    by_firmware = bool(reported or heard)
    if outcome == CANCELLED and not error:
        return Ending(CANCELLED)
    if outcome is not None:
        return Ending(FAILED, error or heard, by_firmware=by_firmware)
    if error or job.phase is Phase.ERROR:
        return Ending(FAILED, error, certain=False, by_firmware=by_firmware)
    return Ending(CANCELLED, certain=False) if selected and job.phase is Phase.IDLE else Ending(UNFINISHED)


def _printer_error(http: Http) -> Optional[str]:
    """The error that has ended the connection; None for a line that broke. 2.0 forgets it at once."""
    try:  # since 1.10
        said = members(http.get("/api/printer/error", needs="STATUS")).get("error")
    except CliError:
        return None
    return str(said) if said else None


def _terminal(http: Http) -> List[str]:
    """The last lines of the server's terminal, which come with the history (permission MONITOR_TERMINAL)."""
    from octoprint_cli.client.push import Lost, Socket, Wish  # slow to import, and seldom needed

    until = time.monotonic() + _HISTORY_SECONDS
    try:
        socket = Socket(http, Wish(lines=True, events=()))
    except (Lost, AuthError):
        return []
    try:
        while True:
            message = socket.receive(until)
            if message is None or message.kind == "history":
                return texts(members(message.body).get("logs")) if message else []
    except Lost:
        return []
    finally:
        socket.close()


def outcome_in(lines: Sequence[str]) -> Optional[str]:
    """What the terminal's lines tell of the last job's end: finished, cancelled, failed; None if they do not reach back."""
    for before, after in reversed(list(_changes(lines))):
        if before.has_job and not after.has_job:
            ends = {Phase.CANCELLING: CANCELLED, Phase.FINISHING: FINISHED}
            return ends.get(before, FAILED) if after is Phase.IDLE else FAILED
    return None


def of_last_job(lines: Sequence[str]) -> Sequence[str]:
    """The lines from the last job's beginning on; all, if they do not reach back so far."""
    for number in range(len(lines) - 1, -1, -1):
        if any(after.has_job and not before.has_job for before, after in _changes(lines[number : number + 1])):
            return lines[number:]
    return lines


def firmware_error_in(lines: Sequence[str]) -> Optional[str]:
    """The last error that the firmware has reported in these lines."""
    found = [match.group(1) for match in map(_FIRMWARE_ERROR.match, lines) if match]
    return found[-1] if found else None


def _changes(lines: Sequence[str]) -> Iterator[Tuple[Phase, Phase]]:
    for match in filter(None, map(_CHANGE.search, lines)):
        yield phase_of(match.group(1)), phase_of(match.group(2))

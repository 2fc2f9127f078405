"""Find out how the last job ended, from the places where the server keeps traces of it.

No single place is enough: the job resource forgets the progress of a cancelled job and everything after an error, a file's
history knows that its last print failed but not why, and the terminal log knows why but keeps only 300 lines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, List, Optional

from octoprint_cli.client.phase import Phase
from octoprint_cli.client.resources.job import Job
from octoprint_cli.client.resources.stored_file import StoredFile
from octoprint_cli.client.tracking.job_outcome import CANCELLED, FAILED, FINISHED, UNFINISHED, JobOutcome
from octoprint_cli.errors import AuthError, CliError

if TYPE_CHECKING:
    from octoprint_cli.client.client import Client


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
    from octoprint_cli.client.tracking import terminal_traces as traces  # slow to import, and seldom needed

    lines = traces.of_last_end(_terminal(client))
    outcome, complaint = traces.outcome_in(lines), traces.firmware_error_in(lines)
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

"""Find out how the last job ended, from the places where the server keeps traces of it.

No single place is enough: the job resource forgets the progress of a cancelled job and everything after an error, a file's
history knows that its last print failed but not why, and the terminal log knows why but keeps only 300 lines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Optional

from octoprint_cli.client.phase import Phase
from octoprint_cli.client.resources.job import Job
from octoprint_cli.client.resources.stored_file import StoredFile
from octoprint_cli.client.tracking.job_outcome import CANCELLED, FAILED, FINISHED, UNFINISHED, JobOutcome
from octoprint_cli.errors import AuthError, CliError

if TYPE_CHECKING:
    from octoprint_cli.client.client import Client
    from octoprint_cli.client.push.history import Recent

#: Seconds between the end of a job and the printer's last report, if a broken connection ended the job.
_TOGETHER_SECONDS = 10.0


class LastJob(NamedTuple):
    """How the last job ended, as far as the server knows: a deleted file, or one that was uploaded anew, leaves no trace.

    `ending` is the newest end on record, None if there is none, or while a job is active.
    """

    ending: Optional[JobOutcome] = None
    #: Whether no later job can have been forgotten: the server still shows that file, or its end is that of the connection.
    is_sure: bool = False
    #: Why it is not known how the last job ended, None if it is, or while one is active.
    unknown: Optional[str] = None


def last_ending(client: Client, job: Job) -> Optional[JobOutcome]:
    """Return how the last job ended, None while one is active, or if no file of the server was ever printed."""
    return find_last_job(client, job).ending


def find_last_job(client: Client, job: Job) -> LastJob:
    """Return how the last job ended.

    Calls `GET /api/files` (permission FILES_LIST), `GET /api/printer/error` (STATUS), and the push socket's history.
    Raises nothing: what may not be read is not known.
    """
    if job.phase.has_job or job.phase in (Phase.TRANSFERRING, Phase.UNKNOWN):
        return LastJob()
    done = bool(job.file) and job.completion == 100
    if job.file and job.location == "sdcard":  # which has no history; a select alone looks as a cancelled job does
        finished = JobOutcome(FINISHED, None, job.file, job.location) if done else None
        return LastJob(finished, done, None if done else "the server keeps no history of the files on the SD card")
    if done:
        return LastJob(JobOutcome(FINISHED, None, job.file, job.location, _ended(client, job)), True)
    try:
        last = _last_printed(client)
    except CliError as error:
        return LastJob(unknown=error.message)
    if last is None:
        return LastJob(unknown="no file on the server has a print on record")
    return _of_record(client, job, last)


def _of_record(client: Client, job: Job, last: StoredFile) -> LastJob:
    """Return the newest end on record, with what the server shows of how certain it is."""
    selected = job.is_of(last.path, last.location)
    if last.history.succeeded:  # a file that was just printed is shown at 100 %; this one was selected anew, or is not shown
        ending, sure = JobOutcome(FINISHED, certain=False), selected
    else:
        recent = recent_past(client)
        sure = selected or _with_the_connection(job, last, recent)
        ending = _why(client, job, selected, recent)
        ending = ending._replace(certain=ending.certain and sure and ending.outcome != UNFINISHED)
    return LastJob(ending._replace(file=last.path, location=last.location, ended=last.history.last), sure)


def _ended(client: Client, job: Job) -> Optional[float]:
    """Return when the shown file's last print ended."""
    history = client.files.history_of(job.file or "")
    return history.last if history is not None else None


def _last_printed(client: Client) -> Optional[StoredFile]:
    printed = [file for file in client.files.list("local").files if file.history.last is not None]
    return max(printed, key=lambda file: file.history.last or 0, default=None)


def _with_the_connection(job: Job, last: StoredFile, recent: Recent) -> bool:
    """Whether that print ended when the connection to the printer did, which deselects every file."""
    if job.phase.connected or recent.last_report is None or last.history.last is None:
        return False
    return abs(last.history.last - recent.last_report) <= _TOGETHER_SECONDS


def _why(client: Client, job: Job, selected: bool, recent: Recent) -> JobOutcome:
    """Return the outcome of a job that did not finish. `selected`: whether the server still shows it as its job."""
    from octoprint_cli.client.tracking import terminal_traces as traces  # slow to import, and seldom needed

    lines = traces.of_last_end(recent.lines)
    outcome, complaint = traces.outcome_in(lines), traces.firmware_error_in(lines)
    if outcome == CANCELLED and not complaint:
        return JobOutcome(CANCELLED)
    error = printer_error(client)  # which may be one of long ago
    by_firmware = bool(complaint or (error and job.error in (None, error)))
    reason = job.error or complaint or error
    if outcome in (CANCELLED, FAILED):  # else the lines are about another job, of the SD card's
        return JobOutcome(FAILED, reason, by_firmware=by_firmware)
    if reason or job.phase is Phase.ERROR:
        return JobOutcome(FAILED, reason, certain=False, by_firmware=by_firmware)
    return JobOutcome(CANCELLED, certain=False) if selected and job.phase is Phase.IDLE else JobOutcome(UNFINISHED)


def printer_error(client: Client) -> Optional[str]:
    """Return the firmware's last error; None if there was none, or if it cannot be read."""
    try:
        return client.printer.error()
    except CliError:
        return None


def recent_past(client: Client) -> Recent:
    """Return what the server still has of the last minutes (permission MONITOR_TERMINAL); nothing if it cannot be read."""
    from octoprint_cli.client.push.history import Recent, recent  # slow to import, and seldom needed
    from octoprint_cli.client.push.socket import SocketLost  # slow to import, and seldom needed

    try:
        return recent(client.http)
    except (SocketLost, AuthError):
        return Recent([])

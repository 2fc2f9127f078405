"""Track one job to its end and find its outcome, by the server's events, or by its other traces if events were missed.

Another client may end the job and start the next one of the same file at once, which looks alike: same name, same state. What
tells them apart is what the server counts: how often the file was printed, with and without success.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Callable, Dict, Optional, Tuple

from octoprint_cli.client.phase import Phase, phase_of
from octoprint_cli.client.push.updates import (
    Event,
    ServerReachability,
    SocketChange,
    StateUpdate,
    Update,
    UpdateContent,
)
from octoprint_cli.client.resources.job import Job
from octoprint_cli.client.resources.stored_file import History
from octoprint_cli.client.tracking.job_outcome import (
    CANCELLED,
    FAILED,
    FINISHED,
    LOST,
    RESET,
    STOPPED,
    UNFINISHED,
    JobOutcome,
)
from octoprint_cli.client.tracking.last_job import last_ending
from octoprint_cli.errors import CliError

if TYPE_CHECKING:
    from octoprint_cli.client.client import Client

#: The events that report a job's end, and those that report its cause.
EVENTS = tuple("PrintStarted PrintDone PrintFailed PrintCancelling PrinterStateChanged Error PrinterReset EStop".split())
#: Seconds after a new state in which the event of an end, and the file's history, arrive.
GRACE_SECONDS = 1.5
#: Seconds after an end event in which its cause may still arrive, by the reported outcome.
AMENDED_SECONDS = {CANCELLED: 0.3, FAILED: GRACE_SECONDS}
#: Events accepted as the cause: a firmware reset cancels the job; an emergency stop breaks the connection first.
_AMENDS = {CANCELLED: ("PrinterReset",), FAILED: ("PrinterReset", "EStop", "Error")}
#: How far in percent of the file, and how many seconds, a reading may lie behind the last one: polls overtake pushes.
OVERTAKEN_PERCENT, OVERTAKEN_SECONDS = 1.0, 2
#: Time limit in seconds for the requests of one look at the server; another look follows.
LOOK_SECONDS = 10.0
#: Texts that the server sends as the reason of an end when it knows none.
_NO_REASON = ("", "unknown", "None")


class JobTracker:
    """Follows `job` to its `ending`. `before` is the file's history from before the job, if known."""

    def __init__(self, client: Client, job: Job, before: Optional[History] = None) -> None:
        self._client, self.job = client, job
        self.ending: Optional[JobOutcome] = None
        #: The firmware's own error, its reset, or an emergency stop; not a connection that broke.
        self.firmware_error: Optional[str] = None
        self._before = before if before is not None else self._history()
        self._cancelling, self._was_away = job.phase is Phase.CANCELLING, False
        self._unclear_since: Optional[float] = None
        self._open_until: Optional[float] = None  # the end may still be amended
        self._silent = False  # the socket is open, and has said nothing yet: it may not have logged in
        self._gap = False  # events may have been missed since the job was last seen to be the same
        self._sure_at = time.monotonic()  # when it was seen so
        self._reported: Optional[Tuple[Optional[Dict[str, Any]]]] = None  # an end within the gap, and its failure
        self._recounted = False  # whether that end was held against the file's history before
        self._counted = False  # whether the file's history had one print more at the last check
        self._check_at: Optional[float] = None  # whether it is still the same job: another of the same file looks like it
        self._handlers: Dict[type, Callable[[Any], None]] = {
            Event: self._event,
            StateUpdate: lambda update: self._phase(phase_of(update.text)),
            Job: self._reading,
            ServerReachability: self._reachability,
            SocketChange: self._socket,
        }

    @property
    def due(self) -> Optional[float]:
        """When `conclude` must be called (monotonic clock), because the job may have ended and no event says how; or None."""
        if self.ending is not None:
            return self._open_until
        unclear = None if self._unclear_since is None else self._unclear_since + GRACE_SECONDS
        wanted = [when for when in (unclear, self._check_at) if when is not None]
        return min(wanted) if wanted else None

    @property
    def over(self) -> bool:
        """Whether the job has ended, and its outcome is final."""
        return self.ending is not None and self._open_until is None

    def process(self, update: Update) -> None:
        """Process an update. Sets `ending` if the update reports the end of the job."""
        content = update.content
        if self._silent and update.source == "push" and not isinstance(content, SocketChange):
            self._silent, self._check_at = False, time.monotonic()  # from now on nothing is missed
        if self.ending is not None:
            self._amend(content)
        elif type(content) in self._handlers:
            self._handlers[type(content)](content)

    def conclude(self) -> Optional[Job]:
        """Look at the server, and set `ending` if the job has ended; otherwise `due` is later, or None.

        Returns the job that the server shows, which is newer than any update, or None.
        """
        if self.ending is not None:
            self._open_until = None
            return None
        check, unclear = self._check_at is not None, self._unclear_since
        self._check_at = self._unclear_since = None
        try:
            with self._client.http.hurried(LOOK_SECONDS):
                if self._reported is not None and self._is_verified(*self._reported):
                    return None
                job = self._client.job.current()
                if check and not self.goes_on(job) and self._may_be_reported(unclear):
                    self._unclear_since = unclear or time.monotonic()
                else:
                    self._conclude_from(job, check)
                return job
        except CliError:  # the feed says when it is away for good
            self._unclear_since = time.monotonic()
            self._check_at = self._unclear_since + GRACE_SECONDS if check else None
        return None

    def _may_be_reported(self, unclear: Optional[float]) -> bool:
        """Whether the event of an end that a check has found may still come: it has had no time since `unclear`.

        After the server was away, none comes before the socket is connected again.
        """
        past = unclear is not None and time.monotonic() >= unclear + GRACE_SECONDS
        return self._reported is None and not past and (self._gap or not self._was_away)

    def _conclude_from(self, job: Job, check: bool) -> None:
        """Set `ending` if the server's job is not the followed one. `check`: it may be another one of the same file."""
        if self._reported is not None or not self.goes_on(job):
            self.ending = self.found(job)
        elif check:
            self._compare_counts(job)

    def _compare_counts(self, job: Job) -> None:
        """Set `ending` if the active job is a later one of the followed job's file: the file was printed once more since."""
        counts = self._counts()
        if counts is not None and max(counts) > 0:
            if self._counted:
                self.ending = self.found(job)
            else:  # the event that says how the followed job ended may still come, or came just after that look
                self._counted, self._check_at = True, time.monotonic() + GRACE_SECONDS
        elif not self._silent and (counts is not None or self._is_older_than_the_gap(job)):
            self._gap = False

    def _is_older_than_the_gap(self, job: Job) -> bool:
        """Whether the server's job began before the gap, by its print time, which stays after the end.

        Another one has printed for as long as the gap at most. That is all there is to go by on an SD card, whose files have no
        history, and without the permission to see it.
        """
        return job.print_time is not None and job.print_time > time.monotonic() - self._sure_at + OVERTAKEN_SECONDS

    def _is_verified(self, failure: Optional[Dict[str, Any]]) -> bool:
        """Hold an end that an event reported after a gap against the file's history. Sets `ending` if that has it and no other.

        Returns False if the history contradicts the event, so that the server's job must be looked at. The job is not
        needed before: it may be all that the server does not answer.
        """
        counts, expected = self._counts(), (1, 0) if failure is None else (0, 1)
        if counts is None or counts == expected:
            self._ended(failure, certain=counts is not None)
        elif sum(counts) < 2 and not self._recounted:  # the history may follow the event
            self._recounted, self._check_at = True, time.monotonic() + GRACE_SECONDS
        elif sum(counts) == 0:
            self._ended(failure, certain=False)
        else:
            return False
        return True

    def _reachability(self, change: ServerReachability) -> None:
        self._was_away = True
        self._check_at = time.monotonic() if change.reason is None else self._check_at

    def _socket(self, change: SocketChange) -> None:
        if change.up:  # events before the connection were missed; its first word makes a check due
            self._gap = self._silent = True

    # -- by events --------------------------------------------------------------------------------

    def _event(self, event: Event) -> None:
        kind, payload = event
        self._blame(kind, payload)
        if kind == "PrintStarted":
            self._check_at = time.monotonic() + GRACE_SECONDS  # another one perhaps, whatever came of ours
        elif kind in ("PrintDone", "PrintFailed") and self._is_ours(payload):
            failure = payload if kind == "PrintFailed" else None
            if self._gap:
                self._reported, self._check_at = self._reported or (failure,), time.monotonic()
            else:
                self._ended(failure)

    def _blame(self, kind: str, payload: Dict[str, Any]) -> None:
        """Record the cause that an event names: the firmware's error, its reset, or an emergency stop."""
        if kind == "Error":
            self.firmware_error = _reason(payload.get("error")) or "an error without a message"
        elif kind == "PrintCancelling":  # the only event of 1.11 for an error that just ends the job
            self.firmware_error = self.firmware_error or _reason(payload.get("firmwareError"))
        elif kind == "EStop":
            self.firmware_error = self.firmware_error or STOPPED
        elif kind == "PrinterReset":
            self.firmware_error = self.firmware_error or RESET

    def _ended(self, failure: Optional[Dict[str, Any]], certain: bool = True) -> None:
        if failure is None:
            self.ending = self._end(FINISHED, certain=certain)
        elif self.firmware_error is not None:
            self.ending = self._end(FAILED, self.firmware_error, certain)
        else:
            cancelled = failure.get("reason") == "cancelled"
            reason = None if cancelled else _reason(failure.get("error"))
            self.ending = self._end(CANCELLED if cancelled else FAILED, reason, certain)
            self._open_until = time.monotonic() + AMENDED_SECONDS[self.ending.outcome]

    def _amend(self, content: UpdateContent) -> None:
        """Amend the outcome if the cause of the end arrives after it."""
        ending = self.ending
        if ending and self._open_until is not None and isinstance(content, Event) and content.type in _AMENDS[ending.outcome]:
            self._blame(content.type, content.payload)
            self.ending, self._open_until = self._end(FAILED, self.firmware_error), None

    def _is_ours(self, payload: Dict[str, Any]) -> bool:
        path = payload.get("path")
        return not isinstance(path, str) or self.job.file is None or path.lstrip("/") == self.job.file

    def _phase(self, phase: Phase) -> None:
        """Process a new state; if it has no job, the event that says how the job ended comes a moment later."""
        self._cancelling = self._cancelling or phase is Phase.CANCELLING
        if not phase.has_job and phase is not Phase.UNKNOWN:
            self._unclear_since = self._unclear_since or time.monotonic()

    def _reading(self, job: Job) -> None:
        self._phase(job.phase)
        if not self.goes_on(job):
            self._unclear_since = self._unclear_since or time.monotonic()
            return
        self._unclear_since = None
        if not self._gap:
            self._sure_at = time.monotonic()
        if self._has_fallen_back(job):
            self._check_at = time.monotonic()
        if job.phase.has_job:  # an unknown state may belong to anything
            self.job = _with_all_known(job, self.job)

    def _has_fallen_back(self, job: Job) -> bool:
        """Whether the position is clearly before that of the last reading, as it is at the beginning of another job."""
        behind = (self.job.completion or 0) - (self.job.completion or 0 if job.completion is None else job.completion)
        younger = (self.job.print_time or 0) - (self.job.print_time or 0 if job.print_time is None else job.print_time)
        return behind > OVERTAKEN_PERCENT or younger > OVERTAKEN_SECONDS

    def goes_on(self, job: Job) -> bool:
        """Whether `job` may be a later reading of the followed job."""
        if job.phase is Phase.UNKNOWN:
            return True
        if not job.phase.has_job or (job.file is not None and not self._is_of(job)):
            return False
        if job.completion is None:  # a cancelled one has lost it already while it still winds down
            return True
        return job.completion >= (self.job.completion or 0) or (job.print_time or 0) + 2 >= (self.job.print_time or 0)

    def _more(self) -> Tuple[bool, bool]:
        """Whether the file's history has more successful prints than before, and whether it has more failed ones."""
        success, failure = self._counts() or (0, 0)
        return success > 0, failure > 0

    def _counts(self) -> Optional[Tuple[int, int]]:
        """Return how many prints of the file have succeeded and failed since before the job; None if that is not known."""
        before = self._before
        now = self._history() if before is not None else None
        if before is None or now is None or now.total < before.total:  # 1.11 forgets it when the file is uploaded anew
            return None
        return now.success - before.success, now.failure - before.failure

    def dated(self) -> Optional[JobOutcome]:
        """Return the ending with the server's own time of it, which `last_job` shows later, too."""
        now = self._history() if self.ending is not None else None
        if self.ending is None or now is None or self._before is None or now.total != self._before.total + 1 or now.last is None:
            return self.ending
        return self.ending._replace(ended=now.last)

    def _is_of(self, job: Job) -> bool:
        return self.job.file is None or job.is_of(self.job.file, self.job.location or "local")

    # -- by other traces --------------------------------------------------------------------------

    def found(self, job: Job) -> JobOutcome:
        """Find the outcome of a job whose end no event has reported."""
        counted, failed = self._more()
        finished = counted or (self._is_of(job) and job.completion == 100 and not job.phase.has_job)
        if finished and failed:
            return self._end(LOST, "the server has printed the file more than once in the meantime")
        if finished:  # without the history, the end may be that of a later job
            return self._end(FINISHED, certain=counted or self._before is not None or self._is_older_than_the_gap(job))
        if self.firmware_error:
            return self._end(FAILED, self.firmware_error)
        if failed:
            return self._not_finished(job)
        on_card = self.job.location != "local" and self._is_of(job) and job.file  # where there is no history
        if job.phase is Phase.IDLE and (self._cancelling or on_card):
            return self._end(CANCELLED, certain=self._cancelling)
        if not job.phase.connected and not self._was_away:
            return self._end(FAILED, job.error, certain=False)
        return self._end(
            LOST, "the server was unreachable in the meantime, and no longer has the job" if self._was_away else job.error
        )

    def _not_finished(self, job: Job) -> JobOutcome:
        last = last_ending(self._client, job)  # None while another job is active
        if last is not None and last.file == self.job.file and last.outcome != FINISHED:
            return last
        return self._end(UNFINISHED)

    def _history(self) -> Optional[History]:
        if self.job.file is None or self.job.location != "local":
            return None
        with self._client.http.hurried(LOOK_SECONDS):
            return self._client.files.history_of(self.job.file)

    def _end(self, outcome: str, reason: Optional[str] = None, certain: bool = True) -> JobOutcome:
        by_firmware = outcome == FAILED and self.firmware_error is not None
        certain = certain and outcome not in (UNFINISHED, LOST)
        return JobOutcome(outcome, reason, self.job.file, self.job.location, time.time(), certain, by_firmware)


def _with_all_known(job: Job, before: Job) -> Job:
    """Return the job with its unknown values filled in from an earlier reading."""
    return job._replace(**{name: known for name, known in before._asdict().items() if getattr(job, name) is None})


def _reason(value: Any) -> Optional[str]:
    """Return the server's reason without a trailing colon, None if it is no reason."""
    words = str(value).strip().rstrip(":").strip() if isinstance(value, str) else ""
    return None if words in _NO_REASON else words

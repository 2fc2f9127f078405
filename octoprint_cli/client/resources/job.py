"""The server's job: what is printing, its progress, and the commands to start, pause and cancel it."""

from __future__ import annotations

import time
from typing import Any, Callable, Dict, Mapping, NamedTuple, Optional

from octoprint_cli import errors
from octoprint_cli.client.cancelled_job import CancelledJob
from octoprint_cli.client.locations import location_name
from octoprint_cli.client.parsing import inner, mapping, number, text, whole
from octoprint_cli.client.phase import Phase, phase_of
from octoprint_cli.client.resource import Resource
from octoprint_cli.client.second_look import other_state, still_contradicted
from octoprint_cli.errors.foreign_words import in_one_sentence

_PATH = "/api/job"
#: OctoPrint lets a running command end before it pauses or cancels, and a heater's wait is a command.
SETTLE_SECONDS = 60.0
#: The first read after a start already says so on 1.11 and 2.0; a slow server gets some grace.
START_SECONDS = 15.0
#: Of two starts within milliseconds the servers accept both, and may show one of them first, and the other 30 ms later.
CERTAIN_SECONDS = 0.25
#: A file on the SD card is opened by the firmware first.
SELECT_SECONDS = 10.0
#: A serial line carries some kilobytes a second, so a transfer is timed by standing still, not in all.
STALL_SECONDS = 60.0
#: Longest wait for a transfer to be seen; a transfer that ends before that costs the whole wait.
TRANSFER_BEGINS_SECONDS = 3.0


class Job(NamedTuple):
    """A reading of `/api/job`. None is what the server does not know."""

    state: str  # the server's own word
    error: Optional[str]  # why it is offline after an error; 2.0 forgets it at once
    file: Optional[str]  # path on the server
    location: Optional[str]  # local or sdcard
    size: Optional[int]  # bytes
    completion: Optional[float]  # percent of the file read, 0 to 100
    print_time: Optional[int]  # seconds
    print_time_left: Optional[int]  # seconds
    estimated_print_time: Optional[int]  # seconds, from the server's analysis
    user: Optional[str]
    z: Optional[float] = None  # height of the nozzle in mm, by the file's moves; only the push socket has it

    @property
    def phase(self) -> Phase:
        """The phase that the state stands for."""
        return phase_of(self.state)

    @classmethod
    def from_json(cls, body: Any) -> Job:
        """Make the job from the answer of `GET /api/job`, with or without its many nulls."""
        answer = mapping(body, _PATH)
        job, progress = inner(answer, "job"), inner(answer, "progress")
        file = inner(job, "file")
        path, origin = text(file.get("path")) or text(file.get("name")), text(file.get("origin"))
        return cls(
            state=text(answer.get("state")) or "Unknown",
            error=text(answer.get("error")),
            file=path.lstrip("/") if path else None,
            location=location_name(origin) if origin else None,
            size=whole(file.get("size")),
            completion=_percent(progress.get("completion")),
            print_time=whole(progress.get("printTime")),
            print_time_left=whole(progress.get("printTimeLeft")),
            estimated_print_time=whole(job.get("estimatedPrintTime")),
            user=text(job.get("user")),
        )

    @classmethod
    def from_push(cls, body: Dict[str, Any]) -> Job:
        """Make the job from a message of the push socket, where the state is an object."""
        state = inner(body, "state")
        job = cls.from_json({**body, "state": state.get("text"), "error": state.get("error")})
        return job._replace(z=number(body.get("currentZ")))

    def of_event(self, payload: Mapping[str, Any]) -> Job:
        """Return the job that an event such as PrintStarted reports, at its beginning, with this job's state."""
        path = text(payload.get("path"))
        origin = text(payload.get("origin"))
        none: Dict[str, Any] = dict.fromkeys(("completion", "print_time", "print_time_left", "estimated_print_time"))
        file = path.lstrip("/") if path else None
        return self._replace(file=file, location=location_name(origin) if origin else None, size=whole(payload.get("size")), **none)

    def require_connected(self) -> Job:
        """Return this job if the printer is connected. Raises PrinterOffline or PrinterHalted, with the server's reason."""
        if self.phase.connected:
            return self
        details = {"state": self.state, "reason": self.error}
        if self._is_halted:
            raise self.halted(str(self.error))
        reason = f": {in_one_sentence(self.error)}" if self.error else ""
        message = f"the printer is not connected to OctoPrint ({self.state}{reason})"
        if self.phase is Phase.ERROR:  # 2.0 does not say here whether the firmware has halted
            raise errors.PrinterOffline(message, hint="octoprint-cli status", details=details, retryable=False)
        raise errors.PrinterOffline(message, hint="octoprint-cli connect", details=details)

    @property
    def _is_halted(self) -> bool:
        """Whether the error says that the firmware has halted; 2.0 gives no error here."""
        if self.phase is not Phase.ERROR or not self.error:
            return False
        from octoprint_cli.gcode.firmware.halts import is_halt  # slow to import, and seldom needed

        return is_halt(self.error)

    def halted(self, reason: str, **details: Any) -> errors.PrinterHalted:
        """Return the error for a firmware that has halted, with its own words and the state that the server shows."""
        known = {"state": self.state, "reason": reason, **details}
        return errors.PrinterHalted(f"the firmware has halted: {in_one_sentence(reason)} ({self.state})", details=known)

    def require_idle(self) -> Job:
        """Return this job if the printer could start one now. Raises PrinterOffline or PrinterBusy."""
        if self.require_connected().phase is Phase.IDLE:
            return self
        raise self.busy("the printer is busy")

    def require_active(self) -> Job:
        """Return this job unless the printer is idle; an unknown state may be a job. Raises PrinterOffline or NoActiveJob."""
        if self.require_connected().phase is not Phase.IDLE:
            return self
        raise errors.NoActiveJob(
            f"there is no job: the printer is {self.state}", hint="octoprint-cli status", details={"state": self.state}
        )

    def busy(self, why: str, hint: str = "octoprint-cli status") -> errors.PrinterBusy:
        """Return the error that says what the printer is busy with."""
        file = f" with {self.file}" if self.file and self.phase.has_job else ""
        return errors.PrinterBusy(
            f"{why}: {self.state}{file}",
            hint=hint,
            details={"state": self.state, "file": self.file},
            retryable=self.phase is not Phase.PAUSED,  # which a person must end
        )

    def is_of(self, path: str, location: str) -> bool:
        """Whether this is the job of that file on the server."""
        # PrusaLink and Moonraker name no storage.
        return self.location in (location, None) and self.file is not None and self.file.lstrip("/") == path.lstrip("/")


def _moved_on_from(before: Job) -> Callable[[Job], bool]:
    """Return a condition: the transfer is over, or further than in `before`."""
    return lambda job: job.phase is not Phase.TRANSFERRING or job.completion != before.completion


def _percent(value: Any) -> Optional[float]:
    found = number(value)  # an empty file makes 1.11 say -100
    return found if found is not None and 0 <= found <= 100 else None


class Jobs(Resource):
    """The one job that the server can have."""

    def current(self) -> Job:
        """Return the job by `GET /api/job` (permission STATUS), which also answers when no printer is connected."""
        return Job.from_json(self._http.get(_PATH, needs="STATUS", fresh=True))

    def glance(self) -> Optional[Job]:
        """Return the job if the server answers at once, else None."""
        return self.glance_at(self.current)

    def is_contradicted(self, job: Job) -> bool:
        """Whether `GET /api/connection` (STATUS) says another state than `job`, which may then be an old answer of a cache."""
        return not self._http.rehearsing and other_state(self._http, job) is not None

    def cancel(self, seconds: float = SETTLE_SECONDS) -> Job:
        """Cancel the job by `POST /api/job` cancel (PRINT), then wait until it has stopped.

        Nothing is read before that. Returns the cancelled job with the printer's state now, which may be that of another
        client's next job. Raises NoActiveJob, PrinterOffline, and StillCancelling after `seconds`.
        """
        cancelled = CancelledJob()
        try:
            self._post(command="cancel")
        except (errors.NoActiveJob, errors.PrinterOffline) as refused:
            self._require_cancelling(refused)
        if self._http.rehearsing:
            return self.current().require_active()

        def still_going(job: Job) -> errors.CliError:
            return still_contradicted(self._http, job) or errors.StillCancelling(
                f"{self.last_outcome}, but the printer is still {job.state} after {self.grace(seconds):g} s",
                hint="octoprint-cli status  # for an emergency stop: octoprint-cli gcode M112",
                details={"state": job.state, "file": job.file},
            )

        def over(job: Job) -> bool:
            # The first answer after a cancel is seldom the last state, but may well be that from before the job.
            return cancelled.is_over(job) and (cancelled.was_seen or not self.is_contradicted(job))

        job = self.poll_until(self.current, over, seconds, still_going)
        return cancelled.with_state_of(job)

    def _require_cancelling(self, refused: errors.CliError) -> None:
        """Raise the refusal of a cancel, with what the server shows, unless the job is being cancelled nevertheless."""
        job = self.glance()
        if job is None or job.require_active().phase is not Phase.CANCELLING:
            raise refused

    def pause(self, seconds: float = SETTLE_SECONDS) -> Job:
        """Pause the job by `POST /api/job` pause (PRINT), then wait until it is paused. Raises what `resume` raises."""
        self._post(command="pause", action="pause")
        return self._reach("Paused", lambda job: job.phase is Phase.PAUSED, seconds)

    def resume(self, seconds: float = SETTLE_SECONDS) -> Job:
        """Resume the job by `POST /api/job` resume (PRINT), then wait until it prints.

        Raises NoActiveJob, PrinterOffline, and StateNotReached after `seconds`.
        """
        # Always the explicit action: on 2.0 a toggle only pauses, and says 204.
        self._post(command="pause", action="resume")
        return self._reach("Printing", lambda job: job.phase in (Phase.PRINTING, Phase.FINISHING) or job.completion == 100, seconds)

    def confirm_selected(self, path: str, location: str, seconds: float = SELECT_SECONDS) -> Job:
        """Wait until the server shows that file as selected, with nothing of it printed. Raises NotStarted."""

        def fresh(job: Job) -> bool:
            return job.is_of(path, location) and not job.completion

        def not_selected(job: Job) -> errors.CliError:
            shown = f"the server's job shows {job.file or 'no file'}; nothing was started"
            return still_contradicted(self._http, job) or errors.NotStarted(
                f"the selection of {path}: {self.last_outcome}, but {shown}",
                hint="octoprint-cli disconnect && octoprint-cli connect",  # 2.0.0rc7 selects on the SD card only once
                details={"state": job.state, "file": job.file},
            )

        return self.poll_until(self.current, fresh, seconds, not_selected)

    def start(self) -> None:
        """Start the selected file by `POST /api/job` start (PRINT); a 204 proves nothing, so call `confirm_started` next."""
        self._post(command="start")

    def confirm_started(
        self,
        path: str,
        location: str,
        ended: Callable[[], bool] = lambda: True,
        over: Callable[[], bool] = lambda: False,
        seconds: float = START_SECONDS,
    ) -> Job:
        """Wait until the server's job shows that very file printing, or printed already.

        A 204 to a start proves nothing, and an end of 100 % may be that of an earlier print: `ended` says
        whether it is not. A moment later it must not be another file's, unless the job is `over`: another client may end it, and
        start the next one, at once. Raises NotStarted with what the server shows instead.
        """

        def started(job: Job) -> bool:
            if not job.is_of(path, location):
                return over()
            # 2.0.0rc7 keeps the state Starting for some jobs that print: two of its threads report the state.
            moves = job.phase is not Phase.STARTING or 0 < (job.completion or 0) < 100
            under_way = job.phase.has_job and moves
            return under_way or (job.completion == 100 and ended()) or (job.phase.at_rest and over())

        def not_started(job: Job) -> errors.CliError:
            return still_contradicted(self._http, job) or errors.NotStarted(
                f"the start of {path}: {self.last_outcome}, but the server's job shows {job.file or 'no file'} and {job.state}",
                hint="octoprint-cli status",
                details={"state": job.state, "file": job.file, "error": job.error},
            )

        def stayed(now: Job) -> bool:
            return now.file is None or now.is_of(path, location) or over()

        job = self.poll_until(self.current, started, seconds, not_started)
        if not self._http.rehearsing:
            time.sleep(CERTAIN_SECONDS)
            self.poll_until(self.current, stayed, CERTAIN_SECONDS, not_started)
        return job

    def wait_for_transfer(self, stall: float = STALL_SECONDS) -> Job:
        """Wait until a file that was uploaded to the SD card has gone over the serial line.

        Raises StateNotReached when nothing has moved for `stall` seconds.
        """
        # The answer to the upload comes before the transfer begins.
        self.poll(self.current, lambda job: job.phase is Phase.TRANSFERRING, TRANSFER_BEGINS_SECONDS)
        job, moved = self.current(), True
        while job.phase is Phase.TRANSFERRING and moved:
            job, moved = self.poll(self.current, _moved_on_from(job), stall)
        if not moved:
            raise errors.StateNotReached(
                f"the transfer to the SD card has been stuck at {job.completion or 0:.0f} % for {stall:g} s",
                hint="octoprint-cli status",
                details={"state": job.state, "completion": job.completion},
            )
        return job

    def _reach(self, wanted: str, done: Callable[[Job], bool], seconds: float) -> Job:
        def ended(job: Job) -> bool:
            return done(job) or (job.phase.at_rest and not self.is_contradicted(job))

        job, in_time = self.poll(self.current, ended, seconds)
        if self._http.rehearsing or (in_time and done(job)):
            return job
        raise still_contradicted(self._http, job) or errors.StateNotReached(
            f"{self.last_outcome}, but the printer is {job.state} instead of {wanted}"
            + ("" if in_time else f" after {self.grace(seconds):g} s"),
            hint="octoprint-cli status",
            details={"state": job.state, "file": job.file, "wanted": wanted},
        )

    def _post(self, **body: str) -> None:
        self.act(_PATH, body, needs="PRINT")

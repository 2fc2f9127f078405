"""Translate the outcome of a job, or an unwanted state of the printer, into the error that ends a wait."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Dict, Optional, Sequence

from octoprint_cli import errors
from octoprint_cli.client.phase import Phase
from octoprint_cli.client.resources.job import Job
from octoprint_cli.client.tracking.job_outcome import (
    CANCELLED,
    FINISHED,
    LOST,
    JobOutcome,
)
from octoprint_cli.errors.foreign_words import in_one_sentence
from octoprint_cli.gcode.firmware.halts import is_halt

if TYPE_CHECKING:
    from octoprint_cli.client.tracking.last_job import LastJob
    from octoprint_cli.client.tracking.snapshot import PrinterSnapshot

#: Seconds of silence after which the state is said to be old: during a job the server reports every half second.
OLD_SECONDS = 6.0
_HEATERS = "octoprint-cli status  # is anything still hot? octoprint-cli temp --off"
#: Where the printer is not connected, nothing can be switched off from here.
_LOOK = "octoprint-cli status  # nothing can be switched off while the printer is offline: have a person look at it"


def of_ending(ending: JobOutcome, job: Job) -> Optional[errors.CliError]:
    """Return the error for a job that did not finish, None for one that did.

    If the printer did not give up by itself and is offline now, the lost connection was the reason.
    """
    file = ending.file or "the job"
    details = _details(job, file=ending.file, outcome=ending.outcome, reason=ending.reason)
    reason = f": {in_one_sentence(ending.reason)}" if ending.reason else ""
    hint = _HEATERS if job.phase.connected else _LOOK
    if ending.outcome == FINISHED:
        return None
    if ending.outcome == CANCELLED:
        return errors.JobCancelled(f"{file} was cancelled", hint=hint, details=details)
    if ending.outcome == LOST:
        return errors.JobLost(f"the server does not know what became of {file}{reason}", hint=hint, details=details)
    if not job.phase.connected and not ending.by_firmware:
        message = f"the connection to the printer was lost while it printed {file}{reason}"
        return errors.PrinterOffline(message, hint="octoprint-cli connect", details=details, retryable=False)
    how = "failed" if ending.outcome == "failed" else "did not finish (cancelled, or failed)"
    return errors.JobFailed(f"{file} {how}{reason}", hint=hint, details=details)


def of_snapshot(known: PrinterSnapshot, fails: Any, halt_reason: Callable[[Job], Optional[str]]) -> Optional[errors.CliError]:
    """Return the error for a printer in a state that ends the wait, None for any other state.

    `halt_reason` looks up why the firmware has halted, if it has.
    """
    job, phase = known.job, known.phase
    reason = known.firmware_error or job.error
    why = f": {in_one_sentence(reason)}" if reason else ""
    if phase is Phase.ERROR and fails & {"error", "offline"}:
        halt = reason if reason and is_halt(reason) else halt_reason(job)
        if halt:
            return job.halted(halt, error=job.error)
        return errors.PrinterOffline(f"the printer is offline after an error{why}", details=_details(job))
    if phase is Phase.OFFLINE and "offline" in fails:
        return errors.PrinterOffline(f"the printer is not connected to OctoPrint{why}", details=_details(job))
    if phase is Phase.PAUSED and "paused" in fails:
        hint = "octoprint-cli resume  # or: octoprint-cli cancel --confirm"
        return errors.JobPaused(f"{job.file or 'the job'} is paused", hint=hint, details=_details(job, file=job.file))
    return None


def too_late(
    known: Optional[PrinterSnapshot], goals: Sequence[str], seconds: float, silence: Optional[float]
) -> errors.WaitTimeout:
    """Return the error for a wait whose time is over. `silence` is how long the server has not been heard, in seconds."""
    state = known.job.state if known else "unknown"
    talks = known is not None and (known.phase.has_job or known.unreachable is not None)  # an idle printer may be silent
    old = f" (last heard {silence:.0f} s ago)" if talks and silence is not None and silence >= OLD_SECONDS else ""
    return errors.WaitTimeout(
        f"after {seconds:g} s the printer is {state}{old}, and not {' or '.join(goals)}",
        details={"wanted": list(goals), "state": state},
        retryable=known is None or known.phase is not Phase.PAUSED,  # which a person must end
    )


def nothing_to_wait_for(job: Job, last: LastJob) -> errors.NoActiveJob:
    """Return the error for a wait without a job, which says what is known of the last one."""
    ended = last.ending
    why = last.unknown or "the server reports no earlier one"
    if ended is not None:
        why = f"the last print on record is of {ended.file}, which is not the file that the server shows"
    last_job = {"file": ended.file, "outcome": ended.outcome} if ended else None
    return errors.NoActiveJob(f"there is no job to wait for; {why}", details={"state": job.state, "last_job": last_job})


def _details(job: Job, **more: Any) -> Dict[str, Any]:
    return {"state": job.state, "error": job.error, **more}

"""Translate the outcome of a job, or an unwanted state of the printer, into the error that ends a wait."""

from __future__ import annotations

from typing import Any, Dict, Optional

from octoprint_cli import errors
from octoprint_cli.client.phase import Phase
from octoprint_cli.client.resources.job import Job
from octoprint_cli.client.tracking.job_outcome import (
    CANCELLED,
    FINISHED,
    LOST,
    JobOutcome,
)

_HEATERS = "octoprint-cli status (is anything still hot? octoprint-cli temp --off)"


def of_ending(ending: JobOutcome, job: Job) -> Optional[errors.CliError]:
    """Return the error for a job that did not finish, None for one that did.

    If the printer did not give up by itself and is offline now, the lost connection was the reason.
    """
    file = ending.file or "the job"
    details = _details(job, file=ending.file, outcome=ending.outcome, reason=ending.reason)
    reason = f": {ending.reason}" if ending.reason else ""
    if ending.outcome == FINISHED:
        return None
    if ending.outcome == CANCELLED:
        return errors.JobCancelled(f"{file} was cancelled", hint=_HEATERS, details=details)
    if ending.outcome == LOST:
        return errors.JobLost(f"the server does not know what became of {file}{reason}", hint=_HEATERS, details=details)
    if not job.phase.connected and not ending.by_firmware:
        message = f"the connection to the printer was lost while it printed {file}{reason}"
        return errors.PrinterOffline(message, hint="octoprint-cli connect", details=details, retryable=False)
    how = "failed" if ending.outcome == "failed" else "did not finish (cancelled, or failed)"
    return errors.JobFailed(f"{file} {how}{reason}", hint=_HEATERS, details=details)


def of_phase(job: Job, phase: Phase, fails: Any) -> Optional[errors.CliError]:
    """Return the error for a printer in a state that ends the wait, None for any other state."""
    reason = f": {job.error}" if job.error else ""
    if phase is Phase.ERROR and fails & {"error", "offline"}:
        return errors.PrinterOffline(f"the printer is offline after an error{reason}", details=_details(job))
    if phase is Phase.OFFLINE and "offline" in fails:
        return errors.PrinterOffline(f"the printer is not connected to OctoPrint{reason}", details=_details(job))
    if phase is Phase.PAUSED and "paused" in fails:
        hint = "octoprint-cli resume (or: octoprint-cli cancel --confirm)"
        return errors.JobPaused(f"{job.file or 'the job'} is paused", hint=hint, details=_details(job, file=job.file))
    return None


def _details(job: Job, **more: Any) -> Dict[str, Any]:
    return {"state": job.state, "error": job.error, **more}

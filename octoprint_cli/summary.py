"""What every command shows that tells how the printer is: `status`, `wait`, `print --wait`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, Mapping, Optional

from octoprint_cli.columns import Bytes, Duration, Flags, Heater, Percent, Said, Time

if TYPE_CHECKING:
    from octoprint_cli.client.ending import Ending
    from octoprint_cli.client.job import Job
    from octoprint_cli.client.printer import PrinterState, Temperature

_WORDS = {
    "finished": "finished",
    "cancelled": "was cancelled",
    "failed": "failed",
    "unfinished": "did not finish (cancelled, or failed)",
    "lost": "was lost",
}


def summary(job: Job, printer: Optional[PrinterState], ending: Optional[Ending]) -> Dict[str, Any]:
    """State, temperatures and job, and how the last job ended. What the server does not know is null."""
    return {
        "state": job.state,
        "phase": job.phase.value,
        "temperature": temperatures(printer.temperatures if printer else {}),
        "job": {
            "file": job.file,
            "location": job.location,
            "size": Bytes(job.size),
            "completion": Percent(job.completion),
            "print_time": Duration(job.print_time),
            "print_time_left": Duration(job.print_time_left),
            "estimated_print_time": Duration(job.estimated_print_time),
            "user": job.user,
        },
        "last_job": last_job(ending),
        "error": job.error or (printer.error if printer else None),
        "flags": Flags(printer.flags if printer else {}),
    }


def temperatures(heaters: Mapping[str, Temperature]) -> Dict[str, Heater]:
    """The heaters as columns; of an unknown printer its first hotend, unknown."""
    return {heater: Heater(*reading) for heater, reading in heaters.items()} or {"tool0": Heater(None, None)}


def last_job(ending: Optional[Ending]) -> Any:
    """How the last job ended, with the words for a person; None if there is nothing to tell."""
    if ending is None:
        return None
    told = {
        "outcome": ending.outcome,
        "reason": ending.reason,
        "file": ending.file,
        "location": ending.location,
        "ended": Time(ending.ended).machine_readable(),
        "certain": ending.certain,
    }
    return Said(told, in_words(ending))


def in_words(ending: Ending) -> str:
    """`cube.gcode was cancelled`: the end of a job as a clause."""
    doubt = "" if ending.certain else ", most likely"
    reason = f": {ending.reason}" if ending.reason else ""
    return f"{ending.file or 'the job'} {_WORDS[ending.outcome]}{doubt}{reason}"

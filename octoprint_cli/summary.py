"""What every command shows that tells how the printer is: `status`, `wait`, `print --wait`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, Mapping, NamedTuple, Optional

from octoprint_cli.columns import Bytes, Duration, Flags, Heater, Percent, Said, Time

if TYPE_CHECKING:
    from octoprint_cli.client.job import Job
    from octoprint_cli.client.plugins import Prompt
    from octoprint_cli.client.printer import PrinterState, Temperature
    from octoprint_cli.watching.ending import Ending

_WORDS = {
    "finished": "finished",
    "cancelled": "was cancelled",
    "failed": "failed",
    "unfinished": "did not finish (cancelled, or failed)",
    "lost": "was lost",
}


class Known(NamedTuple):
    """What is known of the printer: its job, itself if it is connected, how the last job ended, what it asks a person."""

    job: Job
    printer: Optional[PrinterState] = None
    ending: Optional[Ending] = None
    prompt: Optional[Prompt] = None


def summary(known: Known) -> Dict[str, Any]:
    """State, temperatures and job, and how the last job ended. What the server does not know is null."""
    job, printer = known.job, known.printer
    return {
        "state": job.state,
        "phase": job.phase.value,
        "temperature": heaters(printer.temperatures if printer else {}) or {"tool0": Heater(None, None)},
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
        "last_job": last_job(known.ending),
        "prompt": Said(known.prompt._asdict(), known.prompt.text) if known.prompt else None,
        "error": job.error or (printer.error if printer else None),
        "flags": Flags(printer.flags if printer else {}),
    }


def heaters(readings: Mapping[str, Temperature]) -> Dict[str, Heater]:
    """The heaters as columns."""
    return {heater: Heater(reading.actual, reading.target) for heater, reading in readings.items()}


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

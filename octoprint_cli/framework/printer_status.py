"""The printer's status as the results of `status`, `wait` and `print --wait` contain it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, Mapping

from octoprint_cli.client.phase import Phase
from octoprint_cli.framework.fields import (
    Field,
    flags,
    heater,
    listed,
    mapping,
    one_of,
    percent,
    record,
    size,
    span,
    switch,
    text,
    time,
)

if TYPE_CHECKING:
    from octoprint_cli.client.resources.printer import Temperature
    from octoprint_cli.client.tracking.snapshot import PrinterSnapshot

_WORDS = {
    "finished": "finished",
    "cancelled": "was cancelled",
    "failed": "failed",
    "unfinished": "did not finish (cancelled, or failed)",
    "lost": "was lost",
}


def _in_words(ended: Mapping[str, Any]) -> str:
    """Format the outcome of a job: `cube.gcode was cancelled`."""
    doubt = "" if ended["certain"] or ended["outcome"] in ("unfinished", "lost") else ", most likely"
    reason = f": {ended['reason']}" if ended["reason"] else ""
    return f"{ended['file'] or 'the job'} {_WORDS[ended['outcome']]}{doubt}{reason}"


def _user(name: str) -> str:
    return "the global API key" if name == "_api" else name


HEATERS = mapping(heater(), "by tool0, tool1, bed, chamber: those that the printer has")
#: The template of the heaters' temperatures, labelled lines.
HEATER_LINES = {"{for temperature}{key:heater}": ("{value}", "unknown")}
JOB = record(
    "what is selected or printing",
    file=text("path on the server").or_null,
    location=one_of("local", "sdcard").or_null,
    size=size("of the file").or_null,
    completion=percent("of the file, by position").or_null,
    print_time=span("spent").or_null,
    print_time_left=span("left, as the server estimates; it goes on counting while the printer heats up or stands still").or_null,
    estimated_print_time=span("of the whole, from the server's analysis").or_null,
    user=text("who started it; _api stands for the server's global key").displayed_as(_user).or_null,
)
LAST_JOB = (
    record(
        "how the last job ended; null while one is active, or if that is not known: see unknown",
        outcome=one_of(*_WORDS),
        reason=text("the server's or the firmware's words").or_null,
        file=text("path on the server").or_null,
        location=one_of("local", "sdcard").or_null,
        ended=time("when").or_null,
        certain=switch("false where it was concluded, or a later job may have left no trace on the server"),
    )
    .displayed_as(_in_words)
    .or_null
)
SUMMARY = record(
    state=text("the server's own word"),
    phase=one_of(*(phase.value for phase in Phase), meaning="what that means"),
    temperature=HEATERS,
    job=JOB,
    last_job=LAST_JOB,
    prompt=record("what the firmware asks its user", text=text(), choices=listed(text()))
    .displayed_as(lambda asked: str(asked["text"]))
    .or_null,
    error=text("of the printer or its connection").or_null,
    flags=flags("the server's flags of the printer's state"),
    unknown=mapping(text("why"), "what is null here because it is not known: last_job, temperature"),
)
#: The template of a job that is known to have been printed to its end.
PRINTED = (
    "{last_job.outcome=finished}{last_job.certain?}<green>{last_job.file|The job} printed</>[ in {job.print_time}]."
    "[ {temperature:hot}.]"
)
#: The phases of a job that is under way, as a condition of a template.
_ACTIVE = "starting,printing,pausing,paused,resuming,cancelling,finishing"
#: When the last job ended: in brackets behind a doubt or a reason, which it would seem to belong to.
_ENDED = (
    "[ at {last_job.ended:clock}{last_job.certain?}{!last_job.reason}]"
    "[ (at {last_job.ended:clock}){last_job.certain=false}{!last_job.reason}][ (at {last_job.ended:clock}){last_job.reason?}]"
)
#: The template of a status.
STATUS_TEMPLATE = {
    "State": (
        "{phase=error,offline}<red>{state}</>",
        "{phase=paused,pausing,cancelling,connecting,unknown}<yellow>{state}</>",
        "{phase=printing,starting,finishing,resuming,transferring}<green>{state}</>",
        "{state}",
    ),
    "Error": "<red>{error}</>",
    "Prompt": "<yellow>{prompt.text}</>[ (choices: {prompt.choices})]",
    "File": f"{{phase={_ACTIVE}}}{{job.file}}[ on the SD card{{job.location=sdcard}}][ ({{job.size}})][, started by {{job.user}}]",
    "Selected": f"{{phase!={_ACTIVE}}}{{job.file}}[ on the SD card{{job.location=sdcard}}][ ({{job.size}})]",
    "Progress": f"{{phase={_ACTIVE}}}{{job.completion:bar}} {{job.completion}}[, {{job.print_time}} so far]",
    "Time left": f"{{phase={_ACTIVE}}}{{job.print_time_left}}[, until about {{job.print_time_left:clock}}{{phase=printing}}]",
    "{for temperature}{key:heater}": ("{value}", "unknown: {unknown.temperature}", "unknown"),
    "Last job": (
        f"{{last_job.outcome=finished}}{{last_job}}{_ENDED}",
        f"<yellow>{{last_job}}</>{_ENDED}",
        "unknown: {unknown.last_job}",
    ),
}


def summary(known: PrinterSnapshot) -> Dict[str, Any]:
    """Return state, temperatures, job and the last job's outcome, as SUMMARY declares. Unknown values are null."""
    job, printer = known.job, known.printer
    temperatures = known.heaters or (printer.temperatures if printer else {})
    return {
        "state": job.state,
        "phase": job.phase.value,
        "temperature": heaters(temperatures) or _no_heaters(),
        "job": _declared(JOB, job),
        "last_job": _declared(LAST_JOB, known.ending) if known.ending else None,
        "prompt": known.prompt._asdict() if known.prompt else None,
        "error": job.error or (printer.error if printer else None) or known.firmware_error,
        "flags": printer.flags if printer else {},
        "unknown": dict(known.unknown),
    }


def unknown_summary(why: str) -> Dict[str, Any]:
    """Return the fields of `summary` for a printer of which nothing is known: each is null, or empty, and `unknown` says why."""
    nothing: Dict[str, Any] = dict.fromkeys(SUMMARY.schema["properties"])
    job = dict.fromkeys(JOB.schema["properties"])
    unknown = dict.fromkeys(("state", "phase", "temperature", "job", "last_job"), why)
    return {**nothing, "temperature": _no_heaters(), "job": job, "flags": {}, "unknown": unknown}


def _no_heaters() -> Dict[str, Any]:
    return {"tool0": {"actual": None, "target": None}}


def _declared(declaration: Field, found: object) -> Dict[str, Any]:
    """Return the attributes of an object that the declaration names."""
    return {name: getattr(found, name) for name in declaration.schema["properties"]}


def heaters(readings: Mapping[str, Temperature]) -> Dict[str, Any]:
    """Return the temperatures of the heaters, as HEATERS declares."""
    return {heater: reading.as_dict() for heater, reading in readings.items()}

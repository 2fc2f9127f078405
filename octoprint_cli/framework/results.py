"""Result schemas, error-code sets and effect names that several commands share; and templates of the text format."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, Mapping, Sequence

from octoprint_cli.framework.fields import (
    Field,
    anything,
    listed,
    mapping,
    merged,
    one_of,
    record,
    size,
    switch,
    text,
    time,
    with_others,
)

if TYPE_CHECKING:
    from octoprint_cli.client.resources.uploads import UploadResult

#: The effects that a command can declare. `asks` sends G-code that only asks the firmware something, such as M115.
EFFECTS = ("reads", "asks", "heats", "moves", "starts", "stops", "writes", "deletes", "powers")
#: The effects that change nothing.
HARMLESS = frozenset({"reads", "asks"})
#: Types of the lines that `watch` prints. The server's own events, such as PrintDone, can be named beside them.
UPDATE_TYPES = ("state", "progress", "temperature", "event", "notification", "connection", "terminal")
#: The ways in which an upload is verified.
VERIFIED = ("sha1", "download", "size", "none")
#: The file that an upload has replaced.
REPLACED = record(
    "the other file that was at that path before; missing if there was none that the key may see",
    size=size("of it").or_null,
    date=time("when it was uploaded").or_null,
    hash=text("SHA-1, as the server says").or_null,
)
#: A command line that a command's help shows.
EXAMPLE = record(line=text("as it is typed"), meaning=text("what it does"))
#: The clauses of a template that say how an upload is verified.
VERIFIED_CLAUSES = (
    "[, verified by SHA-1{verified=sha1}][, verified by reading it back{verified=download}]"
    "[, only its size verified{verified=size}][, not verified{verified=none}]"
)

#: The clause of a template that says what an upload has replaced.
REPLACED_CLAUSE = "[ It replaced another file[ ({replaced.size}[, uploaded {replaced.date:day}])].{replaced?}]"
#: The lines of a template that say which checks of the pre-flight were overridden, or that there was none.
OVERRIDDEN = (
    "<yellow>Overridden checks</>: {preflight.ignored:list}.",
    "{for preflight.exemptions}<yellow>Allowed by the configuration</>: {id}, by {setting}[ of {origin}].",
    "{preflight=null}<yellow>No pre-flight check was made</>.",
)


def replaced(sent: UploadResult) -> Dict[str, Any]:
    """Return the member of a result that says what an upload has replaced; no member if it replaced nothing."""
    before = sent.replaced
    return {} if before is None else {"replaced": {"size": before.size, "date": before.date, "hash": before.hash}}


def lines(*parts: Any) -> Sequence[Any]:
    """Return a template of several lines, of which all that can be filled are shown."""
    return list(parts)


def labelled(parts: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a template of labelled lines, or the columns of a list: labels or headings, each with a template."""
    return parts


def _in_words(verdict: Mapping[str, Any]) -> str:
    """Format the summary of a passed pre-flight: `ready; warnings: nozzle`."""
    ids = {"warnings": [warning["id"] for warning in verdict["warnings"]], "ignored": verdict["ignored"]}
    ids["allowed by the configuration"] = [exempt["setting"] for exempt in verdict["exemptions"]]
    return "; ".join(["ready", *(f"{what}: {', '.join(found)}" for what, found in ids.items() if found)])


def _joined(words: Sequence[str]) -> str:
    return ", ".join(words) or "-"


CHECK = record(
    id=text("which check"),
    status=one_of("pass", "fail", "skip"),
    severity=one_of("block", "warn", "info"),
    message=text(),
    evidence=anything("the values behind the message, in mm, °C, seconds and bytes: an object, or null"),
    ignored=switch("it failed, and the caller or the configuration has overridden it"),
)
_SKIPPED_CHECK = record(id=text("which check"), reason=text())
_WARNING = record(id=text("which check"), message=text(), hint=text("what a person can do about it").optional)
_EXEMPTION = record(
    id=text("which check"),
    setting=text("ignore, or checks.CHECK_ID.OPTION"),
    value=anything("the setting's value"),
    origin=text("where it comes from"),
)
_VERDICT: Dict[str, Field] = {
    "ready": switch("nothing blocks the print, as far as the checks in `checked` can tell"),
    "strict": switch("warnings block it, too"),
    "ignored": listed(text(), "the checks that failed and are overridden"),
    "exemptions": listed(_EXEMPTION, "settings of the configuration without which a check would have failed").displayed_as(
        lambda exemptions: _joined([f"{exempt['id']} by {exempt['setting']}" for exempt in exemptions])
    ),
    "checked": listed(text(), "the checks that were made: what `ready` rests on").displayed_as(lambda ids: f"{len(ids)} checks"),
    "skipped": listed(
        _SKIPPED_CHECK, "the checks that were not made; one that applies and might block the print is a warning, too"
    ).displayed_as(lambda skipped: _joined([check["id"] for check in skipped])),
    "warnings": listed(_WARNING).displayed_as(lambda warnings: _joined([warning["id"] for warning in warnings])),
}
#: The report of `preflight`, and the summary of it in the result of a start.
REPORT = record("", _VERDICT, checks=listed(CHECK))
VERDICT = record("of the pre-flight", _VERDICT).displayed_as(_in_words)
_REQUEST = record(
    method=text(),
    path=text(),
    json=mapping(anything("a value"), "its body").optional,
    form=with_others(record("of an upload", file=text("on this computer"), size=size("of the file")), text("a field")).optional,
)
_SKIPPED = one_of("skipped")
#: The result of a guarded command that was skipped.
SKIPPED = record("with --skip-if-printing, during a job", action=_SKIPPED, reason=text(), job=record(file=text().or_null))


#: What the text format says of it.
SKIPPED_TEMPLATE = "<yellow>Skipped</>: {reason}[ ({job.file})]."

_NEEDED = text("without --confirm: the harm for which the real run requires it").optional


def rehearsed(checks: bool, skippable: bool) -> Field:
    """Return the schema of the result of --dry-run. `checks`: with a pre-flight; `skippable`: with --skip-if-printing."""
    parts: Dict[str, Field] = {"preflight": VERDICT.or_null.optional} if checks else {}
    parts.update({"action": _SKIPPED.optional} if skippable else {})
    requests = listed(_REQUEST, "those that would be sent").optional
    return record("with --dry-run", parts, dry_run=switch(), requests=requests, needs_confirm=_NEEDED)


def rehearsal_of(guarded: Any) -> Field:
    """Return the schema of the result of --dry-run of a guarded command, whether it has its own or not."""
    if guarded.rehearsal is None:
        return rehearsed(guarded.preflight, guarded.skippable)
    return merged(record("with --dry-run", dry_run=switch(), needs_confirm=_NEEDED), guarded.rehearsal)


#: What the text format says of --dry-run with --skip-if-printing during a job, in place of the command's own sentence.
UNDONE_TEMPLATE = "{action=skipped}{skip_if_printing?}Would do nothing: a job is active."
#: What the text format says of the result of --dry-run, behind the command's own sentence.
REHEARSED_TEMPLATE = [
    "[{preflight.ready?}The pre-flight passed[ but for {preflight.ignored:list}, overridden]"
    "[, with {preflight.warnings:count warning}].]",
    "[The real run requires --confirm: {needs_confirm}.]",
    (
        "{requests?}Dry run: nothing was sent. The requests would be:",
        "{requests=[]}Dry run: there is nothing to send.",
        "Dry run: nothing was done.",
    ),
    "{for requests}  {method} {path}[ {json:json}][ with the file {form.file}]",
]

_LOCAL = ("FILE_NOT_FOUND", "FILE_UNREADABLE", "FILE_INVALID")
UPLOAD_CODES = (
    *_LOCAL,
    "FILE_CHANGED",
    "FILE_EXISTS",
    "FILE_TOO_LARGE",
    "FILE_IN_USE",
    "NO_SPACE",
    "UPLOAD_CORRUPT",
    "NOT_FOUND",
    "NOT_STARTED",  # --select, whose answer was lost
    "PRINTER_OFFLINE",
    "STATE_NOT_REACHED",
)
CHECK_CODES = (
    *_LOCAL,
    *"FILE_CHANGED FILE_DAMAGED FILE_EXISTS FILE_INCOMPLETE FILE_TOO_LARGE LIMIT_EXCEEDED NO_SPACE OUTSIDE_VOLUME".split(),
    *"PREFLIGHT_FAILED PRINTER_BUSY PRINTER_ERROR PRINTER_OFFLINE SERVER_WARNING STATE_NOT_REACHED WRONG_PRINTER".split(),
)

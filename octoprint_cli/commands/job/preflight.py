"""preflight: may a file be printed now?"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Any, Collection, Dict

from octoprint_cli.api import (
    CHECK_CODES,
    REPORT,
    Display,
    Lister,
    Rows,
    add_checks,
    add_file_or_stored,
    add_location,
    add_name,
    labelled,
    lines,
    preflight_report,
)

COLUMNS = ("id", "status", "severity", "message")
#: Columns that a table leaves out: the values behind the message, and whether the failure was overridden.
MORE = ("evidence", "ignored")

_NUMBERS = (
    "{checked:count check} made[, {skipped:count} did not apply][, {ignored:count} ignored][, {warnings:count warning}]."
    "[ -v shows all of them.{!verbose}]"
)
_COUNTS = (
    f"{{ready?}}<green>Ready to print</>: {_NUMBERS}",
    f"<red>Not ready to print</>: {_NUMBERS}",
)


class Preflight(Lister):
    """check that a file and the printer are ready for a print

    Nothing is changed. If something blocks the print, the exit code says what (1 the printer is offline, 3 it is busy, 2 the
    file, 4 anything else, in this order), and the report is in the error's `data`. A check that could not be made, and might
    have blocked the print, counts as a warning.
    """

    result = REPORT
    headings = labelled({})  # no columns: checks that say nothing new are counted
    template = lines(
        "{for checks}{status=fail}{severity=block}{ignored=false}<red>Fails</>   {id}: {message}",
        "{for warnings}<yellow>Warning</> {id}: {message}",
        "{for warnings}{hint?}        {hint}",
        "{for checks}{ignored?}<yellow>Ignored</> {id}: {message}",
        "{for exemptions}<yellow>Allowed</> {id}, by {setting}[ of {origin}]",
        "{for checks}{verbose?}{status=pass}Passes  {id}: {message}",
        "{for checks}{verbose?}{status=skip}Skipped {id}: {message}",
        _COUNTS,
    )
    examples = (
        ("octoprint-cli preflight cube.gcode", "can this file be printed now?"),
        ("octoprint-cli preflight --stored cube.gcode", "the same for a file on the server"),
        ("octoprint-cli preflight cube.gcode -v", "show all checks, also those that pass"),
    )
    effects = ("reads",)
    preflight = True
    error_codes = CHECK_CODES

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        add_file_or_stored(parser, required=False)
        add_location(parser)
        add_name(parser)
        add_checks(parser)
        return parser

    def take_action(self, parsed_args: Namespace) -> Rows:
        report = preflight_report(self, parsed_args)
        data = report.as_dict()
        warned = {warning["id"] for warning in data["warnings"]}
        checks = [_shown(check, warned) for check in data.pop("checks")]
        rows = Rows("checks", COLUMNS, checks, more=MORE, **data)
        error = report.error()
        if error:
            error.data = rows
            raise error
        return rows


def _shown(check: Dict[str, Any], warned: Collection[str]) -> Dict[str, Any]:
    """Return the row, which in a table shows that a failure was overridden, and that a skipped check is a warning."""
    note = " (ignored)" if check["ignored"] else " (warning)" if check["status"] == "skip" and check["id"] in warned else ""
    return {**check, "status": Display(check["status"], check["status"] + note)}

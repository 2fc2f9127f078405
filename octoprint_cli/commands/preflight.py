"""preflight: may a file be printed now?"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Any, Dict

from octoprint_cli.api import Column, Lister, Rows, add_checks, add_file, add_location, preflight_report

COLUMNS = ("id", "status", "severity", "message")
#: For a program: the values behind the message, and whether the failure was overridden.
MORE = ("evidence", "ignored")


class Status(Column):
    """pass, fail or skip."""

    def __init__(self, check: Dict[str, Any]) -> None:
        super().__init__(check["status"])
        self._ignored = check["ignored"]

    def show(self, value: Any) -> str:
        return f"{value} (ignored)" if self._ignored else str(value)


class Preflight(Lister):
    """check that the printer, and a file, are ready for a print

    Not ready: the report is in the error's data, the exit code tells why (1 offline, 3 busy, 2 file, 4
    other, in that order).
    """

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        add_file(parser, optional=True)
        add_location(parser)
        add_checks(parser)
        return parser

    def take_action(self, parsed_args: Namespace) -> Rows:
        report = preflight_report(self, parsed_args)
        data = report.as_dict()
        checks = [{**check, "status": Status(check)} for check in data.pop("checks")]
        rows = Rows("checks", COLUMNS, checks, more=MORE, **data)
        error = report.error()
        if error:
            error.data = rows
            raise error
        return rows

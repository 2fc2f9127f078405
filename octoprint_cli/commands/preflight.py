"""preflight: may a file be printed now?"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from octoprint_cli.api import Lister, Rows, Subject, add_file, add_location, run_preflight

COLUMNS = ("id", "status", "severity", "message")


class Preflight(Lister):
    """check that the printer, and a file, are ready for a print

    Not ready: the report is in the error's data, the exit code tells why (1 offline, 3 busy, 2 file, 4
    other, in that order).
    """

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        add_file(parser, optional=True)
        add_location(parser)
        return parser

    def take_action(self, parsed_args: Namespace) -> Rows:
        file = Path(parsed_args.file) if parsed_args.file is not None else None
        report = run_preflight(Subject(self.client, self.settings.limits, file, parsed_args.location))
        rows = Rows("checks", COLUMNS, report.as_dict()["checks"], ready=report.ready)
        error = report.error()
        if error:
            error.data = rows
            raise error
        return rows

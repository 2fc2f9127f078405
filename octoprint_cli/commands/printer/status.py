"""status: what the printer is doing."""

from __future__ import annotations

from argparse import Namespace
from typing import Any, Dict

from octoprint_cli.api import (
    SUMMARY,
    PrinterSnapshot,
    ShowOne,
    errors,
    last_ending,
    summary,
)


class Status(ShowOne):
    """show the state, the temperatures, the job, and how the last one ended

    What the server does not know is null. PRINTER_OFFLINE, exit code 1, if no printer is connected; the
    job, how it ended and the reason are in the answer then, too.
    """

    result = SUMMARY
    effects = ("reads",)
    error_codes = ("PRINTER_OFFLINE",)

    def take_action(self, parsed_args: Namespace) -> Dict[str, Any]:
        job = self.client.job.current()
        known = PrinterSnapshot(job, None, last_ending(self.client, job), self.client.prompt(job))
        try:
            job.require_connected()
            printer = self.client.printer.current()  # may go away between the two requests
        except errors.PrinterOffline as error:
            error.data = summary(known)
            raise
        return summary(known._replace(printer=printer))

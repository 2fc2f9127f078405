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
        ending = last_ending(self.client, job) if self.asks_for(parsed_args, "last_job") else None
        prompt = self.client.prompt(job) if self.asks_for(parsed_args, "prompt") else None
        known = PrinterSnapshot(job, None, ending, prompt)
        try:
            job.require_connected()
            if self.asks_for(parsed_args, "temperature", "flags", "error"):
                known = known._replace(printer=self.client.printer.current())  # may go away between the two requests
        except errors.PrinterOffline as error:
            unread = [name for name in ("last_job", "prompt") if not self.asks_for(parsed_args, name)]
            error.data = {name: value for name, value in summary(known).items() if name not in unread}
            raise
        return summary(known)

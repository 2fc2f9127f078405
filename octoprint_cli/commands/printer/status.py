"""status: what the printer is doing."""

from __future__ import annotations

from argparse import Namespace
from typing import Any, Dict

from octoprint_cli.api import STATUS_TEMPLATE, SUMMARY, ShowOne, read_snapshot, summary


class Status(ShowOne):
    """show the printer's state, temperatures, job and last print

    What the server does not know is null, and "unknown" says why. If no printer is connected, the command ends with
    PRINTER_OFFLINE and exit code 1; if the firmware has halted, with PRINTER_HALTED. The answer then still has the job, how it
    ended, and why.
    """

    result = SUMMARY
    template = STATUS_TEMPLATE
    examples = (
        ("octoprint-cli status", "what the printer is doing"),
        ("octoprint-cli status -c job.completion -f value", "only how far the print is, in percent"),
        ("octoprint-cli status --json", "everything, for a script"),
    )
    effects = ("reads",)
    error_codes = ("PRINTER_OFFLINE",)

    def take_action(self, parsed_args: Namespace) -> Dict[str, Any]:
        known, offline = read_snapshot(self.client, lambda *names: self.asks_for(parsed_args, "unknown", *names))
        if offline is not None:
            unread = [name for name in ("last_job", "prompt", "temperature") if not self.asks_for(parsed_args, name)]
            offline.data = {name: value for name, value in summary(known).items() if name not in unread}
            raise offline
        return summary(known)

"""status: what the printer is doing."""

from __future__ import annotations

from argparse import Namespace
from typing import Any, Dict

from octoprint_cli.api import STATUS_TEMPLATE, SUMMARY, ShowOne, read_snapshot, summary


class Status(ShowOne):
    """show the state, the temperatures, the job, and how the last one ended

    What the server does not know is null, and "unknown" says why. PRINTER_OFFLINE, exit code 1, if no printer is connected,
    PRINTER_HALTED if its firmware has stopped; the job, how it ended and the reason are in the answer then, too.
    """

    result = SUMMARY
    template = STATUS_TEMPLATE
    effects = ("reads",)
    error_codes = ("PRINTER_OFFLINE",)

    def take_action(self, parsed_args: Namespace) -> Dict[str, Any]:
        known, offline = read_snapshot(self.client, lambda *names: self.asks_for(parsed_args, "unknown", *names))
        if offline is not None:
            unread = [name for name in ("last_job", "prompt", "temperature") if not self.asks_for(parsed_args, name)]
            offline.data = {name: value for name, value in summary(known).items() if name not in unread}
            raise offline
        return summary(known)

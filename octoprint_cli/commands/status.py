"""status: what the printer is doing."""

from __future__ import annotations

from argparse import Namespace
from typing import Any, Dict, Optional

from octoprint_cli.api import Bytes, Duration, Flags, Heater, Percent, ShowOne, errors


class Status(ShowOne):
    """show the printer's state, temperatures and job

    What the server does not know is null. PRINTER_OFFLINE, exit code 1, if no printer is connected; the
    job and the reason are in the answer then, too.
    """

    def take_action(self, parsed_args: Namespace) -> Dict[str, Any]:
        job = self.client.job.current()
        try:
            job.require_connected()
            printer = self.client.printer.current()  # may go away between the two requests
        except errors.PrinterOffline as error:
            error.data = _data(job, None)
            raise
        return _data(job, printer)


def _data(job: Any, printer: Optional[Any]) -> Dict[str, Any]:
    readings = printer.temperatures if printer else {}
    temperature = {heater: Heater(reading.actual, reading.target) for heater, reading in readings.items()}
    return {
        "state": job.state,
        "phase": job.phase.value,
        "temperature": temperature or {"tool0": Heater(None, None)},
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
        "error": job.error or (printer.error if printer else None),
        "flags": Flags(printer.flags if printer else {}),
    }

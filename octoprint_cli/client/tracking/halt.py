"""Find out whether the printer is offline because its firmware has halted, which 2.0 does not say in its job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional

from octoprint_cli.client.phase import Phase
from octoprint_cli.client.tracking.last_job import printer_error, recent_past

if TYPE_CHECKING:
    from octoprint_cli.client.client import Client
    from octoprint_cli.client.resources.job import Job


def halt_reason(client: Client, job: Job) -> Optional[str]:
    """Return why the firmware has halted, in its own words; None if it has not, or if nothing says so.

    Calls `GET /api/printer/error` (STATUS) and the push socket's history (MONITOR_TERMINAL), after an error alone. Raises nothing.
    """
    if job.phase is not Phase.ERROR:
        return None
    from octoprint_cli.gcode.firmware.halts import is_halt  # slow to import, and seldom needed

    if job.error:
        return job.error if is_halt(job.error) else None
    from octoprint_cli.client.tracking import terminal_traces as traces  # slow to import, and seldom needed

    error = printer_error(client) or traces.firmware_error_in(traces.before_last_disconnect(recent_past(client).lines))
    return error if error and is_halt(error) else None


def require_no_halt(client: Client, job: Job) -> None:
    """Raise PrinterHalted if the printer is offline because its firmware has halted."""
    reason = halt_reason(client, job)
    if reason is not None:
        raise job.halted(reason)

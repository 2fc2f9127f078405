"""All that is known of a printer at one moment."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Optional

if TYPE_CHECKING:
    from octoprint_cli.client.resources.job import Job
    from octoprint_cli.client.resources.printer import PrinterState
    from octoprint_cli.client.resources.server_plugins import Prompt
    from octoprint_cli.client.tracking.job_outcome import JobOutcome


class PrinterSnapshot(NamedTuple):
    """The facts about the printer: its job, its readings if connected, the last job's outcome, and its open prompt."""

    job: Job
    printer: Optional[PrinterState] = None
    ending: Optional[JobOutcome] = None
    prompt: Optional[Prompt] = None

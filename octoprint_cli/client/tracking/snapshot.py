"""All that is known of a printer at one moment."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Optional

if TYPE_CHECKING:
    from octoprint_cli.client.resources.job import Job
    from octoprint_cli.client.resources.printer import PrinterState
    from octoprint_cli.client.resources.server_plugins import Prompt
    from octoprint_cli.client.tracking.job_outcome import JobOutcome


class PrinterSnapshot(NamedTuple):
    """What is known of the printer: its job, itself if it is connected, how the last job ended, what it asks a person."""

    job: Job
    printer: Optional[PrinterState] = None
    ending: Optional[JobOutcome] = None
    prompt: Optional[Prompt] = None

"""All that is known of a printer at one moment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Mapping, NamedTuple, Optional

from octoprint_cli.output.units import NEAR_DEGREES

if TYPE_CHECKING:
    from octoprint_cli.client.phase import Phase
    from octoprint_cli.client.resources.job import Job
    from octoprint_cli.client.resources.printer import PrinterState, Temperature
    from octoprint_cli.client.resources.server_plugins import Prompt
    from octoprint_cli.client.tracking.job_outcome import JobOutcome


class PrinterSnapshot(NamedTuple):
    """The facts about the printer. `ending` belongs to the followed job, or to the last one."""

    job: Job
    printer: Optional[PrinterState] = None  # None if it was not read, or the printer is not connected
    ending: Optional[JobOutcome] = None
    prompt: Optional[Prompt] = None
    heaters: Mapping[str, Temperature] = {}  # by tool0, bed, chamber; none while the printer is not connected
    #: The firmware's own error, as it was reported last.
    firmware_error: Optional[str] = None
    #: Why something is not known, by the name of what that is, such as `last_job`.
    unknown: Mapping[str, str] = {}
    #: When the server was last heard, in seconds since 1970 by this computer's clock; None for now.
    heard: Optional[float] = None
    #: Why the server cannot be reached, None if it can.
    unreachable: Optional[str] = None

    @property
    def phase(self) -> Phase:
        """The phase that the job's state stands for."""
        return self.job.phase

    @property
    def warm(self) -> bool:
        """Whether a heater has a target, and all that have one are near it."""
        heated = [reading for reading in self.heaters.values() if reading.target]
        return bool(heated) and all(_near(reading) for reading in heated)


def _near(reading: Temperature) -> bool:
    return reading.actual is not None and reading.target is not None and abs(reading.actual - reading.target) <= NEAR_DEGREES

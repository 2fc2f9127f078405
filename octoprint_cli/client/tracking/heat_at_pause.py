"""Find out which heaters were hot when the job was paused, and are cold now: going on would print into the air.

Targets are switched off during a pause by a heater timeout of the server or the firmware, by an M601, or by a user.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Dict, Mapping, NamedTuple, Optional, Tuple

from octoprint_cli.errors import CliError

if TYPE_CHECKING:
    from octoprint_cli.client.client import Client
    from octoprint_cli.client.resources.job import Job
    from octoprint_cli.client.resources.printer import Temperature

#: A heater with a target is cold if it is more degrees below than this: it heats up, or is about to.
COLD_DEGREES = 15.0
#: The largest file that is read for its temperatures.
MAX_BYTES = 1024**3

Targets = Dict[str, float]


class HeatAtPause(NamedTuple):
    """The heaters that were hot at the pause and are cold now, and where that is known from."""

    cold: Dict[str, float]  # the target at the pause, in degrees Celsius, by heater
    source: str  # such as "the terminal"; "" if it cannot be known


def cold_heaters(client: Client, job: Job) -> HeatAtPause:
    """Return the cold heaters of a paused job. Raises PrinterOffline, and what reading the temperatures raises.

    Calls `GET /api/printer` with its history (STATUS), the push socket's history (MONITOR_TERMINAL), and, if neither knows,
    reads the file (FILES_DOWNLOAD).
    """
    now = client.printer.current().temperatures
    if _all_hot(now):
        return HeatAtPause({}, "the printer")
    before, source = _before(client, job)
    if not source and any(name.startswith("tool") and reading.target for name, reading in now.items()):
        before, source = {name: reading.target or 0.0 for name, reading in now.items()}, "its target"
    return HeatAtPause({name: target for name, target in before.items() if name in now and _is_cold(now[name], target)}, source)


def _all_hot(now: Mapping[str, Temperature]) -> bool:
    """Whether no heater can be colder than it was, so that nothing has to be looked up."""
    return bool(now) and all(reading.target and not _is_cold(reading, reading.target) for reading in now.values())


def _is_cold(now: Temperature, before: float) -> bool:
    """Whether a heater whose target was `before` has none now, or is far below the lower one of both."""
    if before <= 0:
        return False
    return not now.target or (now.actual is not None and now.actual < min(before, now.target) - COLD_DEGREES)


def _before(client: Client, job: Job) -> Tuple[Targets, str]:
    """Return the targets at the pause, and where they are known from."""
    # The terminal is the best witness: it knows the very moment.
    for source, read in (("the terminal", _in_terminal), ("the temperature history", _in_history), ("the file", _in_file)):
        found = read(client, job)
        if found is not None:
            return found, source
    return {}, ""


def _in_terminal(client: Client, job: Job) -> Optional[Targets]:
    """Return the targets at the pause, if the terminal reaches back to a report of the printer before it."""
    from octoprint_cli.client.tracking.last_job import recent_past
    from octoprint_cli.client.tracking.terminal_traces import targets_before_pause  # slow to import, and seldom needed

    return targets_before_pause(recent_past(client).lines)


def _in_history(client: Client, job: Job) -> Optional[Targets]:
    """Return the targets of the newest moment at which a hotend had one, within the 30 minutes that the server keeps."""
    try:
        samples = client.printer.history(0)
    except CliError:
        return None
    for sample in reversed(samples):
        targets = {name: reading.target for name, reading in sample.temperatures.items() if reading.target}
        if any(name.startswith("tool") for name in targets):
            return targets
    return None


def _in_file(client: Client, job: Job) -> Optional[Targets]:
    """Return the highest targets that the file sets: which of them was in force at the pause is not known."""
    if job.file is None or job.location not in ("local", None):
        return None
    from octoprint_cli.gcode.analysis.reader import GcodeParser  # slow to import, and seldom needed

    parser = GcodeParser()
    try:
        client.files.read(job.file, parser.feed, MAX_BYTES)
    except CliError:
        return None
    return {heater: heat.highest for heater, heat in parser.contents().heat.items()}

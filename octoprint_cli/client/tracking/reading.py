"""Read all that `status` shows of a printer, and why the rest of it is not known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable, Dict, Mapping, Optional, Tuple

from octoprint_cli.client.resources.printer import Temperature
from octoprint_cli.client.tracking.halt import require_no_halt
from octoprint_cli.client.tracking.last_job import LastJob, find_last_job
from octoprint_cli.client.tracking.snapshot import PrinterSnapshot
from octoprint_cli.errors import CliError, PrinterOffline

if TYPE_CHECKING:
    from octoprint_cli.client.client import Client
    from octoprint_cli.client.resources.profiles import Profile

_UNKNOWN = Temperature(None, None)


def read_snapshot(client: Client, needs: Callable[..., bool]) -> Tuple[PrinterSnapshot, Optional[PrinterOffline]]:
    """Return the state of the printer, and the error that says why it is offline if it is.

    `needs` says whether any of these fields of a status is wanted; what only others need is not asked for.
    """
    job = client.job.current()
    last = find_last_job(client, job) if needs("last_job") else LastJob()
    prompt = client.prompt(job) if needs("prompt") else None
    known = PrinterSnapshot(job, None, last.ending, prompt, unknown={"last_job": last.unknown} if last.unknown else {})
    printer, offline = None, None
    try:
        require_no_halt(client, job)
        job.require_connected()
        if needs("temperature", "flags", "error"):
            printer = client.printer.current()  # may go away between the two requests
    except PrinterOffline as error:
        offline = error
    known = known._replace(printer=printer)
    return with_heaters(client, known) if needs("temperature") else known, offline


def with_heaters(client: Client, known: PrinterSnapshot) -> PrinterSnapshot:
    """Return the snapshot with every heater of the printer's profile: until the first report of the printer they are unknown.

    The profile is read only if temperatures are missing (permission CONNECTION).
    """
    printer = known.printer
    if printer is not None and printer.reported:
        return known._replace(heaters=printer.temperatures)
    found = dict(printer.temperatures) if printer is not None else {}
    why = "the printer has not reported any temperature yet" if printer is not None else "no printer is connected"
    try:
        missing: Mapping[str, Temperature] = _of_profile(client.profile.current())
    except CliError as error:
        missing, why = {"tool0": _UNKNOWN}, f"{why}, and the printer's profile cannot be read: {error.message}"
    return known._replace(heaters={**missing, **found}, unknown={**known.unknown, "temperature": why})


def _of_profile(profile: Profile) -> Dict[str, Temperature]:
    names = [f"tool{number}" for number in range(profile.extruders or 1)]
    names += ["bed"] if profile.heated_bed else []
    names += ["chamber"] if profile.heated_chamber else []
    return dict.fromkeys(names, _UNKNOWN)

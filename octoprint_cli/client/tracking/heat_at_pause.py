"""Find out which heaters were hot when the job was paused, and are cold now: going on would print into the air.

Targets are switched off or lowered during a pause by a heater timeout of the server or the firmware, by an M601, or by a user.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Callable, Dict, List, Mapping, NamedTuple, Optional, Sequence, Set, Tuple

from octoprint_cli.errors import CliError

if TYPE_CHECKING:
    from octoprint_cli.client.client import Client
    from octoprint_cli.client.resources.job import Job
    from octoprint_cli.client.resources.printer import Sample, Temperature

#: A line of a script that heats.
_HEATS = re.compile(r"\s*(M1(?:04|09|40|90|41|91))\b(.*)", re.IGNORECASE)
_ZERO = re.compile(r"[SR]\s*0+(?:\.0*)?(?![0-9.])", re.IGNORECASE)
#: A heater with a target is cold if it is more degrees below than this: it heats up, or is about to.
COLD_DEGREES = 15.0
#: A target that is lowered by no more than this goes on printing: a user tunes a print, or changes the filament.
TUNED_DEGREES = {"tool": 40.0, "other": 20.0}
#: What is printed usually does not melt below this; firmwares refuse to extrude by the same figure.
MELTING = 170.0
#: The largest file that is read for its temperatures.
MAX_BYTES = 1024**3

Targets = Dict[str, float]
Readings = Mapping[str, "Temperature"]


class HeatAtPause(NamedTuple):
    """The heaters that were hot at the pause and are cold now, and where that is known from."""

    cold: Dict[str, float]  # the target at the pause, in degrees Celsius, by heater
    source: str  # such as "the terminal"; "" if it cannot be known


def cold_heaters(client: Client, job: Job) -> HeatAtPause:
    """Return the cold heaters of a paused job. Raises PrinterOffline, and what reading the temperatures raises.

    Calls `GET /api/printer` with its history (STATUS), the push socket's history (MONITOR_TERMINAL), and, if neither knows,
    reads the file (FILES_DOWNLOAD). What the server's own script heats again (SETTINGS_READ) is not cold.
    """
    state, history = client.printer.current_with_history()
    now = state.temperatures
    if _all_hot(now) and not _may_be_lowered(history, now):
        return HeatAtPause({}, "the printer")
    before, source = _before(client, job, now, history)
    if not source and _melts(now):
        before, source = {name: reading.target or 0.0 for name, reading in now.items()}, "its target"
    cold = _cold_of(now, before, source)
    heated = _heated_by(client.server.script("beforePrintResumed")) if cold else set()
    return HeatAtPause({name: target for name, target in cold.items() if _kind(name) not in heated}, source)


def _cold_of(now: Readings, before: Targets, source: str) -> Targets:
    known = {name: target for name, target in before.items() if name in now}
    cold = {name for name, target in known.items() if _is_cold(now[name], target)}
    low = {name for name, target in known.items() if name not in cold and _is_lowered(name, now[name], target)}
    hotends = {name for name in known if _kind(name) == "tool" and known[name] > 0}
    if source == "the file" and hotends - cold - low:  # it prints with one, and keeps the others at a standby temperature
        low -= hotends
    return {name: target for name, target in known.items() if name in cold | low}


def _all_hot(now: Readings) -> bool:
    """Whether no heater is off, or colder than its target."""
    return bool(now) and all(reading.target and not _is_cold(reading, reading.target) for reading in now.values())


def _may_be_lowered(history: Sequence[Sample], now: Readings) -> bool:
    """Whether a target may have been lowered since the pause: a hotend's melts nothing, or one was higher lately."""
    if any(_kind(name) == "tool" and (reading.target or 0.0) < MELTING for name, reading in now.items()):
        return True
    highest: Targets = {}
    for sample in history:
        for name, reading in sample.temperatures.items():
            highest[name] = max(reading.target or 0.0, highest.get(name, 0.0))
    return any(_is_lowered(name, reading, highest.get(name, 0.0)) for name, reading in now.items())


def _melts(now: Readings) -> bool:
    """Whether a hotend's target melts what is printed usually."""
    return any(_kind(name) == "tool" and (reading.target or 0.0) >= MELTING for name, reading in now.items())


def _is_cold(now: Temperature, before: float) -> bool:
    """Whether a heater whose target was `before` has none now, or is far below the lower one of both."""
    if before <= 0:
        return False
    return not now.target or (now.actual is not None and now.actual < min(before, now.target) - COLD_DEGREES)


def _is_lowered(name: str, now: Temperature, before: float) -> bool:
    """Whether a heater's target is so far below `before` that nobody prints on with it."""
    if not now.target:
        return False
    hotend = _kind(name) == "tool"
    tuned = TUNED_DEGREES["tool" if hotend else "other"]
    return before - now.target > tuned or (hotend and now.target < MELTING <= before)


def _kind(name: str) -> str:
    return "tool" if name.startswith("tool") else name


def _heated_by(script: str) -> Set[str]:
    """Return the kinds of heater, such as "tool", that a script of the server heats. Its values may be templates."""
    from octoprint_cli.gcode.code_table import lookup  # slow to import, and seldom needed

    found = [_HEATS.match(line.partition(";")[0]) for line in script.splitlines()]
    rows = [lookup(match.group(1).upper()) for match in found if match and not _ZERO.search(match.group(2))]
    return {row.heats for row in rows if row.heats}


def _before(client: Client, job: Job, now: Readings, history: Sequence[Sample]) -> Tuple[Targets, str]:
    """Return the targets at the pause, and where they are known from."""
    # The terminal is the best witness: it knows the very moment.
    witnesses: List[Tuple[str, Callable[[], Optional[Targets]]]] = [
        ("the terminal", lambda: _in_terminal(client)),
        ("the temperature history", lambda: _in_history(history, now)),
        ("the file", lambda: _in_file(client, job, now)),
    ]
    for source, read in witnesses:
        found = read()
        if found is not None:
            return found, source
    return {}, ""


def _in_terminal(client: Client) -> Optional[Targets]:
    """Return the targets at the pause, if the terminal reaches back to a report of the printer before it."""
    from octoprint_cli.client.tracking.last_job import recent_past
    from octoprint_cli.client.tracking.terminal_traces import targets_before_pause  # slow to import, and seldom needed

    return targets_before_pause(recent_past(client).lines)


def _in_history(history: Sequence[Sample], now: Readings) -> Optional[Targets]:
    """Return the targets of the newest moment at which a hotend had one, within the 30 minutes that the server keeps.

    None while a hotend has one: then it shows that one, and an earlier one may be of another job.
    """
    if any(_kind(name) == "tool" and reading.target for name, reading in now.items()):
        return None
    for sample in reversed(history):
        targets = {name: reading.target for name, reading in sample.temperatures.items() if reading.target}
        if any(name.startswith("tool") for name in targets):
            return targets
    return None


def _in_file(client: Client, job: Job, now: Readings) -> Optional[Targets]:
    """Return the highest targets that the file sets, with the server's offsets: which was in force at the pause is not known."""
    if job.file is None or job.location not in ("local", None):
        return None
    from octoprint_cli.gcode.analysis.reader import GcodeParser  # slow to import, and seldom needed

    parser = GcodeParser()
    try:
        client.files.read(job.file, parser.feed, MAX_BYTES)
    except CliError:
        return None
    heat = parser.contents().heat
    return {name: found.highest + _offset(now, name) if found.highest > 0 else 0.0 for name, found in heat.items()}


def _offset(now: Readings, name: str) -> float:
    return (now[name].offset or 0.0) if name in now else 0.0

"""What a firmware answers to a question, as values: temperatures, position, endstops, itself, its settings.

Shapes differ by firmware; where one is odd, its name stands beside what reads it. Nothing here raises: what is not
understood is left out, and an answer with nothing understood is None.
"""

from __future__ import annotations

import re
from typing import Any, Callable, Dict, List, Optional, Sequence

from octoprint_cli.gcode.command import code_of
from octoprint_cli.gcode.firmware.capabilities import firmware, settings
from octoprint_cli.gcode.firmware.numbers import NUMBER, answers, number

Values = Optional[Dict[str, Any]]

_HEATER = re.compile(rf"(?<![\w@])(T[0-9]{{0,2}}|B|C):\s*({NUMBER}|inf|nan)(?:\s*/\s*({NUMBER}))?", re.IGNORECASE | re.ASCII)
_AXIS = re.compile(rf"(?<![A-Za-z])([A-Z]):\s*({NUMBER}|nan)", re.IGNORECASE | re.ASCII)
_COUNT = re.compile(r"\bCount\b:?", re.IGNORECASE)
_BARE_NUMBER = re.compile(rf"(?<!\S){NUMBER}(?!\S)")
_ENDSTOP = re.compile(
    r"(?<![\w.)-])([A-Z][\w-]*(?: (?:probe|state|[0-9]))?)\s*:\s*"
    r"(open|triggered|not stopped|stopped|(?:at|near) (?:min|max) stop|[HL01])(?![\w.])",
    re.IGNORECASE | re.ASCII,
)
#: Repetier says H for an endstop that is hit, Smoothieware 1, both with the inversion of the pin undone.
_OPEN = frozenset({"open", "not stopped", "l", "0"})


def parsed_reply(command: str, lines: Sequence[str]) -> Values:
    """Parse the firmware's lines in answer to a command into JSON-friendly values, in the units that the firmware uses.

    `M105`: `{"tool0": {"actual": 21.3, "target": 0.0}, "bed": {...}, "chamber": {...}}`, degrees Celsius; actual is
    None where the sensor cannot be read, target where the firmware does not say it.
    `M114`: `{"x": 0.0, "y": 0.0, "z": 5.0, "e": None, "count": {"x": 0.0, ...} or None}`, mm and the motors' own count
    (steps, on most), with more axes (`a`, `u` ...) on machines that have them.
    `M119`: `{"endstops": {"x_min": "open" or "triggered", ...}, "filament": {"filament": "triggered"}}`: a filament
    sensor is what its firmware makes of it (Marlin: triggered is filament present).
    `M115`: see `capabilities.firmware`. `M503`: see `capabilities.settings`.

    Returns None for another command, and for lines in which nothing is understood.
    """
    parser = _PARSERS.get(code_of(command))
    return parser(answers(command, lines)) if parser else None


def _temperatures(texts: List[str]) -> Values:
    """Return the last reading of each heater.

    `T:` beside `T0:` repeats the tool in use; alone (or beside `T1:`) it is the first tool.
    """
    heaters: Dict[str, Any] = {}
    for text in texts:
        found = {name.upper(): {"actual": number(actual), "target": number(target)} for name, actual, target in _heaters_of(text)}
        if "T0" in found:
            found.pop("T", None)
        heaters.update({_named(name): heater for name, heater in found.items()})
    return heaters or None


def _heaters_of(text: str) -> List[Any]:
    return [(found.group(1), found.group(2), found.group(3)) for found in _HEATER.finditer(text)]


def _named(name: str) -> str:
    if name.startswith("T"):
        return f"tool{int(name[1:] or '0')}"
    return {"B": "bed", "C": "chamber"}[name]


def _position(texts: List[str]) -> Values:
    """Return the position from the first line that names an axis.

    With `M114 D`, Marlin's further lines give the position in other terms.
    """
    for text in texts:
        position, *count = _COUNT.split(text, maxsplit=1)
        axes = {axis.lower(): number(value) for axis, value in _AXIS.findall(position)}
        if axes.keys() & {"x", "y", "z"}:
            moved = [axis for axis in axes if axis != "e"]
            return {**dict.fromkeys("xyze"), **axes, "count": _counted(count[0], moved) if count else None}
    return None


def _counted(text: str, axes: List[str]) -> Optional[Dict[str, float]]:
    """Return the motors' count by axis.

    RepRapFirmware writes no letters there: its motors come in the order of the axes, with other numbers behind.
    """
    found = _AXIS.findall(text) or list(zip(axes, _BARE_NUMBER.findall(text)))
    counts = {axis.lower(): number(value) for axis, value in found}
    return {axis: value for axis, value in counts.items() if value is not None} or None


def _endstops(texts: List[str]) -> Values:
    """Return the state of each endstop and filament sensor, by its name in lower case as one word."""
    found: Dict[str, Dict[str, str]] = {"endstops": {}, "filament": {}}
    for text in texts:
        for name, state in _ENDSTOP.findall(text):
            kind = "filament" if name.lower().startswith("filament") else "endstops"
            found[kind][re.sub(r"\W", "_", name.lower())] = "open" if state.lower() in _OPEN else "triggered"
    return found if any(found.values()) else None


_PARSERS: Dict[str, Callable[[List[str]], Values]] = {
    "M105": _temperatures,
    "M114": _position,
    "M115": firmware,
    "M119": _endstops,
    "M503": settings,
}

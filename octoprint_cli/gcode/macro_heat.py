"""Read what the parameters of a word ask of heaters: START_PRINT BED_TEMP=60 EXTRUDER_TEMP=210, HEATER=extruder TARGET=210.

Macros have names and parameters of their user's own, so a parameter counts by the words in its name: one for a heater, one for
a temperature. Files and typed commands are read alike. This module must not know any macro.
"""

from __future__ import annotations

import re
from typing import Dict, Iterator, NamedTuple, Optional, Tuple

_PAIR = re.compile(
    r"(?<![\w\"'])([A-Za-z_][A-Za-z_0-9]{0,60})\s{0,9}=\s{0,9}(\"[^\"]{0,200}\"|'[^']{0,200}'|[^\s;]{0,200})", re.ASCII
)
#: A number as Klipper reads it: 4e2 is 400.
_ONE = r"[-+]?(?:\d{1,6}(?:\.\d{0,6})?|\.\d{1,6})(?:[eE][-+]?\d{1,2})?"
_NUMBERS = re.compile(rf"\s*{_ONE}\s*(?:[,:;]\s*{_ONE}\s*)*", re.ASCII)
_NUMBER = re.compile(_ONE, re.ASCII)
_HEATERS = (
    (re.compile(r"BED|HEATBED|HEATERBED|PLATE|B"), "bed"),
    (re.compile(r"CHAMBER|ENCLOSURE|C"), "chamber"),
    (re.compile(r"(?:EXTRUDER|EXTRUDE|EXT|HOTEND|HOT|NOZZLE|TOOL|HEATER|HE|E|T)(\d*)"), "tool"),
)
_TEMPERATURE = re.compile(r"(?:TEMPS?|TEMPERATURES?|TMP|DEGREES|TARGET)\d*")
#: Where one word ends and the next begins, without a `_` between them: BEDTEMP, TEMPBED.
_SEAM = re.compile(r"(?<=[A-Z0-9])(?=TEMP|TMP)|(?<=TEMP)(?=BED|CHAMBER|EXT|HOT|NOZZLE|TOOL)|(?<=TEMPERATURE)(?=[A-Z]{2})")
#: Words that make a number something else than a temperature, although the name has one.
_OTHER = re.compile(r"COUNT|DELTA|DIFF|DIFFERENCE|RATE|TIME|TIMEOUT|MINUTES|SECONDS|OFFSET|FACTOR|TOLERANCE|SPEED|SENSOR|TYPE|NAME")
#: A parameter that is named after a heater alone has a temperature if it is one: TOOL=1 and EXTRUDER=0 are numbers of tools.
_ALONE = re.compile(r"(?:HEATER_)?(?:BED|HEATBED|CHAMBER|EXTRUDER\d*|HOTEND\d*|NOZZLE\d*)")
_WARM = 25.0
#: The heater of a temperature whose name says no heater, such as SOAK_TEMP: it may be any.
ANY = "any"


class MacroTargets(NamedTuple):
    """The highest temperature of each heater (tool0, bed, chamber, ANY), and what is wrong with a temperature, if anything."""

    targets: Dict[str, float]
    problem: Optional[str] = None


def macro_targets(parameters: str, alone: bool = True) -> MacroTargets:
    """Return what the parameters of a macro ask of each heater. `alone`: also those that are called like a heater, as BED=60."""
    targets: Dict[str, float] = {}
    problem = None
    for name, value in pairs(parameters):
        heater = _heater(name)
        if heater is None or not (alone or _says_temperature(name)):
            continue
        highest = highest_number(value)
        if highest is None and _says_temperature(name):
            problem = problem or f"has a placeholder that was never filled: {name}={value[:20]}"
        elif highest is not None and (_says_temperature(name) or highest >= _WARM):
            targets[heater] = max(highest, targets.get(heater, highest))
    return MacroTargets(targets, problem)


def pairs(parameters: str) -> Iterator[Tuple[str, str]]:
    """Yield each name, in capitals, and its value, without quotes, of Klipper's `NAME=VALUE`."""
    for name, value in _PAIR.findall(parameters):
        yield name.upper(), value.strip("\"'")


def highest_number(value: str) -> Optional[float]:
    """Return the highest of the numbers of a value such as `200` or `200,210`; None if it is anything else."""
    return max(map(float, _NUMBER.findall(value))) if _NUMBERS.fullmatch(value) else None


def named_heater(name: str) -> Optional[str]:
    """Return the heater that has this name in Klipper: tool0 for extruder, tool1 for extruder1; None for one of the user's own."""
    return _first_heater(_parts(name.upper()))


def _heater(name: str) -> Optional[str]:
    """Return the heater that a parameter with this name is about, if it is a temperature."""
    parts = _parts(name)
    if _ALONE.fullmatch(name):
        return _first_heater(parts)
    if not _says_temperature(name) or any(_OTHER.fullmatch(part) for part in parts):
        return None
    return _first_heater(parts) or ("tool0" if len(parts) == 1 else ANY)


def _says_temperature(name: str) -> bool:
    return any(_TEMPERATURE.fullmatch(part) for part in _parts(name))


def _parts(name: str) -> Tuple[str, ...]:
    """Return the words of a name: BED and TEMP of BED_TEMP, of BEDTEMP and of TEMPBED."""
    return tuple(filter(None, _SEAM.sub("_", name).split("_")))


def _first_heater(parts: Tuple[str, ...]) -> Optional[str]:
    """Return the heater that a name is about. A bed or a chamber counts first: Klipper calls the bed `heater_bed`."""
    for pattern, heater in _HEATERS:
        found = next(filter(None, map(pattern.fullmatch, parts)), None)
        if found:
            return f"tool{int(found.group(1) or 0)}" if heater == "tool" else heater
    return None

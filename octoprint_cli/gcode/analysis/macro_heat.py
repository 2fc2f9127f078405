"""Read the temperatures that are given to a macro, such as START_PRINT BED_TEMP=60 EXTRUDER_TEMP=210.

Macros have names and parameters of their user's own, so a parameter counts by the words in its name: one for a heater, one for
a temperature. This module must not know any macro.
"""

from __future__ import annotations

import re
from typing import Dict, NamedTuple, Optional

_PAIR = re.compile(rb"(?<![\w\"'])([A-Za-z_][A-Za-z_0-9]{0,60})\s?=\s?(\"[^\"]{0,200}\"|'[^']{0,200}'|[^\s;]{0,200})")
_NUMBERS = re.compile(rb"\s*[-+]?\d{1,6}(?:\.\d{0,6})?\s*(?:[,:;]\s*[-+]?\d{1,6}(?:\.\d{0,6})?\s*)*")
_NUMBER = re.compile(rb"[-+]?\d{1,6}(?:\.\d{0,6})?")
_HEATERS = (
    (re.compile(r"BED|HEATBED|HEATERBED|PLATE|B"), "bed"),
    (re.compile(r"CHAMBER|ENCLOSURE|C"), "chamber"),
    (re.compile(r"(?:EXTRUDER|EXTRUDE|EXT|HOTEND|HOT|NOZZLE|TOOL|HEATER|HE|E|T)(\d*)"), "tool"),
)
_TEMPERATURE = re.compile(r"(?:TEMPS?|TEMPERATURES?|TMP|DEGREES|TARGET)\d*")
#: Words that make a number something else than a temperature, although the name has one.
_OTHER = re.compile(r"COUNT|DELTA|DIFF|DIFFERENCE|RATE|TIME|TIMEOUT|MINUTES|SECONDS|OFFSET|FACTOR|TOLERANCE|SPEED|SENSOR|TYPE|NAME")
#: A parameter that is named after a heater alone has a temperature if it is one: TOOL=1 and EXTRUDER=0 are numbers of tools.
_ALONE = re.compile(r"BED|HEATBED|CHAMBER|EXTRUDER\d*|HOTEND\d*|NOZZLE\d*")
_WARM = 25.0


class MacroTargets(NamedTuple):
    """The highest temperature of each heater, and what is wrong with a temperature, if anything."""

    targets: Dict[str, float]
    problem: Optional[str] = None


def macro_targets(parameters: bytes) -> MacroTargets:
    """Return what the parameters of a macro ask of each heater."""
    targets: Dict[str, float] = {}
    problem = None
    for key, written in _PAIR.findall(parameters):
        name = key.decode().upper()
        heater = _heater(name)
        if heater is None:
            continue
        value = written.strip(b"\"'")
        highest = max(map(float, _NUMBER.findall(value)), default=0.0) if _NUMBERS.fullmatch(value) else None
        if highest is None and _TEMPERATURE.search(name):
            shown = value[:20].decode("ascii", "replace")
            problem = problem or f"has a placeholder that was never filled: {name}={shown}"
        elif highest is not None and (_TEMPERATURE.search(name) or highest >= _WARM):
            targets[heater] = max(highest, targets.get(heater, highest))
    return MacroTargets(targets, problem)


def _heater(name: str) -> Optional[str]:
    """Return the heater that a parameter with this name is about, if it is a temperature."""
    if _ALONE.fullmatch(name):
        return _of(name)
    parts = [part for part in re.split(r"_|(?<=\D)(?=TEMP|TMP)", name) if part]
    if not any(_TEMPERATURE.fullmatch(part) for part in parts) or any(_OTHER.fullmatch(part) for part in parts):
        return None
    return next(filter(None, map(_of, parts)), "tool0" if len(parts) == 1 else None)


def _of(part: str) -> Optional[str]:
    for pattern, heater in _HEATERS:
        found = pattern.fullmatch(part)
        if found:
            return f"tool{int(found.group(1) or 0)}" if heater == "tool" else heater
    return None

"""Track the heaters' targets: the highest, the first layer's, and whether the file extrudes before it heats."""

from __future__ import annotations

import re
from typing import Dict, Optional

from octoprint_cli.gcode.analysis.contents import HeaterTargets
from octoprint_cli.gcode.analysis.tokenizer import Words
from octoprint_cli.gcode.code_table import BY_PARAMETERS, NAMED, Code

#: Tools are numbered below this: larger numbers are other things (T255, T1000 of Bambu Lab).
MOST_TOOLS = 32

#: Klipper's start macros: START_PRINT BED_TEMP=60 EXTRUDER_TEMP=210.
_PAIR = re.compile(rb"\b([A-Za-z_0-9]{1,60})\s?=\s?(\d{1,6}(?:\.\d{1,6})?)")
_MEANT = (("BED", "bed"), ("CHAMBER", "chamber"), *((part, "tool0") for part in ("EXTRUDER", "HOTEND", "NOZZLE", "TOOL")))
_KLIPPER = {"HEATER_BED": "bed", "CHAMBER": "chamber", "HEATER_CHAMBER": "chamber", "EXTRUDER": "tool0"}


class HeaterTracker:
    """Every heater's target as the file goes on. Names are OctoPrint's: tool0, bed, chamber."""

    def __init__(self) -> None:
        self.cold: Optional[int] = None  # the first line that feeds filament into a hotend without a target
        self._targets: Dict[str, float] = {}
        self._highest: Dict[str, float] = {}
        self._first: Dict[str, float] = {}

    @property
    def off(self) -> bool:
        """Whether a hotend had a target, and none has one now."""
        tools = [target for heater, target in self._targets.items() if heater.startswith("tool")]
        return bool(tools) and not any(tools)

    def set(self, heater: str, degrees: Optional[float]) -> None:
        """Set a new target; None leaves the old one."""
        if degrees is None:
            return
        self._targets[heater] = degrees
        self._highest[heater] = max(degrees, self._highest.get(heater, degrees))

    def command(self, row: Code, words: Words, tool: int) -> None:
        """Execute a numbered code that sets a target; without a tool of its own it is for the selected one."""
        degrees = words.get("S") if words.get("S") is not None else words.get("R")
        if row.heats in ("bed", "chamber"):
            self.set(row.heats, degrees)
            return
        own = words.get(row.tool)
        if own is None and row.needs_tool:
            return
        named = int(tool if own is None else own)
        if 0 <= named < MOST_TOOLS:
            self.set(f"tool{named}", degrees)

    def macro(self, row: Code, rest: bytes) -> None:
        """Execute a word of Klipper that sets targets, such as a start macro whose parameters are named after the heaters."""
        if row.heats is None:
            return
        pairs = {key.decode().upper(): float(value) for key, value in _PAIR.findall(rest)}
        if row.heats == NAMED:
            named = re.search(rb"\bHEATER\s?=\s?(\w{1,60})", rest, re.IGNORECASE)
            heater = named.group(1).decode().upper() if named else ""
            self.set(_KLIPPER.get(heater, heater.lower().replace("extruder", "tool")), pairs.get("TARGET", 0.0))
        elif row.heats == BY_PARAMETERS:
            for key, value in pairs.items():
                heater = next((heater for part, heater in _MEANT if part in key), "")
                if heater and not self._targets.get(heater):
                    self.set(heater, value)

    def feed(self, tool: int, line: int) -> None:
        """Note that filament is fed into this tool's hotend."""
        if self.cold is None and not self._targets.get(f"tool{tool}"):
            self.cold = line

    def printing(self, tool: int) -> None:
        """Note that this tool extrudes on the move: what is set when it first does is meant for the first layer."""
        for heater in (f"tool{tool}", "bed", "chamber"):
            if heater not in self._first and heater in self._targets:
                self._first[heater] = self._targets[heater]

    def result(self) -> Dict[str, HeaterTargets]:
        """Return the targets of each heater that the file names."""
        return {heater: HeaterTargets(highest, self._first.get(heater)) for heater, highest in sorted(self._highest.items())}

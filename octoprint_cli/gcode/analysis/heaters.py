"""Track the heaters' targets: the highest, the first layer's, and whether the file extrudes before it heats."""

from __future__ import annotations

import re
from typing import Dict, List, Optional, Set

from octoprint_cli.gcode.analysis.contents import HeaterTargets
from octoprint_cli.gcode.analysis.tokenizer import Words
from octoprint_cli.gcode.code_row import BY_PARAMETERS, NAMED, Code
from octoprint_cli.gcode.macro_heat import ANY, highest_number, macro_targets, named_heater, pairs

#: Tools are numbered below this: larger numbers are other things (T255, T1000 of Bambu Lab).
MOST_TOOLS = 32

#: Every number that some firmware or server may read as degrees: brackets, a backslash or another letter before it hide none.
_DEGREES = re.compile(rb"[SRsr][\s=]*([-+]?(?:\d{1,9}(?:\.\d{0,9})?|\.\d{1,9}))")


class HeaterTracker:
    """Every heater's target as the file goes on. Names are OctoPrint's: tool0, bed, chamber."""

    def __init__(self) -> None:
        self.cold_allowed = False  # by M302
        self.named_tools = False  # a target was set for a tool by its number
        self.waited = False  # for any hotend to become hot, or something may have waited that is not known
        self.unwaited: Optional[int] = None  # the first line that extrudes on the move before that
        self._may_have_heated = False  # by a macro
        self._cold: Optional[int] = None
        self._cold_all: Optional[int] = None
        self._cold_feed: Optional[int] = None  # filament is fed into a cold hotend that prints later, or does not
        self._cold_feed_all: Optional[int] = None
        self._last_tool: Optional[float] = None  # the target that was set last, of whichever tool
        self._printed: Set[int] = set()
        self._targets: Dict[str, float] = {}
        self._highest: Dict[str, float] = {}
        self._first: Dict[str, float] = {}

    @property
    def cold(self) -> Optional[int]:
        """The first line that extrudes with a hotend without a target. What is fed in place after the last print move is none."""
        return self._cold if self._printed else self._cold_feed

    @property
    def cold_shared(self) -> Optional[int]:
        """The same for a printer with one nozzle, whose heat is every tool's."""
        return self._cold_all if self._printed else self._cold_feed_all

    @property
    def never_heated(self) -> bool:
        """Whether a hotend prints that had no target at any time, because the file allows cold extrusion."""
        return bool(self._printed) and self.cold_allowed and not (self._may_have_heated or any(self._hottest()))

    @property
    def off(self) -> bool:
        """Whether a hotend had a target, and none has one now."""
        return self.all_off or (not self.named_tools and self._last_tool == 0)

    @property
    def all_off(self) -> bool:
        """Whether every tool that had a target has none now: what is extruded behind that belongs to no print."""
        tools = self._tools()
        return bool(tools) and not any(tools)

    def is_off(self, heater: str) -> bool:
        """Whether this heater has a target of 0."""
        return self._targets.get(heater) == 0

    def set(self, heater: str, degrees: Optional[float]) -> None:
        """Set a new target; None leaves the old one."""
        if degrees is None:
            return
        self._targets[heater] = degrees
        if heater.startswith("tool"):
            self._last_tool = degrees
        self._raise(heater, degrees)

    def command(self, row: Code, words: Words, rest: bytes, tool: int) -> bool:
        """Execute a numbered code that sets a target; without a tool of its own it is for the selected one.

        Returns whether it has set that of a tool.

        Of all numbers that can be read as degrees the highest counts.
        """
        readings = [float(found) for found in _DEGREES.findall(rest)]
        degrees = max(readings, default=None)
        if row.heat_off is not None and row.heat_off.match(rest.decode("ascii", "replace").upper()):
            degrees = 0.0
        if row.heats in ("bed", "chamber"):
            self.set(str(row.heats), degrees)
            return False
        own = words.get(row.tool)
        if own is None and row.needs_tool:
            return False
        named = int(tool if own is None else own)
        self.named_tools = self.named_tools or (own is not None and named > 0)
        if 0 <= named < MOST_TOOLS:
            self.set(f"tool{named}", degrees)
        elif degrees is not None:  # no tool that is known: it may be taken for the selected one
            self._raise(f"tool{tool}", degrees)
        return degrees is not None

    def macro(self, row: Code, rest: bytes) -> Optional[str]:
        """Execute a word of Klipper that sets targets. Returns what is wrong with them, if anything."""
        self._may_have_heated = self._may_have_heated or not row.cannot_heat
        self.waited = self.waited or self._may_have_heated
        parameters = rest.decode("ascii", "replace")
        if row.heats == NAMED:
            said = dict(pairs(parameters))
            name = said.get("HEATER", "")
            self.set(named_heater(name) or name.lower(), highest_number(said.get("TARGET", "")) or 0.0)
        elif row.heats == BY_PARAMETERS and row.text is None:
            found = macro_targets(parameters, alone=not row.cannot_heat)
            for heater, degrees in found.targets.items():
                if heater == ANY or row.cannot_heat:  # no heater that is known: the limit holds for it nevertheless
                    self._raise("tool0" if heater == ANY else heater, degrees)
                else:
                    self.set(heater, degrees)
            return None if row.cannot_heat else found.problem
        return None

    def switch_off(self) -> None:
        """Execute a word that switches every heater off."""
        for heater in self._targets:
            self._targets[heater] = 0.0

    def feed(self, tool: int, line: int) -> None:
        """Note that filament is fed into this tool's hotend."""
        if self.cold_allowed:
            return
        if self._cold_feed is None and not self._targets.get(f"tool{tool}"):
            self._cold_feed = line
        if self._cold_feed_all is None and not any(self._tools()):
            self._cold_feed_all = line

    def printing(self, tool: int, line: int) -> None:
        """Note that this tool extrudes on the move: what is set when it first does is meant for the first layer."""
        self._cold, self._cold_all = self._cold_feed, self._cold_feed_all
        if not self.waited and self.unwaited is None:
            self.unwaited = line
        if tool in self._printed:
            return
        self._printed.add(tool)
        for heater in (f"tool{tool}", "bed", "chamber"):
            if heater not in self._first and heater in self._targets:
                self._first[heater] = self._targets[heater]

    def result(self) -> Dict[str, HeaterTargets]:
        """Return the targets of each heater that the file names."""
        return {heater: HeaterTargets(highest, self._first.get(heater)) for heater, highest in sorted(self._highest.items())}

    def _raise(self, heater: str, degrees: float) -> None:
        self._highest[heater] = max(degrees, self._highest.get(heater, degrees))

    def _tools(self) -> List[float]:
        return [target for heater, target in self._targets.items() if heater.startswith("tool")]

    def _hottest(self) -> List[float]:
        return [highest for heater, highest in self._highest.items() if heater.startswith("tool")]

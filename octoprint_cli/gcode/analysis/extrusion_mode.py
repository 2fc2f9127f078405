"""Tell whether E is a place (M82) or an amount (M83) where the file leaves it open: a macro may set either out of sight.

A place rises from move to move, an amount goes up and down near 0. Where the moves are too few to tell, nothing is said.
"""

from __future__ import annotations

import re
from typing import List, NamedTuple, Optional, Tuple

from octoprint_cli.gcode.analysis.contents import ExtrusionMode
from octoprint_cli.gcode.analysis.toolpath import Toolpath
from octoprint_cli.gcode.code_table import lookup

#: A macro of RepRapFirmware, which is numbered.
MACRO_CALL = "M98"
#: So many pairs of moves tell for certain, fewer than so many nothing.
_ENOUGH, _FEW = 40, 3
#: Of places so many rise: wiping and combing while retracting are the others.
_RISING = 0.75
#: An amount of filament for one move, in mm, is less.
_LARGEST_AMOUNT = 100.0
_WITH_E = re.compile(rb"\n[ \t]*(?:[Nn]\d+[ \t]*)?[Gg](0*[0-3](?![\d.])|92)([^\n]*?)[Ee][ \t]*([-+]?(?:\d+\.?\d*|\.\d+))([^\n]*)")
_ON_THE_MOVE = re.compile(rb"[XYxy]")


class Verdict(NamedTuple):
    """Whether E is an amount, None if that cannot be told, and whether there were moves enough to be sure."""

    relative: Optional[bool]
    enough: bool


def extrudes(text: bytes) -> bool:
    """Whether a command in this text, which begins with a line end, moves and has an E."""
    return any(found.group(1) != b"92" for found in _WITH_E.finditer(text))


def judge(text: bytes) -> Verdict:
    """Return how E is meant in this text, which begins with a line end and where the first move extrudes."""
    before: Optional[float] = None
    pairs = rising = 0
    largest = 0.0
    for found in _WITH_E.finditer(text):
        value = float(found.group(3))
        if found.group(1) == b"92":
            before = None
        elif _ON_THE_MOVE.search(found.group(2)) or _ON_THE_MOVE.search(found.group(4)):
            largest = max(largest, abs(value))
            pairs += before is not None
            rising += before is not None and value > before
            before = value
        if pairs == _ENOUGH:
            break
    if pairs < _FEW:
        return Verdict(None, False)
    return Verdict(rising < _RISING * pairs and largest <= _LARGEST_AMOUNT, pairs == _ENOUGH)


class ModeTracker:
    """What sets how E is meant in one file, or may have set it."""

    def __init__(self, toolpath: Toolpath) -> None:
        self.in_doubt = False  # a macro may have set it, and nothing is extruded yet
        self._toolpath = toolpath
        self._sources: List[Tuple[str, int]] = []  # the last two between which something was extruded
        self._after_macro = (False, "")  # whether E is an amount after it, and what the moves look like

    def set(self, code: str, line: int) -> None:
        """Execute M82 or M83."""
        self._toolpath.relative_e = code == "M83"
        self.in_doubt = False
        self._set_by(code, line)

    def macro(self, code: str, line: int) -> None:
        """Note a word or M98, which may set it until something is extruded; after that it leaves it as it was."""
        if not self._toolpath.lengths and not lookup(code).cannot_heat:
            self.in_doubt, self._after_macro = True, (self._toolpath.relative_e, "")
            self._set_by(code[:40], line)

    def settle(self, relative: Optional[bool]) -> None:
        """Take over how E is meant after a macro; None: that cannot be told."""
        self.in_doubt = False
        if relative is not None:
            self._toolpath.relative_e = relative
            self._after_macro = (relative, "each E is near 0" if relative else "E rises from move to move")

    def result(self) -> Optional[ExtrusionMode]:
        """Tell how E is read in the print, after what is extruded before it; None if nothing is."""
        last = self._toolpath.last_extrusion
        if last is None:
            return None
        code, line = next((source for source in reversed(self._sources) if source[1] < last), ("", 0))
        if not code:
            return ExtrusionMode("absolute", False, "neither M82 nor M83 comes before the first extrusion")
        if code in ("M82", "M83"):
            return ExtrusionMode("relative" if code == "M83" else "absolute", True, f"{code} on line {line}")
        relative, looks = self._after_macro
        seen = f", and {looks}" if looks else ""
        return ExtrusionMode("relative" if relative else "absolute", False, f"{code} on line {line} may set M82 or M83{seen}")

    def _set_by(self, code: str, line: int) -> None:
        last = self._toolpath.last_extrusion
        between = bool(self._sources) and last is not None and last > self._sources[-1][1]
        self._sources = [*(self._sources[-1:] if between else self._sources[:-1]), (code, line)]

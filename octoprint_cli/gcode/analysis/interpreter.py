"""A printer that only takes notes: executes a file's commands one by one, or a run of plain moves at once."""

from __future__ import annotations

import re
from typing import Callable, Dict, List, Optional, Set, Tuple

from octoprint_cli.gcode.analysis.contents import Ending, Notable
from octoprint_cli.gcode.analysis.heaters import (
    BED_CODES,
    CHAMBER_CODES,
    MOST_TOOLS,
    TOOL_CODES,
    Heaters,
)
from octoprint_cli.gcode.analysis.tokenizer import Command, in_words, read_command
from octoprint_cli.gcode.analysis.toolpath import INCH, Track
from octoprint_cli.gcode.command import HARMFUL

#: Commands that deserve a look before a file runs unattended, and what they do.
NOTABLE: Dict[str, str] = {
    **HARMFUL,
    "M112": "stops the printer in an emergency",
    **dict.fromkeys(("M0", "M1", "M25", "M226", "PAUSE"), "waits for a person"),
    "M600": "waits for a person to change the filament",
    **dict.fromkeys(("M92", "M301", "M304", "M851"), "changes the printer's calibration"),
}
#: No more of a line is read: what is longer than that is a list of Klipper's, or damage.
_MOST_READ = 2048
#: What ends a print, besides a hotend that is switched off.
_ENDS = frozenset({"M2", "M30", "M18", "M84"})
_END_MACRO = re.compile(r"(?:^|_)(?:PRINT_END|END_PRINT|PRINT_FINISH|FINISH_PRINT|END_GCODE|GCODE_END)$")
#: Words that heat nothing: what stands before the first extrusion and is not one of these may.
_HARMLESS = re.compile(r"SET_(?!HEATER)|EXCLUDE_OBJECT|TIMELAPSE|RESPOND|STATUS|BED_MESH|[@!%]")


class Machine:
    """The state of a printer that has run the file so far."""

    def __init__(self) -> None:
        self.heaters = Heaters()
        self.track = Track(self.heaters)
        self.tools: Set[int] = set()
        self.macro: Optional[str] = None
        self._notable: Dict[str, Notable] = {}
        self._closed: Optional[Tuple[str, int]] = None  # what ended the print, and where
        self._does: Dict[str, Callable[[Command, int], None]] = {
            **dict.fromkeys(("G0", "G1"), lambda command, line: self.track.move(command.words, line)),
            "G2": lambda command, line: self.track.arc(command.words, line, clockwise=True),
            "G3": lambda command, line: self.track.arc(command.words, line, clockwise=False),
            "G28": lambda command, line: self.track.home(command.words),
            "G92": lambda command, line: self.track.rename(command.words),
            **dict.fromkeys(("G17", "G18", "G19", "G20", "G21", "G90", "G91", "M82", "M83"), self._mode),
            **dict.fromkeys(TOOL_CODES + BED_CODES + CHAMBER_CODES, self._heat),
        }

    def execute(self, text: bytes, line: int) -> Optional[str]:
        """One line without its comment. Returns what is wrong with a number in it, if anything."""
        command = read_command(text[:_MOST_READ])
        if command is None:
            return None
        act = self._does.get(command.code)
        if act is not None:
            command = in_words(command)
            act(command, line)
        elif command.code[0] == "T" and command.code[1:].isdigit():
            self._select(int(command.code[1:]))
        elif not command.code[1:2].isdigit():
            self._macro(command)
        self._note(command, line)
        return command.problem

    def notable(self) -> Tuple[Notable, ...]:
        """The commands that deserve a look, in the order of the file."""
        return tuple(sorted(self._notable.values(), key=lambda notable: notable.line))

    def ending(self, tail: bool, cut: bool) -> Ending:
        """Whether the print comes to its end. `tail`: the slicer's own last lines are there; `cut`: the last line has no end."""
        last = self.track.last_extrusion
        if last is None:
            return Ending()
        if self._closed and self._closed[1] > last:
            return Ending(True, f"{self._closed[0]} ends the print on line {self._closed[1]}")
        if tail:
            return Ending(True, "the slicer's last lines are there")
        in_the_middle = ", and its last line is cut off" if cut else ""
        return Ending(False, f"nothing after the last extrusion, on line {last}, ends the print{in_the_middle}")

    # -- what the commands do ---------------------------------------------------------------------

    def _mode(self, command: Command, line: int) -> None:
        code, track = command.code, self.track
        if code in ("G17", "G18", "G19"):
            track.plane = code
        elif code in ("G20", "G21"):
            track.scale = INCH if code == "G20" else 1.0
        elif code in ("G90", "G91"):
            track.relative = code == "G91"
        else:
            track.relative_e = code == "M83"

    def _heat(self, command: Command, line: int) -> None:
        self.heaters.command(command.code, command.words, self.track.tool)
        if self.heaters.off:
            self._closed = (f"{command.code} (hotend off)", line)

    def _select(self, tool: int) -> None:
        if tool < MOST_TOOLS:
            self.track.tool = tool
            self.tools.add(tool)

    def _macro(self, command: Command) -> None:
        self.heaters.macro(command.code, command.rest)
        if self.macro is None and not self.track.lengths and not _HARMLESS.match(command.code):
            self.macro = command.code[:40]

    def _note(self, command: Command, line: int) -> None:
        code = command.code
        if _END_MACRO.search(code) or (code in _ENDS and b"S" not in command.rest.upper()):
            self._closed = (code, line)
        does = NOTABLE.get(code)
        if does is None or (code == "M30" and not command.rest.strip()):  # the end of a program, without a file's name
            return
        first = self._notable.get(code, Notable(code, line, 0, does))
        self._notable[code] = first._replace(count=first.count + 1)

    def tool_names(self) -> List[str]:
        """tool0, tool1 ...: those that were selected or extruded."""
        return [f"tool{tool}" for tool in sorted(self.tools | set(self.track.lengths))]

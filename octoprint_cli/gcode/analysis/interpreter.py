"""G-code interpreter: it tracks position, extrusion, heaters and modes, command by command or a run of moves at once."""

from __future__ import annotations

from typing import Callable, Dict, List, Optional, Set, Tuple

from octoprint_cli.gcode.analysis.contents import FileEnding, Notable
from octoprint_cli.gcode.analysis.heaters import MOST_TOOLS, HeaterTracker
from octoprint_cli.gcode.analysis.tokenizer import Tokens, tokenize, with_words
from octoprint_cli.gcode.analysis.toolpath import INCH, Toolpath
from octoprint_cli.gcode.code_table import CODES, is_word, lookup

#: No more of a line is read: what is longer than that is a list of Klipper's, or damage.
_MOST_READ = 2048
#: The numbered codes that set a heater's target.
_HEATING = [row.name for row in CODES.values() if row.heats and not is_word(row.name)]


class GcodeInterpreter:
    """The state of a printer that has run the file so far."""

    def __init__(self) -> None:
        self.heaters = HeaterTracker()
        self.toolpath = Toolpath(self.heaters)
        self.tools: Set[int] = set()
        self.macro: Optional[str] = None
        self._notable: Dict[str, Notable] = {}
        self._closed: Optional[Tuple[str, int]] = None  # what ended the print, and where
        self._does: Dict[str, Callable[[Tokens, int], None]] = {
            **dict.fromkeys(("G0", "G1"), lambda command, line: self.toolpath.move(command.words, line)),
            "G2": lambda command, line: self.toolpath.arc(command.words, line, clockwise=True),
            "G3": lambda command, line: self.toolpath.arc(command.words, line, clockwise=False),
            "G28": lambda command, line: self.toolpath.home(command.words),
            "G92": lambda command, line: self.toolpath.rename(command.words),
            **dict.fromkeys(("G17", "G18", "G19", "G20", "G21", "G90", "G91", "M82", "M83"), self._mode),
            **dict.fromkeys(_HEATING, self._heat),
        }

    def execute(self, text: bytes, line: int) -> Optional[str]:
        """Execute one line without its comment. Returns what is wrong with a number in it, if anything."""
        command = tokenize(text[:_MOST_READ])
        if command is None:
            return None
        act = self._does.get(command.code)
        if act is not None:
            command = with_words(command)
            act(command, line)
        elif command.code[0] == "T" and command.code[1:].isdigit():
            self._select(int(command.code[1:]))
        elif is_word(command.code):
            self._macro(command)
        self._note(command, line)
        return command.problem

    def notable(self) -> Tuple[Notable, ...]:
        """Return the commands that deserve a look, in the order of the file."""
        return tuple(sorted(self._notable.values(), key=lambda notable: notable.line))

    def ending(self, tail: bool, cut: bool) -> FileEnding:
        """Tell whether the print comes to its end. `tail`: the slicer's last lines are there; `cut`: the last line has no end."""
        last = self.toolpath.last_extrusion
        if last is None:
            return FileEnding()
        if self._closed and self._closed[1] > last:
            return FileEnding(True, f"{self._closed[0]} ends the print on line {self._closed[1]}")
        if tail:
            return FileEnding(True, "the slicer's last lines are there")
        in_the_middle = ", and its last line is cut off" if cut else ""
        return FileEnding(False, f"nothing after the last extrusion, on line {last}, ends the print{in_the_middle}")

    # -- what the commands do ---------------------------------------------------------------------

    def _mode(self, command: Tokens, line: int) -> None:
        code, toolpath = command.code, self.toolpath
        if code in ("G17", "G18", "G19"):
            toolpath.plane = code
        elif code in ("G20", "G21"):
            toolpath.scale = INCH if code == "G20" else 1.0
        elif code in ("G90", "G91"):
            toolpath.relative = code == "G91"
        else:
            toolpath.relative_e = code == "M83"

    def _heat(self, command: Tokens, line: int) -> None:
        self.heaters.command(lookup(command.code), command.words, self.toolpath.tool)
        if self.heaters.off:
            self._closed = (f"{command.code} (hotend off)", line)

    def _select(self, tool: int) -> None:
        if tool < MOST_TOOLS:
            self.toolpath.tool = tool
            self.tools.add(tool)

    def _macro(self, command: Tokens) -> None:
        row = lookup(command.code)
        self.heaters.macro(row, command.rest)
        if self.macro is None and not self.toolpath.lengths and not row.cannot_heat:
            self.macro = command.code[:40]

    def _note(self, command: Tokens, line: int) -> None:
        code = command.code
        row = lookup(code)
        if row.service is not None:
            self.toolpath.zone.service = row.service
        if row.ends_print and (is_word(code) or b"S" not in command.rest.upper()):
            self._closed = (code, line)
        does = row.remark
        if does is None or (code == "M30" and not command.rest.strip()):  # the end of a program, without a file's name
            return
        first = self._notable.get(code, Notable(code, line, 0, does))
        self._notable[code] = first._replace(count=first.count + 1)

    def tool_names(self) -> List[str]:
        """Return the tools that were selected or extruded: tool0, tool1 ..."""
        return [f"tool{tool}" for tool in sorted(self.tools | set(self.toolpath.lengths))]

"""G-code interpreter: it tracks position, extrusion, heaters and modes, command by command or a run of moves at once."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Callable, Dict, List, NamedTuple, Optional, Set, Tuple

from octoprint_cli.gcode.analysis.contents import Doubt, FileEnding, Notable
from octoprint_cli.gcode.analysis.extrusion_mode import MACRO_CALL, ModeTracker
from octoprint_cli.gcode.analysis.heaters import MOST_TOOLS, HeaterTracker
from octoprint_cli.gcode.analysis.tokenizer import Tokens, coordinates, split, tokenize, with_words
from octoprint_cli.gcode.analysis.toolpath import INCH, Toolpath
from octoprint_cli.gcode.code_row import is_word
from octoprint_cli.gcode.code_table import CODES, lookup

#: No more of a line is read: what is longer than that is a list of Klipper's, or damage.
_MOST_READ = 2048
#: The numbered codes that set a heater's target.
_HEATING = [row.name for row in CODES.values() if row.heats and not is_word(row.name)]
_MOVES = frozenset(["G0", "G1", "G2", "G3", "G5", "G92"])
_MODAL = frozenset(["G0", "G1", "G2", "G3", "G5"])
#: A code that sets a target behind a word, which may be a block that is left out at times.
_SECOND = re.compile(
    rb"(?<![\w.])[Mm]\s?0{0,9}(%s)(?![\d])" % b"|".join(name[1:].encode() for name in _HEATING if name.startswith("M"))
)
_COORDINATES = frozenset("XYZEFIJ")
_BEHIND_ONE = frozenset("0123456789+-.")
#: Of a command that deserves a look, so many lines are named.
_LINES_KEPT = 5


class Problem(NamedTuple):
    """What is wrong with a line: a kind of BadLine, and words that follow `line 3`."""

    kind: str
    text: str


class GcodeInterpreter:
    """The state of a printer that has run the file so far."""

    def __init__(self) -> None:
        self.heaters = HeaterTracker()
        self.toolpath = Toolpath(self.heaters)
        self.mode = ModeTracker(self.toolpath)
        self.tools: Set[int] = set()
        self.macro: Optional[str] = None
        self.restarted: Optional[int] = None  # where another print begins, behind the first one's end
        self._motion: Optional[str] = None  # the last one of those that were executed one by one
        self._homed: Optional[int] = None
        self._firm: Optional[Tuple[str, int]] = None  # what ended the print that certainly
        self._weak: Optional[Tuple[str, int]] = None  # what comes when a print has ended, mostly
        self._started: Optional[int] = None  # what begins a print since then
        self._stale: Optional[Doubt] = None
        self._notable: Dict[str, Notable] = {}
        self._closed: Optional[Tuple[str, int]] = None  # what ended the print, and where
        self._does: Dict[str, Callable[[Tokens, int], Optional[Problem]]] = {
            **dict.fromkeys(("G0", "G1"), lambda command, line: self.toolpath.move(command.words, line)),
            "G2": lambda command, line: self._arc(command, line, clockwise=True),
            "G3": lambda command, line: self._arc(command, line, clockwise=False),
            "G5": lambda command, line: self.toolpath.spline(command.words, line),
            "G53": lambda command, line: self.toolpath.move_in_machine(command.words, line),
            "G28": lambda command, line: self.toolpath.home(command.words),
            "G92": lambda command, line: self.toolpath.rename(command.words),
            **dict.fromkeys(("G17", "G18", "G19", "G20", "G21", "G90", "G91", "M82", "M83"), self._mode),
            **dict.fromkeys(_HEATING, lambda command, line: None),  # their words may have problems
        }

    def execute(self, text: bytes, line: int) -> Optional[Problem]:
        """Execute one line without its comment. Returns what is wrong with it, if anything."""
        text = text[:_MOST_READ]
        command = tokenize(text)
        if command is None:
            return None
        command, following = split(command, text)
        if not following:
            return self._carry_out(command, text, line)
        problem: Optional[Problem] = None
        while command is not None:
            own = text[: text.rfind(following)] if following and following in text else text
            problem = self._carry_out(command, own, line) or problem
            self.toolpath.in_machine = command.code == "G53"
            text, command = following, tokenize(following)
            if command is not None:
                command, following = split(command, text)
        self.toolpath.in_machine = False
        return problem

    def _carry_out(self, command: Tokens, text: bytes, line: int) -> Optional[Problem]:
        """Execute one command, whose text may hold remarks. Returns what is wrong with it, if anything."""
        problem: Optional[Problem] = None
        if command.code[0] in _COORDINATES and (command.code[1:2] or "0") in _BEHIND_ONE:
            command = self._completed(command, text)
        heating = _heating(command)
        act = self._does.get(command.code)
        if heating:
            self._heat(heating, text, line)
        if act is not None:
            command = with_words(command)
            problem = act(command, line)
            if command.code in _MODAL:
                self._motion = command.code
        elif command.code[0] == "T" and command.code[1:].isdigit():
            self._select(int(command.code[1:]))
        elif command.code == MACRO_CALL or is_word(command.code):
            self.mode.macro(command.code, line)
            problem = self._macro(command)
        if _noteworthy(command.code):
            self._note(command, line)
        return Problem("number", command.problem) if command.problem else problem

    def notable(self) -> Tuple[Notable, ...]:
        """Return the commands that deserve a look, in the order of the file."""
        return tuple(sorted(self._notable.values(), key=lambda notable: notable.line))

    def ending(self, tail: int, cut: bool) -> FileEnding:
        """Tell whether the print comes to its end. `tail`: the slicer's last lines are on this one; `cut`: the last has no end."""
        last = self.toolpath.last_extrusion
        if last is None:
            return FileEnding()
        if self._closed and self._closed[1] > last:
            return FileEnding(True, f"{self._closed[0]} ends the print on line {self._closed[1]}")
        if tail > last:
            return FileEnding(True, "the slicer's last lines are there")
        if self._weak and self._weak[1] > last:
            return FileEnding(True, f"{self._weak[0]} follows the last extrusion on line {self._weak[1]}")
        in_the_middle = ", and its last line is cut off" if cut else ""
        return FileEnding(False, f"nothing after the last extrusion, on line {last}, ends the print{in_the_middle}")

    # -- what the commands do ---------------------------------------------------------------------

    def _completed(self, command: Tokens, text: bytes) -> Tokens:
        """Return coordinates without a code as the motion that was said before; any other command as it is."""
        words = coordinates(text)
        if words is None or (self._motion is None and not any(self.toolpath.moves.extents())):
            return command
        curved = any(letter in words.upper() for letter in (b"I", b"J", b"R"))
        return Tokens(self._motion if curved and self._motion else "G1", {}, None, words)

    def _arc(self, command: Tokens, line: int, clockwise: bool) -> Optional[Problem]:
        if self.toolpath.arc(command.words, line, clockwise) or command.problem:
            return None
        return Problem("arc", "is an arc without a centre, at which the firmware stops with an error")

    def _mode(self, command: Tokens, line: int) -> None:
        code, toolpath = command.code, self.toolpath
        if code in ("G17", "G18", "G19"):
            toolpath.plane = code
        elif code in ("G20", "G21"):
            toolpath.scale = INCH if code == "G20" else 1.0
        elif code in ("G90", "G91"):
            toolpath.relative = code == "G91"
        else:
            self.mode.set(code, line)

    def _heat(self, code: str, text: bytes, line: int) -> None:
        """Set a heater's target. The whole line is looked at: not every firmware skips what stands in brackets."""
        words = with_words(Tokens(code, {}, None, text)).words
        if self.heaters.command(lookup(code), words, text, self.toolpath.tool) and self.heaters.off:
            self._end(f"{code} (hotend off)", line, firm=self.heaters.all_off)
        elif lookup(code).heats == "bed" and self.heaters.is_off("bed"):
            self._weak = (f"{code} (bed off)", line)
        elif not self.heaters.off:
            self._starts(line)

    def _starts(self, line: int) -> None:
        if self._started is None:
            self._started = line

    def _end(self, what: str, line: int, firm: bool = True) -> None:
        """Take note of what ends a print. `firm`: what is extruded behind it belongs to no print."""
        self._look_behind()
        self._closed, self._started = (what, line), None
        if firm and self.toolpath.last_extrusion is not None:
            self._firm = self._closed

    def _look_behind(self) -> None:
        """Judge what was extruded since the print had ended: another print, if anything started one, or an older file's rest."""
        last = self.toolpath.last_extrusion
        if self._firm is None or last is None or last <= self._firm[1]:
            return
        what, line = self._firm
        if self._started is not None:
            self.restarted = self.restarted or self._started
        elif self._stale is None:
            self._stale = Doubt("stale", last, f"line {last} still extrudes, although {what} ends the print on line {line}")
        self._firm = None

    @property
    def stale(self) -> Optional[Doubt]:
        """What is extruded behind the end of the print, without a beginning."""
        self._look_behind()
        return self._stale

    @property
    def unhomed(self) -> Optional[int]:
        """The first line that extrudes before anything homes the axes, or may."""
        first = self.toolpath.first_extrusion
        return first if first is not None and (self._homed is None or self._homed > first) else None

    @property
    def left_hot(self) -> Optional[int]:
        """The line of the last extrusion, if nothing behind it switches the hotend off, or may, although other things are."""
        last = self.toolpath.last_extrusion
        if last is None or self._weak is None or self._weak[1] < last or (self._closed and self._closed[1] > last):
            return None
        return last

    def _select(self, tool: int) -> None:
        if tool < MOST_TOOLS:
            self.toolpath.tool = tool
            self.tools.add(tool)

    def _macro(self, command: Tokens) -> Optional[Problem]:
        row = lookup(command.code)
        problem = self.heaters.macro(row, command.rest)
        if self.macro is None and not self.toolpath.lengths and not row.cannot_heat:
            self.macro = command.code[:40]
        return Problem("placeholder", problem) if problem else None

    def _note(self, command: Tokens, line: int) -> None:
        code, parameters = command.code, command.rest.decode("ascii", "replace")
        row = lookup(code)
        if row.service is not None:
            self.toolpath.zone.service = row.service
        self.heaters.waited = self.heaters.waited or row.waits_for_heat
        may_start = is_word(code) and not row.cannot_heat and not row.ends_print
        if self._homed is None and (row.homes or may_start):
            self._homed = line
        if code == "G28":
            self._weak = (code, line)
        if code == "G28" or may_start:
            self._starts(line)
        if row.ends(parameters):
            self._end(code, line, firm=not row.waits and (is_word(code) or not set(parameters.upper()) & set("XYZE")))
        if code == "TURN_OFF_HEATERS":
            self.heaters.switch_off()
        if code == "M302":
            self.heaters.cold_allowed = row.concerns(parameters)
        does = row.remark
        if does is None or not row.concerns(parameters):
            return
        if code == "M30" and not parameters.strip():  # the end of a program, without a file's name
            return
        first = self._notable.get(code, Notable(code, line, 0, does, (), row.waits))
        lines = (*first.lines, line)[:_LINES_KEPT]
        self._notable[code] = first._replace(count=first.count + 1, lines=lines)

    def tool_names(self) -> List[str]:
        """Return the tools that were selected or extruded: tool0, tool1 ..."""
        return [f"tool{tool}" for tool in sorted(self.tools | set(self.toolpath.lengths))]


@lru_cache(maxsize=512)
def _noteworthy(code: str) -> bool:
    """Whether a command with this code can do anything that `_note` looks for: moves cannot, and they are many."""
    row = lookup(code)
    return bool(row.remark or row.ends_print or row.homes or row.waits_for_heat or row.service is not None or is_word(code))


def _heating(command: Tokens) -> Optional[str]:
    """Return the code with which a command sets a heater's target, also as M104.1, or as a second one on its line."""
    if command.code in _MOVES:
        return None
    base = command.code.partition(".")[0]
    if base in _HEATING:
        return base
    behind = _SECOND.search(command.rest) if command.rest and lookup(command.code).text is None else None
    return behind and f"M{int(behind.group(1))}"

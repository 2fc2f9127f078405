"""Read a G-code file in one pass and constant memory, and return what it contains.

Block by block its comments are parsed and damage is looked for; what is left is moves and other commands. Runs of
plain moves are measured at once, everything else is interpreted line by line.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Callable, Optional, Tuple

from octoprint_cli.gcode.analysis import extrusion_mode, fast_moves
from octoprint_cli.gcode.analysis.blocks import BLOCK, Block, Blocks
from octoprint_cli.gcode.analysis.comments import CommentParser, any_of
from octoprint_cli.gcode.analysis.contents import Contents, Layers
from octoprint_cli.gcode.analysis.damage import DamageDetector
from octoprint_cli.gcode.analysis.doubts import find_doubts
from octoprint_cli.gcode.analysis.interpreter import GcodeInterpreter
from octoprint_cli.gcode.analysis.layer_heights import Told
from octoprint_cli.gcode.analysis.plain_moves import close_up, may_be_odd, respell
from octoprint_cli.gcode.analysis.run_result import NeedsLineByLine, RunResult, RunStart
from octoprint_cli.gcode.analysis.slicers import MARKS
from octoprint_cli.gcode.code_table import skipped
from octoprint_cli.gcode.source import LocalFile, Progress

MeasureRun = Callable[[bytes, RunStart], RunResult]

_COMMENT = re.compile(rb";[^\n]*")
_ESCAPED_COMMENT = re.compile(rb"(?<!\\);[^\n]*")  # the server reads on behind `\;`
#: What begins otherwise ends a run.
_OTHER = re.compile(
    rb"\n(?!G[01] [A-FHLOSU-Z])(?!G[23] X[-\d.]+ Y[-\d.]+(?: [ZE][-\d.]+)* I[-\d.]+ J[-\d.]+[^\nGKMNPRST]*\n)(?!G92 E)[^\n]+"
)
#: Commands that change nothing that is looked for here: speeds, fans, progress, accelerations. Behind one another code may stand.
_NAMES = skipped()
_NUMBERED, _FREE, _NAMED = (any_of(name.encode() for name in names) for names in _NAMES)
#: Most lines are moves: they are passed by their second byte, which no command with G has that is skipped.
_NO_MOVE = b"(?!G[^%s])" % b"".join({name[1:2].encode() for name in _NAMES[0] if name.startswith("G")})
_SKIPPED = re.compile(
    rb"\n%s(?:(?:%s)(?![\d.])[^\nGMgm]*(?=\n)|(?:(?:%s)(?![\d.])|(?:%s)\b)[^\n]*)" % (_NO_MOVE, _NUMBERED, _FREE, _NAMED)
)
#: Runs shorter than this are read line by line, longer ones at once; from the second on numpy is worth its calls.
_SHORT, _LONG = 100, 6_000
#: A part of a run that is not plain is not divided further below this.
_INDIVISIBLE = 1000
#: Below this size the import of numpy costs more than it saves.
_WORTH_NUMPY = 8 * 1024 * 1024
#: So many moves at a time are read line by line until it is clear whether they are a purge line.
_FIRST_MOVES = 10
#: What a slicer writes where a layer begins.
_LAYER = re.compile(rb"\n;[ \t]*(?:" + b"|".join(MARKS.values()) + rb"|(?:BEFORE|AFTER)_LAYER_CHANGE(?=\s))")
#: This stands in a line of its own where the layers begin. No command is like it: comments are gone.
_LAYERS_BEGIN = b";"
#: So many of the first bytes tell what kind of file it is.
_BEGINNING = 40


def read_file(path: Path, progress: Optional[Progress] = None, numpy: Optional[bool] = None) -> Contents:
    """Read the file and return what it contains. `numpy`: use it, or do not; None: if it is installed, and the file is large.

    Raises FileNotFound, FileInvalid (a folder, a pipe), FileUnreadable or FileChanged.
    """
    with LocalFile(path) as source:
        reading = GcodeParser(source.size >= _WORTH_NUMPY if numpy is None else numpy)
        while reading.size < source.size:
            reading.feed(source.read(min(BLOCK, source.size - reading.size)))
            if progress:
                progress(reading.size, source.size)
        source.require_unchanged()
    return reading.contents()


class GcodeParser:
    """Parse a file incrementally: fed with its bytes, piece by piece, it tells in the end what the file contains.

    `numpy`: pass long runs with it, if it is installed.
    """

    def __init__(self, numpy: bool = False) -> None:
        self._measure_run = _vectors() if numpy else fast_moves.measure_run
        self._blocks = Blocks()
        self._damage = DamageDetector()
        self._interpreter = GcodeInterpreter()
        self._comments = CommentParser()
        self._beginning = b""
        self._block = Block(b"", 1, 0, b"", False)  # the one that is being read
        self._in_layers = False  # there was a layer's mark
        self._held: Optional[Block] = None  # the rest of one in which too few moves tell how E is meant

    @property
    def size(self) -> int:
        """The number of bytes that it was fed."""
        return self._blocks.size

    def feed(self, piece: bytes) -> None:
        """Take the next bytes of the file, any number of them."""
        if len(self._beginning) < _BEGINNING:
            self._beginning += piece[:_BEGINNING]
        for block in self._blocks.feed(piece):
            self._take(block)

    def contents(self) -> Contents:
        """Return what the file contains; nothing may be fed any more."""
        for block in self._blocks.end():
            self._take(block)
        if self._held:
            self._execute(self._held.text, self._held.line, last=True)
        self._damage.begin(self._beginning)
        layers = self._layers()
        interpreter, toolpath = self._interpreter, self._interpreter.toolpath
        extruding = toolpath.extruding.extents()
        if extruding.z is not None:  # the first layer reaches down to the bed
            extruding = extruding._replace(z=(min(extruding.z[0], 0.0), extruding.z[1]))
        return Contents(
            size=self.size,
            lines=self._block.line + self._block.text.count(b"\n") - 1,
            extruding=extruding,
            moves=toolpath.moves.extents(),
            layer_extruding=toolpath.zone.extruding.extents(),
            layer_moves=toolpath.zone.moves.extents(),
            extrusion={f"tool{tool}": length for tool, length in sorted(toolpath.lengths.items())},
            tools=tuple(interpreter.tool_names()),
            heat=interpreter.heaters.result(),
            layers=layers,
            doubts=find_doubts(interpreter, self._comments, layers.height),
            sliced=self._comments.sliced(),
            ending=interpreter.ending(self._comments.last_line if self._comments.tail else 0, self._block.cut),
            stale=interpreter.stale,
            foreign=self._damage.foreign,
            cut=self._block.cut,
            bad_lines=self._damage.lines(),
            notable=interpreter.notable(),
            cold=interpreter.heaters.cold,
            cold_shared=interpreter.heaters.cold_shared,
            named_tools=interpreter.heaters.named_tools,
            macro=interpreter.macro,
            thumbnails=self._comments.thumbnails(),
            filament_used=self._comments.filament_used(),
            extrusion_mode=interpreter.mode.result(),
            marked_layers=self._comments.marked,
        )

    def _take(self, block: Block) -> None:
        self._block = block
        self._comments.feed(block.text, block.line)
        comment = _ESCAPED_COMMENT if b"\\" in block.text and b"\\;" in block.text else _COMMENT
        commands = comment.sub(b"", block.text)
        self._damage.look(block, commands)
        if not self._in_layers:
            commands = self._with_mark(block.text, commands)
        held, self._held = self._held, None
        if held:
            commands = held.text + commands
            self._block = held._replace(text=held.text + block.text, raw=held.raw + block.raw, cut=block.cut)
        self._execute(commands, self._block.line, last=held is not None)

    def _layers(self) -> Layers:
        """Return the layers as the slicer marks them, and what it does not say by the heights."""
        marked, toolpath = self._comments.layers(), self._interpreter.toolpath
        first = marked.first_height or self._comments.lowest
        told = Told(marked.height, first, self._comments.spiral)
        if marked.count is not None:
            height = marked.height or toolpath.layers(told).height
            return marked._replace(height=height, first_height=first or toolpath.first_layer(told))
        seen = toolpath.layers(told)
        return seen._replace(height=marked.height or seen.height, first_height=first or seen.first_height)

    def _with_mark(self, text: bytes, commands: bytes) -> bytes:
        """Return the commands with a line of its own where the first layer begins, in place of the comment that said so."""
        mark = _LAYER.search(b"\n" + text) if b";" in text else None
        if mark is None:
            return commands
        self._in_layers = True
        at = _line_start(commands, text.count(b"\n", 0, mark.start()))
        return commands[:at] + _LAYERS_BEGIN + commands[at:]

    def _execute(self, commands: bytes, line: int, last: bool = False) -> None:
        """Execute the lines of a block, without their comments. `last`: do not wait for more of them."""
        text = _without_skipped(b"\n" + commands)
        odd = self._execute_plain(text, line, last, ends_at_odd=True)
        if odd is not None:
            rest, line = text[odd[0] - 1 :], odd[1]
            plain = respell(rest)
            if b"\nN" in rest:  # what is skipped could not be seen behind the numbers
                plain = _without_skipped(plain)
            self._execute_plain(plain, line, last, ends_at_odd=False)

    def _execute_plain(self, text: bytes, line: int, last: bool, ends_at_odd: bool) -> Optional[Tuple[int, int]]:
        """Execute lines, of which the first is behind a line end.

        `ends_at_odd`: stop at what may be an odd move, and return where in the text the run before it begins, and on which line.
        """
        begins = 1  # of the run that is being looked for
        for other in _OTHER.finditer(text):
            if ends_at_odd and may_be_odd(other.group()):
                return begins, line
            if self._interpreter.mode.in_doubt and self._wait(text, begins, other.end(), line, last):
                return None
            line = self._run(text[begins : other.start() + 1], line)
            self._one(other.group()[1:], line)
            line, begins = line + 1, other.end() + 1
        if not self._interpreter.mode.in_doubt or not self._wait(text, begins, len(text), line, last):
            self._run(text[begins:], line)
        return None

    def _wait(self, text: bytes, begins: int, ends: int, line: int, last: bool) -> bool:
        """Decide how E is meant if this part of the text extrudes; where that takes more text, hold the rest and return True."""
        if not extrusion_mode.extrudes(text[begins - 1 : ends]):
            return False
        verdict = extrusion_mode.judge(text[begins - 1 :])
        if verdict.enough or last:
            self._interpreter.mode.settle(verdict.relative)
            return False
        offset = self._block.offset_of(line)
        self._held = Block(text[begins:], line, offset, self._block.raw[offset - self._block.offset :], self._block.cut)
        return True

    def _run(self, text: bytes, line: int) -> int:
        """Execute a run of moves. Returns the number of the line behind it."""
        toolpath, end = self._interpreter.toolpath, line + text.count(b"\n")
        while text and not toolpath.zone.settled:  # what may be a purge line is a few moves, each of which counts
            begins = _line_start(text, _FIRST_MOVES)
            self._one_by_one(text[:begins], line)
            text, line = text[begins:], line + _FIRST_MOVES
        if len(text) < _SHORT or not toolpath.plain:
            self._one_by_one(text, line)
        elif not text.isspace():
            self._pass(text, line)
        return end

    def _pass(self, text: bytes, line: int, respelled: bool = False) -> None:
        """Measure a run at once; or, where the fast path cannot, spelled plainly, or first the one half and then the other."""
        toolpath = self._interpreter.toolpath
        measure_run = self._measure_run if len(text) > _LONG else fast_moves.measure_run
        try:
            passage = measure_run(text, toolpath.start())
            passage.require_sound()
        except NeedsLineByLine:
            plain = text if respelled else respell(b"\n" + close_up(text))[1:]
            if plain != text:
                self._pass(plain, line, respelled=True)
            else:
                self._pass_halves(text, line)
        else:
            toolpath.take(passage, line)

    def _pass_halves(self, text: bytes, line: int) -> None:
        """Measure the halves of a run that is spelled as plainly as it can be."""
        half = text.find(b"\n", len(text) // 2) + 1
        for part, at in ((text[:half], line), (text[half:], line + text.count(b"\n", 0, half))):
            if len(part) < _INDIVISIBLE or half == len(text):
                self._one_by_one(part, at)
            else:
                self._pass(part, at, respelled=True)

    def _one_by_one(self, text: bytes, line: int) -> None:
        for number, command in enumerate(text.split(b"\n"), line):
            if command:
                self._one(command, number)

    def _one(self, command: bytes, line: int) -> None:
        if command == _LAYERS_BEGIN:
            self._interpreter.toolpath.begin_layers()
            return
        problem = self._interpreter.execute(command, line)
        if problem:
            self._damage.add(problem.kind, self._block, line, command, problem.text)


def _without_skipped(text: bytes) -> bytes:
    """Return the text with commands that change nothing here left out; their lines remain, empty."""
    return _SKIPPED.sub(b"\n", text) if b"M" in text or b"_" in text else text


def _line_start(text: bytes, lines: int) -> int:
    """Return where the line behind so many lines begins; the end of the text if it has no more."""
    at = 0
    for _ in range(lines):
        at = text.find(b"\n", at) + 1
        if not at:
            return len(text)
    return at


def _vectors() -> MeasureRun:
    """Return the fast path with numpy, where that is installed."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # nothing here is for its threads, and starting them takes 30 ms
    try:
        from octoprint_cli.gcode.analysis.fast_moves_numpy import measure_run  # slow to import, and optional
    except ImportError:
        return fast_moves.measure_run
    return measure_run

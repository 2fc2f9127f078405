"""One pass over a G-code file: what it contains, in constant memory.

A block of lines at a time: its comments are told to the notes, its damage is looked for, and what is left
is moves and other commands. Runs of plain moves are passed at once, everything else line by line.
"""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path
from typing import Callable, Optional

from octoprint_cli.gcode import plain
from octoprint_cli.gcode.blocks import Block, blocks
from octoprint_cli.gcode.contents import Contents, Layers
from octoprint_cli.gcode.damage import Damage
from octoprint_cli.gcode.machine import Machine
from octoprint_cli.gcode.notes import Notes
from octoprint_cli.source import Source
from octoprint_cli.terminal import Progress

Travel = Callable[[bytes, plain.Start], plain.Passage]

#: What begins otherwise ends a run.
_OTHER = re.compile(rb"\n(?!G[01] [A-FH-LO-SU-Z]|G92 E|\n)([^\n]+)")
#: Commands that change nothing that is looked for here: speeds, fans, progress, accelerations.
_NEUTRAL = re.compile(rb"\n(?:M(?:73|10[67]|117|20[13459]|22[01]|400|486|900)|G4)(?![\d.])[^\n]*")
#: Runs shorter than this are read line by line, longer ones at once; from the second on numpy is worth its calls.
_SHORT, _LONG = 100, 6_000
#: Below this size the import of numpy costs more than it saves.
_WORTH_NUMPY = 8 * 1024 * 1024


def read_file(path: Path, progress: Optional[Progress] = None, numpy: Optional[bool] = None) -> Contents:
    """What the file contains. `numpy`: use it, or do not; None: if it is installed, and the file is large.

    Raises FileNotFound, FileInvalid (a folder, a pipe), FileUnreadable or FileChanged.
    """
    with Source(path) as source:
        left = source.size

        def read(amount: int) -> bytes:
            nonlocal left
            piece = source.read(min(amount, left)) if left else b""
            left -= len(piece)
            if progress:
                progress(source.size - left, source.size)
            return piece

        use = source.size >= _WORTH_NUMPY and _has_numpy() if numpy is None else numpy
        contents = read_stream(read, use)
        source.require_unchanged()
    return contents


def read_stream(read: Callable[[int], bytes], numpy: bool = False) -> Contents:
    """What the bytes contain that `read` gives, piece by piece, b"" at their end."""
    reader = _Reader(_vectors() if numpy else plain.travel)

    def counted(amount: int) -> bytes:
        piece = read(amount)
        if not reader.size:
            reader.damage.begin(piece[:40])
        reader.size += len(piece)
        return piece

    for block in blocks(counted):
        reader.take(block)
    return reader.contents()


def _has_numpy() -> bool:
    return find_spec("numpy") is not None


def _vectors() -> Travel:
    from octoprint_cli.gcode.vectors import travel  # slow to import, and optional

    return travel


class _Reader:
    """Everything that is known so far. `travel` passes the long runs."""

    def __init__(self, travel: Travel) -> None:
        self.size = 0
        self.damage = Damage()
        self._travel = travel
        self._machine = Machine()
        self._notes = Notes()
        self._lines = 0
        self._cut = False
        self._block: Optional[Block] = None

    def take(self, block: Block) -> None:
        """The next block."""
        self._block, self._cut = block, block.cut
        self._notes.feed(block.text, block.line)
        commands = _without_comments(block.text)
        self.damage.look(block, commands)
        self._execute(commands, block.line)
        self._lines = block.line + block.text.count(b"\n") - 1

    def contents(self) -> Contents:
        machine, track = self._machine, self._machine.track
        extruding, moves = track.extruding.extents(), track.moves.extents()
        if extruding.z is not None:  # the first layer reaches down to the bed
            extruding = extruding._replace(z=(min(extruding.z[0], 0.0), extruding.z[1]))
        return Contents(
            self.size,
            self._lines,
            extruding,
            moves,
            {f"tool{tool}": length for tool, length in sorted(track.lengths.items())},
            tuple(machine.tool_names()),
            machine.heaters.result(),
            self._layers(),
            self._notes.sliced(),
            machine.ending(self._notes.tail, self._cut),
            self.damage.lines(),
            machine.notable(),
            machine.heaters.cold,
            machine.macro,
            self._notes.thumbnails(),
        )

    def _layers(self) -> Layers:
        """As the slicer marks them; what it does not say, by the heights."""
        marked, seen = self._notes.layers(), self._machine.track.layers()
        if marked.count is None:
            marked = marked._replace(count=seen.count, source=seen.source)
        return marked._replace(height=marked.height or seen.height, first_height=marked.first_height or seen.first_height)

    def _execute(self, commands: bytes, line: int) -> None:
        """The lines of a block without their comments."""
        text = b"\n" + commands
        if b"M" in text or b"G4" in text:
            text = _NEUTRAL.sub(b"\n", text)
        begins = 1  # of the run that is being looked for
        for other in _OTHER.finditer(text):
            line += self._run(text[begins : other.start() + 1], line)
            self._one(other.group(1), line)
            line, begins = line + 1, other.end() + 1
        self._run(text[begins:], line)

    def _run(self, text: bytes, line: int) -> int:
        """A run of moves. Returns how many lines it has."""
        lines = text.count(b"\n")
        if len(text) < _SHORT or not self._machine.track.plain:
            self._one_by_one(text, line)
        elif not text.isspace():
            self._pass(text, line)
        return lines

    def _pass(self, text: bytes, line: int) -> None:
        """At once; or, if something in it is not plain, first the one half and then the other."""
        track = self._machine.track
        travel = self._travel if len(text) > _LONG else plain.travel
        try:
            passage = travel(text, track.start())
        except plain.Unplain:
            half = text.find(b"\n", len(text) // 2) + 1
            for part, at in ((text[:half], line), (text[half:], line + text.count(b"\n", 0, half))):
                self._one_by_one(part, at) if len(part) < 1000 or half == len(text) else self._pass(part, at)
        else:
            track.take(passage, line)

    def _one_by_one(self, text: bytes, line: int) -> None:
        for number, command in enumerate(text.split(b"\n"), line):
            if command:
                self._one(command, number)

    def _one(self, command: bytes, line: int) -> None:
        problem = self._machine.execute(command, line)
        if problem and self._block:
            offset = self._offset(line)
            self.damage.add("number", line, offset, command, problem)

    def _offset(self, line: int) -> int:
        """Where a line of this block begins in the file."""
        assert self._block is not None
        at = 0
        for _ in range(line - self._block.line):
            at = self._block.text.index(b"\n", at) + 1
        return self._block.place(at)[1]


def _without_comments(text: bytes) -> bytes:
    """The lines up to their semicolons."""
    if b";" not in text:
        return text
    before, *comments = text.split(b";")
    return b"".join([before, *[comment[comment.find(b"\n") :] if b"\n" in comment else b"" for comment in comments]])

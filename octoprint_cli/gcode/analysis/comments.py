"""Parse the comments of a G-code file: who sliced it, for what, how many layers, pictures, its end.

Fed with blocks of whole lines, in constant memory. Most comments are noise (`;TYPE:`, `; skirt`), so one
regular expression first takes the lines out that are a comment from their beginning (0.4 ns a byte), and
the others look at those alone.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import groupby
from typing import Callable, Dict, Iterable, List, Optional, Tuple, TypeVar

from octoprint_cli.gcode.analysis import comment_values
from octoprint_cli.gcode.analysis.contents import Layers, Sliced, Thumbnail
from octoprint_cli.gcode.analysis.layer_numbers import LayerNumbers
from octoprint_cli.gcode.analysis.printer_pictures import PrinterPictures
from octoprint_cli.gcode.analysis.slicers import (
    ANNOUNCED,
    ANNOUNCING,
    BEGINS,
    EVERY_ONE,
    MARKS,
    NUMBER_OF_EXTRUDER,
    SLICERS,
    TAILS,
    UNIT_NEEDED,
    UNKNOWN,
    Keys,
    Slicer,
    recognise,
    spellings,
)
from octoprint_cli.gcode.analysis.thumbnails import Thumbnails

T = TypeVar("T")

#: A longer comment is cut: a setting that holds a G-code script may have many kilobytes.
_LONGEST = 1000
#: How many different layer heights are counted: variable layers have dozens.
_HEIGHTS = 1000
#: How many comments are kept of a key that stands once for each extruder or each print.
_REPEATED = 64
#: A first layer higher than this is none: Cura writes 2147480 where nothing is printed.
_HIGHEST = 5.0

# The two that are left out stand every few lines in a file of PrusaSlicer or Cura.
_COMMENTS = re.compile(rb"\n;[; \t]*(?!TYPE:|WIDTH:)([^\n]{1,%d})" % _LONGEST)
_NUMBER = rb"[ \t]*([0-9]{0,5}\.?[0-9]{0,9})"


def any_of(spelled: Iterable[bytes]) -> bytes:
    """Return a pattern for one of these, grouped by their first letter: a comment that is none of them costs a look at that one."""
    groups = groupby(sorted(spelled, reverse=True), lambda one: one[:1])
    return b"|".join(letter + b"(?:" + b"|".join(re.escape(one[1:]) for one in group) + b")" for letter, group in groups)


def _keys() -> Iterable[bytes]:
    """Every key of the table, with a zero byte for the number of an extruder: seventeen spellings of each took 15 ms to compile."""
    of_all = ("version", "printer", "nozzles", "filaments", "lengths", "time")
    fields = (*of_all, "layers", "spiral", "height", "first_height", "lowest", "first_percent")
    return {key.replace("{n}", "\0").encode() for slicer in SLICERS for field in fields for key in getattr(slicer, field)}


_FACT = re.compile(b"\n(" + any_of(_keys()).replace(b"\0", NUMBER_OF_EXTRUDER) + rb")([^\n]*)")
_EVENT = re.compile(b"\n(" + b"|".join((*MARKS.values(), *TAILS.values(), *BEGINS.values())) + b")")
_NAMED = re.compile(b"\n((?:" + ANNOUNCED + rb")[^\n]*)")
_HEIGHT = re.compile(rb"\n(?:(?:LAYER_)?HEIGHT:|BEGIN_LAYER_OBJECT z=[0-9.]{1,12} z_thickness=)" + _NUMBER)
_FIRST_Z = re.compile(rb"\n(?:Z(?:_HEIGHT)?|layer(?=:\d+\.\d)):" + _NUMBER)


def _plausible(height: Optional[float]) -> Optional[float]:
    return height if height and height <= _HIGHEST else None


class CommentParser:
    """Reads the comments of one file: `feed` each block in turn, then ask."""

    def __init__(self) -> None:
        self._facts: Dict[bytes, bytes] = {}  # by key; the last one counts
        self._repeated: Dict[bytes, List[bytes]] = {}  # ... but for EVERY_ONE
        self._marks: Dict[bytes, int] = {}  # how often each of MARKS, TAILS and BEGINS was there
        self._last = b""  # ... and which came last
        self._last_block = 0  # ... in the block that begins on this line
        self.last_line = 0
        self.numbers = LayerNumbers()
        self._heights: Dict[bytes, int] = {}
        self._first_z: Optional[bytes] = None
        self._named: Optional[Tuple[Slicer, str, Optional[bytes]]] = None
        self._thumbnails, self._pictures = Thumbnails(), PrinterPictures()

    def feed(self, block: bytes, line: int) -> None:
        """Take the next whole lines, ended by \\n; `line` is the number, from 1, of the first."""
        found = _COMMENTS.findall(block)
        if block.startswith(b";"):
            found[:0] = _COMMENTS.findall(b"\n" + block.partition(b"\n")[0])
        comments = b"\n".join((b"", *found, b""))
        self._thumbnails.feed(block, line, comments)
        self._pictures.feed(block, line)
        if found:
            self._read(comments, line)
            if self._last_block == line and self._last in TAILS:
                self.last_line = line + block.count(b"\n", 0, block.rfind(self._last))

    def _read(self, comments: bytes, line: int) -> None:
        """Read comments alone, from behind their `;` and its spaces on, each between two newlines."""
        self.numbers.feed(comments, line)
        facts = _FACT.findall(comments)
        self._facts.update(facts)
        for key, value in facts:
            if key in EVERY_ONE and len(self._repeated.setdefault(key, [])) < _REPEATED:
                self._repeated[key].append(value)
        events = _EVENT.findall(comments)
        if events:
            self._last, self._last_block = events[-1], line
            for event, count in Counter(events).items():
                self._marks[event] = self._marks.get(event, 0) + count
        self._count_heights(Counter(_HEIGHT.findall(comments)))
        if self._first_z is None:
            first = _FIRST_Z.search(comments)
            self._first_z = first.group(1) if first else None
        if self._named is None:
            named = _NAMED.search(comments)
            self._named = recognise(named.group(1)) if named else None

    def _count_heights(self, counts: Dict[bytes, int]) -> None:
        known = self._heights
        for height in counts if len(known) < _HEIGHTS else counts.keys() & known.keys():
            if height in known or len(known) < _HEIGHTS:
                known[height] = known.get(height, 0) + counts[height]

    @property
    def _slicer(self) -> Slicer:
        return self._named[0] if self._named else UNKNOWN

    @property
    def beginnings(self) -> int:
        """How often a slicer announces itself: once for each file that was put behind another."""
        return max((self._marks.get(mark, 0) for mark in ANNOUNCING), default=0)

    @property
    def tail(self) -> bool:
        """Whether the slicer's own last lines were there, and no layer after them: nothing is cut off."""
        if self._last == b"CONFIG_BLOCK_END":  # Bambu Studio has its settings before all G-code, OrcaSlicer behind it
            return b"EXECUTABLE_BLOCK_END" in self._marks or b"filament used" in self._marks
        return self._last in TAILS

    def sliced(self) -> Sliced:
        slicer, name, version = self._named or (UNKNOWN, "", None)
        time = self._first(slicer.time, lambda raw: None if raw.strip() == slicer.no_time else comment_values.seconds(raw))
        return Sliced(
            slicer=comment_values.text(name.encode()),
            version=comment_values.text(version) if version else self._first(slicer.version, comment_values.version),
            printer=self._first(slicer.printer, comment_values.printer),
            nozzles=self._nozzles(slicer),
            filaments=self._all(slicer.filaments, comment_values.texts),
            time=time,
        )

    def layers(self) -> Layers:
        """Return the layers by the slicer's marks, heights by its settings or else by what it wrote at each layer."""
        slicer = self._slicer
        count = self._count(slicer) or self.marked
        height = self._first(slicer.height, comment_values.height)
        return Layers(
            count=count,
            height=height or self._usual_height(),
            first_height=self._first_height(slicer, height) or (comment_values.number(self._first_z) if self._first_z else None),
            source="comments" if count else None,
        )

    @property
    def marked(self) -> Optional[int]:
        """How many beginnings of layers the slicer marked."""
        return next((self._marks[mark] for mark in self._slicer.marks if mark in self._marks), None)

    @property
    def spiral(self) -> bool:
        """Whether the settings ask for a spiral vase, in which the height rises all the time."""
        return self._first(self._slicer.spiral, comment_values.number) == 1

    @property
    def lowest(self) -> Optional[float]:
        """The lowest height at which the slicer prints, where it says that and not how high the first layer is."""
        return _plausible(self._first(self._slicer.lowest, comment_values.number))

    def thumbnails(self) -> Tuple[Thumbnail, ...]:
        return tuple(sorted((*self._thumbnails.found, *self._pictures.found()), key=lambda picture: picture.line))

    def _nozzles(self, slicer: Slicer) -> Tuple[float, ...]:
        return self._all(slicer.nozzles, comment_values.numbers)[slicer.nozzles_from :]

    def filament_used(self) -> Tuple[float, ...]:
        """Return the lengths of filament in mm; Slic3r writes a line for each extruder, all with the same key."""
        slicer = self._slicer
        for key in slicer.lengths:
            unit = None if key in UNIT_NEEDED else b"mm"
            told = (value for one in spellings(key) for value in self._every(one))
            lengths = tuple(length for value in told for length in comment_values.lengths(value, unit))[: comment_values.MOST]
            if any(lengths):
                return lengths
        return ()

    def _count(self, slicer: Slicer) -> Optional[int]:
        """Return how many layers the slicer says that there are; of prints one after the other, in all."""
        for key in slicer.layers:
            found = [comment_values.count(value) or 0 for value in self._every(key.encode())]
            if any(found):
                return sum(found)
        return None

    def _every(self, key: bytes) -> List[bytes]:
        """Return the values of a comment: of most the last one alone."""
        return self._repeated.get(key) or [self._facts[key] for _ in (0,) if key in self._facts]

    def _usual_height(self) -> Optional[float]:
        """Return the most common height; PrusaSlicer's have noise: 0.2 is 0.200001, too."""
        counts: Dict[float, int] = {}
        for raw, count in self._heights.items():
            height = round(comment_values.number(raw) or 0, 3)
            if height:
                counts[height] = counts.get(height, 0) + count
        return max(counts, key=counts.__getitem__, default=None)

    def _first_height(self, slicer: Slicer, usual: Optional[float]) -> Optional[float]:
        """Return the first layer's height in mm; a percentage is of the layer height, or of the smallest nozzle."""
        told = self._first(slicer.first_height, lambda raw: raw.strip() or None) or b""
        if not told.endswith(b"%"):
            percent = self._first(slicer.first_percent, comment_values.number)
        else:
            percent, told = comment_values.number(told[:-1]), b""
        whole = min(self._nozzles(slicer), default=None) if slicer.percent_of_nozzle else usual
        if percent and whole:
            return round(whole * percent / 100, 3)
        return comment_values.number(told)

    def _first(self, keys: Keys, read: Callable[[bytes], Optional[T]]) -> Optional[T]:
        """Return the value of the first key that has one."""
        told = (self._facts[one] for key in keys for one in spellings(key) if one in self._facts)
        return next((value for value in map(read, told) if value is not None), None)

    def _all(self, keys: Keys, read: Callable[[bytes], Tuple[T, ...]]) -> Tuple[T, ...]:
        """Return the values of the first key that has any, of all extruders where each has a line."""
        for key in keys:
            found: List[T] = []
            for one in spellings(key):
                found += read(self._facts.get(one, b""))
            if found:
                return tuple(found[: comment_values.MOST])
        return ()

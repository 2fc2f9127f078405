"""Runs of plain moves: lines such as `G1 X1 Y2 E3` or `G2 X1 Y2 I3 J4 E5` in one mode, all of them at once.

Nine lines in ten of a sliced file are like that. A loop in Python takes microseconds for each; here the
text is taken apart with the functions of bytes, map and compress, which loop in C. Two views of it do it:

- its skeleton, the text without digits: `G1 X86.6 Y84.2 E2.2` is `X Y E`, of which a file has a dozen. What
  a line can do is looked up by its skeleton: its kind, a byte.
- its numbers, and a string with the letter of each: all numbers at an X are all positions along X.

`vectors` does the same with numpy, and must come to the same result. What neither understands is Unplain.
"""

from __future__ import annotations

import re
from itertools import accumulate, chain, compress
from math import hypot
from operator import add, mul, sub
from typing import Callable, ClassVar, Dict, FrozenSet, List, NamedTuple, Optional, Sequence, Tuple

from octoprint_cli.gcode.analysis.arcs import (
    Arcs,
    Box,
    inside,
    widen,
)
from octoprint_cli.gcode.analysis.contents import Span
from octoprint_cli.gcode.analysis.tokenizer import LARGEST

AXES = "XYZ"
#: What a line has, as bits of its kind: words, a G92 E, whether it is a move that extrudes, an arc, a clockwise one.
X, Y, Z, E, RESET, EXTRUDES, ARC, CLOCKWISE = 1, 2, 4, 8, 16, 32, 64, 128
MOVE = X | Y | Z

_LONGEST_SKELETON = 80
_SHORT = {b"G0 ": b"\n", b"G2 ": b"\n\x01", b"G3 ": b"\n\x02", b"G92 E": b"\nr"}
_SHORTENED = re.compile(rb"G(?:[023] |92 E)")


class Unplain(Exception):
    """Something in the run wants to be read line by line."""


class Start(NamedTuple):
    """Where a run begins, as the file writes positions, without shifts; and how far extruding moves reached before in X and Y."""

    position: Tuple[float, float, float]
    e: float = 0.0
    relative_e: bool = False
    reached: Box = (None, None)


class Passage(NamedTuple):
    """What a run has done. Positions as the file writes them; None: the axis was not named.

    `net`, `peak` and `trough` are the sums of filament fed: in the end, the highest, the lowest.
    `first` and `last` are lines of the run, from 0: the first that feeds filament, the last that does on the move.
    """

    position: Tuple[Optional[float], ...]
    moves: Tuple[Optional[Span], ...]
    extruding: Tuple[Optional[Span], ...]
    heights: FrozenSet[float]
    e: float
    net: float
    peak: float
    trough: float
    first: Optional[int]
    last: Optional[int]

    def require_sound(self) -> None:
        """Raise Unplain for numbers that no printer has a use for: which line has them, the reading line by line finds out."""
        spans = [end for span in self.moves if span for end in span]
        if not all(abs(value) <= LARGEST for value in (*spans, self.e, self.net, self.peak, self.trough)):
            raise Unplain


def travel(text: bytes, start: Start) -> Passage:
    """What this run of lines, each with its line end, does. Raises Unplain."""
    body = _bare(text)
    kinds = _kinds(body)
    numbers, letters = _numbers(body)

    def at(name: str) -> List[float]:
        return list(compress(numbers, letters.translate(_AT[name])))

    values, with_e = at("E"), kinds.translate(None, _NOT_E)
    deltas = _deltas(with_e, values, start)
    totals = list(accumulate(deltas))
    feeds = bytes(map((0.0).__lt__, deltas))
    kinds = _marked(kinds, with_e, feeds)
    axes = [_axis(kinds, at(name), start.position[axis], 1 << axis) for axis, name in enumerate(AXES)]
    moves, extruding = [span(axis.all) for axis in axes], [span(axis.extruding) for axis in axes]
    if any(kinds.translate(_CURVED)):
        arcs = _arcs(kinds, (axes[0].all, axes[1].all), (at("I"), at("J")), start)
        widen(moves, extruding, [arcs.at(index) for index in _beyond(arcs, start.reached, extruding)])
    last = kinds.translate(_EXTRUDING).rfind(1)
    return Passage(
        tuple(axis.last for axis in axes),
        tuple(moves),
        tuple(extruding),
        frozenset(axes[2].extruding),
        _e_after(with_e, values, totals, start),
        totals[-1] if totals else 0.0,
        max(totals, default=0.0),
        min(totals, default=0.0),
        _nth(kinds, feeds.find(1)),
        last if last >= 0 else None,
    )


def _bare(text: bytes) -> bytes:
    """The run with a line end before each line, without G0 and G1; G2 and G3 are control characters, a G92 E is an `r`."""
    text = (b"\n" + text).replace(b"\nG1 ", b"\n")
    for code in set(_SHORTENED.findall(text)):
        text = text.replace(b"\n" + code, _SHORT[code])
    return text


def span(values: List[float]) -> Optional[Span]:
    """From the lowest to the highest; None if there are none."""
    return (min(values), max(values)) if values else None


class _Kinds(Dict[bytes, int]):
    """The kind of each skeleton, found out when it is first met; Unplain for what is no plain move."""

    # Of these letters one each; others that change nothing here (F ...) may stand between them.
    _WORD = re.compile(rb"(?:([XYZEIJ])(?!.*\1)|[A-DFHLOUVW]) ?")
    _BITS: ClassVar[Dict[bytes, int]] = {b"X": X, b"Y": Y, b"Z": Z, b"E": E}

    def __missing__(self, skeleton: bytes) -> int:
        if len(skeleton) > _LONGEST_SKELETON:
            raise Unplain
        lead, rest = skeleton[:1], skeleton.strip(b" ")
        kind = {b"r": RESET, b"\x01": ARC | CLOCKWISE, b"\x02": ARC}.get(lead, 0)
        letters = self._letters(rest[1:] if kind else rest)
        if (kind & ARC and not {b"X", b"Y", b"I", b"J"} <= letters) or (not kind & ARC and letters & {b"I", b"J"}):
            raise Unplain
        if kind == RESET and rest != b"r":
            raise Unplain
        kind |= sum(self._BITS.get(letter, 0) for letter in letters)
        if len(self) < 4096:
            self[skeleton] = kind
        return kind

    def _letters(self, rest: bytes) -> set[bytes]:
        found = set()
        while rest:
            word = self._WORD.match(rest)
            if word is None:
                raise Unplain
            found.add(word.group(1) or b"")
            rest = rest[word.end() :]
        return found


_KIND = _Kinds()


def _table(true: Callable[[int], int]) -> bytes:
    return bytes(bool(true(value)) for value in range(256))


_LETTERS = b"".join(bytes([value]) for value in range(256) if chr(value).isalpha() and value < 128)
_TO_COMMA = bytes(0x2C if value in _LETTERS else value for value in range(256))
_NO_LETTER = bytes(value for value in range(256) if value not in _LETTERS)
_AT = {name: _table(names.__contains__) for name, names in (*((name, name.encode()) for name in "XYZIJ"), ("E", b"Er"))}
_EXTRUDING = _table(EXTRUDES.__and__)
_NOT_E = bytes(kind for kind in range(256) if not kind & (E | RESET))
_FEEDING = _table(E.__and__)
_ON_THE_MOVE = _table(lambda kind: kind & E and kind & MOVE)
_CURVED = _table(ARC.__and__)
_TURNING = _table(CLOCKWISE.__and__)
_STRAIGHT = bytes(kind for kind in range(256) if not kind & ARC)
_MARK = bytes(kind | EXTRUDES if kind & E and kind & MOVE else kind for kind in range(256))
#: By an axis' bit: the kinds that neither name it nor extrude, and those that name it.
_ELSEWHERE = {bit: bytes(kind for kind in range(256) if not kind & (bit | EXTRUDES)) for bit in (X, Y, Z)}
_NOT_NAMING = {bit: bytes(kind for kind in range(256) if not kind & bit) for bit in (X, Y)}
_NAMING = {bit: _table(bit.__and__) for bit in (X, Y, Z)}


def _kinds(body: bytes) -> bytes:
    """A byte a line."""
    skeletons = body.translate(None, b"0123456789.-").split(b"\n")
    return bytes(map(_KIND.__getitem__, skeletons[1:-1]))


def _numbers(body: bytes) -> Tuple[List[float], bytes]:
    """The numbers, and the letter of each. Raises Unplain where a letter has none, or one that is odd."""
    before, *fields = body.translate(_TO_COMMA, b"\x01\x02").split(b",")
    letters = body.translate(None, _NO_LETTER)
    try:
        numbers = list(map(float, fields))
    except ValueError as error:
        raise Unplain from error
    if before.strip():
        raise Unplain
    return numbers, letters


def _deltas(with_e: bytes, values: List[float], start: Start) -> List[float]:
    """How much filament each line with an E feeds, 0 for a G92."""
    deltas = values if start.relative_e else list(map(sub, values, chain((start.e,), values)))
    return list(map(mul, deltas, with_e.translate(_FEEDING))) if RESET in with_e else deltas


def _e_after(with_e: bytes, values: List[float], totals: List[float], start: Start) -> float:
    """Where E stands in the end."""
    if not values or not start.relative_e:
        return values[-1] if values else start.e
    at = with_e.rfind(RESET)
    return start.e + totals[-1] if at < 0 else values[at] + (totals[-1] - totals[at])


def _marked(kinds: bytes, with_e: bytes, feeds: bytes) -> bytes:
    """The kinds, with EXTRUDES on the moves that feed: all with an E, unless some of them retract on the move (wipe)."""
    if 0 not in bytes(compress(feeds, with_e.translate(_ON_THE_MOVE))):
        return kinds.translate(_MARK)
    told = iter(feeds)
    return bytes([kind | EXTRUDES if kind & (E | RESET) and next(told) and kind & MOVE else kind for kind in kinds])


class _Axis(NamedTuple):
    """The positions along one axis: all that are written, those between which something is extruded, the last."""

    all: List[float]
    extruding: List[float]
    last: Optional[float]


def _axis(kinds: bytes, values: List[float], start: float, bit: int) -> _Axis:
    """A position counts as extruding if the line that writes it extrudes, or the next one that names the axis or extrudes."""
    kinds = kinds.translate(None, _ELSEWHERE[bit])
    here = kinds.translate(_EXTRUDING)
    touched = _either(here, here[1:] + b"\0")
    flags = bytes(compress(touched, kinds.translate(_NAMING[bit])))
    chosen = values if 0 not in flags else list(compress(values, flags))
    if here[:1] == b"\1":  # it is extruded from where the run begins
        chosen = [start, *chosen]
    return _Axis(values, chosen, values[-1] if values else None)


def _either(one: bytes, other: bytes) -> bytes:
    """Byte by byte one or the other, as one number each."""
    return (int.from_bytes(one, "little") | int.from_bytes(other, "little")).to_bytes(len(one), "little")


def _arcs(kinds: bytes, positions: Tuple[List[float], List[float]], offsets: Tuple[List[float], List[float]], start: Start) -> Arcs:
    """Each names X, Y, I and J; it begins where the line before that names an axis has gone."""
    starts, ends = [], []
    for axis, (values, bit) in enumerate(zip(positions, (X, Y))):
        curved = kinds.translate(_CURVED, _NOT_NAMING[bit])
        starts.append(list(compress(chain((start.position[axis],), values), curved)))
        ends.append(list(compress(values, curved)))
    centres = [list(map(add, begins, offset)) for begins, offset in zip(starts, offsets)]
    kinds = kinds.translate(None, _STRAIGHT)
    return Arcs(starts, ends, centres, list(map(hypot, *offsets)), kinds.translate(_TURNING), kinds.translate(_EXTRUDING))


def _beyond(arcs: Arcs, reached: Box, extruding: Sequence[Optional[Span]]) -> list[int]:
    """Which of them may reach farther than all else has: most are wholly inside."""
    (left, right), (front, back) = map(inside, reached, extruding[:2])
    return [
        index
        for index, (x, y, radius) in enumerate(zip(*arcs.centres, arcs.radii))
        if x - radius < left or x + radius > right or y - radius < front or y + radius > back
    ]


def _nth(kinds: bytes, count: int) -> Optional[int]:
    """The line of the E with this number, from 0; None below 0."""
    if count < 0:
        return None
    line = -1
    for _ in range(count + 1):
        line = next(i for i in range(line + 1, len(kinds)) if kinds[i] & (E | RESET))
    return line

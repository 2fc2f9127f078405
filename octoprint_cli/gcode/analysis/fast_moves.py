"""Measure runs of moves all at once: lines such as `G1 X1 Y2 E3` or `G2 X1 Y2 I3 J4 E5`, in one mode.

Nine lines in ten of a sliced file are like that. A loop in Python takes microseconds for each; here the
text is taken apart with the functions of bytes, map and compress, which loop in C. Two views of it do it:

- its skeletons, the lines without digits: `G1 X86.6 Y84.2 E2.2` is `X Y E`, of which a file has a dozen. What
  a line can do is looked up by its skeleton: its kind, a byte of the bits X, Y, Z, E, RESET, EXTRUDES, ARC, CLOCKWISE.
- its numbers, and a string with the letter of each: all numbers at an X are all positions along X.

Kinds and letters are bytes, so whole runs of them are sifted by `bytes.translate`. Each table below answers one question of
every byte: some map it to 1 or 0 (`_FEEDING`: has it an E?), which `compress` takes to pick numbers; some are lists of bytes to
leave out (`_NOT_E`: all kinds without an E). An example, in absolute E that stands at 0:

    G0 X10 Y20        the kind is X|Y
    G1 X30 E1.5                   X|E
    G1 F1800                      0
    G1 Y40 E2.5                   Y|E

    `_bare`, `_numbers`   letters XYXEFYE, numbers 10 20 30 1.5 1800 40 2.5
    at("X"), at("Y")      letters.translate(_AT["X"]) is 1010000, so that compress(numbers, ...) gives 10 30; for Y 20 40
    with_e, `_deltas`     the kinds with an E: X|E, Y|E; they feed 1.5 and 1.0; their sums are 1.5 and 2.5
    `_marked`             both feed on the move: the kinds become X|Y, X|E|EXTRUDES, 0, Y|E|EXTRUDES
    `_axis` for X         kinds that name X or extrude: X|Y, X|E|EXTRUDES, Y|E|EXTRUDES. Of these extrude: 011. A position counts if
                          its own line extrudes or the next one does: 111. Those that name X: 11, so it extrudes along 10..30
    `_axis` for Y         the same kinds remain, X|Y and Y|E|EXTRUDES name Y: 11, so it extrudes along 20..40

`fast_moves_numpy` does this with numpy, and must come to the same result. What neither understands raises NeedsLineByLine.
"""

from __future__ import annotations

import re
from itertools import accumulate, chain, compress
from math import hypot
from operator import add, mul, sub
from typing import Callable, ClassVar, Dict, List, NamedTuple, Optional, Sequence, Tuple

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


class NeedsLineByLine(Exception):
    """The fast path cannot handle this run: it must be read line by line."""


class RunStart(NamedTuple):
    """Where a run begins, in positions as the file writes them, and how far extruding moves reached before in X and Y."""

    position: Tuple[float, float, float]
    e: float = 0.0
    relative_e: bool = False
    reached: Box = (None, None)
    relative: bool = False  # X, Y and Z are distances


class RunResult(NamedTuple):
    """What a run does. Positions are as the file writes them, None for an axis that no line names.

    `net`, `peak` and `trough` are the sums of filament fed: in the end, the highest, the lowest; `feed` and `pull` are the
    largest and the smallest amount of one line.
    `first` and `last` are lines of the run, from 0: the first that feeds filament, the last that does on the move.
    `until` are the moves up to that last one, `after` those behind it.
    """

    position: Tuple[Optional[float], ...]
    until: Tuple[Optional[Span], ...]
    after: Tuple[Optional[Span], ...]
    extruding: Tuple[Optional[Span], ...]
    heights: Tuple[float, ...]  # at which it extrudes, in their order
    e: float
    net: float
    peak: float
    trough: float
    feed: float
    pull: float
    first: Optional[int]
    last: Optional[int]

    def require_sound(self) -> None:
        """Raise NeedsLineByLine for numbers that no printer has a use for, so that the line that has them is found."""
        spans = [end for span in (*self.until, *self.after) if span for end in span]
        if not all(abs(value) <= LARGEST for value in (*spans, self.e, self.net, self.peak, self.trough)):
            raise NeedsLineByLine


def measure_run(text: bytes, start: RunStart) -> RunResult:
    """Measure a run of lines, each with its line end: see the example above. Raises NeedsLineByLine."""
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
    places = [_places(at(name), start.position[axis], start.relative) for axis, name in enumerate(AXES)]
    axes = [_axis(kinds, places[axis], start.position[axis], 1 << axis) for axis in range(3)]
    last = kinds.translate(_EXTRUDING).rfind(1)
    shares = [kinds[: last + 1].translate(_NAMING[1 << axis]).count(1) for axis in range(3)]
    until, after = zip(*((span(axis.all[:share]), span(axis.all[share:])) for axis, share in zip(axes, shares)))
    moves, extruding = list(until), [span(axis.extruding) for axis in axes]
    if any(kinds.translate(_CURVED)):
        arcs = _arcs(kinds, (axes[0].all, axes[1].all), (at("I"), at("J")), start)
        if 0.0 in arcs.radii:
            raise NeedsLineByLine  # an arc without a centre
        widen(moves, extruding, [arcs.at(index) for index in _beyond(arcs, start.reached, extruding)])
    return RunResult(
        tuple(axis.last for axis in axes),
        tuple(moves),
        after,
        tuple(extruding),
        tuple(axes[2].extruding),
        _e_after(with_e, values, totals, start),
        totals[-1] if totals else 0.0,
        max(totals, default=0.0),
        min(totals, default=0.0),
        0.0 if start.relative_e else max(deltas, default=0.0),
        0.0 if start.relative_e else min(deltas, default=0.0),
        _nth(kinds, feeds.find(1)),
        last if last >= 0 else None,
    )


def _places(values: List[float], start: float, relative: bool) -> List[float]:
    """Return the positions along an axis: as they are written, or each that far from the last."""
    return list(accumulate(chain((start,), values)))[1:] if relative else values


def _bare(text: bytes) -> bytes:
    """Return the run with a line end before each line, without G0 and G1; G2 and G3 are control characters, a G92 E is an `r`."""
    text = (b"\n" + text).replace(b"\nG1 ", b"\n")
    for code in set(_SHORTENED.findall(text)):
        text = text.replace(b"\n" + code, _SHORT[code])
    return text


def span(values: List[float]) -> Optional[Span]:
    """Return the lowest and the highest value; None if there are none."""
    return (min(values), max(values)) if values else None


class _Kinds(Dict[bytes, int]):
    """The kind of each skeleton, found out when it is first met. Raises NeedsLineByLine for what is no move of the kind above."""

    # Each letter of the first group may stand once; those of the second (F ...) change nothing here.
    _WORD = re.compile(rb"(?:([XYZEIJ])(?!.*\1)|[A-DFHLOUVW]) ?")
    _BITS: ClassVar[Dict[bytes, int]] = {b"X": X, b"Y": Y, b"Z": Z, b"E": E}

    def __missing__(self, skeleton: bytes) -> int:
        if len(skeleton) > _LONGEST_SKELETON:
            raise NeedsLineByLine
        lead, rest = skeleton[:1], skeleton.strip(b" ")
        kind = {b"r": RESET, b"\x01": ARC | CLOCKWISE, b"\x02": ARC}.get(lead, 0)
        letters = self._letters(rest[1:] if kind else rest)
        if (kind & ARC and not {b"X", b"Y", b"I", b"J"} <= letters) or (not kind & ARC and letters & {b"I", b"J"}):
            raise NeedsLineByLine
        if kind == RESET and rest != b"r":
            raise NeedsLineByLine
        kind |= sum(self._BITS.get(letter, 0) for letter in letters)
        if len(self) < 4096:
            self[skeleton] = kind
        return kind

    def _letters(self, rest: bytes) -> set[bytes]:
        found = set()
        while rest:
            word = self._WORD.match(rest)
            if word is None:
                raise NeedsLineByLine
            found.add(word.group(1) or b"")
            rest = rest[word.end() :]
        return found


_KIND = _Kinds()


def _table(true: Callable[[int], int]) -> bytes:
    """Return the translate table that maps each byte to 1 where the question is answered with yes, else to 0."""
    return bytes(bool(true(value)) for value in range(256))


_LETTERS = b"".join(bytes([value]) for value in range(256) if chr(value).isalpha() and value < 128)
# Of the text: letters become commas, between which the numbers are left; all but letters, to leave out; is it this letter?
_TO_COMMA = bytes(0x2C if value in _LETTERS else value for value in range(256))
_NO_LETTER = bytes(value for value in range(256) if value not in _LETTERS)
_AT = {name: _table(names.__contains__) for name, names in (*((name, name.encode()) for name in "XYZIJ"), ("E", b"Er"))}
# Of kinds: has it this bit? The kinds without it, to leave out; the kind with EXTRUDES, where it has an E and moves.
_EXTRUDING = _table(EXTRUDES.__and__)
_NOT_E = bytes(kind for kind in range(256) if not kind & (E | RESET))
_FEEDING = _table(E.__and__)
_ON_THE_MOVE = _table(lambda kind: kind & E and kind & MOVE)
_CURVED = _table(ARC.__and__)
_TURNING = _table(CLOCKWISE.__and__)
_STRAIGHT = bytes(kind for kind in range(256) if not kind & ARC)
_MARK = bytes(kind | EXTRUDES if kind & E and kind & MOVE else kind for kind in range(256))
# Of kinds, by the bit of an axis: those that neither name it nor extrude, those that do not name it; does it name it?
_ELSEWHERE = {bit: bytes(kind for kind in range(256) if not kind & (bit | EXTRUDES)) for bit in (X, Y, Z)}
_NOT_NAMING = {bit: bytes(kind for kind in range(256) if not kind & bit) for bit in (X, Y)}
_NAMING = {bit: _table(bit.__and__) for bit in (X, Y, Z)}


def _kinds(body: bytes) -> bytes:
    """Return the kind of each line."""
    skeletons = body.translate(None, b"0123456789.-").split(b"\n")
    return bytes(map(_KIND.__getitem__, skeletons[1:-1]))


def _numbers(body: bytes) -> Tuple[List[float], bytes]:
    """Return the numbers, and the letter of each. Raises NeedsLineByLine where a letter has none, or one that is odd."""
    before, *fields = body.translate(_TO_COMMA, b"\x01\x02").split(b",")
    letters = body.translate(None, _NO_LETTER)
    try:
        numbers = list(map(float, fields))
    except ValueError as error:
        raise NeedsLineByLine from error
    if before.strip():
        raise NeedsLineByLine
    return numbers, letters


def _deltas(with_e: bytes, values: List[float], start: RunStart) -> List[float]:
    """Return how much filament each line with an E feeds, 0 for a G92."""
    deltas = values if start.relative_e else list(map(sub, values, chain((start.e,), values)))
    return list(map(mul, deltas, with_e.translate(_FEEDING))) if RESET in with_e else deltas


def _e_after(with_e: bytes, values: List[float], totals: List[float], start: RunStart) -> float:
    """Return where E stands in the end."""
    if not values or not start.relative_e:
        return values[-1] if values else start.e
    at = with_e.rfind(RESET)
    return start.e + totals[-1] if at < 0 else values[at] + (totals[-1] - totals[at])


def _marked(kinds: bytes, with_e: bytes, feeds: bytes) -> bytes:
    """Return the kinds with EXTRUDES on the moves that feed: all that have an E, unless some retract on the move (wipe)."""
    if 0 not in bytes(compress(feeds, with_e.translate(_ON_THE_MOVE))):
        return kinds.translate(_MARK)
    told = iter(feeds)
    return bytes([kind | EXTRUDES if kind & (E | RESET) and next(told) and kind & MOVE else kind for kind in kinds])


class _Axis(NamedTuple):
    """The positions along one axis: all that are written, those between which something is extruded, and the last one."""

    all: List[float]
    extruding: List[float]
    last: Optional[float]


def _axis(kinds: bytes, values: List[float], start: float, bit: int) -> _Axis:
    """Pick the positions: one counts as extruding if its own line extrudes, or the next that names the axis or extrudes."""
    kinds = kinds.translate(None, _ELSEWHERE[bit])
    here = kinds.translate(_EXTRUDING)
    touched = _either(here, here[1:] + b"\0")
    flags = bytes(compress(touched, kinds.translate(_NAMING[bit])))
    chosen = values if 0 not in flags else list(compress(values, flags))
    if here[:1] == b"\1":  # it is extruded from where the run begins
        chosen = [start, *chosen]
    return _Axis(values, chosen, values[-1] if values else None)


def _either(one: bytes, other: bytes) -> bytes:
    """Return the bitwise OR of two strings of the same length, each taken as one large number."""
    return (int.from_bytes(one, "little") | int.from_bytes(other, "little")).to_bytes(len(one), "little")


def _arcs(
    kinds: bytes, positions: Tuple[List[float], List[float]], offsets: Tuple[List[float], List[float]], start: RunStart
) -> Arcs:
    """Return the arcs. Each names X, Y, I and J, and begins where the line before that names X (or Y) has gone."""
    starts, ends = [], []
    for axis, (values, bit) in enumerate(zip(positions, (X, Y))):
        curved = kinds.translate(_CURVED, _NOT_NAMING[bit])
        starts.append(list(compress(chain((start.position[axis],), values), curved)))
        ends.append(list(compress(values, curved)))
    centres = [list(map(add, begins, offset)) for begins, offset in zip(starts, offsets)]
    kinds = kinds.translate(None, _STRAIGHT)
    return Arcs(starts, ends, centres, list(map(hypot, *offsets)), kinds.translate(_TURNING), kinds.translate(_EXTRUDING))


def _beyond(arcs: Arcs, reached: Box, extruding: Sequence[Optional[Span]]) -> list[int]:
    """Return the indexes of the arcs that may reach farther than everything else: most are wholly inside."""
    (left, right), (front, back) = map(inside, reached, extruding[:2])
    return [
        index
        for index, (x, y, radius) in enumerate(zip(*arcs.centres, arcs.radii))
        if x - radius < left or x + radius > right or y - radius < front or y + radius > back
    ]


def _nth(kinds: bytes, count: int) -> Optional[int]:
    """Return the line of the E with this number, both counted from 0; None for a number below 0."""
    if count < 0:
        return None
    line = -1
    for _ in range(count + 1):
        line = next(i for i in range(line + 1, len(kinds)) if kinds[i] & (E | RESET))
    return line

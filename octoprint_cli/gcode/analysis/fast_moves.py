"""Measure runs of moves all at once: lines such as `G1 X1 Y2 E3` or `G2 X1 Y2 I3 J4 E5`, in one mode.

Nine lines in ten of a sliced file are like that. A loop in Python takes microseconds for each; here the
text is taken apart with the functions of bytes, map and compress, which loop in C. Two views of it do it:

- its skeletons, the lines without digits: `G1 X86.6 Y84.2 E2.2` is `X Y E`, of which a file has a dozen. What
  a line can do is looked up by its skeleton: its kind, a byte of the bits X, Y, Z, E, RESET, EXTRUDES, ARC, CLOCKWISE.
- its numbers, and a string with the letter of each: all numbers at an X are all positions along X.

Kinds and letters are bytes, so whole runs of them are sifted by `bytes.translate`. Each table here and in `move_kinds` answers one
question of every byte: some map it to 1 or 0 (`EXTRUDING`: has it that bit?), which `compress` takes to pick numbers; some are
bytes to leave out (`NOT_E`: all kinds without an E). An example, in absolute E that stands at 0:

    G0 X10 Y20        the kind is X|Y
    G1 X30 E1.5                   X|E
    G1 F1800                      0
    G1 Y40 E2.5                   Y|E

    `bare`, `_numbers`    letters XYXEFYE, numbers 10 20 30 1.5 1800 40 2.5
    at("X"), at("Y")      letters.translate(_AT["X"]) is 1010000, so that compress(numbers, ...) gives 10 30; for Y 20 40
    with_e, `_deltas`     the kinds with an E: X|E, Y|E; they feed 1.5 and 1.0; their sums are 1.5 and 2.5
    `_marked`             both feed on the move: the kinds become X|Y, X|E|EXTRUDES, 0, Y|E|EXTRUDES
    `_axis` for X         kinds that name X or extrude: X|Y, X|E|EXTRUDES, Y|E|EXTRUDES. Of these extrude: 011. A position counts if
                          its own line extrudes or the next one does: 111. Those that name X: 11, so it extrudes along 10..30
    `_axis` for Y         the same kinds remain, X|Y and Y|E|EXTRUDES name Y: 11, so it extrudes along 20..40

`fast_moves_numpy` does this with numpy, and must come to the same result. What neither understands raises NeedsLineByLine.
"""

from __future__ import annotations

from itertools import accumulate, chain, compress, repeat
from math import hypot
from operator import add, lt, sub
from typing import List, NamedTuple, Optional, Sequence, Tuple

from octoprint_cli.gcode.analysis import move_kinds
from octoprint_cli.gcode.analysis.arcs import Arcs, Box, inside, widen
from octoprint_cli.gcode.analysis.contents import Span
from octoprint_cli.gcode.analysis.move_kinds import EXTRUDES, MOVE, RESET, E, X, Y, table
from octoprint_cli.gcode.analysis.run_result import AXES, NeedsLineByLine, RunResult, RunStart

_LETTERS = b"".join(bytes([value]) for value in range(256) if chr(value).isalpha() and value < 128)
# Of the text: letters become commas, between which the numbers are left; all but letters, to leave out; is it this letter?
_TO_COMMA = bytes(0x2C if value in _LETTERS else value for value in range(256))
_NO_LETTER = bytes(value for value in range(256) if value not in _LETTERS)
_AT = {name: table(names.__contains__) for name, names in (*((name, name.encode()) for name in "XYZIJ"), ("E", b"Er"))}
# Of flags: 1 for 0.
_OTHERS = table(lambda flag: not flag)


def measure_run(text: bytes, start: RunStart) -> RunResult:
    """Measure a run of lines, each with its line end: see the example above. Raises NeedsLineByLine."""
    body = move_kinds.bare(text)
    kinds = move_kinds.kinds_of(body)
    numbers, letters = _numbers(body)

    def at(name: str) -> List[float]:
        return list(compress(numbers, letters.translate(_AT[name])))

    values, with_e = at("E"), kinds.translate(None, move_kinds.NOT_E)
    deltas = _deltas(with_e, values, start)
    totals = list(accumulate(deltas))
    feeds = bytes(map(lt, repeat(0.0), deltas))
    kinds = _marked(kinds, with_e, feeds)
    last = kinds.translate(move_kinds.EXTRUDING).rfind(1)
    places = [_places(at(name), start.position[axis], start.relative) for axis, name in enumerate(AXES)]
    axes = [_axis(kinds, places[axis], start.position[axis], 1 << axis, last) for axis in range(3)]
    moves, extruding = [axis.until for axis in axes], [axis.extruding for axis in axes]
    if any(kinds.translate(move_kinds.CURVED)):
        arcs = _arcs(kinds, (places[0], places[1]), (at("I"), at("J")), start)
        if 0.0 in arcs.radii:
            raise NeedsLineByLine  # an arc without a centre
        widen(moves, extruding, [arcs.at(index) for index in _beyond(arcs, start.reached, extruding)])
    return RunResult(
        tuple(values[-1] if values else None for values in places),
        tuple(moves),
        tuple(axis.after for axis in axes),
        tuple(extruding),
        _heights(axes[2], places[2], start.position[2]),
        _e_after(with_e, values, totals, start),
        totals[-1] if totals else 0.0,
        max(totals, default=0.0),
        0.0 if start.relative_e else max(deltas, default=0.0),
        min(deltas, default=0.0),
        _nth(kinds, feeds.find(1)),
        last if last >= 0 else None,
    )


def _places(values: List[float], start: float, relative: bool) -> List[float]:
    """Return the positions along an axis: as they are written, or each that far from the last."""
    return list(accumulate(chain((start,), values)))[1:] if relative else values


def span(values: List[float]) -> Optional[Span]:
    """Return the lowest and the highest value; None if there are none."""
    return (min(values), max(values)) if values else None


def joined(one: Optional[Span], other: Optional[Span]) -> Optional[Span]:
    """Return the span that holds both."""
    if one is None or other is None:
        return one or other
    return (min(one[0], other[0]), max(one[1], other[1]))


def _numbers(body: bytes) -> Tuple[List[float], bytes]:
    """Return the numbers, and the letter of each. Raises NeedsLineByLine where a letter has none, or one that is odd."""
    fields = iter(body.translate(_TO_COMMA, b"\x01\x02").split(b","))
    before, letters = next(fields), body.translate(None, _NO_LETTER)
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
    if RESET not in with_e:
        return deltas
    deltas = deltas[:]
    at = with_e.find(RESET)
    while at >= 0:
        deltas[at] = 0.0
        at = with_e.find(RESET, at + 1)
    return deltas


def _e_after(with_e: bytes, values: List[float], totals: List[float], start: RunStart) -> float:
    """Return where E stands in the end."""
    if not values or not start.relative_e:
        return values[-1] if values else start.e
    at = with_e.rfind(RESET)
    return start.e + totals[-1] if at < 0 else values[at] + (totals[-1] - totals[at])


def _marked(kinds: bytes, with_e: bytes, feeds: bytes) -> bytes:
    """Return the kinds with EXTRUDES on the moves that feed: all that have an E, unless some retract on the move (wipe)."""
    if 0 not in bytes(compress(feeds, with_e.translate(move_kinds.ON_THE_MOVE))):
        return kinds.translate(move_kinds.MARK)
    told = iter(feeds)
    return bytes([kind | EXTRUDES if kind & (E | RESET) and next(told) and kind & MOVE else kind for kind in kinds])


class _Axis(NamedTuple):
    """How far the positions along one axis reach: up to the last line that extrudes, behind it, and while something is extruded.

    `counting` has 1 for each position along which something is extruded; `from_start` is whether it is from where the run begins.
    """

    until: Optional[Span]
    after: Optional[Span]
    extruding: Optional[Span]
    counting: bytes
    from_start: bool


def _axis(kinds: bytes, values: List[float], start: float, bit: int, last: int) -> _Axis:
    """Measure an axis: a position counts as extruding if its own line extrudes, or the next that names the axis or extrudes."""
    names = move_kinds.NAMING[bit]
    before = len(values) - kinds[last + 1 :].translate(names).count(1)
    until, after = span(values[:before]), span(values[before:])
    kinds = kinds.translate(None, move_kinds.ELSEWHERE[bit])
    here = kinds.translate(move_kinds.EXTRUDING)
    touched = _either(here, here[1:] + b"\0")
    counting = bytes(compress(touched, kinds.translate(names)))
    extruding = _counted(values, counting, joined(until, after))
    from_start = here[:1] == b"\1"
    return _Axis(until, after, joined((start, start), extruding) if from_start else extruding, counting, from_start)


def _counted(values: List[float], counting: bytes, whole: Optional[Span]) -> Optional[Span]:
    """Return the span of the positions that count, of `whole` for all. Nearly all do: the few others mostly lie inside of it."""
    others = span(list(compress(values, counting.translate(_OTHERS)))) if 0 in counting else None
    if others is None or whole is None or whole[0] < others[0] <= others[1] < whole[1]:
        return whole
    return span(list(compress(values, counting)))


def _heights(axis: _Axis, values: List[float], start: float) -> Tuple[float, ...]:
    """Return the positions between which something is extruded, in their order."""
    return (*((start,) if axis.from_start else ()), *compress(values, axis.counting))


def _either(one: bytes, other: bytes) -> bytes:
    """Return the bitwise OR of two strings of the same length, each taken as one large number."""
    return (int.from_bytes(one, "little") | int.from_bytes(other, "little")).to_bytes(len(one), "little")


def _arcs(
    kinds: bytes, positions: Tuple[List[float], List[float]], offsets: Tuple[List[float], List[float]], start: RunStart
) -> Arcs:
    """Return the arcs. Each names X, Y, I and J, and begins where the line before that names X (or Y) has gone."""
    starts, ends = [], []
    for axis, (values, bit) in enumerate(zip(positions, (X, Y))):
        curved = kinds.translate(move_kinds.CURVED, move_kinds.NOT_NAMING[bit])
        starts.append(list(compress(chain((start.position[axis],), values), curved)))
        ends.append(list(compress(values, curved)))
    centres = [list(map(add, begins, offset)) for begins, offset in zip(starts, offsets)]
    kinds = kinds.translate(None, move_kinds.STRAIGHT)
    return Arcs(
        starts,
        ends,
        centres,
        list(map(hypot, *offsets)),
        kinds.translate(move_kinds.TURNING),
        kinds.translate(move_kinds.EXTRUDING),
    )


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

"""Measure runs of moves with numpy: what `fast_moves.measure_run` does, to the same result, some times as fast.

The text is looked at as an array of bytes. Where words begin and end comes from comparisons of the whole
array; eight digits at a time become a number in three multiplications. Imports numpy, which is optional.
"""

from __future__ import annotations

from typing import Any, List, NamedTuple, Optional, Tuple

import numpy as np

from octoprint_cli.gcode.analysis.arcs import (
    Arc,
    Arcs,
    inside,
    widen,
)
from octoprint_cli.gcode.analysis.contents import Span
from octoprint_cli.gcode.analysis.run_result import NeedsLineByLine, RunResult, RunStart

#: The bytes that a run is made of. Words with letters that nothing below asks for change nothing.
_KNOWN = b"0123456789.- \nABCDEFGHIJLOUVWXYZ"
_POWERS = 10.0 ** np.arange(17)
_ZEROS = np.uint64(0x3030303030303030)
#: Less the code of 0, a dot is 0x1E and has bit 4, which no digit has. Times a dot's bit, _BYTES has how many bytes are behind it.
_BIT_4 = np.uint64(0x1010101010101010)
_BYTES = np.uint64(0x0706050403020100)
_ONE = np.uint64(1)


def measure_run(text: bytes, start: RunStart) -> RunResult:
    """Measure a run of lines, each with its line end. Raises NeedsLineByLine."""
    body = (b"\n" + text).replace(b"\nG1 ", b"\n")
    if body.translate(None, _KNOWN):
        raise NeedsLineByLine
    words = _words(body)
    columns = [words.column(name) for name in b"XYZ"]
    if start.relative:
        columns = [(rows, np.cumsum(np.append(origin, values))[1:]) for (rows, values), origin in zip(columns, start.position)]
    feed = _feed(words, start)
    extruding = np.zeros(words.lines + 1, bool)
    for rows, _ in columns:
        extruding[rows] = True  # on the move, so far
    fed = np.zeros(words.lines + 1, bool)
    fed[feed.rows[feed.deltas > 0]] = True
    extruding &= fed
    seen = np.concatenate(([0], np.cumsum(extruding)))
    axes = [_axis(*column, seen, position) for column, position in zip(columns, start.position)]
    last = np.flatnonzero(extruding)[-1:]
    shares = [int(np.searchsorted(rows, last[0], "right")) if len(last) else 0 for rows, _ in columns]
    until = [_span(axis.all[:share]) for axis, share in zip(axes, shares)]
    after = [_span(axis.all[share:]) for axis, share in zip(axes, shares)]
    reached = [_span(axis.extruding) for axis in axes]
    if words.curved():
        widen(until, reached, _arcs_beyond(words, columns, start, reached, extruding))
    return RunResult(
        tuple(axis.last for axis in axes),
        tuple(until),
        tuple(after),
        tuple(reached),
        tuple(axes[2].extruding.tolist()),
        feed.e,
        float(feed.totals[-1]) if len(feed.totals) else 0.0,
        float(feed.totals.max()) if len(feed.totals) else 0.0,
        0.0 if start.relative_e or not len(feed.totals) else float(feed.deltas.max()),
        float(feed.deltas.min()) if len(feed.totals) else 0.0,
        words.line(body, int(fed.argmax())) if fed.any() else None,
        words.line(body, int(last[0])) if len(last) else None,
    )


class _Words(NamedTuple):
    """The words of a run: of each that is no G code its letter, number, place in the text, and row (of the `lines` with words).

    `arcs` are the rows of G2 and G3, `clockwise` tells which is which, `resets` are the rows of G92. `ends` counts line ends.
    """

    letters: Any
    values: Any
    starts: Any
    rows: Any
    lines: int
    ends: int
    arcs: Any
    clockwise: Any
    resets: Any

    def column(self, letter: int) -> Tuple[Any, Any]:
        """Return the rows that have this letter, and its numbers. Raises NeedsLineByLine if one has it twice."""
        at = np.flatnonzero(self.letters == letter)
        rows = self.rows[at]
        if (rows[1:] == rows[:-1]).any():
            raise NeedsLineByLine
        return rows, self.values[at]

    def curved(self) -> bool:
        """Whether there are arcs, or words that only arcs have."""
        return bool(len(self.arcs) or (self.letters == ord("I")).any() or (self.letters == ord("J")).any())

    def line(self, body: bytes, row: int) -> int:
        """Return the line, from 0, of a row."""
        place = int(self.starts[np.searchsorted(self.rows, row)])
        if place < len(body) // 2:
            return body.count(b"\n", 0, place) - 1
        return self.ends - body.count(b"\n", place) - 1  # numpy counts all of them several times as fast


class _Feed(NamedTuple):
    """The lines with an E: their rows, how much each feeds, the sums of that, and where E stands in the end."""

    rows: Any
    deltas: Any
    totals: Any
    e: float


class _Axis(NamedTuple):
    """The positions along one axis: all that are written, those between which something is extruded, and the last one."""

    all: Any
    extruding: Any
    last: Optional[float]


def _words(body: bytes) -> _Words:
    """Split the text into words. Raises NeedsLineByLine unless each is one letter and one number of up to 15 digits."""
    text = np.frombuffer(body, np.uint8)
    inside = text > 32  # neither a space nor a line end
    edges = np.flatnonzero(inside[1:] != inside[:-1]) + 1  # the text begins and ends with a line end
    starts, ends = edges[::2], edges[1::2]
    letters = text[starts]
    if np.count_nonzero(text > 64) != len(starts) or not (letters > 64).all():
        raise NeedsLineByLine  # a letter that begins no word, or a word that begins with none
    minus = text[starts + 1] == 45
    if np.count_nonzero(text == 45) != np.count_nonzero(minus):
        raise NeedsLineByLine  # a minus inside a number
    values = _values(body, starts + 1 + minus, ends)
    values = np.where(minus, -values, values)
    first = text[starts - 1] != 32  # of its line
    rows = np.cumsum(first) - 1
    coded = np.flatnonzero(letters == ord("G"))
    codes, others = values[coded], np.flatnonzero(letters != ord("G")) if len(coded) else slice(None)
    arcs, resets = (codes == 2) | (codes == 3), codes == 92
    if not (first[coded] & (arcs | resets | (codes == 0))).all():
        raise NeedsLineByLine  # another G code, or one that does not begin its line
    at = rows[coded]
    lines = int(rows[-1]) + 1 if len(rows) else 0
    of_codes = (at[arcs], codes[arcs] == 2, at[resets])
    line_ends = int(np.count_nonzero(text == 10))
    return _Words(letters[others], values[others], starts[others], rows[others], lines, line_ends, *of_codes)


def _values(body: bytes, starts: Any, ends: Any) -> Any:
    """Return the unsigned numbers at these places: their digits as a whole number, over a power of ten. Exact as float() is."""
    lengths = ends - starts
    if len(lengths) and lengths.min() < 1:
        raise NeedsLineByLine
    values = _short(body, ends, np.minimum(lengths, 8))
    long = np.flatnonzero(lengths > 8)
    if len(long):
        values[long] = _long(body, starts[long], ends[long])
    return values


def _short(body: bytes, ends: Any, lengths: Any) -> Any:
    """Return numbers of up to eight characters, all at once: eight bytes are one integer, the last character its highest byte.

    `12.5` is, from the lowest byte on, 0 0 0 0 1 2 . 5, where the dot is 0x1E. `dot` has 1 in the byte of the dot and 0 in all
    others, so `dot - 1` masks the bytes before it, `whole` (1 2). Moved one byte up they close the gap: 0 0 0 0 0 1 2 5 is 125,
    and one byte behind the dot makes it 125 / 10.
    """
    chunk = _last_eight(body, ends, lengths)
    dot = (chunk & _BIT_4) >> np.uint64(4)
    if (dot & (dot - _ONE)).any() or ((dot != 0) & (lengths == 1)).any():  # two dots, or nothing but a dot
        raise NeedsLineByLine
    whole = chunk & (dot - _ONE)
    # Without a dot all digits are before it, and stay.
    chunk = np.where(dot == 0, chunk, (whole << np.uint64(8)) | (chunk - whole - dot * np.uint64(0x1E)))
    return _number(chunk) / _POWERS[((dot * _BYTES) >> np.uint64(56)).astype(np.int64)]


def _long(body: bytes, starts: Any, ends: Any) -> Any:
    """Return numbers of up to 15 digits: from the text without dots, the last eight digits and the others before them.

    `123456789.25` is 12345678925: 45678925 and 123, together 123 * 1e8 + 45678925; two digits behind the dot make it / 100.
    """
    dots = np.flatnonzero(np.frombuffer(body, np.uint8) == 46)
    before, through = np.searchsorted(dots, starts), np.searchsorted(dots, ends)
    lengths = ends - starts - (through - before)
    if (through - before).max() > 1 or lengths.max() > 15:
        raise NeedsLineByLine
    digits, stops = body.translate(None, b"."), ends - through
    whole = _number(_last_eight(digits, stops, np.minimum(lengths, 8)))
    more = np.flatnonzero(lengths > 8)
    whole[more] += _number(_last_eight(digits, stops[more] - 8, lengths[more] - 8)) * 1e8
    fraction = np.where(through > before, ends - dots[np.minimum(before, len(dots) - 1)] - 1, 0) if len(dots) else 0
    return whole / _POWERS[fraction]


def _last_eight(text: bytes, ends: Any, lengths: Any) -> Any:
    """Return the one to eight bytes before each of these places as an integer, less the code of 0: the last is the highest."""
    padded = b"00000000" + text
    window = np.ndarray((len(text) + 1,), "<u8", padded, 0, (1,))
    blank = ((8 - lengths) * 8).astype(np.uint64)
    return ((window[ends] ^ _ZEROS) >> blank) << blank


def _number(chunk: Any) -> Any:
    """Return the number that eight digits make, a byte each, the last the highest: joined in pairs, then in fours, then all."""
    chunk = (chunk * np.uint64(10) + (chunk >> np.uint64(8))) & np.uint64(0x00FF00FF00FF00FF)
    chunk = (chunk * np.uint64(100) + (chunk >> np.uint64(16))) & np.uint64(0x0000FFFF0000FFFF)
    return ((chunk * np.uint64(10000) + (chunk >> np.uint64(32))) & np.uint64(0xFFFFFFFF)).astype(np.float64)


def _feed(words: _Words, start: RunStart) -> _Feed:
    """Return how much filament the lines with an E feed. Raises NeedsLineByLine for two E on a line, or a G92 of other axes."""
    at = np.flatnonzero(words.letters == ord("E"))
    rows, values = words.rows[at], words.values[at]
    reset = np.zeros(words.lines, bool)
    reset[words.resets] = True
    is_reset = reset[rows]
    if (rows[1:] == rows[:-1]).any():
        raise NeedsLineByLine  # two of them on a line
    if np.count_nonzero(reset[words.rows]) != len(words.resets) or np.count_nonzero(is_reset) != len(words.resets):
        raise NeedsLineByLine  # a G92 of something else than E, or of more
    deltas = values if start.relative_e else np.diff(values, prepend=start.e)
    deltas = np.where(is_reset, 0.0, deltas)
    totals = np.cumsum(deltas)
    return _Feed(rows, deltas, totals, _e_after(values, is_reset, totals, start))


def _e_after(values: Any, resets: Any, totals: Any, start: RunStart) -> float:
    """Return where E stands in the end."""
    if not len(values) or not start.relative_e:
        return float(values[-1]) if len(values) else start.e
    found = np.flatnonzero(resets)
    return float(values[found[-1]] + (totals[-1] - totals[found[-1]])) if len(found) else float(start.e + totals[-1])


def _arcs_beyond(
    words: _Words, columns: List[Tuple[Any, Any]], start: RunStart, extruded: List[Optional[Span]], extruding: Any
) -> list[tuple[Arc, bool]]:
    """Return the arcs that may reach farther than everything else, and of each whether it extrudes."""
    starts, ends, centres, outside = [], [], [], np.zeros(len(words.arcs), bool)
    offsets = [words.column(letter) for letter in b"IJ"]
    if any(not np.array_equal(rows, words.arcs) for rows, _ in offsets):
        raise NeedsLineByLine
    radius = np.hypot(offsets[0][1], offsets[1][1])
    if not radius.all():
        raise NeedsLineByLine  # an arc without a centre
    for axis, (rows, values) in enumerate(columns[:2]):
        at = np.searchsorted(rows, words.arcs)
        if not np.array_equal(rows[np.minimum(at, len(rows) - 1)] if len(rows) else rows, words.arcs):
            raise NeedsLineByLine  # a whole circle, or one that names one axis
        starts.append(np.append(start.position[axis], values)[at])
        ends.append(values[at])
        centres.append(starts[axis] + offsets[axis][1])
        low, high = inside(start.reached[axis], extruded[axis])
        outside |= (centres[axis] - radius < low) | (centres[axis] + radius > high)
    arcs = Arcs(starts, ends, centres, radius, words.clockwise, extruding[words.arcs])
    return [arcs.at(index) for index in np.flatnonzero(outside).tolist()]


def _axis(rows: Any, values: Any, seen: Any, start: float) -> _Axis:
    """Pick the positions: one counts as extruding if a line from its own to the next that names the axis extrudes."""
    until = np.append(rows[1:] + 1, len(seen) - 1)
    chosen = values[seen[until] > seen[rows]]
    if seen[int(rows[0]) + 1 if len(rows) else -1]:
        chosen = np.insert(chosen, 0, start)
    return _Axis(values, chosen, float(values[-1]) if len(values) else None)


def _span(values: Any) -> Optional[Span]:
    """Return the lowest and the highest value; None if there are none."""
    return (float(values.min()), float(values.max())) if len(values) else None

"""Runs of plain moves with numpy: what `plain.travel` does, to the same result, some times as fast.

The text is looked at as an array of bytes. Where words begin and end comes from comparisons of the whole
array; eight digits at a time become a number in three multiplications. Imports numpy, which is optional.
"""

from __future__ import annotations

from typing import Any, NamedTuple, Optional

import numpy as np

from octoprint_cli.gcode.contents import Span
from octoprint_cli.gcode.plain import Passage, Start, Unplain, bare

#: What a plain run is made of. `r` stands for a G92 of E; words of other letters change nothing here.
_KNOWN = b"0123456789.- \nABCDEFHIJKLOPQSUVWXYZr"
_POWERS = 10.0 ** np.arange(17)
_ZEROS = np.uint64(0x3030303030303030)


def travel(text: bytes, start: Start) -> Passage:
    """What this run of lines, each with its line end, does. Raises Unplain."""
    body = bare(text)
    if body.translate(None, _KNOWN):
        raise Unplain
    words = _words(body)
    rows = np.cumsum(words.first) - 1
    moving = np.zeros(len(words.first) + 1, bool)
    tracks = []
    for name in b"XYZ":
        at = np.flatnonzero(words.letters == name)
        _require_once(rows[at])
        moving[rows[at]] = True
        tracks.append((rows[at], words.values[at]))
    feed = _feed(words, rows, start)
    extruding = feed.rows[feed.deltas > 0]
    extruding = extruding[moving[extruding]]
    seen = np.concatenate(([0], np.cumsum(np.bincount(extruding, minlength=len(moving)))))
    axes = [_axis(*track, seen, position) for track, position in zip(tracks, start.position)]
    return Passage(
        tuple(axis.last for axis in axes),
        tuple(_span(axis.all) for axis in axes),
        tuple(_span(axis.extruding) for axis in axes),
        frozenset(np.unique(axes[2].extruding).tolist()),
        feed.e,
        float(feed.totals[-1]) if len(feed.totals) else 0.0,
        float(feed.totals.max()) if len(feed.totals) else 0.0,
        words.line(body, int(feed.rows[np.argmax(feed.deltas > 0)])) if (feed.deltas > 0).any() else None,
        words.line(body, int(extruding[-1])) if len(extruding) else None,
    )


class _Words(NamedTuple):
    """Each word's letter, its number, where it begins, whether it is the first of its line."""

    letters: Any
    values: Any
    starts: Any
    first: Any

    def line(self, body: bytes, row: int) -> int:
        """The line, from 0, of a row: of the lines with words in them."""
        return body.count(b"\n", 0, int(self.starts[np.flatnonzero(self.first)[row]])) - 1


class _Feed(NamedTuple):
    """The lines with an E: their rows, what each feeds, the sums of that, where E stands in the end."""

    rows: Any
    deltas: Any
    totals: Any
    e: float


class _Axis(NamedTuple):
    all: Any
    extruding: Any
    last: Optional[float]


def _words(body: bytes) -> _Words:
    """The text in words; Unplain unless each is one letter and one number of up to 15 digits."""
    text = np.frombuffer(body, np.uint8)
    inside = text > 32
    edges = np.flatnonzero(inside[1:] != inside[:-1]) + 1  # the text begins and ends with a line end
    starts, ends = edges[::2], edges[1::2]
    letters = text[starts]
    if np.count_nonzero(text > 64) != len(starts) or not (letters > 64).all():
        raise Unplain
    minus = text[starts + 1] == 45
    if np.count_nonzero(text == 45) != np.count_nonzero(minus):
        raise Unplain
    values = _values(body, starts + 1 + minus, ends, np.flatnonzero(text == 46))
    return _Words(letters, np.where(minus, -values, values), starts, text[starts - 1] == 10)


def _values(body: bytes, starts: Any, ends: Any, dots: Any) -> Any:
    """The unsigned numbers at these places: their digits as a whole number, over a power of ten. Exact as float() is."""
    digits = body.translate(None, b".")
    before = np.searchsorted(dots, starts) if len(dots) else np.zeros(len(starts), np.int64)
    through = np.append(before[1:], len(dots))  # a dot can only be inside a number
    dotted = through - before
    lengths = ends - starts - dotted
    if len(starts) and (dotted.max() > 1 or lengths.min() < 1 or lengths.max() > 15):
        raise Unplain
    stops = ends - through
    whole = _eight(digits, stops, np.minimum(lengths, 8)).astype(np.float64)
    long = np.flatnonzero(lengths > 8)
    whole[long] += _eight(digits, stops[long] - 8, lengths[long] - 8) * 1e8
    fraction = np.zeros(len(starts), np.int64)
    has = np.flatnonzero(dotted)
    fraction[has] = ends[has] - dots[before[has]] - 1
    return whole / _POWERS[fraction]


def _eight(text: bytes, stops: Any, lengths: Any) -> Any:
    """The numbers of one to eight digits that end before these places."""
    padded = b"00000000" + text
    window = np.ndarray((len(text) + 1,), "<u8", padded, 0, (1,))
    blank = ((8 - lengths) * 8).astype(np.uint64)
    chunk = ((window[stops] ^ _ZEROS) >> blank) << blank
    chunk = (chunk * np.uint64(10) + (chunk >> np.uint64(8))) & np.uint64(0x00FF00FF00FF00FF)
    chunk = (chunk * np.uint64(100) + (chunk >> np.uint64(16))) & np.uint64(0x0000FFFF0000FFFF)
    return (chunk * np.uint64(10000) + (chunk >> np.uint64(32))) & np.uint64(0xFFFFFFFF)


def _feed(words: _Words, rows: Any, start: Start) -> _Feed:
    resets = words.letters == ord("r")
    at = np.flatnonzero((words.letters == ord("E")) | resets)
    resets, values = resets[at], words.values[at]
    _require_once(rows[at])
    if resets.any() and np.isin(rows, rows[at][resets]).sum() != np.count_nonzero(resets):
        raise Unplain  # a G92 of more than E
    deltas = values if start.relative_e else np.diff(values, prepend=start.e)
    deltas = np.where(resets, 0.0, deltas)
    totals = np.cumsum(deltas)
    return _Feed(rows[at], deltas, totals, _e_after(values, resets, totals, start))


def _e_after(values: Any, resets: Any, totals: Any, start: Start) -> float:
    if not len(values) or not start.relative_e:
        return float(values[-1]) if len(values) else start.e
    found = np.flatnonzero(resets)
    return float(values[found[-1]] + (totals[-1] - totals[found[-1]])) if len(found) else float(start.e + totals[-1])


def _require_once(rows: Any) -> None:
    """Raise Unplain if a line has the same word twice."""
    if (rows[1:] == rows[:-1]).any():
        raise Unplain


def _axis(rows: Any, values: Any, seen: Any, start: float) -> _Axis:
    """A position counts as extruding if a line from its own to the next that names the axis extrudes."""
    until = np.append(rows[1:] + 1, len(seen) - 1)
    chosen = values[seen[until] > seen[rows]]
    if seen[int(rows[0]) + 1 if len(rows) else -1]:
        chosen = np.append(chosen, start)
    return _Axis(values, chosen, float(values[-1]) if len(values) else None)


def _span(values: Any) -> Optional[Span]:
    return (float(values.min()), float(values.max())) if len(values) else None

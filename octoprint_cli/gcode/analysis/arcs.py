"""How far an arc (G2, G3) reaches: farther than its two ends, and at most as far as its circle."""

from __future__ import annotations

import math
from typing import Any, Iterator, List, NamedTuple, Optional, Sequence, Tuple

from octoprint_cli.gcode.analysis.contents import Span

Point = Tuple[float, float]
_TURN = 2 * math.pi
#: Radians that are the same direction. An extreme point in that of the end is the end; of an arc that ends off its circle, as
#: no firmware minds, it is not reached, whichever way the numbers were rounded.
_SAME = 1e-9
#: Points nearer than this are one. Between two steps of the millionths that files are written in, so that no rounding decides.
_CLOSED = 5e-7


class Arc(NamedTuple):
    """An arc in its plane, from `start` to `end` around `centre`; the same start and end: a whole circle."""

    start: Point
    end: Point
    centre: Point
    clockwise: bool

    @property
    def radius(self) -> float:
        return math.dist(self.start, self.centre)

    def points(self, turns: bool = False) -> Iterator[Point]:
        """Yield the arc's end, and those of its circle's four extreme points that the arc passes: with more turns, all."""
        yield self.end
        begin = self._angle(self.start)
        swept = (self._angle(self.end) - begin) * (-1 if self.clockwise else 1) % _TURN
        if turns or math.dist(self.start, self.end) < _CLOSED or swept < _SAME:
            swept = _TURN
        for quarter in range(4):
            away = (quarter * math.pi / 2 - begin) * (-1 if self.clockwise else 1) % _TURN
            if away < swept - _SAME:
                across, up = ((1, 0), (0, 1), (-1, 0), (0, -1))[quarter]
                yield (self.centre[0] + across * self.radius, self.centre[1] + up * self.radius)

    def _angle(self, point: Point) -> float:
        return math.atan2(point[1] - self.centre[1], point[0] - self.centre[0])


def by_radius(start: Point, end: Point, radius: float, clockwise: bool) -> Optional[Point]:
    """Return the centre of an arc that is given by its radius (R): a negative radius means the longer way round.

    None where start and end are the same, or further apart than such an arc reaches: firmwares then do not move.
    """
    apart = math.dist(start, end)
    if apart < _CLOSED or abs(radius) < apart / 2 - 1e-6:
        return None
    off = math.sqrt(max(radius * radius - apart * apart / 4, 0.0)) / apart * (-1 if clockwise == (radius > 0) else 1)
    middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
    return (middle[0] - (end[1] - start[1]) * off, middle[1] + (end[0] - start[0]) * off)


#: How far something reaches in X and in Y; None: nothing is there.
Box = Tuple[Optional[Span], Optional[Span]]


class Arcs(NamedTuple):
    """Many arcs, a column for each of their properties; of starts, ends and centres two, X and Y."""

    starts: Sequence[Any]
    ends: Sequence[Any]
    centres: Sequence[Any]
    radii: Any
    clockwise: Any
    extruding: Any

    def at(self, index: int) -> Tuple[Arc, bool]:
        """Return the arc at this index, and whether it extrudes."""
        start, end, centre = ((float(both[0][index]), float(both[1][index])) for both in (self.starts, self.ends, self.centres))
        return Arc(start, end, centre, bool(self.clockwise[index])), bool(self.extruding[index])


def inside(before: Optional[Span], now: Optional[Span]) -> Span:
    """Return the span that holds both spans, an inverted infinite one if there is neither. No arc inside can widen it."""
    ends = [*(before or ()), *(now or ())]
    return (min(ends), max(ends)) if ends else (math.inf, -math.inf)


def widen(moves: List[Optional[Span]], extruding: List[Optional[Span]], arcs: List[Tuple[Arc, bool]]) -> None:
    """Widen the spans of X and Y to hold these arcs, each of which comes with whether it extrudes."""
    for arc, extrudes in arcs:
        for axis, positions in enumerate(zip(*arc.points())):
            for spans in (moves, extruding) if extrudes else (moves,):
                low, high = inside(spans[axis], None)
                spans[axis] = (min(low, *positions), max(high, *positions))

"""How far an arc (G2, G3) reaches: farther than its two ends, and at most as far as its circle."""

from __future__ import annotations

import math
from typing import Iterable, Iterator, NamedTuple, Optional, Tuple

from octoprint_cli.gcode.contents import Span

Point = Tuple[float, float]
_TURN = 2 * math.pi


class Arc(NamedTuple):
    """An arc in its plane, from `start` to `end` around `centre`; the same start and end: a whole circle."""

    start: Point
    end: Point
    centre: Point
    clockwise: bool

    @property
    def radius(self) -> float:
        return math.dist(self.start, self.centre)

    def points(self) -> Iterator[Point]:
        """Its end, and each point of its circle's four extreme ones that it passes."""
        yield self.end
        begin = self._angle(self.start)
        swept = (self._angle(self.end) - begin) * (-1 if self.clockwise else 1) % _TURN
        if math.dist(self.start, self.end) < 1e-6 or swept < 1e-9:
            swept = _TURN
        for quarter in range(4):
            away = (quarter * math.pi / 2 - begin) * (-1 if self.clockwise else 1) % _TURN
            if away <= swept:
                across, up = ((1, 0), (0, 1), (-1, 0), (0, -1))[quarter]
                yield (self.centre[0] + across * self.radius, self.centre[1] + up * self.radius)

    def _angle(self, point: Point) -> float:
        return math.atan2(point[1] - self.centre[1], point[0] - self.centre[0])


def by_radius(start: Point, end: Point, radius: float, clockwise: bool) -> Optional[Point]:
    """The centre of the arc that is given by its radius (R): the shorter way, the longer one if it is negative.

    None where start and end are the same, or further apart than such an arc reaches: firmwares then do not move.
    """
    apart = math.dist(start, end)
    if apart < 1e-6 or abs(radius) < apart / 2 - 1e-6:
        return None
    off = math.sqrt(max(radius * radius - apart * apart / 4, 0.0)) / apart * (-1 if clockwise == (radius > 0) else 1)
    middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
    return (middle[0] - (end[1] - start[1]) * off, middle[1] + (end[0] - start[0]) * off)


Box = Tuple[Optional[Span], Optional[Span]]


def widened(box: Box, arcs: Iterable[Arc]) -> Box:
    """A box, by X and Y, that holds these arcs, too."""
    points = [point for arc in arcs for point in arc.points()]
    return (_holding(box[0], [x for x, _ in points]), _holding(box[1], [y for _, y in points]))


def _holding(span: Optional[Span], values: list[float]) -> Optional[Span]:
    values = [*(span or ()), *values]
    return (min(values), max(values)) if values else None

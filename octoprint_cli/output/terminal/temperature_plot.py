"""Temperatures over time as a plot of plain text. Must not know the terminal, nor where the temperatures come from.

A fine plot is drawn in braille characters of two by four dots. In a coarse one each character is one dot, and each heater
has its own symbol.
"""

from __future__ import annotations

import math
from typing import Dict, Iterator, List, Mapping, NamedTuple, Optional, Sequence, Set, Tuple

from octoprint_cli.output.terminal.sparkline import value_range

#: A time in seconds, from any origin, and degrees Celsius; None is unknown and becomes a gap.
Point = Tuple[float, Optional[float]]
_Dot = Tuple[int, int]

#: Characters that a stream must be able to write for a fine plot.
FINE = "⣿│┤┬─└"
NOTHING = "no temperatures are known yet"
_MINUTES = "minutes ago"
_SYMBOLS = "*o+x#@%&"
_BRAILLE = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
#: The least width and height of a readable plot.
_NARROWEST, _LOWEST = 30, 4
#: The least range of degrees that the axis spans, so that jitter of a tenth looks steady.
_LEAST_SPAN = 10.0
_LONGEST_NAME = 12


class _Axis(NamedTuple):
    """An axis from the value `low` to the value `high`, `dots` long."""

    low: float
    high: float
    dots: int

    def at(self, value: float) -> int:
        """Return the dot of a value, counted from the low end; the last dot if the axis has no extent."""
        span = self.high - self.low
        return round((value - self.low) / span * (self.dots - 1)) if span > 0 else self.dots - 1


class _Grain(NamedTuple):
    """The resolution of a plot: the dots in a character, and the characters of the axes."""

    across: int
    down: int
    side: str
    tick: str
    foot: str
    corner: str
    line: str


_FINE = _Grain(2, 4, "│", "┤", "┬", "└", "─")
_COARSE = _Grain(1, 1, "|", "|", "+", "+", "-")


def plot(series: Mapping[str, Sequence[Point]], width: int, height: int, fine: bool = True) -> str:
    """Return a plot of each heater's temperatures, the newest at the right end.

    It has lines of at most `width` characters (at least 30), and `height` lines (at least 6), two of which are the time axis.
    """
    points = {name: [_known(point) for point in sorted(given, key=lambda point: point[0])] for name, given in series.items()}
    points = {name: given for name, given in points.items() if any(value is not None for _, value in given)}
    if not points:
        return NOTHING
    return _Plot(points, max(width, _NARROWEST), max(height - 2, _LOWEST), _FINE if fine else _COARSE).text()


def _known(point: Point) -> Point:
    time, value = point
    return time, value if value is not None and math.isfinite(value) else None


class _Plot:
    """A plot of series that each have a known value."""

    def __init__(self, points: Mapping[str, Sequence[Point]], width: int, rows: int, grain: _Grain) -> None:
        self._points = points
        self._grain = grain
        self._rows = rows
        self._step, low, high = _degrees(points, rows)
        self._ticks = [low + self._step * tick for tick in range(round((high - low) / self._step) + 1)]
        self._labels = dict(self._named())
        self._left = max(len(_tick(tick)) for tick in self._ticks)
        self._columns = width - self._left - 2 - 1 - max(len(_MINUTES), *map(len, self._labels.values()))
        times = [time for given in points.values() for time, _ in given]
        self._x = _Axis(min(times), max(times), self._columns * grain.across)
        self._y = _Axis(low, high, rows * grain.down)

    def text(self) -> str:
        """Return the lines of the plot as one text."""
        cells = self._cells()
        ticks = {self._row(tick): _tick(tick) for tick in self._ticks}
        ends = self._ends()
        lines = []
        for row in range(self._rows):
            drawn = "".join(cells.get((column, row), " ") for column in range(self._columns))
            side = self._grain.tick if row in ticks else self._grain.side
            lines.append(f"{ticks.get(row, ''):>{self._left}} {side}{drawn} {ends.get(row, '')}".rstrip())
        return "\n".join([*lines, *self._time_axis()])

    def _named(self) -> Iterator[Tuple[str, str]]:
        for index, name in enumerate(self._points):
            symbol = "" if self._grain is _FINE else f"{_SYMBOLS[index % len(_SYMBOLS)]} "
            yield name, symbol + name[:_LONGEST_NAME]

    def _row(self, value: float) -> int:
        return self._rows - 1 - self._y.at(value) // self._grain.down

    # -- the lines --------------------------------------------------------------------------------

    def _cells(self) -> Dict[_Dot, str]:
        """Return the plot's characters by column and row; where curves meet in a coarse plot, the first heater's symbol."""
        masks: Dict[_Dot, int] = {}
        cells: Dict[_Dot, str] = {}
        across, down = self._grain.across, self._grain.down
        for name, given in self._points.items():
            for x, y in self._dots(given):
                cell = (x // across, self._rows - 1 - y // down)
                if self._grain is _FINE:
                    masks[cell] = masks.get(cell, 0) | _BRAILLE[down - 1 - y % down][x % across]
                    cells[cell] = chr(0x2800 + masks[cell])
                else:
                    cells.setdefault(cell, self._labels[name][0])
        return cells

    def _dots(self, given: Sequence[Point]) -> Set[_Dot]:
        """Return the dots of a curve: a line from each point to the next, with gaps at unknown values."""
        dots: Set[_Dot] = set()
        before: Optional[_Dot] = None
        for time, value in given:
            dot = None if value is None else (self._x.at(time), self._y.at(value))
            if dot is not None:
                dots.update(_between(before or dot, dot))
            before = dot
        return dots

    def _ends(self) -> Dict[int, str]:
        """Return the heaters' labels by row: the row in which the heater's curve ends, or the nearest free one."""
        ends: Dict[int, str] = {}
        for name, given in self._points.items():
            last = next(value for _, value in reversed(given) if value is not None)
            row = self._row(last)
            free = sorted(set(range(self._rows)) - set(ends), key=lambda other: abs(other - row))
            if free:
                ends[free[0]] = self._labels[name]
        return ends

    # -- the time axis ----------------------------------------------------------------------------

    def _time_axis(self) -> Iterator[str]:
        minutes = (self._x.high - self._x.low) / 60
        step = _nice(minutes / max(1, self._columns // 8))
        line, labels = [self._grain.line] * self._columns, [" "] * (self._left + 2 + self._columns + 1)
        for tick in range(int(minutes / step) + 1):
            column = self._x.at(self._x.high - tick * step * 60) // self._grain.across
            line[column] = self._grain.foot
            label = f"{tick * step:g}" if tick else "now"
            begin = self._left + 2 + column - len(label) // 2 - (0 if tick else 1)
            labels[begin : begin + len(label)] = label
        yield f"{'':{self._left}} {self._grain.corner}{''.join(line)}"
        yield f"{''.join(labels)}{_MINUTES}"


def _between(one: _Dot, other: _Dot) -> Iterator[_Dot]:
    """Yield the dots of a straight line between two dots."""
    steps = max(abs(other[0] - one[0]), abs(other[1] - one[1]), 1)
    for step in range(steps + 1):
        yield round(one[0] + (other[0] - one[0]) * step / steps), round(one[1] + (other[1] - one[1]) * step / steps)


def _degrees(points: Mapping[str, Sequence[Point]], rows: int) -> Tuple[float, float, float]:
    """Return the distance between the ticks of the temperature axis, and the two ends of the axis, which are ticks."""
    known: List[float] = [value for given in points.values() for _, value in given if value is not None]
    low, span = value_range(known, _LEAST_SPAN)
    high = low + span
    step = _nice((high - low) / max(1, rows // 3))
    return step, math.floor(low / step) * step, math.ceil(high / step) * step


def _nice(least: float) -> float:
    """Return the smallest 1, 2 or 5 times a power of ten that is not below `least`."""
    if least <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(least))
    return next((power * digit for digit in (1, 2, 5) if power * digit >= least), power * 10)


def _tick(degrees: float) -> str:
    return f"{degrees:g} °C"

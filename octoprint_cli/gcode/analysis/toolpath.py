"""Track where the nozzle goes and what it extrudes, move by move or a run at a time.

Positions are physical: as the machine's own axes count, in millimetres, home being 0. A G92 renames where
the nozzle stands and moves nothing, so what a file writes and where it goes can differ: by a shift.
"""

from __future__ import annotations

from typing import Dict, Iterable, List, NamedTuple, Optional, Sequence, Set, Tuple

from octoprint_cli.gcode.analysis.arcs import Arc, by_radius
from octoprint_cli.gcode.analysis.contents import Layers, Span
from octoprint_cli.gcode.analysis.heaters import HeaterTracker
from octoprint_cli.gcode.analysis.layer_heights import MOST_HEIGHTS, Told, count_layers, lowest_layer
from octoprint_cli.gcode.analysis.layer_zone import LayerZone, Reach
from octoprint_cli.gcode.analysis.levels import Levels
from octoprint_cli.gcode.analysis.run_result import AXES, RunResult, RunStart
from octoprint_cli.gcode.analysis.tokenizer import Words

#: The two axes of an arc's plane and the words of its centre: G17, G18, G19.
_PLANES = {"G17": ((0, 1), "IJ"), "G18": ((2, 0), "KI"), "G19": ((1, 2), "JK")}
INCH = 25.4


class Extreme(NamedTuple):
    """A value, and near which line it is."""

    value: float
    line: int


class Toolpath:
    """The nozzle's way through a file. Lines are counted by the caller."""

    def __init__(self, heaters: HeaterTracker) -> None:
        self.heaters = heaters
        self.tool = 0
        self.relative = False  # G91
        self.relative_e = False  # M83
        self.scale = 1.0  # G20: inches
        self.plane = "G17"
        self.moves, self.extruding = Reach(), Reach()
        self.zone, self.levels = LayerZone(), Levels()
        self.first_extrusion: Optional[int] = None
        self.last_extrusion: Optional[int] = None  # the line of the last move that extruded
        self.unwound: Dict[int, float] = {}  # filament by tool: what went forth and back ...
        self.lengths: Dict[int, float] = {}  # ... and the farthest that it came
        self.feed, self.pull = Extreme(0.0, 0), Extreme(0.0, 0)  # of absolute E, the largest steps of one line
        self.layer_lengths = 0.0  # filament of the layers
        self._before_layers = 0.0
        self._position = [0.0, 0.0, 0.0]
        self._shift = [0.0, 0.0, 0.0]
        self._e = 0.0
        self._heights: Set[float] = set()

    @property
    def plain(self) -> bool:
        """Whether runs of moves can be passed at once: positions in millimetres, arcs lying flat."""
        return self.scale == 1.0 and self.plane == "G17"

    def begin_layers(self) -> None:
        """Take note that the layers begin: what was extruded before is none of them."""
        self.zone.mark()
        self._begin()

    def _begin(self) -> None:
        self.levels.restart()
        self.feed, self.pull = Extreme(0.0, 0), Extreme(0.0, 0)
        self._before_layers, self.layer_lengths = sum(self.lengths.values()), 0.0

    def start(self) -> RunStart:
        """Return where the next run begins."""
        x, y, z = (position - shift for position, shift in zip(self._position, self._shift))
        reached = self.extruding.extents()
        spans = [(span[0] - shift, span[1] - shift) if span else None for span, shift in zip(reached, self._shift)]
        return RunStart((x, y, z), self._e, self.relative or self.relative_e, (spans[0], spans[1]), self.relative)

    def take(self, passage: RunResult, line: int) -> None:
        """Take over the result of a run that began on this line."""
        until, after, extruding = (self._physical(spans) for spans in (passage.until, passage.after, passage.extruding))
        for spans in (until, after):
            self.moves.add_spans(spans)
        self.extruding.add_spans(extruding)
        if passage.last is not None:
            self.zone.extrude(extruding, until, passage.last + 1)
        self.zone.travel(until if passage.last is None else ())
        self.zone.travel(after)
        for axis, shift in enumerate(self._shift):
            last = passage.position[axis]
            if last is not None:
                self._position[axis] = last + shift
        self._e = passage.e
        self._step(passage.feed, passage.pull, line)
        if passage.first is not None:
            self._feed(passage.net, passage.peak, line + passage.first)
        elif passage.net:
            self._wind(passage.net, passage.peak)
        if passage.last is not None:
            self._extruded(
                line + passage.last, line + (passage.first or 0), [height + self._shift[2] for height in passage.heights]
            )

    def move(self, words: Words, line: int) -> None:
        """Execute a G0 or G1."""
        before = list(self._position)
        moved = self._go(words)
        if self._filament(words, line) > 0 and moved:
            self._extrude(line, [tuple(before), tuple(self._position)])
        elif moved:
            self.zone.travel((at, at) if words.get(name) is not None else None for at, name in zip(self._position, AXES))

    def arc(self, words: Words, line: int, clockwise: bool) -> bool:
        """Execute a G2 or G3, which may reach beyond its ends. Returns whether it has a centre."""
        before = list(self._position)
        self._go(words)
        way = [tuple(self._position), *self._around(words, before, clockwise)]
        for point in way:
            for axis in (0, 1):
                self.moves.add(axis, point[axis])
            if "Z" in words or self.plane != "G17":
                self.moves.add(2, point[2])
        if self._filament(words, line) > 0:
            self._extrude(line, [tuple(before), *way])
        else:
            self.zone.travel(_spans(way)[: 3 if "Z" in words or self.plane != "G17" else 2])
        return bool(words.get("R")) or any(words.get(name) for name in _PLANES[self.plane][1])

    def home(self, words: Words) -> None:
        """Execute a G28: the named axes, or all, are at home, and their shifts are gone."""
        named = [axis for axis, name in enumerate(AXES) if name in words] or [0, 1, 2]
        for axis in named:
            self._position[axis] = self._shift[axis] = 0.0

    def rename(self, words: Words) -> None:
        """Execute a G92: the place where the nozzle stands gets other numbers; without words, 0."""
        given = {name: value for name, value in words.items() if name in "XYZE" and value is not None}
        if not words:
            given = dict.fromkeys("XYZE", 0.0)
        for axis, name in enumerate(AXES):
            if name in given:
                self._shift[axis] = self._position[axis] - given[name] * self.scale
        if "E" in given:
            self._e = given["E"] * self.scale
            if self.zone.reset():
                self._begin()

    def layers(self, told: Told = Told()) -> Layers:
        """Return the layers by the heights at which something was extruded on the move."""
        top = self.extruding.extents().z
        return count_layers(self._heights, top[1] if top else None, told)

    def first_layer(self, told: Told) -> Optional[float]:
        """Return the height of the first layer, as it was extruded."""
        return lowest_layer(self._heights, told)

    def _physical(self, spans: Iterable[Optional[Span]]) -> List[Optional[Span]]:
        """Return spans of what the file writes as the machine's axes count."""
        return [span and (span[0] + shift, span[1] + shift) for span, shift in zip(spans, self._shift)]

    # -- the parts of a move ----------------------------------------------------------------------

    def _go(self, words: Words) -> bool:
        """Move to where the words say. Returns whether they name an axis."""
        moved = False
        for axis, name in enumerate(AXES):
            value = words.get(name)
            if value is not None:
                origin = self._position[axis] if self.relative else self._shift[axis]
                self._position[axis] = origin + value * self.scale
                self.moves.add(axis, self._position[axis])
                moved = True
        return moved

    def _filament(self, words: Words, line: int) -> float:
        """Feed what E says. Returns how much that is, in mm."""
        value = words.get("E")
        if value is None:
            return 0.0
        before = self._e
        self._e = value * self.scale + (before if self.relative or self.relative_e else 0.0)
        delta = value * self.scale if self.relative or self.relative_e else self._e - before
        self._step(delta, delta, line)
        if delta > 0:
            self._feed(delta, delta, line)
        elif delta:
            self._wind(delta, delta)
        return delta

    def _step(self, feed: float, pull: float, line: int) -> None:
        """Take note of the largest steps of E, where it is absolute: none is as large as lines that are missing or there twice."""
        if not (self.relative or self.relative_e or self.zone.service):
            self.feed = max(self.feed, Extreme(feed, line))
            self.pull = min(self.pull, Extreme(pull, line))

    def _feed(self, net: float, peak: float, line: int) -> None:
        self.heaters.feed(self.tool, line)
        self._wind(net, peak)

    def _wind(self, net: float, peak: float) -> None:
        so_far = self.unwound.get(self.tool, 0.0)
        self.lengths[self.tool] = max(self.lengths.get(self.tool, 0.0), so_far + peak)
        self.unwound[self.tool] = so_far + net

    def _extrude(self, line: int, points: Iterable[Tuple[float, ...]]) -> None:
        """Extrude on the way along these points, the first being where it begins."""
        points = list(points)
        for point in points:
            for axis in (0, 1, 2):
                self.extruding.add(axis, point[axis])
        self.zone.extrude(_spans(points), _spans(points[1:]))
        self._extruded(line, line, [point[2] for point in points])

    def _extruded(self, line: int, first: int, heights: Sequence[float]) -> None:
        self.last_extrusion = line
        self.first_extrusion = self.first_extrusion or first
        if not self.zone.service:
            self.levels.add(heights, line)
        self.layer_lengths = sum(self.lengths.values()) - self._before_layers
        self.heaters.printing(self.tool, line)
        if len(self._heights) < MOST_HEIGHTS:
            self._heights.update(round(height, 4) for height in heights)

    def _around(self, words: Words, before: List[float], clockwise: bool) -> List[Tuple[float, ...]]:
        """Return the extreme points of the arc from where the nozzle was to where it is."""
        (across, up), names = _PLANES[self.plane]
        start, end = (before[across], before[up]), (self._position[across], self._position[up])
        radius = words.get("R")
        if radius:
            found = by_radius(start, end, radius * self.scale, clockwise)
            if found is None:
                return []
            centre = found
        else:
            first, second = ((words.get(name) or 0.0) * self.scale for name in names)
            centre = (start[0] + first, start[1] + second)
        points = []
        for point in Arc(start, end, centre, clockwise).points() if centre != start else ():
            place = list(self._position)
            place[across], place[up] = point
            points.append(tuple(place))
        return points


def _spans(points: Sequence[Tuple[float, ...]]) -> List[Optional[Span]]:
    """Return how far these points reach along each axis."""
    return [(min(along), max(along)) for along in zip(*points)]

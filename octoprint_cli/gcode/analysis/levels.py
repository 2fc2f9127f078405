"""Track the heights at which the layers are extruded, one after the other, and find where they fall or leave a gap.

A print rises layer by layer. It may begin again at the bed (objects one after the other), and be a layer lower for a support
or a wipe tower. Where lines are missing it rises by many layers at once; where some are there twice it falls into what is printed.
"""

from __future__ import annotations

from typing import Iterable, Iterator, List, NamedTuple, Optional, Tuple

from octoprint_cli.gcode.analysis.contents import Doubt
from octoprint_cli.gcode.analysis.layer_heights import median

#: Heights that differ by less, in mm, are one: a spiral rises all the time.
_SAME = 0.02
#: So many changes of height are kept: more than any file of layers has.
_MOST = 200_000
#: So many times a layer, and so many millimetres, may a print be lower than before.
_FALL_LAYERS, _FALL = 2.5, 0.4
#: So many times the usual step, and the largest of the others, may one rise.
_RISE_LAYERS, _RISE_OTHERS, _RISE = 2.6, 1.8, 0.3
#: Where there are more falls, they are the file's nature: it lifts while it feeds.
_MOST_FALLS = 4
#: A print that begins again does so no higher than this above its lowest height.
_RESTART = 0.25
#: Of fewer rises nothing can be said.
_FEWEST = 3


class Change(NamedTuple):
    """From which height to which, near which line."""

    before: float
    after: float
    line: int


class Levels:
    """The heights of the layers as the file goes on."""

    def __init__(self) -> None:
        self._levels: List[Tuple[float, int]] = []

    def add(self, heights: Iterable[float], line: int) -> None:
        """Take the heights of what is extruded on or before this line, in their order."""
        levels = self._levels
        last = levels[-1][0] if levels else -1e9
        for height in heights:
            if not -_SAME < height - last < _SAME and len(levels) < _MOST:
                levels.append((height, line))
                last = height

    def restart(self) -> None:
        """Forget what was before the layers."""
        self._levels = []

    def doubts(self, layer_height: Optional[float]) -> Iterator[Doubt]:
        """Yield the first fall into the print and the first gap in it, if there are any."""
        rises, falls = self.changes(layer_height)
        for fall in falls[: 1 if len(falls) <= _MOST_FALLS else 0]:
            yield Doubt(
                "fall",
                fall.line,
                f"near line {fall.line} it extrudes at Z {fall.after:g}, inside what was printed up to Z {fall.before:g}",
            )
        for gap in self._gaps(rises, layer_height)[:1]:
            yield Doubt("gap", gap.line, f"near line {gap.line} it goes on at Z {gap.after:g}, after Z {gap.before:g}")

    def changes(self, layer_height: Optional[float]) -> Tuple[List[Change], List[Change]]:
        """Return the rises to a new height, and the falls that are no new beginning."""
        rises: List[Change] = []
        falls: List[Change] = []
        if not self._levels:
            return rises, falls
        limit = max(_FALL_LAYERS * (layer_height or self._usual()), _FALL)
        lowest = min(self._levels)[0]
        top = self._levels[0][0]
        for height, line in self._levels:
            if height > top:
                rises.append(Change(top, height, line))
                top = height
            elif height < top - limit:
                if height > lowest + _RESTART:
                    falls.append(Change(top, height, line))
                top = height
        return rises, falls

    def _usual(self) -> float:
        steps = [round(after - before, 3) for (before, _), (after, _) in zip(self._levels, self._levels[1:]) if after > before]
        return median(steps) if steps else 0.0

    def _gaps(self, rises: List[Change], layer_height: Optional[float]) -> List[Change]:
        if len(rises) < _FEWEST:
            return []
        sizes = sorted(change.after - change.before for change in rises)
        usual = max(layer_height or 0.0, median(sizes))
        limit = max(_RISE_LAYERS * usual, _RISE_OTHERS * sizes[-2], _RISE)
        return [change for change in rises if change.after - change.before > limit]

"""Count layers by the heights at which something is extruded, for a file whose slicer marks none.

A purge line, a nozzle that is primed in the air or a pause far above the print are no layers: layers follow one another without
a gap, and those of a print in equal layers are a layer height apart. A spiral vase rises all the time: its turns are counted by
how high it is.
"""

from __future__ import annotations

from collections import Counter
from typing import Callable, Collection, Iterable, List, NamedTuple, Optional

from octoprint_cli.gcode.analysis.contents import Layers

#: Heights in mm that differ by less are one: slicers write three decimals, and round.
_SAME = 0.003
#: A layer is no higher than this.
_HIGHEST = 5.0
#: Layers are no further apart than so many of their heights: variable layers, supports.
_WIDEST = 3
#: Steps smaller than this, in mm and in layer heights, are those of a spiral.
_SPIRAL, _SPIRAL_PART = 0.03, 1 / 3
#: So few heights far from all others, below or above, are no layers, if the others are so many times as many.
_FEW, _MANY = 2, 5
#: So many of the heights must be a layer height apart, or the layers are not equal.
_EQUAL = 0.6
#: More heights than any file of layers has: without an end a spiral would fill the memory.
MOST_HEIGHTS = 20_000


class Told(NamedTuple):
    """What the slicer's settings say of layers: their height, the first one's, and whether it is a spiral vase."""

    height: Optional[float] = None
    first_height: Optional[float] = None
    spiral: bool = False


def count_layers(extruded: Collection[float], top: Optional[float], told: Told) -> Layers:
    """Return the layers of a print that extrudes at these heights, the highest being `top`."""
    heights = _contiguous(_printed(extruded), told)
    if not heights:
        return Layers()
    usual = told.height or _usual_step(heights)
    cut = len(extruded) >= MOST_HEIGHTS
    if told.spiral or cut or _is_spiral(heights, usual):
        return _spiral(max(heights[-1], top or 0.0) if cut else heights[-1], told)
    kept = _without_purge(heights, told.height or usual, told.first_height)
    if kept is None and told.height:  # the settings are of another print, or scaled
        kept = _without_purge(heights, _usual_step(heights), None)
    kept = heights if kept is None else kept
    return Layers(len(kept), _plausible(usual), _plausible(kept[0]), "z")


def lowest_layer(extruded: Iterable[float], told: Told) -> Optional[float]:
    """Return the height of the first layer, which another one lies on; None if that cannot be seen."""
    heights = _contiguous(_printed(extruded), told)
    if told.height and not told.spiral:
        heights = _without_purge(heights, told.height, None) or heights
    return _plausible(heights[0]) if heights else None


def _printed(extruded: Iterable[float]) -> List[float]:
    """Return the heights in order, less 0: there the nozzle is before any height was named."""
    heights = sorted(set(extruded))
    return heights[1:] if len(heights) > 1 and abs(heights[0]) <= _SAME else heights


def _contiguous(heights: List[float], told: Told) -> List[float]:
    """Return the heights without the few that are far below or above all others."""
    widest = max(_WIDEST * (told.height or _usual_step(heights) or 0.0), told.first_height or 0.0, 0.5)
    groups: List[List[float]] = []
    for height in heights:
        if not groups or height - groups[-1][-1] > widest:
            groups.append([])
        groups[-1].append(height)
    for end in (0, -1):
        while len(groups) > 1 and len(groups[end]) <= _FEW and _MANY * len(groups[end]) <= sum(map(len, groups)) - len(groups[end]):
            del groups[end]
    return [height for group in groups for height in group]


def _usual_step(heights: List[float]) -> Optional[float]:
    """Return the most common distance from one height to the next."""
    steps = Counter(round(upper - lower, 4) for lower, upper in zip(heights, heights[1:]))
    return max(steps, key=lambda step: steps[step], default=None)


def _is_spiral(heights: List[float], height: Optional[float]) -> bool:
    """Whether most steps are smaller than any layer."""
    if len(heights) < 20:
        return False
    step = median(upper - lower for lower, upper in zip(heights, heights[1:]))
    return step < _SPIRAL and (not height or step < height * _SPIRAL_PART or height < _SPIRAL)


def _spiral(top: float, told: Told) -> Layers:
    """Return the turns of a spiral; without a layer height in the settings nobody knows how many there are."""
    if not told.height:
        return Layers(None, None, told.first_height, None)
    first = told.first_height or told.height
    return Layers(max(1, round((top - first) / told.height) + 1), told.height, first, "z")


def _without_purge(heights: List[float], height: Optional[float], first: Optional[float]) -> Optional[List[float]]:
    """Return the heights of a print in equal layers, less those near the bed that are no layer; None if they are not equal."""
    if not height or not heights:
        return None
    on_grid = _grid(heights, height, first)
    lowest = next(filter(on_grid, heights))
    if sum(map(on_grid, heights)) < _EQUAL * len(heights):
        return None
    return [one for one in heights if on_grid(one) or one > lowest + 2 * height - _SAME]


def _grid(heights: List[float], height: float, first: Optional[float]) -> Callable[[float], bool]:
    """Return whether a height is one of those that most are: a whole number of layers apart, the told first one being preferred."""

    def distance(one: float, other: float) -> float:
        apart = (one - other) % height
        return min(apart, height - apart)

    def fitting(start: float) -> int:
        return sum(distance(one, start) <= _SAME for one in heights)

    candidates = heights[:8] if first is None else [first, *heights[:8]]
    start = max(candidates, key=fitting)  # of equals the first
    return lambda one: distance(one, start) <= _SAME


def median(values: Iterable[float]) -> float:
    """Return the median of some values, as the module `statistics` does, which takes longer to import than a small file to read."""
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def _plausible(height: Optional[float]) -> Optional[float]:
    return height if height and 0 < height <= _HIGHEST else None

"""Find at which position of a file each layer begins, and its height: what is printed at a position of the job."""

from __future__ import annotations

import mmap
import re
from bisect import bisect_right
from collections import Counter
from pathlib import Path
from typing import Dict, Iterator, List, NamedTuple, Optional, Tuple

from octoprint_cli.gcode.analysis.slicers import MARKS

#: A layer's mark, a move with a height, a change between absolute and relative positions.
_FOUND = re.compile(
    rb"^(?:;[ ]?(" + b"|".join(MARKS.values()) + rb")|G0?[01][ \t][^;\n]*?Z(-?\d+\.?\d*|-?\.\d+)|G9([01])(?=[ \t\r;]|$))",
    re.MULTILINE,
)
#: The fewest marks that count layers: a file has one of the other kinds in its settings.
_LEAST = 2


class Place(NamedTuple):
    """The layer at a position of the file, counted from 1, and its height in mm."""

    layer: int
    z: Optional[float]


class LayerPositions(NamedTuple):
    """The beginning of each layer in a file, in bytes, and its height."""

    begins: List[int]
    heights: List[Optional[float]]

    def at(self, position: float) -> Optional[Place]:
        """Return what is printed at a position, None before the first layer."""
        layer = bisect_right(self.begins, position)
        return Place(layer, self.heights[layer - 1]) if layer else None

    @property
    def total(self) -> int:
        """How many layers the file has."""
        return len(self.begins)


def layer_positions(path: Path) -> Optional[LayerPositions]:
    """Return where the layers of a file begin, None if it cannot be read, or no layer is marked."""
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            found = list(_found(content))
    except (OSError, ValueError):  # a ValueError if it is empty
        return None
    marks = Counter(mark for _, mark, _ in found if mark)
    counted = next((mark for mark in MARKS if marks[mark] >= _LEAST), None)
    return None if counted is None else _layers(found, counted)


_Found = Tuple[int, bytes, Optional[float]]


def _found(content: mmap.mmap) -> Iterator[_Found]:
    """Yield the position of each mark with its name, and of each absolute height."""
    absolute = True
    for found in _FOUND.finditer(content):
        mark, height, mode = found.groups()
        if mark is not None:
            yield found.start(), next(name for name in MARKS if mark.startswith(name)), None
        elif mode is not None:
            absolute = mode == b"0"
        elif absolute:
            yield found.start(), b"", float(height)


def _layers(found: List[_Found], counted: bytes) -> LayerPositions:
    """Return the layers by one kind of mark. A layer's height is its lowest: above it are only hops."""
    begins: List[int] = []
    lowest: Dict[int, float] = {}
    before: Optional[float] = None
    heights: List[Optional[float]] = []
    for position, mark, height in found:
        if mark == counted:
            begins.append(position)
            heights.append(before)
        elif height is not None:
            before = height
            layer = len(begins)
            lowest[layer] = min(height, lowest.get(layer, height))
    return LayerPositions(begins, [lowest.get(number, height) for number, height in enumerate(heights, 1)])

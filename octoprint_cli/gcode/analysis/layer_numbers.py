"""Follow the numbers of layers in a file's comments: each is one more than the last, unless lines are missing or doubled."""

from __future__ import annotations

import re
from typing import Dict, Iterator, List, Optional, Tuple

from octoprint_cli.gcode.analysis.contents import Doubt

#: A mark's text, of which each kind is counted by itself, and the number.
_MARK = re.compile(rb"\n(LAYER:|LAYER |layer |- layer |--- layer |layer num/total_layer_count: )[ ]?(-?\d{1,7})(?![\d.])")
#: So many leaps are kept, of which so many are a doubt: where there are more, these numbers do not count layers one by one.
_KEPT, _MOST, _PART = 50, 4, 0.1


class LayerNumbers:
    """The numbers of the layers' marks as the file goes on."""

    def __init__(self) -> None:
        self._last: Dict[bytes, int] = {}
        self._first: Dict[bytes, int] = {}
        self._count: Dict[bytes, int] = {}
        self._leaps: Dict[bytes, List[Tuple[int, int, int]]] = {}

    def feed(self, comments: bytes, line: int) -> None:
        """Take comments alone, from behind their `;` and its spaces on; `line` is near where they stand."""
        for kind, digits in _MARK.findall(comments):
            number = int(digits)
            before = self._last.get(kind)
            if before is None:
                self._first[kind] = number
            elif number not in (before, before + 1, self._first[kind]):
                leaps = self._leaps.setdefault(kind, [])
                if len(leaps) < _KEPT:
                    leaps.append((before, number, line))
            self._last[kind] = number
            self._count[kind] = self._count.get(kind, 0) + 1

    def doubts(self) -> Iterator[Doubt]:
        """Yield the first place where the numbers leap, if there is one."""
        found = (self._doubt(kind) for kind in self._leaps)
        first = next(filter(None, found), None)
        if first:
            yield first

    def _doubt(self, kind: bytes) -> Optional[Doubt]:
        leaps, count = self._leaps[kind], self._count[kind]
        if len(leaps) > min(_MOST, max(1, _PART * count)):
            return None
        before, number, line = leaps[0]
        lost = "lines are missing" if number > before else "lines are there twice"
        return Doubt("layer_numbers", line, f"layer {number} follows layer {before} near line {line}: {lost}")

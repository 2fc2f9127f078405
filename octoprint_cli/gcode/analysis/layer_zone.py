"""Track how far the layers reach: from the first layer's mark to the last extrusion on the move.

What lies outside of them is the printer's habit, not the model: the purge line and the wipe before the first layer, parking and
lifting after the last one, and what a slicer marks as service in between (a filament change, a picture for a timelapse).
"""

from __future__ import annotations

import math
from typing import Iterable, Optional, Sequence

from octoprint_cli.gcode.analysis.contents import Extents, Span

#: Of a file without marks, what is extruded before a G92 E0 is a purge line if it has at most so many moves.
_PURGE_MOVES = 6


class Reach:
    """The lowest and the highest position so far along each axis."""

    def __init__(self) -> None:
        self._low = [math.inf] * 3
        self._high = [-math.inf] * 3

    def add(self, axis: int, *positions: float) -> None:
        for position in positions:
            self._low[axis] = min(self._low[axis], position)
            self._high[axis] = max(self._high[axis], position)

    def add_spans(self, spans: Iterable[Optional[Span]]) -> None:
        for axis, span in enumerate(spans):
            self.add(axis, *(span or ()))

    def extents(self) -> Extents:
        return Extents(*((low, high) if low <= high else None for low, high in zip(self._low, self._high)))


class LayerZone:
    """The moves of the layers, those that extrude, and those whose side is not known before the next extrusion."""

    def __init__(self) -> None:
        self.moves, self.extruding = Reach(), Reach()
        self.service = False  # within a section that is no part of a layer
        self._pending = Reach()  # since the last extrusion on the move
        self._begun = False  # something was extruded in it
        self._marked = False
        self._purged = 0  # moves that extruded, as long as they may be a purge line

    @property
    def settled(self) -> bool:
        """Whether no reset of E can turn what was extruded so far into a purge line any more."""
        return self._marked or self._purged > _PURGE_MOVES

    def mark(self) -> None:
        """Take note of a layer's mark: the first one is where the layers begin."""
        if not self._marked:
            self._restart()
            self._marked = True

    def reset(self) -> bool:
        """Take note of a G92 of E. Returns whether what was extruded before was a purge line, and the layers begin now."""
        purged = self._purged > 0 and not self.settled
        if purged:
            self._restart()
        return purged

    def travel(self, spans: Iterable[Optional[Span]]) -> None:
        """Take moves that extrude nothing."""
        if not self.service:
            self._pending.add_spans(spans)

    def extrude(self, spans: Sequence[Optional[Span]], until: Sequence[Optional[Span]], moves: int = 1) -> None:
        """Take what extruded on the move, and all moves from the last extrusion until then."""
        if self.service:
            return
        self._purged += moves
        if self._begun:
            self.moves.add_spans(self._pending.extents())
        self.moves.add_spans(until)
        self.extruding.add_spans(spans)
        self._pending, self._begun = Reach(), True

    def _restart(self) -> None:
        self.moves, self.extruding, self._pending = Reach(), Reach(), Reach()
        self._begun, self._purged = False, 0

"""What a run of moves begins with and comes to: `fast_moves` and `fast_moves_numpy` measure the one from the other."""

from __future__ import annotations

from typing import NamedTuple, Optional, Tuple

from octoprint_cli.gcode.analysis.arcs import Box
from octoprint_cli.gcode.analysis.contents import Span
from octoprint_cli.gcode.analysis.tokenizer import LARGEST

AXES = "XYZ"
#: No filament is pulled back by so many mm at once. Of all lines of a run less than this cannot add up to LARGEST.
_LARGEST_PULL = 1e4


class NeedsLineByLine(Exception):
    """The fast path cannot handle this run: it must be read line by line."""


class RunStart(NamedTuple):
    """Where a run begins, in positions as the file writes them, and how far extruding moves reached before in X and Y."""

    position: Tuple[float, float, float]
    e: float = 0.0
    relative_e: bool = False
    reached: Box = (None, None)
    relative: bool = False  # X, Y and Z are distances


class RunResult(NamedTuple):
    """What a run does. Positions are as the file writes them, None for an axis that no line names.

    `net` and `peak` are the sums of filament fed: in the end, and the highest; `feed` and `pull` are the largest and the
    smallest amount of one line, `feed` of absolute E alone.
    `first` and `last` are lines of the run, from 0: the first that feeds filament, the last that does on the move.
    `until` are the moves up to that last one, `after` those behind it.
    """

    position: Tuple[Optional[float], ...]
    until: Tuple[Optional[Span], ...]
    after: Tuple[Optional[Span], ...]
    extruding: Tuple[Optional[Span], ...]
    heights: Tuple[float, ...]  # at which it extrudes, in their order
    e: float
    net: float
    peak: float
    feed: float
    pull: float
    first: Optional[int]
    last: Optional[int]

    def require_sound(self) -> None:
        """Raise NeedsLineByLine for numbers that no printer has a use for, so that the line that has them is found."""
        spans = [end for span in (*self.until, *self.after) if span for end in span]
        if self.pull < -_LARGEST_PULL or not all(abs(value) <= LARGEST for value in (*spans, self.e, self.net, self.peak)):
            raise NeedsLineByLine

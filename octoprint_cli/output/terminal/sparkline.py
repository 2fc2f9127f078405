"""Sparklines, curves in one line of text, and the recent temperatures that they show. Must not know the terminal."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Deque, Dict, List, Mapping, Optional, Sequence, Tuple

if TYPE_CHECKING:
    from octoprint_cli.output.terminal.printer_view import Reading

#: Characters of a curve, from cold to hot.
BLOCKS = "▁▂▃▄▅▆▇█"
#: ASCII characters for a terminal that cannot show the blocks.
PLAIN = "_.-=+*#"
#: The least range of degrees that a curve spans, so that jitter of a tenth looks steady.
LEAST_SPAN = 10.0


class Trail:
    """The recent actual temperatures of each heater, at most one a second."""

    def __init__(self, length: int = 60, every: float = 1.0) -> None:
        self._length = length
        self._every = every
        self._kept_at: Optional[float] = None
        self._kept: Dict[str, Deque[Optional[float]]] = {}

    def add(self, now: float, temperatures: Mapping[str, Reading]) -> None:
        """Add a reading taken at `now`, in seconds of a monotonic clock. A heater that it lacks is forgotten."""
        if self._kept_at is not None and now - self._kept_at < self._every:
            return
        self._kept_at = now
        before = self._kept
        self._kept = {heater: before.get(heater, deque(maxlen=self._length)) for heater in temperatures}
        for heater, (actual, *_) in temperatures.items():  # a reading may have an offset, too
            self._kept[heater].append(actual)

    def of(self, heater: str) -> List[Optional[float]]:
        """Return the recent temperatures of a heater, the newest last; None where the temperature was unknown."""
        return list(self._kept.get(heater, ()))


def sparkline(values: Sequence[Optional[float]], width: int, levels: str = BLOCKS) -> str:
    """Return the last `width` values as a curve, one character each, with a gap where a value is unknown."""
    shown = values[-width:] if width > 0 else ()
    known = [value for value in shown if value is not None]
    if not known:
        return " " * len(shown)
    low, span = value_range(known, LEAST_SPAN)
    return "".join(" " if value is None else levels[_step((value - low) / span, len(levels))] for value in shown)


def value_range(known: Sequence[float], least_span: float) -> Tuple[float, float]:
    """Return the range to show as its lowest value and its span, which is at least `least_span`, centred on the values."""
    low, high = min(known), max(known)
    span = max(high - low, least_span)
    return (low + high - span) / 2, span


def _step(share: float, steps: int) -> int:
    return min(steps - 1, max(0, int(share * steps)))

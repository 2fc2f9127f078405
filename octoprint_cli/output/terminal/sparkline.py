"""A small curve in one line of text, and the temperatures that it is drawn from. Must not know the terminal."""

from __future__ import annotations

from collections import deque
from typing import Deque, Dict, List, Mapping, Optional, Sequence, Tuple

from octoprint_cli.output.terminal.printer_view import Reading

#: From cold to hot; the second row is for a terminal without the first.
BLOCKS = "▁▂▃▄▅▆▇█"
PLAIN = "_.-=+*#"
#: A curve fills its height with no fewer degrees than these: what jitters by a tenth is shown as steady.
LEAST_SPAN = 10.0


class Trail:
    """The last actual temperatures of each heater, one a second at most."""

    def __init__(self, length: int = 60, every: float = 1.0) -> None:
        self._length = length
        self._every = every
        self._kept_at: Optional[float] = None
        self._kept: Dict[str, Deque[Optional[float]]] = {}

    def add(self, now: float, temperatures: Mapping[str, Reading]) -> None:
        """Keep a reading, `now` seconds after any moment. A heater that is no longer there is forgotten."""
        if self._kept_at is not None and now - self._kept_at < self._every:
            return
        self._kept_at = now
        before = self._kept
        self._kept = {heater: before.get(heater, deque(maxlen=self._length)) for heater in temperatures}
        for heater, (actual, _) in temperatures.items():
            self._kept[heater].append(actual)

    def of(self, heater: str) -> List[Optional[float]]:
        """What is kept of a heater, the newest last; None where it was unknown."""
        return list(self._kept.get(heater, ()))


def sparkline(values: Sequence[Optional[float]], width: int, levels: str = BLOCKS) -> str:
    """The last `width` of the values as a small curve, a character each; a gap where one is unknown."""
    shown = values[-width:] if width > 0 else ()
    known = [value for value in shown if value is not None]
    if not known:
        return " " * len(shown)
    low, span = value_range(known, LEAST_SPAN)
    return "".join(" " if value is None else levels[_step((value - low) / span, len(levels))] for value in shown)


def value_range(known: Sequence[float], least_span: float) -> Tuple[float, float]:
    """Return the lowest value to show and how much is shown from there: `least_span` at least, around the middle of the values."""
    low, high = min(known), max(known)
    span = max(high - low, least_span)
    return (low + high - span) / 2, span


def _step(share: float, steps: int) -> int:
    return min(steps - 1, max(0, int(share * steps)))

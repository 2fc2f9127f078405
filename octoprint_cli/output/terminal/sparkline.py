"""Sparklines, curves in one line of text, and the recent temperatures that they show. Must not know the terminal."""

from __future__ import annotations

import math
from collections import deque
from typing import TYPE_CHECKING, Deque, Dict, Iterable, List, Mapping, Optional, Sequence, Tuple

if TYPE_CHECKING:
    from octoprint_cli.output.terminal.printer_view import Reading

#: Characters of a curve, from cold to hot. The full block is none of them: two curves above each other would become one.
BLOCKS = "▁▂▃▄▅▆▇"
#: ASCII characters for a terminal that cannot show the blocks.
PLAIN = "_.-=+*#"
#: Seconds that a curve spans at most.
HALF_AN_HOUR = 1800
#: Seconds between two readings up to which the temperature in between is taken for known: an idle printer reports every five.
GAP = 15.0
#: The least range of degrees that a curve spans, so that jitter of a tenth looks steady.
LEAST_SPAN = 10.0

#: When, in seconds, and the actual temperature.
_Sample = Tuple[float, Optional[float]]


class Trail:
    """The recent actual temperatures of each heater, of half an hour at most, at most one a second."""

    def __init__(self, length: int = HALF_AN_HOUR, every: float = 1.0) -> None:
        self._length = length
        self._every = every
        self._kept_at: Optional[float] = None
        self._kept: Dict[str, Deque[_Sample]] = {}
        self._before: Sequence[Tuple[float, Mapping[str, Optional[float]]]] = ()

    def put_before(self, samples: Sequence[Tuple[float, Mapping[str, Optional[float]]]]) -> None:
        """Put the actual temperatures of earlier moments, in seconds of the same clock, before those that are added."""
        self._before = samples
        for heater, kept in self._kept.items():
            self._kept[heater] = self._with_earlier(heater, kept)

    def add(self, now: float, temperatures: Mapping[str, Reading]) -> None:
        """Add a reading taken at `now`, in seconds of a monotonic clock. A heater that it lacks is forgotten."""
        if self._kept_at is not None and now - self._kept_at < self._every:
            return
        self._kept_at = now
        before = self._kept
        self._kept = {heater: before[heater] if heater in before else self._with_earlier(heater, ()) for heater in temperatures}
        for heater, (actual, *_) in temperatures.items():  # a reading may have an offset, too
            self._kept[heater].append((now, actual))

    def of(self, heater: str) -> List[Optional[float]]:
        """Return the recent temperatures of a heater, the newest last; None where the temperature was unknown."""
        return [actual for _, actual in self._kept.get(heater, ())]

    def curve(self, heater: str, width: int) -> List[Optional[float]]:
        """Return the temperatures of a heater at up to `width` moments, evenly apart, the newest last; None is unknown."""
        kept = self._kept.get(heater)
        if not kept or width <= 0:
            return []
        first, last = max(kept[0][0], kept[-1][0] - HALF_AN_HOUR), kept[-1][0]
        step = max(self._every, (last - first) / max(1, width - 1))
        curve: List[Optional[float]] = [None] * (round((last - first) / step) + 1)
        filled, at = -1, -math.inf
        for moment, actual in kept:
            place = round((moment - first) / step)
            if place < 0:
                continue
            if filled >= 0 and moment - at <= GAP:
                curve[filled + 1 : place] = [curve[filled]] * max(0, place - filled - 1)
            curve[place], filled, at = actual, place, moment
        return curve

    def _with_earlier(self, heater: str, kept: Iterable[_Sample]) -> Deque[_Sample]:
        kept = list(kept)
        until = kept[0][0] if kept else math.inf
        earlier = [(moment, heaters[heater]) for moment, heaters in self._before if moment < until and heater in heaters]
        return deque([*earlier, *kept], maxlen=self._length)


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

"""Columns: values with a human-readable form for tables, and the raw number for machine formats.

A command wraps a returned value in one of these where a bare number would not be readable. Must not know
HTTP.
"""

from __future__ import annotations

import math
from datetime import datetime, timezone
from typing import Any, Optional

from cliff.columns import FormattableColumn

from octoprint_cli.output import units
from octoprint_cli.output.units import UNKNOWN


class Column(FormattableColumn):
    """A value with a human-readable and a machine-readable form. None is unknown: a dash in tables, null for machines."""

    def human_readable(self) -> str:
        return UNKNOWN if self._value is None else self.show(self._value)

    def machine_readable(self) -> Any:
        return self._value

    def show(self, value: Any) -> str:
        """Return the human-readable form of a value that is not None."""
        return str(value)


class Bytes(Column):
    """A size in bytes."""

    def show(self, value: Any) -> str:
        if value < 1024:
            return f"{value:.0f} B"
        power = min((int(value).bit_length() - 1) // 10, 4)
        return f"{value / 1024**power:.1f} {('KiB', 'MiB', 'GiB', 'TiB')[power - 1]}"


class Duration(Column):
    """A time span in seconds."""

    def show(self, value: Any) -> str:
        return units.duration(value)


class Percent(Column):
    """A percentage, 0 to 100."""

    def show(self, value: Any) -> str:
        return units.percent(value)


class Heater(Column):
    """A heater's `actual` and `target`, and the server's `offset` if it adds one, in degrees Celsius."""

    def __init__(self, actual: Optional[float], target: Optional[float], offset: Optional[float] = None) -> None:
        super().__init__({"actual": actual, "target": target, **({"offset": offset} if offset else {})})

    def show(self, value: Any) -> str:
        return units.heater(value["actual"], value["target"], value.get("offset"))


class Degrees(Column):
    """A temperature in degrees Celsius."""

    def show(self, value: Any) -> str:
        return units.degrees(value)


class Millimetres(Column):
    """A length in millimetres."""

    def show(self, value: Any) -> str:
        return f"{value:.2f} mm"


class Range(Column):
    """A range from the lowest to the highest position, a list of two, in millimetres."""

    def show(self, value: Any) -> str:
        return f"{value[0]:.2f} to {value[1]:.2f} mm"


class Display(Column):
    """A value of any type, with the text that a table shows for it."""

    def __init__(self, value: Any, words: str) -> None:
        super().__init__(value)
        self._words = words

    def show(self, value: Any) -> str:
        return self._words


class Time(Column):
    """A point in time, given in seconds since 1970: local time in tables, ISO 8601 in UTC for machines."""

    def __init__(self, seconds: Optional[float]) -> None:
        try:
            super().__init__(None if seconds is None else datetime.fromtimestamp(seconds, timezone.utc))
        except (OverflowError, ValueError, OSError):  # beyond the range of dates
            super().__init__(None)

    def machine_readable(self) -> Optional[str]:
        return None if self._value is None else self._value.isoformat().replace("+00:00", "Z")

    def show(self, value: Any) -> str:
        return str(value.astimezone().strftime("%Y-%m-%d %H:%M"))


class Flags(Column):
    """Flags by name, of which a table shows those that are set."""

    def show(self, value: Any) -> str:
        return ", ".join(name for name, on in value.items() if on) or UNKNOWN


def to_plain_data(value: Any) -> Any:
    """Return a value with each column inside it replaced by its machine-readable form."""
    if isinstance(value, FormattableColumn):
        return to_plain_data(value.machine_readable())
    if isinstance(value, dict):
        return {str(key): to_plain_data(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [to_plain_data(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):  # JSON has no NaN and no infinity
        return None
    return value

"""How a value looks to a person; to a machine it stays the raw number.

A command wraps what it returns in one of these where a bare number would not be readable. Must not know
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
    """A value with two faces. None is unknown: null to a machine, a dash to a person."""

    def human_readable(self) -> str:
        return UNKNOWN if self._value is None else self.show(self._value)

    def machine_readable(self) -> Any:
        return self._value

    def show(self, value: Any) -> str:
        """The value, which is not None, for a person."""
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
    """A share, 0 to 100."""

    def show(self, value: Any) -> str:
        return units.percent(value)


class Heater(Column):
    """A heater's `actual` and `target`, in degrees Celsius."""

    def __init__(self, actual: Optional[float], target: Optional[float]) -> None:
        super().__init__({"actual": actual, "target": target})

    def show(self, value: Any) -> str:
        return units.heater(value["actual"], value["target"])


class Degrees(Column):
    """A temperature in degrees Celsius."""

    def show(self, value: Any) -> str:
        return units.degrees(value)


class Millimetres(Column):
    """A length."""

    def show(self, value: Any) -> str:
        return f"{value:.2f} mm"


class Range(Column):
    """From the lowest to the highest position, a list of two, in millimetres."""

    def show(self, value: Any) -> str:
        return f"{value[0]:.2f} to {value[1]:.2f} mm"


class Display(Column):
    """Any value, with the text in which a table shows it."""

    def __init__(self, value: Any, words: str) -> None:
        super().__init__(value)
        self._words = words

    def show(self, value: Any) -> str:
        return self._words


#: The former name of `Display`.


class Time(Column):
    """A point in time, given in seconds since 1970: ISO 8601 in UTC to a machine, local to a person."""

    def __init__(self, seconds: Optional[float]) -> None:
        try:
            super().__init__(None if seconds is None else datetime.fromtimestamp(seconds, timezone.utc))
        except (OverflowError, ValueError, OSError):  # no date that there ever was
            super().__init__(None)

    def machine_readable(self) -> Optional[str]:
        return None if self._value is None else self._value.isoformat().replace("+00:00", "Z")

    def show(self, value: Any) -> str:
        return str(value.astimezone().strftime("%Y-%m-%d %H:%M"))


class Flags(Column):
    """Switches by name; to a person those that are on."""

    def show(self, value: Any) -> str:
        return ", ".join(name for name, on in value.items() if on) or UNKNOWN


def to_plain_data(value: Any) -> Any:
    """Return a value with each column inside it replaced by what machines read."""
    if isinstance(value, FormattableColumn):
        return to_plain_data(value.machine_readable())
    if isinstance(value, dict):
        return {str(key): to_plain_data(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [to_plain_data(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):  # NaN and infinity are no JSON
        return None
    return value

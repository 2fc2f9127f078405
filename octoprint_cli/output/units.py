"""Human-readable text for time spans, temperatures and percentages. Must not know what they belong to."""

from __future__ import annotations

from typing import Optional

UNKNOWN = "-"
#: The largest difference in degrees at which a heater counts as at its target.
NEAR_DEGREES = 2.0


def duration(seconds: float) -> str:
    """Format a time span: `45 s`, `2 min 05 s`, `1 h 02 min`."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes:02d} min"
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"


def percent(share: float) -> str:
    """Format a percentage, 0 to 100: `42.0 %`."""
    return f"{share:.1f} %"


def degrees(temperature: Optional[float]) -> str:
    """Format a temperature in degrees Celsius; an unknown one is a dash."""
    return UNKNOWN if temperature is None else f"{temperature:.1f} °C"


def heater(actual: Optional[float], target: Optional[float]) -> str:
    """Format a heater's temperatures: `210.3 °C, target 210.0 °C`; a target of 0 is off."""
    return f"{degrees(actual)} (off)" if target == 0 else f"{degrees(actual)}, target {degrees(target)}"


def heater_briefly(actual: Optional[float], target: Optional[float]) -> str:
    """Format a heater's temperatures briefly: `210/215 °C`, or `21 °C` for a heater that is off."""
    shown = UNKNOWN if actual is None else f"{actual:.0f}"
    return f"{shown}/{target:.0f} °C" if target else f"{shown} °C"

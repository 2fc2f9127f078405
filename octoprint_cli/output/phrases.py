"""Values as the text format writes them: with units, in words, and in the ways that a template can name.

Must not know commands or the terminal.
"""

from __future__ import annotations

import json
import time
from datetime import datetime
from typing import Any, Callable, Dict, List, Mapping, NamedTuple, Optional, Sequence

from cliff.columns import FormattableColumn

from octoprint_cli.output import units
from octoprint_cli.output.columns import Bytes, Degrees, Heater, Millimetres, Percent, Range, to_plain_data
from octoprint_cli.output.safe_text import visible
from octoprint_cli.output.units import UNKNOWN

#: The longest value in a sentence or a cell; longer text is cut there, and complete in the machine formats.
VALUE_LIMIT = 300
#: From this temperature on, in degrees Celsius, a heater is too hot to touch.
HOT = 45.0
#: The widest and the narrowest progress bar.
_WIDEST, _NARROWEST = 24, 8


class Surroundings(NamedTuple):
    """What is known of the run and of where its text goes."""

    width: int = 80
    #: Whether block characters can be written.
    fine: bool = True
    #: The command line of this program that means the same server as this run.
    command: Callable[[str], str] = lambda words: f"octoprint-cli {words}"
    #: Seconds since 1970.
    now: Callable[[], float] = time.time


def unwrapped(value: Any) -> Any:
    """Return the raw value of a column."""
    while isinstance(value, FormattableColumn):
        value = value.machine_readable()
    return value


def words_for(value: Any, way: str, surroundings: Surroundings) -> Optional[str]:
    """Return a value in words, shown in the named way, such as `bar`; None for a value that is null, empty or unknown."""
    if not way:
        return in_words(value)
    name, _, argument = way.partition(" ")
    raw = unwrapped(value)
    return None if raw is None else _WAYS[name](raw, argument, surroundings)


def in_words(value: Any) -> Optional[str]:
    """Return a value with its unit, the items of a list side by side; None for a value that is null, empty or unknown."""
    if isinstance(value, FormattableColumn):
        brief = _BRIEF.get(type(value))
        raw = value.machine_readable()
        shown = brief(raw) if brief and raw is not None else str(value.human_readable())
        return None if shown in (UNKNOWN, "") else visible(shown, VALUE_LIMIT)
    if value is None or value in ({}, [], (), ""):
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        return ", ".join(in_words(item) or UNKNOWN for item in value)
    if isinstance(value, Mapping):
        return ", ".join(f"{in_words(str(key))} {in_words(item) or UNKNOWN}" for key, item in value.items())
    return visible(f"{value:g}" if isinstance(value, float) else str(value), VALUE_LIMIT)


def label(name: str) -> str:
    """Return the label of a field: `Print time left` for `print_time_left`."""
    shown = name.replace("_", " ").strip()
    return visible(shown[:1].upper() + shown[1:])


def size(count: float) -> str:
    """Format a size in bytes with two or three digits: `449 KiB`, `1.4 MiB`."""
    power = min((int(count).bit_length() - 1) // 10, 4) if count >= 1024 else 0
    scaled = count / 1024**power
    number = f"{scaled:.1f}" if power and scaled < 9.95 else f"{scaled:.0f}"
    return f"{number} {('B', 'KiB', 'MiB', 'GiB', 'TiB')[power]}"


def length(millimetres: float) -> str:
    """Format a length: `0.2 mm`, `20 mm`, `1.23 m`."""
    metres = abs(millimetres) >= 1000
    number = f"{millimetres / 1000 if metres else millimetres:.2f}".rstrip("0").rstrip(".")
    return f"{number} {'m' if metres else 'mm'}"


def extent(ends: Sequence[float]) -> str:
    """Format a range of positions: `10 to 20.5 mm`."""
    return " to ".join(f"{end:.2f}".rstrip("0").rstrip(".") for end in ends) + " mm"


def degrees(temperature: float) -> str:
    """Format a temperature: `60 °C`, `59.8 °C`."""
    return f"{temperature:.1f}".replace(".0", "") + " °C"


def percent(share: float) -> str:
    """Format a percentage, 0 to 100: `42 %`; what has only begun or is not at its end yet is neither 0 nor 100."""
    rounded = round(share)
    return f"{share:.1f} %" if rounded in (0, 100) and share != rounded else f"{rounded} %"


def heater(reading: Mapping[str, Any]) -> str:
    """Format a heater's temperatures: `59.8 °C, target 60 °C`, or `21.3 °C, off`."""
    actual, target, offset = (unwrapped(reading.get(name)) for name in ("actual", "target", "offset"))
    if actual is None and target is None:
        return UNKNOWN
    parts = ["unknown" if actual is None else degrees(actual)]
    parts += [] if target is None else [f"target {degrees(target)}" if target else "off"]
    return ", ".join([*parts, *([f"offset {offset:+g} °C"] if offset else [])])


def clock(moment: float, now: float) -> str:
    """Format a point in time: `14:35`, with the day if it is not today: `2026-11-30 01:33`."""
    then = datetime.fromtimestamp(moment)
    return f"{then:%H:%M}" if then.date() == datetime.fromtimestamp(now).date() else f"{then:%Y-%m-%d %H:%M}"


def heater_name(name: str) -> str:
    """Return what a person calls a heater: `nozzle` for tool0, `nozzle 1` for tool1, `bed`, `chamber`."""
    number = name[4:]
    if not (name.startswith("tool") and number.isdigit()):
        return visible(name)
    return "nozzle" if number == "0" else f"nozzle {number}"


def joined(words: Sequence[str]) -> str:
    """Join words as a sentence does: `a, b and c`."""
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


_BRIEF: Dict[type, Callable[[Any], str]] = {
    Bytes: size,
    Degrees: degrees,
    Heater: heater,
    Millimetres: length,
    Percent: percent,
    Range: extent,
}


def _bar(share: Any, argument: str, surroundings: Surroundings) -> str:
    """Return a progress bar for a percentage."""
    cells = max(_NARROWEST, min(_WIDEST, surroundings.width // 4))
    done = max(0, min(cells, int(share * cells / 100)))
    full, empty = "█░" if surroundings.fine else "#-"
    return full * done + empty * (cells - done)


def _clock(value: Any, argument: str, surroundings: Surroundings) -> Optional[str]:
    """Return the clock time of a point in time, or of the end of a number of seconds from now."""
    now = surroundings.now()
    try:
        moment = datetime.fromisoformat(value.replace("Z", "+00:00")).timestamp() if isinstance(value, str) else now + value
        return clock(moment, now)
    except (ValueError, OverflowError, OSError):  # beyond the range of dates
        return None


def _day(value: Any, argument: str, surroundings: Surroundings) -> Optional[str]:
    """Return the day of a point in time: `2026-11-30`."""
    try:
        return f"{datetime.fromisoformat(value.replace('Z', '+00:00')).astimezone():%Y-%m-%d}"
    except (ValueError, OverflowError, OSError):  # beyond the range of dates
        return None


def _count(value: Any, argument: str, surroundings: Surroundings) -> Optional[str]:
    """Return how many items there are, with the word for one of them: `2 warnings`; None if there are none."""
    number = value if isinstance(value, int) else len(value)
    if not number:
        return None
    return f"{number} {argument}{'' if number == 1 else 's'}" if argument else str(number)


def _hot(readings: Any, argument: str, surroundings: Surroundings) -> Optional[str]:
    """Return a sentence that names the heaters which are hot: `The bed is still at 60 °C`; None if there are none."""
    actual = {name: unwrapped(reading).get("actual") for name, reading in readings.items()}
    hot = [f"the {heater_name(name)}{{}} at {degrees(now)}" for name, now in actual.items() if now is not None and now >= HOT]
    if not hot:
        return None
    first, *others = hot
    sentence = joined([first.format(" is still"), *(one.format("") for one in others)])
    return sentence[0].upper() + sentence[1:]


def _targets(targets: Any, argument: str, surroundings: Surroundings) -> Optional[str]:
    """Return a sentence that names targets: `Set the nozzle to 215 °C and the bed to 60 °C`, `Switched the bed off`."""
    if not targets:
        return None
    if not any(targets.values()):
        return f"Switched {joined([f'the {heater_name(name)}' for name in targets])} off"
    named = [f"the {heater_name(name)} to {degrees(value)}{'' if value else ' (off)'}" for name, value in targets.items()]
    return f"Set {joined(named)}"


def _json(value: Any, argument: str, surroundings: Surroundings) -> str:
    return visible(json.dumps(to_plain_data(value), ensure_ascii=False, default=str), VALUE_LIMIT)


def _heater(name: Any, argument: str, surroundings: Surroundings) -> str:
    return label(heater_name(str(name)))


def _span(seconds: Any, argument: str, surroundings: Surroundings) -> str:
    return units.duration(seconds)


def _list(items: Any, argument: str, surroundings: Surroundings) -> Optional[str]:
    """Return the items of a list as a sentence names them: `a, b and c`."""
    named: List[str] = [words for words in map(in_words, items) if words]
    return joined(named) or None


def _lower(text: Any, argument: str, surroundings: Surroundings) -> Optional[str]:
    words = in_words(text)
    return words and words[0].lower() + words[1:]


def _sentence(text: Any, argument: str, surroundings: Surroundings) -> Optional[str]:
    """Return a text with a capital at its beginning and no full stop at its end."""
    words = in_words(text)
    return words and words[0].upper() + words[1:].rstrip(".")


#: The ways to show a value that a template can name behind a colon.
_WAYS: Dict[str, Callable[[Any, str, Surroundings], Optional[str]]] = {
    "bar": _bar,
    "clock": _clock,
    "count": _count,
    "day": _day,
    "heater": _heater,
    "hot": _hot,
    "json": _json,
    "list": _list,
    "lower": _lower,
    "sentence": _sentence,
    "span": _span,
    "targets": _targets,
}

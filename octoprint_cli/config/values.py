"""The types of the settings: their defaults, how values are parsed, and how they may be shown."""

from __future__ import annotations

import math
from typing import Any, Callable, Dict, List, NamedTuple, Optional

from octoprint_cli.config.strays import require_plain, require_plain_key
from octoprint_cli.output.redact import is_secret, mask, mask_url

DEFAULTS: Dict[str, Any] = {"timeout": 30.0, "retries": 3, "verify": True}
LIMITS = {"tool": 300.0, "bed": 120.0, "chamber": 80.0}


class Value(NamedTuple):
    """The value of a setting, and where it came from."""

    value: Any
    origin: str

    def shown(self, name: str) -> Any:
        """Return the value of the setting `name` with secrets masked."""
        if isinstance(self.value, str):
            return mask(self.value) if is_secret(name) else mask_url(self.value)
        return self.value


class Exemption(NamedTuple):
    """A lasting exception of a check that the configuration makes, such as `checks.print_volume.margin`."""

    setting: str
    value: Any
    origin: str

    def as_dict(self, check: str) -> Dict[str, Any]:
        """Return the exception as a report has it."""
        return {"id": check, **self._asdict()}


class Limits(NamedTuple):
    """The maximum target temperature of each kind of heater, in degrees Celsius."""

    tool: float
    bed: float
    chamber: float

    def of(self, heater: str) -> float:
        """Return the limit of the heater `tool0`, `tool1`, `bed` or `chamber`; one with a name of its own counts as a tool."""
        return float({"bed": self.bed, "chamber": self.chamber}.get(heater, self.tool))


def _text(value: Any) -> str:
    if not isinstance(value, str):  # YAML has parsed it as a number, so leading zeros are lost already
        raise ValueError("must be text: put it in quotes")
    return value.strip()


def _plain(value: Any) -> str:
    text = _text(value)
    require_plain(text)
    return text


def _key(value: Any) -> str:
    key = _text(value)
    require_plain_key(key)
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise ValueError("has characters that an API key cannot have")
    return key


def _seconds(value: Any) -> float:
    number = _number(value)
    if not 0 < number <= 86400:
        raise ValueError("must be a number of seconds above 0")
    return number


def degrees(value: Any) -> float:
    """Return a temperature in degrees Celsius. Raises ValueError."""
    number = _number(value)
    if number < 0:
        raise ValueError("must be degrees Celsius, 0 or above")
    return number


def _number(value: Any) -> float:
    try:
        number = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise ValueError("must be a number")
    return number


def _count(value: Any) -> int:
    number = _number(value)
    if number != int(number) or not 0 <= number <= 100:
        raise ValueError("must be a whole number from 0 to 100")
    return int(number)


def _switch(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("must be true or false")
    return value


def _texts(value: Any) -> List[str]:
    """Return a text, or a list of texts, as a list."""
    listed = value if isinstance(value, list) else [value]
    if not all(isinstance(item, str) and item.strip() for item in listed):
        raise ValueError("must be a string, or a list of strings: put each in quotes")
    return [item.strip() for item in listed]


class Setting(NamedTuple):
    """A key of a plugin's section: its default, and the parser of its value. `read` raises ValueError("must be ...")."""

    default: Any
    read: Callable[[Any], Any]

    @classmethod
    def text(cls, default: Optional[str] = None) -> Setting:
        """Return a setting that holds a text."""
        return cls(default, _text)

    @classmethod
    def number(cls, default: Optional[float] = None, *, least: float = -math.inf, most: float = math.inf) -> Setting:
        """Return a setting that holds a number from `least` to `most`."""
        above, below = math.isfinite(least), math.isfinite(most)
        span = f"from {least:g} to {most:g}" if above and below else f"of at least {least:g}" if above else f"of at most {most:g}"

        def read(value: Any) -> float:
            number = _number(value)
            if not least <= number <= most:
                raise ValueError(f"must be a number {span}")
            return number

        return cls(default, read)

    @classmethod
    def degrees(cls, default: Optional[float] = None) -> Setting:
        """Return a setting that holds a temperature in degrees Celsius, 0 or above."""
        return cls(default, degrees)

    @classmethod
    def seconds(cls, default: Optional[float] = None) -> Setting:
        """Return a setting that holds a number of seconds above 0."""
        return cls(default, _seconds)

    @classmethod
    def switch(cls, default: bool = False) -> Setting:
        """Return a setting that holds true or false."""
        return cls(default, _switch)

    @classmethod
    def texts(cls, *default: str) -> Setting:
        """Return a setting that holds a text or a list of texts."""
        return cls(list(default), _texts)


READERS: Dict[str, Callable[[Any], Any]] = {
    "host": _plain,
    "api_key": _key,
    "timeout": _seconds,
    "retries": _count,
    "verify": _switch,
    "ca_bundle": _plain,
    "client_cert": _plain,
    "client_key": _plain,
    "printer": _plain,
    "models": _texts,
    "ignore": _texts,
}
#: The options of checks under `checks`, in mm: how far a file may go beyond the volume of the profile.
CHECK_OPTIONS: Dict[str, Dict[str, Setting]] = {
    check: {"margin": Setting.number(least=0, most=100)} for check in ("print_volume", "travel_volume")
}

"""temp: the heaters."""

from __future__ import annotations

import math
from argparse import SUPPRESS, ArgumentParser, Namespace
from typing import Any, Dict, Iterator, List, Mapping, Set, Tuple

from octoprint_cli.api import Guarded, Heater, ShowOne, errors

#: `--tool0` to `--tool9`; what has more tools is reached by `--tool INDEX=VALUE`.
NUMBERED_TOOLS = range(10)


class Temp(Guarded, ShowOne):
    """show or set the temperatures of the heaters

    Without options it shows them. Targets are degrees Celsius and 0 is off; they are checked against the
    configured limits before anything is sent, and success means that the printer has taken them.
    """

    destructive = None

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        group = parser.add_argument_group("targets")
        group.add_argument("--tool", metavar="[INDEX=]DEGREES", action="append", default=[], help="the hotend; tool0 without INDEX")
        for index in NUMBERED_TOOLS:
            group.add_argument(f"--tool{index}", metavar="DEGREES", help=f"tool{index}" if index < 2 else SUPPRESS)
        group.add_argument("--bed", metavar="DEGREES", help="the heated bed")
        group.add_argument("--chamber", metavar="DEGREES", help="the heated chamber")
        group.add_argument("--off", action="store_true", help="switch every heater off")
        return parser

    def perform(self, parsed_args: Namespace) -> Dict[str, Any]:
        targets = dict(_targets(parsed_args))
        if parsed_args.off and targets:
            raise errors.UsageError("--off switches every heater off; it takes no targets", hint="octoprint-cli temp --off")
        for heater, target in targets.items():
            _require_within(heater, target, self.settings.limits.of(heater))
        if parsed_args.off:
            readings = self.client.printer.switch_off()
            return _shown(readings, dict.fromkeys(readings, 0.0))
        readings = self.client.printer.heaters()
        _require_known(targets, readings)
        return _shown(self.client.printer.set_targets(targets) if targets else readings, targets)


def _shown(readings: Mapping[str, Any], targets: Mapping[str, float]) -> Dict[str, Any]:
    shown = {heater: Heater(reading.actual, reading.target) for heater, reading in readings.items()}
    return {"temperature": shown, "set": dict(targets)}


def _targets(parsed_args: Namespace) -> Iterator[Tuple[str, float]]:
    """Each heater that the options name, with its target. Raises UsageError for one named twice."""
    named: List[Tuple[str, str]] = []
    for written in parsed_args.tool:
        index, equals, value = written.rpartition("=")
        if equals and not (index.isascii() and index.isdigit()):
            raise errors.UsageError(f"--tool {written}: INDEX must be a number", hint="octoprint-cli temp --tool 1=200")
        named.append((f"tool{int(index)}" if equals else "tool0", value))
    for heater in (*(f"tool{index}" for index in NUMBERED_TOOLS), "bed", "chamber"):
        value = getattr(parsed_args, heater)
        if value is not None:
            named.append((heater, value))
    seen: Set[str] = set()
    for heater, value in named:
        if heater in seen:
            raise errors.UsageError(f"{heater} is given twice", hint="octoprint-cli help temp")
        seen.add(heater)
        yield heater, _degrees(heater, value)


def _degrees(heater: str, written: str) -> float:
    try:
        degrees = float(written) if written.isascii() and "_" not in written else math.nan
    except ValueError:
        degrees = math.nan
    if not math.isfinite(degrees) or degrees < 0:
        raise errors.InvalidValue(
            f"{written!r} is no temperature for {heater}: it must be degrees Celsius, 0 or above",
            hint="octoprint-cli temp --tool 200",
        )
    return degrees


def _require_within(heater: str, degrees: float, limit: float) -> None:
    if degrees > limit:
        raise errors.LimitExceeded(
            f"{degrees:g} °C for {heater} is above the limit of {limit:g} °C",
            details={"heater": heater, "value": degrees, "limit": limit},
        )


def _require_known(targets: Mapping[str, float], readings: Mapping[str, Any]) -> None:
    missing = [heater for heater in targets if heater not in readings]
    if missing:
        raise errors.NotFound(
            f"the printer has no {' and no '.join(missing)}; it has {', '.join(readings)}",
            hint="octoprint-cli temp",
            details={"heaters": list(readings)},
        )

"""temp: the heaters."""

from __future__ import annotations

import math
import shutil
from argparse import SUPPRESS, ArgumentParser, ArgumentTypeError, Namespace
from typing import Any, Dict, Iterator, List, Mapping, Optional, Sequence, Set, Tuple

from octoprint_cli.api import (
    FINE,
    HEATER_LINES,
    HEATERS,
    UNDER_WAY,
    WAITED,
    Guarded,
    ShowOne,
    add_wait,
    can_write,
    errors,
    fields,
    heaters,
    job_under_way,
    lines,
    number_text,
    plot,
    waited,
)

#: The tools with an option of their own, `--tool0` to `--tool9`; others have `--tool INDEX=VALUE`.
NUMBERED_TOOLS = range(10)
#: The maximum number of lines of a plot.
HIGHEST = 20

#: One entry of the history: its time, and each heater that has a reading.
_SAMPLE = fields.with_others(fields.record(time=fields.time("when")), fields.heater())


class Temp(Guarded, ShowOne):
    """show or set the temperatures of the heaters

    Without options the command shows them. Targets are in degrees Celsius, and 0 is off. They are checked against the
    configured limits before anything is sent. Success means that the printer has taken them, or with --wait that it has
    reached them.

    --history shows what the server remembers, about half an hour: a plot, and numbers in json and yaml.
    """

    destructive = None
    would = ("{off?}Would switch every heater off.", "{requests?}Would set the temperatures.")
    result = fields.merged(
        fields.record(
            temperature=HEATERS,
            set=fields.mapping(fields.number("degrees Celsius"), "the targets that were set now"),
            history=fields.listed(_SAMPLE, "the oldest first").optional,
            job_under_way=UNDER_WAY.optional,
        ),
        fields.optional(WAITED),
    )
    template = lines(
        ("{met?}<green>The heaters are at their targets</>, after {seconds:span}.", "<green>{set:targets}</>."),
        HEATER_LINES,
    )
    examples = (
        ("octoprint-cli temp", "the temperatures now"),
        ("octoprint-cli temp --tool 210 --bed 60", "heat the hotend and the bed"),
        ("octoprint-cli temp --off", "switch every heater off"),
    )
    effects = ("heats",)
    unqueued_when = ("off",)
    error_codes = ("INVALID_VALUE", "NOT_FOUND", "PRINTER_OFFLINE", "STATE_NOT_REACHED", "WAIT_TIMEOUT")
    _samples: Sequence[Any] = ()

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        group = parser.add_argument_group("targets")
        group.add_argument(
            "--tool", metavar="[INDEX=]DEGREES", action="append", default=[], help="the hotend; INDEX is 0 by default"
        )
        for index in NUMBERED_TOOLS:
            shown = f"the hotend tool{index}" if index < 2 else SUPPRESS
            group.add_argument(f"--tool{index}", metavar="DEGREES", type=number_text, help=shown)
        group.add_argument("--bed", metavar="DEGREES", type=number_text, help="the heated bed")
        group.add_argument("--chamber", metavar="DEGREES", type=number_text, help="the heated chamber")
        group.add_argument("--off", action="store_true", help="switch every heater off")
        add_wait(group, "every heater with a target is within 2 degrees of it")
        past = parser.add_argument_group("history")
        past.add_argument("--history", action="store_true", help="show earlier temperatures, too")
        past.add_argument("--limit", metavar="N", type=_count, help="the newest N readings, 0 for all (default: 300)")
        return parser

    def perform(self, parsed_args: Namespace) -> Dict[str, Any]:
        targets = dict(_targets(parsed_args))
        if parsed_args.history or parsed_args.limit is not None:
            _require_history_alone(parsed_args, targets)
            return self._with_history(parsed_args.limit)
        if parsed_args.off and targets:
            raise errors.UsageError("--off switches every heater off; it takes no targets", hint="octoprint-cli temp --off")
        if parsed_args.wait and (parsed_args.off or (targets and not any(targets.values()))):
            raise errors.UsageError("a heater that is switched off has no target to wait for", hint="octoprint-cli help temp")
        self.client.printer.require_within_limits(targets.items())
        if parsed_args.off:
            readings = self.client.printer.switch_off()
            return _shown(readings, dict.fromkeys(readings, 0.0))
        readings = self.client.printer.heaters()
        _require_known(targets, readings)
        return _shown(self.client.printer.set_targets(targets) if targets else readings, targets)

    def afterwards(self, parsed_args: Namespace, outcome: Dict[str, Any], *plan: Any) -> Dict[str, Any]:
        if outcome["set"] and not parsed_args.off:  # cooling waits for no further look
            outcome = {**outcome, **job_under_way(self)}
        if not parsed_args.wait:
            return outcome
        return waited(self, ["temp"], None, parsed_args.wait_timeout, done=outcome)

    def _with_history(self, limit: Optional[int]) -> Dict[str, Any]:
        readings = self.client.printer.heaters()
        self._samples = self.client.printer.history(limit)
        history = [{"time": at, **heaters(temperatures)} for at, temperatures in self._samples]
        return {**_shown(readings, {}), "history": history}

    def text(self, data: Mapping[str, Any]) -> Optional[str]:
        if "history" not in data:
            return None
        now = [f"{heater}: {reading.human_readable()}" for heater, reading in data.get("temperature", {}).items()]
        width, height = shutil.get_terminal_size()
        fine = can_write(self.app.stdout, FINE)
        return "\n".join([*now, "", plot(_series(self._samples), width, min(height - len(now) - 3, HIGHEST), fine)])


def _shown(readings: Mapping[str, Any], targets: Mapping[str, float]) -> Dict[str, Any]:
    return {"temperature": heaters(readings), "set": dict(targets)}


def _series(samples: Sequence[Any]) -> Dict[str, List[Tuple[float, Optional[float]]]]:
    """Return time and actual temperature by heater; the temperature is None where the history has none."""
    heaters = dict.fromkeys(heater for sample in samples for heater in sample.temperatures)
    return {heater: [(time, there[heater].actual if heater in there else None) for time, there in samples] for heater in heaters}


def _count(written: str) -> int:
    if not written.isdigit():
        raise ArgumentTypeError(f"{written!r} is not a number of readings: it must be 0 or above")
    return int(written)


def _require_history_alone(parsed_args: Namespace, targets: Mapping[str, float]) -> None:
    if not parsed_args.history:
        raise errors.UsageError("--limit requires --history", hint=f"octoprint-cli temp --history --limit {parsed_args.limit}")
    if parsed_args.off or targets:
        raise errors.UsageError("--history only shows temperatures: it cannot set any", hint="octoprint-cli temp --history")


def _targets(parsed_args: Namespace) -> Iterator[Tuple[str, float]]:
    """Yield each heater that the options name, with its target. Raises UsageError for one named twice."""
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
            f"{written!r} is not a temperature for {heater}: it must be degrees Celsius, 0 or above",
            hint="octoprint-cli temp --tool 200",
        )
    return degrees


def _require_known(targets: Mapping[str, float], readings: Mapping[str, Any]) -> None:
    missing = [heater for heater in targets if heater not in readings]
    if missing:
        raise errors.NotFound(
            f"the printer has no {' and no '.join(missing)}; it has {', '.join(readings)}",
            hint="octoprint-cli temp",
            details={"heaters": list(readings)},
        )

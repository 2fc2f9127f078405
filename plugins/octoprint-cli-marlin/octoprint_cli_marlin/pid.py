"""marlin pid-tune: let the firmware find the constants that a heater's temperature is held with."""

from __future__ import annotations

import math
import re
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from typing import Any, Dict, List, NamedTuple, Optional, Sequence

from octoprint_cli.api import Guarded, errors, fields
from octoprint_cli_marlin.asking import ASK_CODES, Asking, after, refused

#: Marlin reports temperatures every two seconds while it tunes.
TUNE_SECONDS = 120.0
#: With fewer, Marlin computes nothing; with more than these, hours are lost for a digit.
FEWEST, MOST, CYCLES = 3, 30, 8

_HEATER = re.compile(r"tool[0-9]{1,2}|bed|chamber")
_NUMBER = r"[-+]?[0-9]+(?:\.[0-9]*)?"
#: ` Kp: 20.95`, `Kp: 15.65 Ki: 1.42 Kd: 42.96`, `#define DEFAULT_bedKp 131.06`.
_CONSTANT = re.compile(rf"(?:\b|DEFAULT_(?:bed|chamber)?)K([pid]):?\s+({_NUMBER})")
_SWING = re.compile(rf"\bmin:\s*({_NUMBER})\s+max:\s*({_NUMBER})")
_FINISHED = re.compile(r"PID autotune finished", re.IGNORECASE)


class Found(NamedTuple):
    """What a tuning has found; lowest and highest are the temperatures between which the last cycle swung."""

    kp: float
    ki: float
    kd: float
    lowest: Optional[float]
    highest: Optional[float]


class Tune(Guarded, Asking):
    """let the firmware find Kp, Ki and Kd of a heater (M303)

    It heats up and swings about the target for some cycles, which takes minutes, and may pass the target by some degrees.
    Nothing is set nor stored: the answer says how to keep the constants.
    """

    destructive = "heats unattended to tune the heater"
    silence = TUNE_SECONDS
    answer = fields.record(
        action=fields.one_of("tuned"),
        heater=fields.text(),
        target=fields.degrees(),
        cycles=fields.whole(),
        kp=fields.number("proportional"),
        ki=fields.number("integral"),
        kd=fields.number("derivative"),
        lowest=fields.degrees("in the last cycle").or_null,
        highest=fields.degrees("in the last cycle").or_null,
        keep=fields.listed(fields.text(), "what to run to use them, and to store them").told(" && ".join),
    )
    effects = ("heats",)
    repeatable = False
    codes = (*ASK_CODES, "INVALID_VALUE", "NOT_FOUND", "NOT_MARLIN", "STATE_NOT_REACHED")

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        parser.add_argument("heater", metavar="HEATER", type=_heater, help="tool0, tool1 ..., bed or chamber")
        parser.add_argument("target", metavar="DEGREES", type=_degrees, help="what it is used at, within the configured limit")
        told = f"how often it swings, {FEWEST} to {MOST} ({CYCLES})"
        parser.add_argument("--cycles", metavar="N", type=_cycles, default=CYCLES, help=told)
        return parser

    def check(self, parsed_args: Namespace) -> None:
        heater = parsed_args.heater
        self.client.printer.require_within_limits([(heater, parsed_args.target)])
        self.client.job.current().require_idle()
        heaters = self.client.printer.heaters()
        if heater not in heaters:
            raise errors.NotFound(
                f"the printer has no {heater}; it has {', '.join(heaters)}",
                hint="octoprint-cli temp",
                details={"heaters": [*heaters]},
            )

    def perform(self, parsed_args: Namespace) -> Dict[str, Any]:
        command = f"M303 E{_index(parsed_args.heater)} S{parsed_args.target:g} C{parsed_args.cycles}"
        if parsed_args.dry_run:
            self.client.printer.send([command])
            return {}
        self.require_marlin(parsed_args)
        self.terminal.note(f"tuning {parsed_args.heater}, which takes some minutes ...")
        try:
            reply = self.do(parsed_args, command)
        except errors.NoReply as error:
            told = f"{parsed_args.heater} may still be heated"
            raise after(told, error, "octoprint-cli temp (the firmware ends a tuning at: octoprint-cli gcode M108)") from error
        found = constants(reply["lines"])
        if found is None:
            raise refused(reply, f"the firmware has acknowledged {command}, and told no constants")
        asked = {"heater": parsed_args.heater, "target": parsed_args.target, "cycles": parsed_args.cycles}
        return {"action": "tuned", **asked, **found._asdict(), "keep": keep(parsed_args.heater, found)}


def constants(lines: Sequence[str]) -> Optional[Found]:
    """Return the constants at the end of the answer to M303; None if the tuning was not finished, or found nothing."""
    if not any(map(_FINISHED.search, lines)):
        return None
    last = {name: float(value) for line in lines for name, value in _CONSTANT.findall(line)}
    if last.keys() != {"p", "i", "d"} or not any(last.values()):
        return None
    swings = [found for line in lines for found in _SWING.findall(line)]
    lowest, highest = map(float, swings[-1]) if swings else (None, None)
    return Found(last["p"], last["i"], last["d"], lowest, highest)


def keep(heater: str, found: Found) -> List[str]:
    """Return the command lines that set and store the constants."""
    code = {"bed": "M304", "chamber": "M309", "tool0": "M301"}.get(heater, f"M301 E{_index(heater)}")
    setting = f"{code} P{found.kp:.2f} I{found.ki:.2f} D{found.kd:.2f}"
    return [f"octoprint-cli gcode '{setting}'", "octoprint-cli marlin eeprom save --confirm"]


def _index(heater: str) -> int:
    """Return the number by which Marlin names a heater in M303."""
    return {"bed": -1, "chamber": -2}.get(heater) or int(heater[len("tool") :])


def _heater(written: str) -> str:
    if not _HEATER.fullmatch(written):
        raise ArgumentTypeError(f"{written!r} is no heater: it must be tool0, tool1 ..., bed or chamber")
    return written if not written.startswith("tool") else f"tool{int(written[4:])}"


def _degrees(written: str) -> float:
    try:
        degrees = float(written)
    except ValueError:
        degrees = math.nan
    if not math.isfinite(degrees) or degrees <= 0:
        raise ArgumentTypeError(f"{written!r} is no temperature: it must be degrees Celsius, above 0")
    return degrees


def _cycles(written: str) -> int:
    if not written.isdigit() or not FEWEST <= int(written) <= MOST:
        raise ArgumentTypeError(f"{written!r} is no number of cycles: it must be {FEWEST} to {MOST}")
    return int(written)

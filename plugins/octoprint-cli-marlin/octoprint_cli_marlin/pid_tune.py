"""The command marlin pid-tune: let the firmware find the PID constants of a heater."""

from __future__ import annotations

import math
import re
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from typing import Any, Dict, List, NamedTuple, Optional, Sequence

from octoprint_cli.api import Guarded, errors, fields, lines
from octoprint_cli_marlin.firmware_command import FIRMWARE_CODES, FirmwareCommand, no_reply, refusal

#: The firmware reports temperatures every two seconds while it tunes.
TUNE_SECONDS = 120.0
#: Marlin computes nothing from fewer than three cycles; more than thirty take hours and improve only the last digit.
MIN_CYCLES, MAX_CYCLES, DEFAULT_CYCLES = 3, 30, 8

_HEATER = re.compile(r"tool[0-9]{1,2}|bed|chamber")
_NUMBER = r"[-+]?[0-9]+(?:\.[0-9]*)?"
#: ` Kp: 20.95`, `Kp: 15.65 Ki: 1.42 Kd: 42.96`, `#define DEFAULT_bedKp 131.06`.
_CONSTANT = re.compile(rf"(?:\b|DEFAULT_(?:bed|chamber)?)K([pid]):?\s+({_NUMBER})")
_SWING = re.compile(rf"\bmin:\s*({_NUMBER})\s+max:\s*({_NUMBER})")
_FINISHED = re.compile(r"PID autotune finished", re.IGNORECASE)


class PidConstants(NamedTuple):
    """The result of a tuning, with the lowest and the highest temperature of its last cycle."""

    kp: float
    ki: float
    kd: float
    lowest: Optional[float]
    highest: Optional[float]


class Tune(Guarded, FirmwareCommand):
    """let the firmware find Kp, Ki and Kd of a heater (M303)

    The temperature swings around the target for some cycles, which takes minutes, and may exceed the target by some degrees.
    The constants are neither applied nor stored: the result says how to keep them.
    """

    would = "Would tune {heater} at {target} °C."
    destructive = "heats unattended to tune the heater"
    reply_seconds = TUNE_SECONDS
    result = fields.record(
        action=fields.one_of("tuned"),
        heater=fields.text(),
        target=fields.degrees(),
        cycles=fields.whole(),
        kp=fields.number("proportional"),
        ki=fields.number("integral"),
        kd=fields.number("derivative"),
        lowest=fields.degrees("in the last cycle").or_null,
        highest=fields.degrees("in the last cycle").or_null,
        keep=fields.listed(fields.text(), "the commands that apply and store the constants").displayed_as(" && ".join),
    )
    template = lines(
        "<green>Tuned</> {heater} at {target} in {cycles:count cycle}: Kp {kp}, Ki {ki}, Kd {kd}.",
        "The constants are neither applied nor stored. To keep them: {keep}",
    )
    examples = (
        ("octoprint-cli marlin pid-tune tool0 210 --confirm", "tune the hotend at 210 °C"),
        ("octoprint-cli marlin pid-tune bed 60 --cycles 8 --confirm", "tune the bed, with more cycles"),
    )
    effects = ("heats",)
    repeatable = False
    error_codes = (*FIRMWARE_CODES, "INVALID_VALUE", "NOT_FOUND", "NOT_MARLIN", "STATE_NOT_REACHED")

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        parser.add_argument("heater", metavar="HEATER", type=_heater, help="tool0, tool1 ..., bed or chamber")
        parser.add_argument("target", metavar="DEGREES", type=_degrees, help="target in °C, within the configured limit")
        cycles = f"number of cycles, {MIN_CYCLES} to {MAX_CYCLES} (default: {DEFAULT_CYCLES})"
        parser.add_argument("--cycles", metavar="N", type=_cycles, default=DEFAULT_CYCLES, help=cycles)
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
        self.terminal.note(f"tuning {parsed_args.heater} (takes some minutes) ...")
        try:
            reply = self.execute(parsed_args, command)
        except errors.NoReply as error:
            hint = "octoprint-cli temp  # to abort the tuning: octoprint-cli gcode M108"
            raise no_reply(error, f"{parsed_args.heater} may still be heated", hint) from error
        found = parse_constants(reply["lines"])
        if found is None:
            raise refusal(reply, f"the firmware acknowledged {command}, but reported no constants")
        request = {"heater": parsed_args.heater, "target": parsed_args.target, "cycles": parsed_args.cycles}
        return {"action": "tuned", **request, **found._asdict(), "keep": commands_to_keep(parsed_args.heater, found)}


def parse_constants(lines: Sequence[str]) -> Optional[PidConstants]:
    """Parse the reply to M303. None if the tuning did not finish, or found nothing."""
    if not any(map(_FINISHED.search, lines)):
        return None
    last = {name: float(value) for line in lines for name, value in _CONSTANT.findall(line)}
    if last.keys() != {"p", "i", "d"} or not any(last.values()):
        return None
    swings = [found for line in lines for found in _SWING.findall(line)]
    lowest, highest = map(float, swings[-1]) if swings else (None, None)
    return PidConstants(last["p"], last["i"], last["d"], lowest, highest)


def commands_to_keep(heater: str, found: PidConstants) -> List[str]:
    """Return the command lines that apply and store the constants."""
    code = {"bed": "M304", "chamber": "M309", "tool0": "M301"}.get(heater, f"M301 E{_index(heater)}")
    setting = f"{code} P{found.kp:.2f} I{found.ki:.2f} D{found.kd:.2f}"
    return [f"octoprint-cli gcode '{setting}'", "octoprint-cli marlin eeprom save --confirm"]


def _index(heater: str) -> int:
    """Return Marlin's number for a heater."""
    return {"bed": -1, "chamber": -2}.get(heater) or int(heater[len("tool") :])


def _heater(text: str) -> str:
    if not _HEATER.fullmatch(text):
        raise ArgumentTypeError(f"{text!r} is not a heater: use tool0, tool1 ..., bed or chamber")
    return text if not text.startswith("tool") else f"tool{int(text[4:])}"


def _degrees(text: str) -> float:
    try:
        degrees = float(text)
    except ValueError:
        degrees = math.nan
    if not math.isfinite(degrees) or degrees <= 0:
        raise ArgumentTypeError(f"{text!r} is not a temperature: use degrees Celsius above 0")
    return degrees


def _cycles(text: str) -> int:
    if not text.isdigit() or not MIN_CYCLES <= int(text) <= MAX_CYCLES:
        raise ArgumentTypeError(f"{text!r} is not a number of cycles: use {MIN_CYCLES} to {MAX_CYCLES}")
    return int(text)

"""The built-in checks of what the file heats, in degrees Celsius."""

from __future__ import annotations

from typing import Dict, Optional, Sequence

from octoprint_cli.errors import CliError, LimitExceeded, WrongPrinter
from octoprint_cli.preflight.check import Check
from octoprint_cli.preflight.context import CheckContext
from octoprint_cli.preflight.finding import CannotCheck, Finding, Severity, Skip


class FileTemperatures(Check):
    """The file asks no heater for more than its limit, with the offset that the server adds to it."""

    def run(self, context: CheckContext) -> Finding:
        asked = _asked(context)
        if not asked:
            raise Skip("the file heats nothing")
        limits = {heater: context.limits.of(heater) for heater in asked}
        offsets = _offsets(context, [heater for heater in asked if asked[heater] <= limits[heater]])
        reached = {heater: asked[heater] + max(offsets.get(heater, 0.0), 0.0) for heater in asked}
        evidence: Dict[str, Dict[str, float]] = {
            heater: {"file": asked[heater], **({"offset": offsets[heater]} if heater in offsets else {}), "limit": limits[heater]}
            for heater in asked
        }
        beyond = [heater for heater in asked if reached[heater] > limits[heater]]
        if beyond:
            said = [
                f"the file heats {heater} to {_sum(asked[heater], offsets.get(heater))}, its limit is {limits[heater]:g} °C"
                for heater in beyond
            ]
            raise LimitExceeded(
                "; ".join(said),
                hint="slice for another material, or raise limits in the configuration (octoprint-cli config show)",
                details=evidence,
            )
        shown = [f"{heater} {_sum(asked[heater], offsets.get(heater))} (limit {limits[heater]:g} °C)" for heater in asked]
        return Finding(", ".join(shown), evidence)


class HeatedBed(Check):
    """The printer has a heated bed, if the file heats one."""

    def run(self, context: CheckContext) -> Finding:
        return _there(context, "bed", "heated_bed")


class HeatedChamber(Check):
    """The printer has a heated chamber, if the file heats one."""

    severity = Severity.WARN

    def run(self, context: CheckContext) -> Finding:
        return _there(context, "chamber", "heated_chamber")


def _offsets(context: CheckContext, heaters: Sequence[str]) -> Dict[str, float]:
    """Return the offsets that the server adds to what the file asks of its heaters. It adds none on the SD card.

    Without a connected printer there are none. Raises CannotCheck if a printer is connected, and they cannot be read.
    """
    if context.location != "local" or not heaters:
        return {}
    try:
        context.require_printer()
    except CannotCheck:  # and `printer_connected` fails
        return {}
    try:
        readings = context.heaters
    except CliError as error:
        raise CannotCheck("the server's temperature offsets cannot be read", error, told_by="temperatures") from error
    return {heater: reading.offset for heater, reading in readings.items() if heater in heaters and reading.offset}


def _sum(degrees: float, offset: Optional[float]) -> str:
    """Return `280 °C`, or with an offset `325 °C (280 °C and the server's offset of +45 °C)`."""
    if not offset or offset < 0:
        return f"{degrees:g} °C"
    return f"{degrees + offset:g} °C ({degrees:g} °C and the server's offset of {offset:+g} °C)"


def _asked(context: CheckContext) -> Dict[str, float]:
    """Return the heaters that the file switches on, with the highest target of each."""
    return {heater: heat.highest for heater, heat in context.contents.heat.items() if heat.highest > 0}


def _there(context: CheckContext, heater: str, name: str) -> Finding:
    target = _asked(context).get(heater)
    if target is None:
        return Finding(f"the file heats no {heater}")
    has: Optional[bool] = getattr(context.profile, name)
    if has is None:
        raise CannotCheck(f"the printer profile does not say whether there is a heated {heater}")
    evidence = {"file": target, "printer": has}
    if not has:
        raise WrongPrinter(
            f"the file heats the {heater} to {target:g} °C, the printer has no heated {heater}",
            hint=f"slice for this printer; if it has a heated {heater}, a person must tick it in the printer profile on the server",
            details=evidence,
        )
    return Finding(f"the file heats the {heater} to {target:g} °C, and the printer has a heated {heater}", evidence)

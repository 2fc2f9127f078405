"""The built-in checks of what the file heats, in degrees Celsius."""

from __future__ import annotations

from typing import Dict, Optional

from octoprint_cli.errors import LimitExceeded, WrongPrinter
from octoprint_cli.preflight.check import Check
from octoprint_cli.preflight.context import CheckContext
from octoprint_cli.preflight.finding import Finding, Severity, Skip


class FileTemperatures(Check):
    """The file asks no heater for more than its limit."""

    def run(self, context: CheckContext) -> Finding:
        asked = _asked(context)
        if not asked:
            raise Skip("the file heats nothing")
        limits = {heater: context.limits.of(heater) for heater in asked}
        evidence = {heater: {"file": asked[heater], "limit": limits[heater]} for heater in asked}
        beyond = [heater for heater in asked if asked[heater] > limits[heater]]
        if beyond:
            said = [f"the file heats {heater} to {asked[heater]:g} °C, its limit is {limits[heater]:g} °C" for heater in beyond]
            raise LimitExceeded(
                "; ".join(said),
                hint="slice for another material, or raise limits in the configuration (octoprint-cli config show)",
                details=evidence,
            )
        shown = ", ".join(f"{heater} {asked[heater]:g} °C (limit {limits[heater]:g} °C)" for heater in asked)
        return Finding(shown, evidence)


class HeatedBed(Check):
    """The printer has a heated bed, if the file heats one."""

    def run(self, context: CheckContext) -> Finding:
        return _there(context, "bed", "heated_bed")


class HeatedChamber(Check):
    """The printer has a heated chamber, if the file heats one."""

    severity = Severity.WARN

    def run(self, context: CheckContext) -> Finding:
        return _there(context, "chamber", "heated_chamber")


def _asked(context: CheckContext) -> Dict[str, float]:
    """Return the heaters that the file switches on, with the highest target of each."""
    return {heater: heat.highest for heater, heat in context.contents.heat.items() if heat.highest > 0}


def _there(context: CheckContext, heater: str, name: str) -> Finding:
    target = _asked(context).get(heater)
    if target is None:
        return Finding(f"the file heats no {heater}")
    has: Optional[bool] = getattr(context.profile, name)
    if has is None:
        raise Skip(f"the printer profile does not say whether there is a heated {heater}")
    evidence = {"file": target, "printer": has}
    if not has:
        raise WrongPrinter(
            f"the file heats the {heater} to {target:g} °C, the printer has no heated {heater}",
            hint=f"slice without, or tick the heated {heater} in the printer profile on the server, or repeat with --ignore {name}",
            details=evidence,
        )
    return Finding(f"the file heats the {heater} to {target:g} °C, and the printer has a heated {heater}", evidence)

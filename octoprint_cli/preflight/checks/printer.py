"""The built-in checks of the printer."""

from __future__ import annotations

from octoprint_cli.errors import LimitExceeded, PrinterError
from octoprint_cli.errors.foreign_words import in_one_sentence
from octoprint_cli.preflight.check import Check
from octoprint_cli.preflight.context import CheckContext
from octoprint_cli.preflight.finding import Finding


class Connected(Check):
    """A printer is connected to the server and operational."""

    def run(self, context: CheckContext) -> str:
        job = context.job.require_connected()
        return f"the printer is connected ({job.state})"


class NoError(Check):
    """The printer reports no error."""

    def run(self, context: CheckContext) -> str:
        context.require_printer()
        state = context.printer
        if state.flags.get("error") or state.flags.get("closedOrError"):
            raise PrinterError(
                f"the printer reports an error: {in_one_sentence(state.error or state.state)}",
                hint="octoprint-cli status",
                details={"state": state.state, "error": state.error},
            )
        return "the printer reports no error"


class Idle(Check):
    """No job is active: none is printing, paused, starting or ending."""

    def run(self, context: CheckContext) -> str:
        context.require_printer()
        context.job.require_idle()
        return "the printer is idle"


class Temperatures(Check):
    """No heater is, or is asked to be, hotter than its limit, with the server's offset for the next job."""

    def run(self, context: CheckContext) -> Finding:
        context.require_printer()
        heaters = context.heaters
        for heater, reading in heaters.items():
            limit = context.limits.of(heater)
            for what, value in (("is at", reading.actual), ("has a target of", reading.target)):
                if value is not None and value > limit:
                    raise LimitExceeded(
                        f"{heater} {what} {value:g} °C, above the limit of {limit:g} °C",
                        hint="octoprint-cli temp --off",
                        details={"heater": heater, "value": value, "limit": limit},
                    )
            if reading.target and reading.hottest(reading.target) > limit:
                raise LimitExceeded(
                    f"{heater} has a target of {reading.target:g} °C and the server an offset of {reading.offset:+g} °C for it, "
                    f"together above the limit of {limit:g} °C",
                    hint="octoprint-cli temp --off",
                    details={"heater": heater, "value": reading.target, "offset": reading.offset, "limit": limit},
                )
        offsets = {heater: reading.offset for heater, reading in heaters.items() if reading.offset}
        shown = "".join(f", offset {offset:+g} °C on {heater}" for heater, offset in offsets.items())
        return Finding(f"{', '.join(heaters) or 'no heater'}: within limits{shown}", {"offsets": offsets} if offsets else None)

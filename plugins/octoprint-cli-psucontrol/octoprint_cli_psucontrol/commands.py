"""The commands power on, off and status: the printer's power supply."""

from __future__ import annotations

import contextlib
from argparse import ArgumentParser, Namespace
from typing import Any, Dict, Iterator, Optional

from octoprint_cli.api import Guarded, ShowOne, await_goal, connected, errors, fields, seconds
from octoprint_cli_psucontrol.errors import HotendHot, TemperatureUnknown
from octoprint_cli_psucontrol.psu import Psu, power_word

#: Above this temperature in degrees Celsius a hotend needs its fan: without it, the filament above the nozzle softens.
HOT = 50.0
#: A board needs some seconds after power-on until its port appears and its firmware has booted.
CONNECT_SECONDS = 60.0
_FAILED_STATES = frozenset({"error", "offline"})

_POWER = fields.record(
    power=fields.one_of("on", "off", meaning="as PSU Control reports it; null if it cannot tell").or_null,
    connected=fields.switch("whether a printer is connected"),
    state=fields.text("of the printer, in OctoPrint's words"),
)
_CHANGED = fields.record(changed=fields.switch("false: nothing had to be done; null: not checked (--emergency)").or_null)


class PowerCommand(ShowOne):
    """A command on the power supply."""

    result = fields.merged(_CHANGED, _POWER)
    template = (
        "{changed=false}The printer's power was {power} already. The printer is {state}.",
        "<green>The printer's power is {power}</>. The printer is {state}.",
    )
    _psu: Optional[Psu] = None

    @property
    def psu(self) -> Psu:
        """The power supply, made on first use."""
        if self._psu is None:
            self._psu = self.client.resource(Psu)
        return self._psu

    def to_result(self, on: Optional[bool]) -> Dict[str, Any]:
        """Return the state of the power and of the printer's connection."""
        connection = self.client.connection.current()
        power = None if on is None else power_word(on)
        return {"power": power, "connected": connection.phase.connected, "state": connection.state}

    @contextlib.contextmanager
    def switched(self, on: bool, changed: Optional[bool], dry_run: bool) -> Iterator[None]:
        """Make errors inside the block say that the power was switched nevertheless, unless this is a dry run."""
        try:
            yield
        except errors.CliError as error:
            if dry_run:
                raise
            power = power_word(on)
            raise error.after(f"the power is {power}", data={"power": power, "changed": changed}) from error

    def require_no_job(self, reason: str) -> None:
        """Raise PrinterBusy during a job, or in a state that may be one."""
        job = self.client.job.current()
        if not job.phase.at_rest:
            raise job.busy(reason, "octoprint-cli wait --for idle")


class Status(PowerCommand):
    """show whether the printer's power is on

    Without a sensor, PSU Control reports its last switch, which may differ from the actual state.
    """

    result = _POWER
    template = (
        "The printer's power is {power}. The printer is {state}.",
        "<yellow>Whether the printer's power is on is not known</>. The printer is {state}.",
    )
    examples = (
        ("octoprint-cli power status", "is it on?"),
        ("octoprint-cli power status -c power -f value", "only the word on or off"),
    )
    effects = ("reads",)
    error_codes = ("PSUCONTROL_MISSING",)

    def take_action(self, parsed_args: Namespace) -> Dict[str, Any]:
        return self.to_result(self.psu.is_on())


class On(Guarded, PowerCommand):
    """switch the printer's power on

    Success means that PSU Control reports it as on, and with --connect that the printer answers. If it is on already, the
    result is a success with "changed": false. During a job the command is refused (PRINTER_BUSY), because PSU Control may
    run a G-code script after switching on.
    """

    destructive = "powers the printer"
    would = "Would switch the printer's power on."
    examples = (
        ("octoprint-cli power on --confirm", "switch it on"),
        ("octoprint-cli power on --connect --confirm", "switch it on, and wait until the printer answers"),
    )
    effects = ("powers", "moves")  # many firmwares move the axes when they start
    error_codes = ("PSUCONTROL_MISSING", "STATE_NOT_REACHED", "PRINTER_OFFLINE", "NOT_FOUND")

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        parser.add_argument("--connect", action="store_true", help="then connect the server to the printer, and wait for it")
        wait = f"with --connect: maximum wait for the port, and again for the printer (default: {CONNECT_SECONDS:g})"
        parser.add_argument("--wait", metavar="SECONDS", type=seconds, help=wait)
        return parser

    def check(self, parsed_args: Namespace) -> Optional[bool]:
        """Return whether the power is on. Raises PrinterBusy if it must not be switched on now."""
        if parsed_args.wait is not None and not parsed_args.connect:
            raise errors.UsageError("--wait requires --connect", hint="octoprint-cli help power on")
        was_on = self.psu.is_on()
        if was_on is not True:
            self.require_no_job("switching the power would disturb the job")
        return was_on

    def perform(self, parsed_args: Namespace, was_on: Optional[bool]) -> Dict[str, Any]:
        changed = was_on is not True
        if changed:
            self.psu.switch(True)
        with self.switched(True, changed, parsed_args.dry_run):
            if parsed_args.connect:
                changed = self._connect(parsed_args.wait or CONNECT_SECONDS) or changed
            return {**self.to_result(True), "changed": changed}

    def _connect(self, seconds: float) -> bool:
        """Connect the printer unless it is connected. Returns whether that was necessary.

        Raises PrinterOffline, and NotFound if the printer's port does not appear.
        """
        connection = self.client.connection.current()
        if connection.phase.connected:
            return False
        if connection.phase.value == "connecting":  # PSU Control may do that itself; a second attempt would interrupt the first
            with contextlib.suppress(errors.WaitTimeout, errors.PrinterOffline):
                await_goal(self, ["connected"], _FAILED_STATES, seconds, lambda scene: True)
                return True
        if connection.preferred:
            self.client.connection.wait_for_port(connection.preferred, seconds)
        connected(self, seconds)
        return True


class Off(Guarded, PowerCommand):
    """switch the printer's power off

    Success means that PSU Control reports it as off. If it is off already, the result is a success with "changed": false.
    The command is refused during a job (PRINTER_BUSY), while a hotend is above 50 degrees (HOTEND_HOT), and if its
    temperature is unknown (TEMPERATURE_UNKNOWN).

    --emergency switches the power off at once, without any check: use it in case of fire.
    """

    destructive = "cuts the printer's power"
    would = "Would switch the printer's power off."
    examples = (
        ("octoprint-cli power off --confirm", "switch it off, if the hotend is cold"),
        ("octoprint-cli power off --emergency --confirm", "switch it off at once, in case of fire"),
    )
    effects = ("powers", "stops")
    error_codes = ("PSUCONTROL_MISSING", "HOTEND_HOT", "TEMPERATURE_UNKNOWN", "STATE_NOT_REACHED")

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        parser.add_argument("--allow-unknown", action="store_true", help="switch off even if the server knows no temperature")
        parser.add_argument("--emergency", action="store_true", help="switch off at once, whatever the printer is doing")
        return parser

    def check(self, parsed_args: Namespace) -> Optional[bool]:
        """Return whether the power is on. Raises PrinterBusy, HotendHot or TemperatureUnknown if it must stay on."""
        if parsed_args.emergency:
            return None
        was_on = self.psu.is_on()
        if was_on is not False:
            self.require_no_job("switching the power off would kill the job")
            self._require_cool(parsed_args.allow_unknown)
        return was_on

    def perform(self, parsed_args: Namespace, was_on: Optional[bool]) -> Dict[str, Any]:
        if was_on is not False:
            self.psu.switch(False)
        changed = None if parsed_args.emergency else was_on is not False
        with self.switched(False, changed, parsed_args.dry_run):
            return {**self.to_result(False), "changed": changed}

    def _require_cool(self, allow_unknown: bool) -> None:
        hotends = self._hotends()
        hot = {heater: actual for heater, actual in hotends.items() if actual is not None and actual > HOT}
        if hot:
            readings = ", ".join(f"{heater} is at {actual:g} °C" for heater, actual in hot.items())
            raise HotendHot(f"{readings}; above {HOT:g} °C it needs its fan", details={"hot": hot, "limit": HOT})
        if (not hotends or None in hotends.values()) and not allow_unknown:
            raise TemperatureUnknown(
                "the temperature of the hotend is unknown: no printer reports it to the server", details={"temperature": hotends}
            )

    def _hotends(self) -> Dict[str, Optional[float]]:
        """Return each hotend's temperature in degrees Celsius, as far as the server knows any."""
        try:
            readings = self.client.printer.heaters()
        except (errors.PrinterOffline, errors.StateNotReached):
            return {}
        return {heater: reading.actual for heater, reading in readings.items() if heater.startswith("tool")}

"""power on, off, status: the printer's power supply."""

from __future__ import annotations

import contextlib
from argparse import ArgumentParser, Namespace
from typing import Any, Dict, Iterator, Optional

from octoprint_cli.api import Guarded, ShowOne, await_goal, connected, errors, fields, seconds
from octoprint_cli_psucontrol.errors import HotendHot, TemperatureUnknown
from octoprint_cli_psucontrol.psu import Psu

#: Without power the fan stops, and what is hotter than this softens the filament above the nozzle. Degrees Celsius.
HOT = 50.0
#: A board that is switched on shows its port after some seconds, and its firmware boots.
CONNECT_SECONDS = 60.0
_GIVEN_UP = frozenset({"error", "offline"})

_POWER = fields.record(
    power=fields.one_of("on", "off", meaning="as PSU Control tells it; null if it cannot tell").or_null,
    connected=fields.switch("whether a printer answers"),
    state=fields.text("of the printer, the server's own word"),
)
_CHANGED = fields.record(changed=fields.switch("false: all was so before; null: that was not looked at (--emergency)").or_null)


class Power(ShowOne):
    """The base of the commands power on, off and status."""

    answer = fields.merged(_CHANGED, _POWER)
    _psu: Optional[Psu] = None

    @property
    def psu(self) -> Psu:
        """The power supply, made on first use."""
        if self._psu is None:
            self._psu = self.client.resource(Psu)
        return self._psu

    def shown(self, on: Optional[bool]) -> Dict[str, Any]:
        """Return the answer: the power, and the state of the printer."""
        link = self.client.connection.current()
        power = None if on is None else "on" if on else "off"
        return {"power": power, "connected": link.phase.connected, "state": link.state}

    @contextlib.contextmanager
    def done(self, power: str, changed: Optional[bool], rehearsed: bool) -> Iterator[None]:
        """Add the state of the power to an error that is raised inside."""
        try:
            yield
        except errors.CliError as error:
            if rehearsed:
                raise
            raise error.after(f"the power is {power}", data={"power": power, "changed": changed}) from error

    def require_no_job(self, why: str) -> None:
        """Raise PrinterBusy during a job, or in a state that may be one."""
        job = self.client.job.current()
        if not job.phase.at_rest:
            raise job.busy(why, "octoprint-cli wait --for idle")


class Status(Power):
    """show whether the printer's power is on

    PSU Control without sensing tells what it has last done, not what the supply does.
    """

    answer = _POWER
    effects = ("reads",)
    codes = ("PSUCONTROL_MISSING",)

    def take_action(self, parsed_args: Namespace) -> Dict[str, Any]:
        return self.shown(self.psu.is_on())


class On(Guarded, Power):
    """switch the printer's power on

    Success means that PSU Control says it is on, and with --connect that the printer answers. On already is a
    success with "changed": false. Refused with PRINTER_BUSY during a job: the plugin may have a script to run then.
    """

    destructive = "powers the printer"
    effects = ("powers", "moves")  # many firmwares move as they start
    codes = ("PSUCONTROL_MISSING", "STATE_NOT_REACHED", "PRINTER_OFFLINE", "NOT_FOUND")

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        parser.add_argument("--connect", action="store_true", help="then connect the server to the printer, and wait for it")
        parser.add_argument(
            "--wait",
            metavar="SECONDS",
            type=seconds,
            help=f"longest wait of --connect, for the port to appear and for the printer, each ({CONNECT_SECONDS:g})",
        )
        return parser

    def check(self, parsed_args: Namespace) -> None:
        if parsed_args.wait is not None and not parsed_args.connect:
            raise errors.UsageError("--wait goes with --connect", hint="octoprint-cli help power on")
        parsed_args.before = self.psu.is_on()
        if parsed_args.before is not True:
            self.require_no_job("switching the power would disturb the job")

    def perform(self, parsed_args: Namespace) -> Dict[str, Any]:
        changed = parsed_args.before is not True
        if changed:
            self.psu.switch(True)
        with self.done("on", changed, parsed_args.dry_run):
            if parsed_args.connect:
                changed = self._connect(parsed_args.wait or CONNECT_SECONDS) or changed
            return {**self.shown(True), "changed": changed}

    def _connect(self, longest: float) -> bool:
        """Connect the printer; return whether it was not connected before. Raises PrinterOffline, NotFound without its port."""
        link = self.client.connection.current()
        if link.phase.connected:
            return False
        if link.phase.value == "connecting":  # the plugin can be set up to do that, and a second try would cut off the first
            with contextlib.suppress(errors.WaitTimeout, errors.PrinterOffline):
                await_goal(self, ["connected"], _GIVEN_UP, longest, lambda scene: True)
                return True
        if link.preferred:
            self.client.connection.wait_for_port(link.preferred, longest)
        connected(self, longest)
        return True


class Off(Guarded, Power):
    """switch the printer's power off

    Success means that PSU Control says it is off. Off already is a success with "changed": false. Refused during a
    job (PRINTER_BUSY), while a hotend is above 50 degrees (HOTEND_HOT), and if that cannot be known (TEMPERATURE_UNKNOWN).

    --emergency switches it off at once, and looks at nothing before: use it when something burns.
    """

    destructive = "cuts the printer's power"
    effects = ("powers", "stops")
    codes = ("PSUCONTROL_MISSING", "HOTEND_HOT", "TEMPERATURE_UNKNOWN", "STATE_NOT_REACHED")

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        parser.add_argument("--allow-unknown", action="store_true", help="switch off also where the server knows no temperature")
        parser.add_argument("--emergency", action="store_true", help="switch off at once, whatever the printer does")
        return parser

    def check(self, parsed_args: Namespace) -> None:
        parsed_args.before = None
        if parsed_args.emergency:
            return
        parsed_args.before = self.psu.is_on()
        if parsed_args.before is not False:
            self.require_no_job("switching the power off would kill the job")
            self._require_cool(parsed_args.allow_unknown)

    def perform(self, parsed_args: Namespace) -> Dict[str, Any]:
        if parsed_args.before is not False:
            self.psu.switch(False)
        changed = None if parsed_args.emergency else parsed_args.before is not False
        with self.done("off", changed, parsed_args.dry_run):
            return {**self.shown(False), "changed": changed}

    def _require_cool(self, allow_unknown: bool) -> None:
        hotends = self._hotends()
        hot = {heater: actual for heater, actual in hotends.items() if actual is not None and actual > HOT}
        if hot:
            told = ", ".join(f"{heater} has {actual:g} °C" for heater, actual in hot.items())
            raise HotendHot(f"{told}; above {HOT:g} °C it needs its fan", details={"hot": hot, "limit": HOT})
        if (not hotends or None in hotends.values()) and not allow_unknown:
            raise TemperatureUnknown(
                "how hot the hotend is cannot be known: no printer tells it to the server",
                details={"temperature": hotends},
            )

    def _hotends(self) -> Dict[str, Optional[float]]:
        """Return each hotend's temperature in degrees Celsius, as far as the server knows any."""
        try:
            readings = self.client.printer.heaters()
        except (errors.PrinterOffline, errors.StateNotReached):
            return {}
        return {heater: reading.actual for heater, reading in readings.items() if heater.startswith("tool")}

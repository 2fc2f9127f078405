"""What can go wrong with the power supply, beside what goes wrong with every command."""

from __future__ import annotations

from octoprint_cli.api import CliError, errors


class PsuControlMissing(CliError):
    """The server lacks the plugin PSU Control, or it is disabled."""

    code = "PSUCONTROL_MISSING"
    remedy = "octoprint-cli power status (once PSU Control is installed: OctoPrint, Settings, Plugin Manager, Get More)"
    advice = "A person installs PSU Control on the server and tells it how the supply is switched. Nothing was sent."


class HotendHot(errors.BusyError):
    """A hotend is hotter than it may be without its fan."""

    code = "HOTEND_HOT"
    remedy = "octoprint-cli temp --off (then the same again in some minutes)"
    advice = "Switch the heaters off with `temp --off`, wait until `temp` shows the hotend at 50 degrees or below, try again."


class TemperatureUnknown(CliError):
    """The server cannot tell how hot the hotends are."""

    code = "TEMPERATURE_UNKNOWN"
    remedy = "octoprint-cli connect (a connected printer tells its temperatures)"
    advice = "Connect the printer and try again. Only if it has surely been cold for long: the same with --allow-unknown."

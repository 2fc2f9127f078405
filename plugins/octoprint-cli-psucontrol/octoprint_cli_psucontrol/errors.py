"""The errors of the power supply, in addition to those of every command."""

from __future__ import annotations

from octoprint_cli.api import CliError, errors


class PsuControlMissing(CliError):
    """The server plugin PSU Control is not installed, or it is disabled."""

    code = "PSUCONTROL_MISSING"
    remedy = "octoprint-cli power status  # once PSU Control is installed: OctoPrint, Settings, Plugin Manager, Get More"
    advice = "Ask an administrator to install PSU Control on the server and to set up how the supply is switched. Nothing was sent."


class HotendHot(errors.BusyError):
    """A hotend is too hot to lose its fan."""

    code = "HOTEND_HOT"
    remedy = "octoprint-cli temp --off  # then the same command again, after some minutes"
    advice = "Switch the heaters off with `temp --off`, wait until `temp` shows the hotend at 50 degrees or below, then try again."


class TemperatureUnknown(CliError):
    """The server does not know the temperature of the hotends."""

    code = "TEMPERATURE_UNKNOWN"
    remedy = "octoprint-cli connect  # a connected printer reports its temperatures"
    advice = "Connect the printer and try again. Use --allow-unknown only if the printer has certainly been cold for a long time."

"""What only these commands can end with. All of them end with exit code 4."""

from __future__ import annotations

from octoprint_cli.api import CliError


class NotMarlin(CliError):
    """The printer's firmware is no Marlin, or does not say which it is."""

    code = "NOT_MARLIN"
    remedy = "octoprint-cli marlin info"
    advice = (
        "Do without: what the command sends means something else, or nothing, to this firmware. `octoprint-cli gcode CMD --reply` "
        "sends what the firmware's own documentation names."
    )


class FirmwareRefused(CliError):
    """The firmware does not know a command, refuses it, fails at it, or answers it with nothing that is understood."""

    code = "FIRMWARE_REFUSED"
    remedy = "octoprint-cli marlin info"
    advice = (
        "Read what the firmware said, which is in the message, and in whole in `details`. What it was built without, such as an "
        "EEPROM or a probe, `marlin info` lists under `capabilities`. If something moved or heated, look at the printer first."
    )

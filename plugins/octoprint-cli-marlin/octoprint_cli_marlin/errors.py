"""The plugin's own errors. All of them end with exit code 4."""

from __future__ import annotations

from octoprint_cli.api import CliError


class NotMarlin(CliError):
    """The printer's firmware is not Marlin, or does not say what it is."""

    code = "NOT_MARLIN"
    remedy = "octoprint-cli marlin info"
    advice = (
        "Do not use this command: what it sends has another meaning, or none, for this firmware. To send what the firmware's own "
        "documentation names, use `octoprint-cli gcode CMD --reply`."
    )


class FirmwareRefused(CliError):
    """The firmware does not know a command, refuses it, fails to carry it out, or gives a reply that cannot be parsed."""

    code = "FIRMWARE_REFUSED"
    remedy = "octoprint-cli marlin info"
    advice = (
        "Read the firmware's reply in the message, or all of it in `details`. `marlin info` lists under `capabilities` what the "
        "firmware was built without, such as an EEPROM or a probe. If something moved or heated, check the printer first."
    )

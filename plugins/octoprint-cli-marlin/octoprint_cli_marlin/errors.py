"""The plugin's own error. It ends with exit code 4."""

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

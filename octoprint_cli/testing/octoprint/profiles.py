"""The answers about printer profiles. This module knows no HTTP.

octoprint.profiles["_default"]["volume"]["width"] = 100.0
"""

from __future__ import annotations

from typing import Any, Dict

from octoprint_cli.testing.octoprint.printer_state import PrinterState
from octoprint_cli.testing.octoprint.reply import Reply


def listing(octoprint: PrinterState) -> Reply:
    """Answer `GET /api/printerprofiles`. Without a printer, the default profile counts as the current one."""
    current = octoprint.profile if octoprint.connected else octoprint.default_profile
    shown = {
        name: {
            **profile,
            "id": name,
            "current": name == current,
            "default": name == octoprint.default_profile,
            "resource": f"http://octoprint.test/api/printerprofiles/{name}",
        }
        for name, profile in octoprint.profiles.items()
    }
    return Reply(200, {"profiles": shown})


def briefly(octoprint: PrinterState) -> Dict[str, Any]:
    """Return the options of `GET /api/connection` that concern profiles."""
    profiles = [{"id": name, "name": profile["name"]} for name, profile in octoprint.profiles.items()]
    return {"printerProfilePreference": octoprint.default_profile, "printerProfiles": profiles}

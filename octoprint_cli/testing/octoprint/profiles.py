"""What the fake server knows of its printer. Must not know HTTP.

octoprint.profiles["_default"]["volume"]["width"] = 100.0
"""

from __future__ import annotations

from typing import Any, Dict

from octoprint_cli.testing.octoprint.printer_state import PrinterState
from octoprint_cli.testing.octoprint.reply import Reply


def listing(octoprint: PrinterState) -> Reply:
    """`GET /api/printerprofiles`. Without a printer the default one is the current one."""
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
    """The part of `GET /api/connection` that is about profiles: its options."""
    profiles = [{"id": name, "name": profile["name"]} for name, profile in octoprint.profiles.items()]
    return {"printerProfilePreference": octoprint.default_profile, "printerProfiles": profiles}

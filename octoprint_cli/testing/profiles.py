"""What the fake server knows of its printer, and what its bundled plugins say. Must not know HTTP.

octoprint.profiles["_default"]["volume"]["width"] = 100.0
octoprint.plugins["firmware_check"] = {"firmware-unsafe": {"message": "...", "severity": "critical", "url": "..."}}
"""

from __future__ import annotations

from typing import Any, Dict

from octoprint_cli.testing.machine import FORBIDDEN, Machine
from octoprint_cli.testing.replies import Refused, Reply

#: The plugins that can warn, each with the permission that its answer takes.
PLUGINS = {
    "firmware_check": "PLUGIN_FIRMWARE_CHECK_DISPLAY",
    "health_check": "PLUGIN_HEALTH_CHECK_CHECK",
    "pi_support": "PLUGIN_PI_SUPPORT_STATUS",
}


def listing(machine: Machine) -> Reply:
    """`GET /api/printerprofiles`. Without a printer the default one is the current one."""
    current = machine.profile if machine.connected else machine.default_profile
    shown = {
        name: {
            **profile,
            "id": name,
            "current": name == current,
            "default": name == machine.default_profile,
            "resource": f"http://octoprint.test/api/printerprofiles/{name}",
        }
        for name, profile in machine.profiles.items()
    }
    return Reply(200, {"profiles": shown})


def plugin(machine: Machine, name: str) -> Reply:
    """`GET /api/plugin/NAME`: what a test has put into `plugins`. Raises Refused (404, 403)."""
    answer: Any = machine.plugins.get(name)
    if answer is None:
        raise Refused(404, "The requested URL was not found on the server.")
    if name in PLUGINS and not machine.may(PLUGINS[name]):
        raise Refused(403, FORBIDDEN)
    return Reply(200, answer)


def briefly(machine: Machine) -> Dict[str, Any]:
    """The part of `GET /api/connection` that is about profiles: its options."""
    profiles = [{"id": name, "name": profile["name"]} for name, profile in machine.profiles.items()]
    return {"printerProfilePreference": machine.default_profile, "printerProfiles": profiles}

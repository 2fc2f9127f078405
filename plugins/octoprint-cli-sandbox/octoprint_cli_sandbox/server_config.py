"""The server's own configuration: a virtual printer, one user, no requests to the internet.

It is written once, before the first start; after that the server maintains it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, List

from octoprint_cli.api import write_private
from octoprint_cli_sandbox.releases import minor_version

#: The only user, an administrator; the sandbox's API key belongs to it.
USER = "sandbox"

#: Server plugins that connect to the internet (updates, repository, announcements, usage and error reports) or to the network.
DISABLED_PLUGINS = ["announcements", "discovery", "errortracking", "health_check", "pluginmanager", "softwareupdate", "tracking"]

_PORT: Dict[str, Any] = {"port": "VIRTUAL", "baudrate": 115200}


def write(base: Path, version: str, api_key: str) -> None:
    """Create the base folder for a version of OctoPrint. Files that exist are kept."""
    import yaml

    base.mkdir(mode=0o700, exist_ok=True)
    for name, content in (("users.yaml", users(api_key)), ("config.yaml", {**config(version), **_sd_card(base, version)})):
        if not (base / name).exists():
            write_private(base / name, yaml.safe_dump(content, sort_keys=False))


def config(version: str) -> Dict[str, Any]:
    """Return the content of config.yaml. OctoPrint 2.0 renamed the connection and the list of blocked plugins."""
    modern = minor_version(version) >= (2, 0)
    blocklist = "pluginBlocklist" if modern else "pluginBlacklist"
    return {
        "server": {
            "firstRun": False,
            "onlineCheck": {"enabled": False},
            blocklist: {"enabled": False},
            "ignoreIncompleteStartup": True,  # otherwise it starts in safe mode, without a printer, after it was killed
        },
        "plugins": {
            "_disabled": [*DISABLED_PLUGINS],
            # By default it simulates transmission errors: prints get slow, and on 1.x uploads to its SD card fail.
            "virtual_printer": {"enabled": True, "simulated_errors": []},
        },
        **(_printer_connection() if modern else {"serial": {**_PORT, "autoconnect": True}}),
        "feature": {"sdSupport": True},
        "devel": {"enableRateLimiter": False},  # a script under test may log in often
    }


def _sd_card(base: Path, version: str) -> Dict[str, Any]:
    """Return the setting for an SD card folder that the virtual printer of 1.8 can write to.

    That version turns the whole path to lower case, and its default folder is `virtualSd`. When it cannot open a file,
    OctoPrint ignores the error and the G-code of the transfer is executed as moves. There is no remedy for a base folder
    with capital letters in its path.
    """
    folder = base / "card"
    if minor_version(version) >= (1, 9) or str(folder) != str(folder).lower():
        return {}
    folder.mkdir(mode=0o700, exist_ok=True)
    return {"folder": {"virtualSd": str(folder)}}


def users(api_key: str) -> Dict[str, Any]:
    """Return the content of users.yaml. The account has no valid password (`nologin` is not a hash), only an API key."""
    groups: List[str] = ["admins", "users"]
    user = {"password": "nologin", "active": True, "groups": groups, "permissions": [], "apikey": api_key, "settings": {}}
    return {"_version": 2, USER: user}


def _printer_connection() -> Dict[str, Any]:
    return {"printerConnection": {"autoconnect": True, "preferred": {"connector": "serial", "parameters": {**_PORT}}}}

"""The server's own configuration: a virtual printer, one user, nothing that asks the internet.

Written once, before the first start; the server rewrites and keeps it from then on.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, List

from octoprint_cli.api import write_private
from octoprint_cli_sandbox.releases import minor

#: The one user, an administrator, whose API key the sandbox's is.
USER = "sandbox"

#: Plugins that call out (updates, repository, announcements, usage and error reports) or answer on the network.
QUIET = ["announcements", "discovery", "errortracking", "health_check", "pluginmanager", "softwareupdate", "tracking"]

_PORT: Dict[str, Any] = {"port": "VIRTUAL", "baudrate": 115200}


def write(base: Path, version: str, api_key: str) -> None:
    """Lay a base folder for that version of OctoPrint, unless there is one."""
    import yaml

    base.mkdir(mode=0o700, exist_ok=True)
    for name, content in (("users.yaml", users(api_key)), ("config.yaml", {**config(version), **_card(base, version)})):
        if not (base / name).exists():
            write_private(base / name, yaml.safe_dump(content, sort_keys=False))


def config(version: str) -> Dict[str, Any]:
    """The content of config.yaml. 2.0 has other names for the connection and the list of bad plugins."""
    modern = minor(version) >= (2, 0)
    blocklist = "pluginBlocklist" if modern else "pluginBlacklist"
    return {
        "server": {
            "firstRun": False,
            "onlineCheck": {"enabled": False},
            blocklist: {"enabled": False},
            "ignoreIncompleteStartup": True,  # or it comes up in safe mode, without a printer, once it was killed
        },
        "plugins": {
            "_disabled": [*QUIET],
            # By default it makes up resends: slow prints, and uploads to its SD card that die on 1.x.
            "virtual_printer": {"enabled": True, "simulated_errors": []},
        },
        **(_modern_connection() if modern else {"serial": {**_PORT, "autoconnect": True}}),
        "feature": {"sdSupport": True},
        "devel": {"enableRateLimiter": False},  # a script under test may log in as often as it likes
    }


def _card(base: Path, version: str) -> Dict[str, Any]:
    """A folder for the SD card that the virtual printer of 1.8 can write to: it turns the whole path to lower case.

    The folder that it has by default is `virtualSd`. Where it cannot open a file, it says so, nobody listens, and
    the G-code of the transfer is carried out as moves. A base folder with capitals in its path cannot be helped.
    """
    folder = base / "card"
    if minor(version) >= (1, 9) or str(folder) != str(folder).lower():
        return {}
    folder.mkdir(mode=0o700, exist_ok=True)
    return {"folder": {"virtualSd": str(folder)}}


def users(api_key: str) -> Dict[str, Any]:
    """The content of users.yaml. No password opens this account (`nologin` is no hash); the key does."""
    groups: List[str] = ["admins", "users"]
    user = {"password": "nologin", "active": True, "groups": groups, "permissions": [], "apikey": api_key, "settings": {}}
    return {"_version": 2, USER: user}


def _modern_connection() -> Dict[str, Any]:
    return {"printerConnection": {"autoconnect": True, "preferred": {"connector": "serial", "parameters": {**_PORT}}}}

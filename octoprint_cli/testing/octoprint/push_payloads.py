"""The messages of the push socket, `connected`, `history` and `current`, and the answer to a login, in both dialects.

They read the fake server and change nothing. This module knows no sockets.
"""

from __future__ import annotations

import time
from typing import Any, Dict, List, Sequence, Tuple

from octoprint_cli.testing.octoprint import rest_payloads
from octoprint_cli.testing.octoprint.printer_state import PERMISSIONS, PrinterState

#: A time in seconds since 1970, and actual and target temperature of each heater.
Moment = Tuple[int, Dict[str, List[Any]]]
#: The number of earlier terminal lines in a `history`.
_BACKLOG = 300


def login(octoprint: PrinterState, name: str, session: str) -> Dict[str, Any]:
    """Return the answer of `POST /api/login`: the user, and the session that opens the push socket."""
    allowed = sorted(PERMISSIONS if octoprint.permissions is None else octoprint.permissions)
    groups = ["admins", "users"] if "ADMIN" in allowed else ["users"]
    body: Dict[str, Any] = {
        "_credentials_seen": time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime()),
        "_is_external_client": False,
        "_login_mechanism": "apikey",
        "active": True,
        "apikey": None,
        "groups": groups,
        "name": name,
        "needs": {"group": groups, "role": [permission.lower() for permission in allowed]},
        "permissions": [],
        "session": session,
        "settings": {},
    }
    if octoprint.is_2:
        return {**body, "_credentials_recheck_supported": False, "has_password": True}
    return {**body, "admin": "ADMIN" in allowed, "roles": ["user", "admin"] if "ADMIN" in allowed else ["user"], "user": True}


def connected(octoprint: PrinterState) -> Dict[str, Any]:
    """Return the first message, which every client gets."""
    return {
        "version": octoprint.version,
        "display_version": octoprint.version,
        "branch": "HEAD",
        "python_version": "3.11.7",
        "plugin_hash": "0" * 32,
        "config_hash": "0" * 32,
        "debug": False,
        "safe_mode": None,
        "online": True,
        "permissions": [_permission(name) for name in sorted(PERMISSIONS)],
    }


def _permission(name: str) -> Dict[str, Any]:
    about: Dict[str, Any] = {"key": name, "name": name.title(), "description": "", "default_groups": ["users"]}
    return {**about, "dangerous": name == "ADMIN", "needs": {"role": [name.lower()]}}


def state(octoprint: PrinterState) -> Dict[str, Any]:
    """Return what `history` and `current` have in common; it is equal as long as nothing has changed."""
    job = rest_payloads.job(octoprint).body
    body = {
        "state": rest_payloads.state(octoprint),
        "job": {**job["job"], "plate": 1 if octoprint.selected else None} if octoprint.is_2 else job["job"],
        "currentZ": None,
        "progress": job["progress"],
        "offsets": dict(octoprint.offsets),
        "markings": [],
    }
    sent = {"count": 0, "transmitted": len(octoprint.commands), "ratio": 0}
    return {**body, "health": {**sent, "critical": False}, "currentTool": 0} if octoprint.is_2 else {**body, "resends": sent}


def history(octoprint: PrinterState) -> Dict[str, Any]:
    """Return a `history`: earlier temperatures and terminal lines, and the state."""
    lines = octoprint.terminal[-_BACKLOG:]
    lists = {"temps": temperatures(octoprint.history), "logs": lines, "messages": messages(octoprint, lines)}
    return {**state(octoprint), **lists, "serverTime": time.time()}


def current(octoprint: PrinterState, temps: Sequence[Moment], lines: List[str]) -> Dict[str, Any]:
    """Return a `current`: the state, and the temperatures and terminal lines that are new."""
    files = []
    if octoprint.busy and octoprint.selected:
        location, path = octoprint.selected
        files = [{"origin": octoprint.storage.origin(location), "path": path}]
    lists = {"temps": temperatures(temps), "busyFiles": files, "logs": lines, "messages": messages(octoprint, lines)}
    return {**state(octoprint), **lists, "serverTime": time.time()}


def temperatures(history: Sequence[Moment]) -> List[Dict[str, Any]]:
    """Return temperatures in the push socket's JSON, which names a missing bed and chamber, too."""
    absent: Dict[str, List[Any]] = {name: [None, None] for name in ("tool0", "bed", "chamber")}
    return rest_payloads.moments((when, {**absent, **heaters} if heaters else {}) for when, heaters in history)


def messages(octoprint: PrinterState, lines: List[str]) -> List[str]:
    """Return the printer's lines among these, without bare acknowledgements; 2.0 leaves the list empty."""
    said = [line[len("Recv: ") :] for line in lines if line.startswith("Recv: ")]
    return [] if octoprint.is_2 else [line for line in said if line != "ok"]

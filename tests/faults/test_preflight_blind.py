"""The pre-flight of a print where a read fails, is refused or hangs: what was not checked is never called good."""

from __future__ import annotations

from typing import Any, Dict, List

import pytest
from contract.program import Program

from octoprint_cli.testing import GCODE, PERMISSIONS, FakeOctoPrint, FaultServer
from octoprint_cli.testing.server import faults

from .ring import DIALECTS, verdict

BIG = GCODE.replace("X10", "X500")
#: What a key may lack, with the checks of a local and of a stored file that cannot be made without it.
BLIND: Dict[str, List[str]] = {
    "CONNECTION": ["print_volume", "tools", "travel_volume"],
    "FILES_LIST": ["disk_space"],
    "FILES_DOWNLOAD": ["extrusion", "file_complete", "file_damage", "file_readable", "print_volume"],
}


def environment(server: FaultServer) -> Dict[str, str]:
    return {**server.env, "OCTOPRINT_API_KEY": server.key}


def line(program: Program, server: FaultServer, permission: str, *more: str) -> List[str]:
    if permission == "FILES_DOWNLOAD":
        server.octoprint.store("big.gcode", BIG.encode())
        return ["print", "--stored", "big.gcode", "--confirm", "--json", *more]
    return ["print", str(program.file("big.gcode", BIG if permission == "CONNECTION" else GCODE)), "--confirm", "--json", *more]


@pytest.mark.parametrize("version", DIALECTS)
@pytest.mark.parametrize("permission", BLIND)
def test_missing_permission_is_named_and_refused_with_strict(permission: str, version: str, program: Program, hurried: Any) -> None:
    with FaultServer(FakeOctoPrint(version)) as server:
        server.octoprint.permissions = set(PERMISSIONS - {"ADMIN", permission})
        argv = line(program, server, permission)
        refused = program.run(*argv, "--strict", env=environment(server))
        assert verdict(refused) == "PERMISSION_DENIED" and server.octoprint.started == []
        if permission == "FILES_LIST":  # without which a start cannot be distinguished from the last one, either
            return
        started = program.run(*argv, env=environment(server)).data["preflight"]
        skipped = {check["id"]: check["reason"] for check in started["skipped"]}
        assert set(BLIND[permission]) <= {warning["id"] for warning in started["warnings"]}
        assert all(permission in skipped[name] for name in BLIND[permission])
        assert not set(BLIND[permission]) & set(started["checked"])


@pytest.mark.parametrize("path", ["/api/printer", "/api/printerprofiles", "/api/files"])
def test_read_that_fails_refuses_the_print(path: str, program: Program, server: FaultServer) -> None:
    """An error of the server, unlike a permission, may be gone in a moment: its own code says whether to try again."""
    server.fail("GET", path, faults.answer(500, {"error": "The server encountered an internal error"}))
    result = program.run("print", str(program.file()), "--confirm", "--json")
    assert verdict(result) == "SERVER_ERROR" and server.octoprint.started == []


@pytest.mark.parametrize("plugin", ["firmware_check", "health_check", "pi_support"])
def test_server_plugin_that_fails_is_listed_among_the_skipped(plugin: str, program: Program, server: FaultServer) -> None:
    server.fail("GET", f"/api/plugin/{plugin}", faults.answer(500, {"error": "no"}))
    data = program.run("preflight", str(program.file()), "--json").data
    assert any(plugin in check["reason"] for check in data["skipped"]) and data["ready"] is True

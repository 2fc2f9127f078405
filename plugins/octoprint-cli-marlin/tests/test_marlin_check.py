"""The pre-flight check: what M115 says of thermal protection, asked of an idle Marlin alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, List

import marlin_replies as said
import pytest

from octoprint_cli.testing import GCODE, PERMISSIONS, FaultServer, Result, run

ID = "marlin_thermal_protection"


def preflight(server: FaultServer, folder: Path, *argv: str) -> Result:
    """`octoprint-cli preflight`, or another command line."""
    return run(*(argv or ("preflight",)), "--json", env={**server.env, "OCTOPRINT_CLI_HOME": str(folder)})


def row_of(result: Result) -> Dict[str, Any]:
    found: Dict[str, Any] = next(row for row in result.data["checks"] if row["id"] == ID)
    return found


@pytest.mark.parametrize(
    ("about", "status", "told"),
    [
        (said.MARLIN_TH3D_M115, "pass", "protects its heaters (Marlin TH3D U1.R2.7)"),
        (said.with_capabilities("Marlin 1.1.9", THERMAL_PROTECTION=0), "fail", "without thermal protection (Marlin 1.1.9)"),
        (said.PRUSA_MK3_M115, "skip", "does not say whether"),
        (said.with_capabilities("Repetier_1.0.4", THERMAL_PROTECTION=0)[1:], "skip", "is not Marlin"),
        (said.KLIPPER_M115, "skip", "is not Marlin (Klipper)"),
        (["ok"], "skip", "does not say what it is"),
    ],
)
def test_thermal_protection_is_read_from_m115(
    about: List[str], status: str, told: str, tmp_path: Path, server: FaultServer
) -> None:
    server.octoprint.replies["M115"] = about
    result = preflight(server, tmp_path)
    row = row_of(result)
    assert (row["status"], row["severity"]) == (status, "warn") and told in row["message"]
    assert result.exit_code == 0 and result.data["ready"] is True


def test_check_warns_at_print_start_and_blocks_with_strict(tmp_path: Path, server: FaultServer) -> None:
    server.octoprint.replies["M115"] = said.with_capabilities("Marlin 1.1.9", THERMAL_PROTECTION=0)
    server.octoprint.store("cube.gcode", GCODE.encode())
    line = ("print", "--stored", "cube.gcode", "--confirm")
    refused = preflight(server, tmp_path, *line, "--strict")
    assert (refused.code, refused.exit_code) == ("PREFLIGHT_FAILED", 4) and server.octoprint.started == []
    assert refused.envelope["error"]["details"]["failed"] == [ID]
    started = preflight(server, tmp_path, *line)
    assert [warning["id"] for warning in started.data["preflight"]["warnings"]] == [ID]
    assert server.octoprint.started == ["local/cube.gcode"]


def test_check_sends_nothing_when_busy_offline_or_dry_run(tmp_path: Path, server: FaultServer) -> None:
    server.octoprint.store("cube.gcode", GCODE.encode())
    rehearsed = preflight(server, tmp_path, "print", "--stored", "cube.gcode", "--dry-run")
    assert [request["path"] for request in rehearsed.data["requests"]] == ["/api/files/local/cube.gcode"]
    server.octoprint.printing("cube.gcode")
    assert row_of(preflight(server, tmp_path))["status"] == "skip"
    server.octoprint.lose_printer()
    assert row_of(preflight(server, tmp_path))["status"] == "skip"
    assert server.octoprint.commands == []


def test_check_sends_nothing_without_permission(tmp_path: Path, server: FaultServer) -> None:
    server.octoprint.permissions = set(PERMISSIONS) - {"ADMIN", "CONTROL"}
    result = preflight(server, tmp_path)
    row = row_of(result)
    assert row["status"] == "skip" and "CONTROL" in row["message"]
    assert [request.path for request in result.requests if request.method == "POST"] == []
    assert {"id": ID, "reason": row["message"]} in result.data["skipped"] and result.data["warnings"] == []


def test_effects_of_commands_that_run_the_check_say_that_it_asks(tmp_path: Path, server: FaultServer) -> None:
    effects = {row["name"]: row["effects"] for row in preflight(server, tmp_path, "commands").data["commands"]}
    assert effects["preflight"] == ["reads", "asks"] and "asks" in effects["print"]
    assert effects["status"] == ["reads"]

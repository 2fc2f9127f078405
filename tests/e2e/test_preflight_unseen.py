"""What a pre-flight cannot see: a missing permission, a missing plugin of the server, and what that plugin warns of."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Iterator

import pytest

from .printers import checks, one_line
from .prints import print_of


def test_profile_checks_are_skipped_without_permission(server: Any, tmp_path: Path) -> None:
    file = tmp_path / "wide.gcode"
    file.write_text(one_line(20, 20, 220, 60))
    found = checks(server.cli("preflight", file, "--api-key", server.key_without("CONNECTION")))
    assert found["print_volume"]["status"] == "skip" and "CONNECTION" in found["print_volume"]["message"]
    assert found["extrusion"]["status"] == "pass"


def test_unseen_profile_is_a_warning_and_with_strict_a_refusal(server: Any, tmp_path: Path) -> None:
    """Without CONNECTION, 1.11.8 and 2.0 show no profile, so nothing tells whether the file fits."""
    key = server.key_without("CONNECTION")
    file = tmp_path / "wide.gcode"
    file.write_text(print_of("G1 X500 Y480 F6000\n"))
    refused = server.cli("print", file, "--confirm", "--strict", "--api-key", key, expect=4)
    assert (refused.code, server.names()) == ("PERMISSION_DENIED", [])
    verdict = server.cli("print", file, "--confirm", "--api-key", key).data["preflight"]
    skipped = {one["id"]: one["reason"] for one in verdict["skipped"]}
    assert {"print_volume", "travel_volume", "tools"} <= {warning["id"] for warning in verdict["warnings"]}
    assert "CONNECTION" in skipped["print_volume"] and "print_volume" not in verdict["checked"]
    server.finished("wide.gcode")


def test_stored_file_that_may_not_be_read_is_a_warning(server: Any, quick: Path) -> None:
    server.cli("upload", quick)
    line = ["preflight", "--stored", "quick.gcode", "--api-key", server.key_without("FILES_DOWNLOAD")]
    data = server.cli(*line).data
    rows = {row["id"]: row for row in data["checks"]}
    assert [row["id"] for row in rows.values() if "no file was given" in row["message"]] == []
    assert {rows[name]["status"] for name in ("file_exists", "file_extension", "file_not_empty")} == {"pass"}
    assert {"extrusion", "print_volume"} <= {warning["id"] for warning in data["warnings"]}
    server.cli(*line, "--strict", expect=4)


@pytest.fixture
def unsafe(server: Any) -> Iterator[Any]:
    """A printer whose firmware is known to catch fire."""
    set_firmware(server, "ANET_A8_1.1.2")
    yield server
    set_firmware(server, "Virtual Marlin 1.0")


def set_firmware(server: Any, name: str) -> None:
    """What the printer calls its firmware, from the next connect on."""
    server.post("/api/settings", {"plugins": {"virtual_printer": {"firmwareName": name}}})
    server.reconnect()


def test_firmware_warning_of_server_is_a_warning(unsafe: Any, quick: Path) -> None:
    unsafe.until(lambda: unsafe.get("/api/plugin/firmware_check"), bool)
    answer = unsafe.cli("preflight", quick)
    row = checks(answer)["server_firmware"]
    assert (row["status"], row["severity"], answer.data["ready"]) == ("fail", "warn", True)
    assert row["evidence"]["warnings"][0]["name"] == "firmware-unsafe"
    assert unsafe.cli("preflight", quick, "--strict", expect=4).code == "SERVER_WARNING"
    set_firmware(unsafe, "Virtual Marlin 1.0")
    assert checks(unsafe.cli("preflight", quick))["server_firmware"]["status"] == "pass"


def test_missing_server_plugin_is_skipped(server: Any, quick: Path) -> None:
    found = checks(server.cli("preflight", quick))
    assert found["server_power"]["status"] == "skip"  # no Raspberry Pi
    assert found["server_health"]["status"] in ("pass", "skip", "fail") and found["server_health"]["severity"] == "warn"

"""A real OctoPrint from the plugin octoprint-cli-sandbox: what its virtual printer emulates, over a real terminal."""

from __future__ import annotations

from pathlib import Path

import pytest

from octoprint_cli.testing import RealOctoPrint

#: An installation on a busy machine; what comes after it takes seconds.
INSTALL_SECONDS = 600
#: A job that lasts until it is cancelled.
SLOW_JOB = "G28\n" + "G4 P500\n" * 600

pytestmark = [pytest.mark.slow, pytest.mark.timeout(INSTALL_SECONDS + 60)]


def test_info_of_virtual_printer(real_octoprint: RealOctoPrint) -> None:
    data = real_octoprint.run("marlin", "info").data
    assert (data["firmware_name"], data["marlin"], data["ambiguous"]) == ("Virtual Marlin 1.0", True, False)
    assert data["capabilities"]["AUTOREPORT_TEMP"] is True


def test_position_follows_the_printer(real_octoprint: RealOctoPrint) -> None:
    real_octoprint.run("gcode", "G28", "G1 X12 Y34 F6000", "M400", "--reply")
    data = real_octoprint.run("marlin", "position").data
    assert (data["x"], data["y"]) == (12.0, 34.0)


def test_endstops_of_virtual_printer_are_not_found(real_octoprint: RealOctoPrint) -> None:
    assert real_octoprint.run("marlin", "endstops", expect=4).code == "NOT_FOUND"


def test_eeprom_of_virtual_printer_can_be_shown_and_saved(real_octoprint: RealOctoPrint) -> None:
    data = real_octoprint.run("marlin", "eeprom", "show").data
    assert set(data["settings"]["M92"][0]) == {"X", "Y", "Z", "E"} and data["sections"][0]["title"] == "Steps per unit"
    assert real_octoprint.run("marlin", "eeprom", "save", expect=4).code == "CONFIRMATION_REQUIRED"
    assert real_octoprint.run("marlin", "eeprom", "save", "--confirm").data["action"] == "acknowledged"  # it says nothing but ok


def test_virtual_printer_has_no_mesh_and_no_pid_tune(real_octoprint: RealOctoPrint) -> None:
    assert real_octoprint.run("marlin", "mesh", "show", expect=4).code == "NOT_FOUND"
    error = real_octoprint.run("marlin", "pid-tune", "tool0", "40", "--cycles", "3", "--confirm", expect=4).envelope["error"]
    assert error["code"] == "FIRMWARE_REFUSED" and "reported no constants" in error["message"]


def test_check_is_skipped_for_virtual_printer(real_octoprint: RealOctoPrint) -> None:
    rows = {row["id"]: row for row in real_octoprint.run("preflight").data["checks"]}
    assert rows["marlin_thermal_protection"]["status"] == "skip" and "does not say" in rows["marlin_thermal_protection"]["message"]


def test_only_query_commands_are_allowed_during_a_job(real_octoprint: RealOctoPrint, tmp_path: Path) -> None:
    file = tmp_path / "slow.gcode"
    file.write_text(SLOW_JOB)
    real_octoprint.run("print", file, "--confirm", "--no-preflight")
    try:
        assert real_octoprint.run("marlin", "info").data["firmware_name"] == "Virtual Marlin 1.0"
        for line in ("mesh show", "eeprom save --confirm", "mesh probe --confirm", "pid-tune tool0 40 --confirm"):
            assert real_octoprint.run("marlin", *line.split(), expect=3).code == "PRINTER_BUSY"
        real_octoprint.run("preflight", expect=3)
    finally:
        real_octoprint.run("cancel", "--confirm")

"""A real OctoPrint from the add-on octoprint-cli-sandbox: what its virtual printer emulates, over a real terminal."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List

import pytest

pytest.importorskip("octoprint_cli_sandbox")

#: An installation on a busy machine; what comes after it takes seconds.
INSTALL_SECONDS = 600
PROGRAM = Path(sys.executable).with_name("octoprint-cli")
#: A job that lasts until it is cancelled.
SLOW_JOB = "G28\n" + "G4 P500\n" * 600

pytestmark = [pytest.mark.slow, pytest.mark.timeout(INSTALL_SECONDS + 60)]

Cli = Callable[..., Dict[str, Any]]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("real")


@pytest.fixture(scope="module")
def cli(home: Path) -> Iterator[Cli]:
    """The program on a sandbox: its envelope. Whatever happens, the server is gone after these tests."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("OCTOPRINT_")}
    environ = {**inherited, "HOME": str(home), "XDG_CACHE_HOME": str(home / "cache"), "OCTOPRINT_CLI_HOME": str(home / "cli")}

    def start(*argv: str, expect: int = 0) -> Dict[str, Any]:
        line: List[str] = [str(PROGRAM), *argv, "--json"]
        done = subprocess.run(line, env=environ, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False)
        assert done.returncode == expect and "Traceback" not in done.stderr, (argv, done.stdout, done.stderr)
        envelope: Dict[str, Any] = json.loads(done.stdout)
        return envelope

    start("sandbox", "start", "--name", "marlin")
    try:
        yield lambda *argv, expect=0: start("--printer", "marlin", *argv, expect=expect)
    finally:
        start("sandbox", "stop", "--name", "marlin")


def test_info(cli: Cli) -> None:
    data = cli("marlin", "info")["data"]
    assert (data["firmware_name"], data["marlin"], data["ambiguous"]) == ("Virtual Marlin 1.0", True, False)
    assert data["capabilities"]["AUTOREPORT_TEMP"] is True


def test_position_follows_the_printer(cli: Cli) -> None:
    cli("gcode", "G28", "G1 X12 Y34 F6000", "M400", "--reply")
    data = cli("marlin", "position")["data"]
    assert (data["x"], data["y"]) == (12.0, 34.0)


def test_endstops_which_it_does_not_emulate(cli: Cli) -> None:
    assert cli("marlin", "endstops", expect=4)["error"]["code"] == "NOT_FOUND"


def test_eeprom(cli: Cli) -> None:
    data = cli("marlin", "eeprom", "show")["data"]
    assert set(data["settings"]["M92"][0]) == {"X", "Y", "Z", "E"} and data["sections"][0]["title"] == "Steps per unit"
    assert cli("marlin", "eeprom", "save", expect=4)["error"]["code"] == "CONFIRMATION_REQUIRED"
    assert cli("marlin", "eeprom", "save", "--confirm")["data"]["action"] == "acknowledged"  # it says nothing but ok


def test_it_has_no_mesh_and_tunes_nothing(cli: Cli) -> None:
    assert cli("marlin", "mesh", "show", expect=4)["error"]["code"] == "NOT_FOUND"
    error = cli("marlin", "pid-tune", "tool0", "40", "--cycles", "3", "--confirm", expect=4)["error"]
    assert error["code"] == "FIRMWARE_REFUSED" and "told no constants" in error["message"]


def test_the_check_does_not_know(cli: Cli) -> None:
    rows = {row["id"]: row for row in cli("preflight")["data"]["checks"]}
    assert rows["marlin_thermal_protection"]["status"] == "skip" and "does not say" in rows["marlin_thermal_protection"]["message"]


def test_during_a_job(cli: Cli, home: Path) -> None:
    file = home / "slow.gcode"
    file.write_text(SLOW_JOB)
    cli("print", str(file), "--confirm", "--no-preflight")
    try:
        assert cli("marlin", "info")["data"]["firmware_name"] == "Virtual Marlin 1.0"
        for line in ("mesh show", "eeprom save --confirm", "mesh probe --confirm", "pid-tune tool0 40 --confirm"):
            assert cli("marlin", *line.split(), expect=3)["error"]["code"] == "PRINTER_BUSY"
        cli("preflight", expect=3)
    finally:
        cli("cancel", "--confirm")

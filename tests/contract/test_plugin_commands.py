"""A good plugin of a few lines: its commands, its check and its format are there as soon as it is installed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Dict

import pytest

from octoprint_cli.testing import FaultServer

from . import third_party
from .program import Program
from .reading import as_csv, as_json, check_error_text, check_failure, check_success


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return third_party.install(tmp_path_factory.mktemp("good"), third_party.GOOD)


@pytest.fixture
def vendor(program: Program, installed: Path) -> Program:
    """The program with the plugin."""
    program.add_path(installed)
    return program


def test_plugin_command_is_unknown_before_installation(program: Program) -> None:
    check_failure(as_json(program.inside("nozzle", "--json").stdout), "USAGE_ERROR")


def test_unpacked_plugin_has_the_files_that_pip_installs(tmp_path: Path) -> None:
    """All other tests of plugins stand on this: they install without pip, which is slow."""
    everything = (third_party.GOOD, third_party.CLIFF_ONLY, third_party.BROKEN, *third_party.RIVALS)
    by_hand, by_pip = third_party.install(tmp_path, *everything), third_party.install_with_pip(tmp_path, *everything)
    of_pip = {"INSTALLER", "REQUESTED", "RECORD", "direct_url.json"}

    def files(folder: Path) -> Dict[str, bytes]:
        return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    mine, theirs = files(by_hand), files(by_pip)
    assert {name: text for name, text in mine.items() if Path(name).name not in of_pip} == {
        name: text for name, text in theirs.items() if Path(name).name not in of_pip
    }
    assert set(mine) < set(theirs)


def test_ten_lines_make_a_command(vendor: Program) -> None:
    assert len(third_party.GOOD.modules["vendor_probe"].strip().splitlines()) <= 10
    result = vendor.process("nozzle", "--json")
    assert result.exit_code == 0 and check_success(as_json(result.stdout)) == {"celsius": 21.3}
    assert vendor.inside("nozzle", "-f", "value").stdout == "21.3\n"


def test_plugin_command_failures_use_error_codes(vendor: Program, server: FaultServer) -> None:
    server.octoprint.state = "Offline"
    result = vendor.inside("nozzle", "--json")
    assert result.exit_code == 1
    check_failure(as_json(result.stdout), "PRINTER_OFFLINE")
    result = vendor.inside("nozzle", "--wat", "--json")
    with vendor.surroundings():
        check_failure(as_json(result.stdout), "USAGE_ERROR")


def test_plugin_list_command_names_its_rows(vendor: Program) -> None:
    vendor.configure("probe: {offset: 0.2}\n")
    data = check_success(as_json(vendor.inside("spools", "--json").stdout))
    assert data == {"vendor": {"offset": 0.2}, "spools": [{"name": "red", "grams": 750}, {"name": "blue", "grams": None}]}
    assert as_csv(vendor.inside("spools", "-f", "csv").stdout)[1] == {"name": "blue", "grams": ""}


def test_guarded_plugin_command_needs_confirm_and_has_dry_run(vendor: Program, server: FaultServer) -> None:
    refused = vendor.inside("probe", "bed", "--json")
    assert refused.exit_code == 4
    with vendor.surroundings():
        error = check_failure(as_json(refused.stdout), "CONFIRMATION_REQUIRED")
    assert error["hint"] == "octoprint-cli probe bed --json --confirm"
    planned = check_success(as_json(vendor.inside("probe", "bed", "--dry-run", "--json").stdout))
    assert planned["dry_run"] and planned["requests"][0]["json"] == {"commands": ["G28", "G29"]}
    assert server.changes() == []
    assert vendor.inside("probe", "bed", "--confirm").exit_code == 0
    assert server.octoprint.commands == ["G28", "G29"]


def test_guarded_plugin_command_runs_preflight_and_skip(vendor: Program, server: FaultServer) -> None:
    server.octoprint.printing()
    assert vendor.inside("probe", "bed", "--confirm", "--json").exit_code == 3
    skipped = vendor.inside("probe", "bed", "--confirm", "--skip-if-printing", "--json")
    assert check_success(as_json(skipped.stdout))["action"] == "skipped"
    assert server.changes() == []


def test_plugin_check_is_part_of_preflight(vendor: Program) -> None:
    file = str(vendor.file())
    checks = {row["id"]: row for row in check_success(as_json(vendor.inside("preflight", file, "--json").stdout))["checks"]}
    row = {"id": "filament", "status": "pass", "severity": "block", "message": "there is filament"}
    assert checks["filament"] == {**row, "evidence": None, "ignored": False}


@pytest.mark.parametrize(("filament", "code"), [("none", "PREFLIGHT_FAILED"), ("jammed", "PLUGIN_ERROR")])
def test_failing_or_crashing_plugin_check_blocks_print(filament: str, code: str, vendor: Program, server: FaultServer) -> None:
    """Also when it crashes: it was about to say something."""
    file, env = str(vendor.file()), {"FILAMENT": filament}
    for argv in (["preflight", file], ["print", file, "--confirm"]):
        result = vendor.inside(*argv, "--json", env=env)
        assert result.exit_code == 4
        error = check_failure(as_json(result.stdout), code)
        assert error["details"]["failed"] == ["filament"]
    assert server.changes() == []
    assert vendor.inside("print", file, "--confirm", "--no-preflight", env=env).exit_code == 0


def test_crashed_plugin_check_shows_traceback_with_debug(vendor: Program) -> None:
    line = ("preflight", str(vendor.file()), "--json")
    crashed = vendor.inside(*line, "--debug", env={"FILAMENT": "jammed"})
    row = next(row for row in as_json(crashed.stdout)["data"]["checks"] if row["id"] == "filament")
    assert (row["status"], row["evidence"]) == ("fail", {"crashed": "ZeroDivisionError"})
    assert 'raise ZeroDivisionError("how much' in crashed.stderr
    assert "Traceback" not in vendor.inside(*line, env={"FILAMENT": "jammed"}).stderr


@pytest.mark.parametrize(
    ("written", "code"), [("grams: 750", None), ("grams: 5", "PREFLIGHT_FAILED"), ("grams: -1", "CONFIG_ERROR")]
)
def test_plugin_check_reads_its_config_section(written: str, code: str, vendor: Program) -> None:
    vendor.configure(f"spool:\n  {written}\n")
    assert vendor.inside("preflight", str(vendor.file()), "--json").code == code


def test_plugin_format_works_for_every_command(vendor: Program) -> None:
    assert vendor.inside("nozzle", "-f", "pairs").stdout == "<celsius: 21.3>\n"
    assert "<cli: " in vendor.inside("version", "--client", "-f", "pairs").stdout
    failed = vendor.inside("nonsense", "-f", "pairs")
    assert (failed.exit_code, failed.stdout) == (4, "")
    check_error_text(failed.stderr, "USAGE_ERROR")


def test_help_names_the_plugin_of_a_command(vendor: Program) -> None:
    overview = vendor.inside("help").stdout
    assert "  nozzle  show the nozzle's temperature" in re.sub(" {3,}", "  ", overview) and "probe bed " in overview
    assert "This command comes from vendor-probe." in vendor.inside("help", "nozzle").stdout


def test_good_plugin_is_listed_without_problems(vendor: Program) -> None:
    rows = check_success(as_json(vendor.inside("plugins", "list", "--json").stdout))["plugins"]
    row = next(row for row in rows if row["distribution"] == "vendor-probe")
    assert (row["version"], row["commands"]) == ("1.2.3", ["nozzle", "probe bed", "spools"])
    assert (row["checks"], row["formats"], row["problems"]) == (["filament"], ["pairs"], [])
    assert next(row for row in rows if row["distribution"] == "octoprint-agent-cli")["problems"] == []

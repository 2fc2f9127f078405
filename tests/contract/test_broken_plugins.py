"""A broken plugin costs its own commands alone and is named; a built-in cannot be shadowed; rivals both lose."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict

import pytest

from octoprint_cli.testing import FaultServer

from . import third_party
from .program import Program
from .reading import as_json, check_error_text, check_failure, check_success
from .table import COMMANDS

CAUSES = {
    "gone import": "No module named 'a_library_that_is_not_there'",
    "gone syntax": "SyntaxError",
    "gone exit": "SystemExit",
    "gone name": "NotThere",
}


#: The program where a plugin is found after it on the path.
APPENDED = """
import sys
sys.path.append(sys.argv.pop(1))
from octoprint_cli.app.main import main
sys.exit(main())
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return third_party.install(tmp_path_factory.mktemp("broken"), third_party.BROKEN)


@pytest.fixture(scope="module")
def installed_rivals(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return third_party.install(tmp_path_factory.mktemp("rivals"), *third_party.RIVALS)


@pytest.fixture
def broken(program: Program, installed: Path) -> Program:
    """The program with the broken plugin."""
    program.add_path(installed)
    return program


@pytest.fixture
def rivals(program: Program, installed_rivals: Path) -> Program:
    """The program with plugins that claim names which are taken."""
    program.add_path(installed_rivals)
    return program


def plugins(program: Program) -> Dict[str, Any]:
    """Every distribution's row of `plugins list`, which must itself succeed."""
    result = program.inside("plugins", "list", "--json")
    assert result.exit_code == 0, result
    return {row["distribution"]: row for row in check_success(as_json(result.stdout))["plugins"]}


@pytest.mark.parametrize(("command", "cause"), CAUSES.items())
def test_broken_plugin_error_names_distribution_cause_and_remedy(command: str, cause: str, broken: Program) -> None:
    result = broken.inside(*command.split(), "--json")
    assert result.exit_code == 4
    error = check_failure(as_json(result.stdout), "PLUGIN_ERROR")
    assert "broken-tools" in error["message"] and cause in error["message"]
    assert "pip" in error["hint"] and "broken-tools" in error["hint"]
    assert error["details"]["distribution"] == "broken-tools"
    result = broken.inside(*command.split())
    assert result.stdout == ""
    check_error_text(result.stderr, "PLUGIN_ERROR")


@pytest.mark.parametrize("argv", ["status", "sibling", "help", "help status", "status --help", "version", "files", "--help"])
def test_other_commands_work_beside_broken_plugin(argv: str, broken: Program) -> None:
    result = broken.inside(*argv.split(), "--json")
    assert result.exit_code == 0 and result.stderr == ""
    check_success(as_json(result.stdout))


def test_help_lists_broken_commands(broken: Program) -> None:
    rows = {row["name"]: row["summary"] for row in check_success(as_json(broken.inside("help", "--json").stdout))["commands"]}
    assert set(COMMANDS) < set(rows) and rows["sibling"] == "say something"
    assert {name for name, summary in rows.items() if "broken-tools" in summary} == set(CAUSES)
    assert "broken-tools" in broken.inside("help").stdout


def test_help_for_broken_command_is_a_plugin_error(broken: Program) -> None:
    check_failure(as_json(broken.inside("help", "gone", "import", "--json").stdout), "PLUGIN_ERROR")
    check_failure(as_json(broken.inside("gone", "import", "--help", "--json").stdout), "PLUGIN_ERROR")


def test_plugins_list_names_every_problem(broken: Program) -> None:
    row = plugins(broken)["broken-tools"]
    problems = "\n".join(row["problems"])
    assert [cause for cause in CAUSES.values() if cause not in problems] == []
    assert "broken_check" in problems and "broken_format" in problems and len(row["problems"]) == 6


def test_broken_check_is_skipped_and_named(broken: Program) -> None:
    checks = check_success(as_json(broken.inside("preflight", str(broken.file()), "--json").stdout))["checks"]
    row = next(row for row in checks if row["id"] == "broken_check")
    assert row["status"] == "skip" and "broken-tools" in row["message"]
    assert {row["status"] for row in checks if row["id"] in ("printer_idle", "file_exists")} == {"pass"}


def test_broken_format_is_named(broken: Program) -> None:
    result = broken.inside("status", "-f", "broken_format")
    assert (result.exit_code, result.stdout) == (4, "")
    check_error_text(result.stderr, "PLUGIN_ERROR")
    assert "broken-tools" in result.stderr


@pytest.mark.parametrize("order", ["before_ours", "after_ours"])
def test_a_built_in_command_cannot_be_shadowed(order: str, program: Program, installed_rivals: Path, server: FaultServer) -> None:
    """Wherever on the path it stands: cliff itself lets the last one win."""
    server.octoprint.printing()
    rivals, argv = program, ["cancel", "--confirm", "--json"]
    if order == "before_ours":
        rivals.add_path(installed_rivals)
        result = rivals.inside(*argv)
    else:
        result = rivals.python(APPENDED, str(installed_rivals), *argv)
    assert check_success(as_json(result.stdout))["action"] == "cancelled"
    assert server.octoprint.state == "Operational"
    assert not (rivals.folder / "IMPOSTOR").exists()


def test_builtin_check_and_format_cannot_be_shadowed(rivals: Program, server: FaultServer) -> None:
    """A plugin's `printer_idle` that always agrees would start a print over another."""
    server.octoprint.printing()
    result = rivals.inside("preflight", str(rivals.file()), "--json")
    assert result.exit_code == 3
    check_failure(as_json(result.stdout), "PRINTER_BUSY")
    assert not (rivals.folder / "IMPOSTOR").exists()


def test_command_claimed_by_two_plugins_is_refused(rivals: Program) -> None:
    for argv in (["level"], ["help", "level"]):
        result = rivals.inside(*argv, "--json")
        assert result.exit_code == 4
        error = check_failure(as_json(result.stdout), "PLUGIN_ERROR")
        assert "level-one" in error["message"] and "level-two" in error["message"]
        assert "pip uninstall" in error["hint"]
    assert not (rivals.folder / "IMPOSTOR").exists()


def test_plugins_list_names_the_rivals(rivals: Program) -> None:
    rows = plugins(rivals)
    assert "level_two:Impostor" in rows["level-one"]["problems"][0]
    assert "level_one:Impostor" in rows["level-two"]["problems"][0]
    problems = "\n".join(rows["shadow-tools"]["problems"])
    assert [name for name in ("cancel", "config", "printer_idle", "json") if name not in problems] == []
    assert rows["octoprint-agent-cli"]["problems"] == []

"""The README's tables are complete, and setup.cfg is what is installed."""

from __future__ import annotations

import configparser
import importlib.metadata
import re
from pathlib import Path
from typing import Dict, List

import pytest

from octoprint_cli.errors import CODES, Exit
from octoprint_cli.plugins.entry_points import CHECKS, EntryPointGroup

from .layers import ROOT
from .table import OWN

CHECKOUT = Path(__file__).parents[2]
README = CHECKOUT / "README.md"


def declared() -> Dict[str, List[str]]:
    """The entry points of setup.cfg, by group."""
    setup = configparser.ConfigParser()
    setup.optionxform = str  # type: ignore[assignment, method-assign]
    setup.read(CHECKOUT / "setup.cfg")
    groups = setup["options.entry_points"]
    return {group: [line.split("=")[0].strip() for line in groups[group].strip().splitlines()] for group in groups}


def first_cells() -> List[str]:
    """What each row of each table is about, without back quotes; a row may be about several."""
    rows = re.findall(r"^\|([^|]*)\|", README.read_text(encoding="utf-8"), re.MULTILINE)
    return [part.strip() for cell in rows for part in cell.replace("`", "").split(",")]


def table_text() -> str:
    """All tables."""
    return "\n".join(re.findall(r"^\|.*\|\s*$", README.read_text(encoding="utf-8"), re.MULTILINE))


def test_setup_cfg_is_what_is_installed() -> None:
    installed = importlib.metadata.distribution(OWN).entry_points
    for group, names in declared().items():
        there = {entry.name for entry in installed if entry.group == group}
        assert set(names) == there, f"{group} has changed: pip install -e . again"


def test_setup_cfg_is_sorted() -> None:
    assert [group for group, names in declared().items() if names != sorted(names)] == []


@pytest.mark.parametrize("command", [name.replace("_", " ") for name in declared()["octoprint_cli.commands"]])
def test_every_command_is_in_a_readme_table(command: str) -> None:
    assert [cell for cell in first_cells() if re.match(rf"{command}(?![a-z])", cell)]


@pytest.mark.parametrize("check", declared()["octoprint_cli.preflight"])
def test_every_check_is_in_a_readme_table_with_its_severity(check: str) -> None:
    severity = EntryPointGroup(CHECKS).load(check).severity.value
    assert re.search(rf"^\|[^|]*`{check}`[^|]*\| {severity} \|", README.read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize(
    "code", sorted(code for code, error in CODES.items() if error.__module__.startswith("octoprint_cli.errors."))
)
def test_every_error_code_is_in_a_readme_table(code: str) -> None:
    assert re.search(rf"\b{code}\b", table_text())


@pytest.mark.parametrize("number", sorted(int(code) for code in Exit))
def test_every_exit_code_is_in_a_readme_table(number: int) -> None:
    assert str(number) in first_cells()


def test_every_environment_variable_is_in_the_readme() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in ROOT.rglob("*.py"))
    variables = set(re.findall(r"\bOCTOPRINT_(?:CLI_)?[A-Z_]+\b", sources))
    text = README.read_text(encoding="utf-8")
    assert variables and [name for name in sorted(variables) if name not in text] == []

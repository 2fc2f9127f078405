"""The reference pages have every command, check, code and variable; the README is one screen; setup.cfg is what is installed."""

from __future__ import annotations

import configparser
import importlib.metadata
import re
from pathlib import Path
from typing import Dict, List

import pytest

from octoprint_cli.config.values import CHECK_OPTIONS, LIMITS, READERS
from octoprint_cli.errors import CODES, Exit
from octoprint_cli.plugins.entry_points import CHECKS, EntryPointGroup

from .layers import ROOT
from .table import OWN

CHECKOUT = Path(__file__).parents[2]
README = CHECKOUT / "README.md"
REFERENCE = CHECKOUT / "docs" / "reference"


def declared() -> Dict[str, List[str]]:
    """The entry points of setup.cfg, by group."""
    setup = configparser.ConfigParser()
    setup.optionxform = str  # type: ignore[assignment, method-assign]
    setup.read(CHECKOUT / "setup.cfg")
    groups = setup["options.entry_points"]
    return {group: [line.split("=")[0].strip() for line in groups[group].strip().splitlines()] for group in groups}


def page(name: str) -> str:
    """A page of the reference."""
    return (REFERENCE / f"{name}.md").read_text(encoding="utf-8")


def first_cells(text: str) -> List[str]:
    """What each row of each table is about, without back quotes."""
    return [cell.replace("`", "").strip() for cell in re.findall(r"^\|([^|]*)\|", text, re.MULTILINE)]


def test_setup_cfg_is_what_is_installed() -> None:
    installed = importlib.metadata.distribution(OWN).entry_points
    for group, names in declared().items():
        there = {entry.name for entry in installed if entry.group == group}
        assert set(names) == there, f"{group} has changed: pip install -e . again"


def test_setup_cfg_is_sorted() -> None:
    assert [group for group, names in declared().items() if names != sorted(names)] == []


@pytest.mark.parametrize("command", [name.replace("_", " ") for name in declared()["octoprint_cli.commands"]])
def test_every_command_has_a_section_in_the_reference(command: str) -> None:
    assert f"\n### {command}\n" in page("commands")


@pytest.mark.parametrize("check", declared()["octoprint_cli.preflight"])
def test_every_check_is_in_the_reference_with_its_severity(check: str) -> None:
    severity = EntryPointGroup(CHECKS).load(check).severity.value
    assert re.search(rf"^\|[^|]*`{check}`[^|]*\| {severity} \|", page("checks"), re.MULTILINE)


@pytest.mark.parametrize(
    "code", sorted(code for code, error in CODES.items() if error.__module__.startswith("octoprint_cli.errors."))
)
def test_every_error_code_is_in_the_reference(code: str) -> None:
    assert code in first_cells(page("errors"))


@pytest.mark.parametrize("number", sorted(int(code) for code in Exit))
def test_every_exit_code_is_in_the_reference(number: int) -> None:
    assert str(number) in first_cells(page("errors"))


def test_every_environment_variable_is_in_the_reference() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in ROOT.rglob("*.py"))
    variables = set(re.findall(r"\bOCTOPRINT_(?:CLI_)?[A-Z_]+\b", sources))
    text = page("configuration")
    assert variables and [name for name in sorted(variables) if name not in text] == []


def test_every_key_of_the_configuration_is_in_the_reference() -> None:
    table = "\n".join(re.findall(r"^\|.*\|$", page("configuration"), re.MULTILINE))
    options = {option for options in CHECK_OPTIONS.values() for option in options}
    keys = [*READERS, "printers", "limits", *LIMITS, "checks", *CHECK_OPTIONS, *options]
    assert [key for key in keys if not re.search(rf"`[^`]*\b{key}\b[^`]*`", table)] == []


def test_readme_is_one_screen_with_a_picture_and_ways_to_install() -> None:
    text = README.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 120
    assert all(line in text for line in ("pipx install ", "uv tool install ", "-m venv ", "Do not install `octoprint-cli`"))
    picture = re.search(r"!\[[^\]]+\]\(([^)]+\.svg)\)", text)
    assert picture and (CHECKOUT / picture[1]).stat().st_size < 60_000


def test_picture_loads_nothing_from_elsewhere() -> None:
    text = (CHECKOUT / "docs" / "live-view.svg").read_text(encoding="utf-8")
    assert re.findall(r"https?://[^\s\"]+", text) == ["http://www.w3.org/2000/svg"] and "@font-face" not in text

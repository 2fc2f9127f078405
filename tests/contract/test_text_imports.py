"""The text format is imported where it is used alone, and starts without libraries that draw."""

from __future__ import annotations

import json
from typing import Set

import pytest

from octoprint_cli.testing import FaultServer

from .program import Program

AFTER_A_RUN = """
import json, sys
from octoprint_cli.app.main import main
code = main(sys.argv[1:])
sys.stdout.flush()
json.dump(sorted(sys.modules), sys.stderr)
sys.exit(code)
"""
PARTS = ("formats.text_page", "template", "phrases", "terminal.layout", "terminal.picture")
TEXT = {f"octoprint_cli.output.{name}" for name in ("formats.text", *PARTS)}


def imported(program: Program, *argv: str) -> Set[str]:
    """The modules in a process at its end."""
    result = program.python(AFTER_A_RUN, *argv)
    assert result.exit_code == 0, result
    return set(json.loads(result.stderr))


@pytest.mark.parametrize("argv", ["status --json", "status -f table", "version --client -f value"])
def test_other_formats_import_nothing_of_the_text_format(argv: str, program: Program, server: FaultServer) -> None:
    assert imported(program, *argv.split()) & TEXT == set()


@pytest.mark.parametrize("argv", ["--help", "help print", "complete bash"])
def test_help_imports_nothing_that_lays_out_an_answer(argv: str, program: Program) -> None:
    assert imported(program, *argv.split()) & {f"octoprint_cli.output.{name}" for name in PARTS} == set()


def test_text_imports_no_library_that_draws(program: Program, server: FaultServer) -> None:
    modules = imported(program, "status")
    assert modules & {"rich", "rich.console", "prettytable", "yaml", "octoprint_cli.output.terminal.picture"} == set()
    assert "octoprint_cli.output.formats.text" in modules

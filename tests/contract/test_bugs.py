"""A bug of ours is INTERNAL_ERROR in the same envelope; its traceback is for --debug alone."""

from __future__ import annotations

from typing import Any

import pytest

from octoprint_cli.app.command_loader import CommandManager
from octoprint_cli.framework.base import Lister, ShowOne
from octoprint_cli.framework.stream import Stream
from octoprint_cli.testing import FaultServer

from .program import Program
from .reading import as_json, check_error_text, check_failure
from .table import COMMANDS, ROWS


def crash(*_: Any, **__: Any) -> Any:
    raise ZeroDivisionError("division by zero")


def leave(*_: Any, **__: Any) -> Any:
    raise SystemExit(7)


@pytest.fixture(params=COMMANDS)
def command(request: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each command, with a bug in it."""
    cls = CommandManager().load(request.param)
    assert issubclass(cls, (ShowOne, Lister, Stream))
    monkeypatch.setattr(cls, "take_action", crash)
    return str(request.param)


def test_bug_is_reported_in_json_envelope(command: str, program: Program, server: FaultServer) -> None:
    result = ROWS[command].good.run(program, "--json")
    error = check_failure(as_json(result.stdout), "INTERNAL_ERROR")
    assert result.exit_code == 4 and result.stderr == ""
    assert "ZeroDivisionError" in error["message"] and "report" in error["hint"]


def test_bug_is_reported_on_stderr_with_traceback_only_for_debug(command: str, program: Program) -> None:
    case = ROWS[command].good
    result = case.run(program)
    assert (result.exit_code, result.stdout) == (4, "")
    check_error_text(result.stderr, "INTERNAL_ERROR")
    assert "Traceback" in case.run(program, "--debug").stderr


def test_system_exit_inside_command_is_an_internal_error(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CommandManager().load("status"), "take_action", leave)
    result = program.run("status", "--json")
    assert (result.exit_code, result.code) == (4, "INTERNAL_ERROR")


def test_bug_during_formatting_gives_one_document(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    cyclic: Any = {}
    cyclic["again"] = cyclic
    monkeypatch.setattr(CommandManager().load("status"), "take_action", lambda *_: {"state": cyclic})
    result = program.run("status", "--json")
    assert result.exit_code == 4
    check_failure(as_json(result.stdout), "OUTPUT_ERROR")


def test_bug_before_the_command_is_an_internal_error(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CommandManager, "find_command", crash)
    result = program.run("status", "--json")
    assert (result.exit_code, result.code) == (4, "INTERNAL_ERROR")

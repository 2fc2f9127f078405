"""The examples in the help of every command."""

from __future__ import annotations

from pathlib import Path

import marlin_replies as said
import pytest

from octoprint_cli.app.command_loader import CommandManager
from octoprint_cli.testing import FaultServer, examples, run, run_example

COMMANDS = CommandManager().subcommands(["marlin"])


@pytest.mark.parametrize("command", COMMANDS)
def test_examples_in_help_succeed(command: str, server: FaultServer, tmp_path: Path) -> None:
    server.octoprint.replies.update(
        {"M503": said.MARLIN_2_1_M503, "M420": said.UBL, "M303": said.MARLIN_M303, "M500": said.MARLIN_M500}
    )
    assert len(examples(command)) > 1
    for line in examples(command):
        result = run_example(line, lambda *words, stdin: run(*words, env=server.env, stdin=stdin), tmp_path)
        assert result.exit_code == 0, result

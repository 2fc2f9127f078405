"""Examples: every command's help has two or three, and each succeeds as it stands, by the shell's rules."""

from __future__ import annotations

import re
from typing import Dict, List

import pytest

from octoprint_cli.testing import Exchange, FaultServer, examples, run_example

from .program import Program
from .table import COMMANDS, ROWS, Scene, cancelled_then_printed

#: Commands that succeed in another state of the printer than in their own scene of `table`.
SCENES: Dict[str, Scene] = {"watch": cancelled_then_printed}
CONFIGURED = "printers: {mk3: {host: 'http://mk3.local'}}\n"
EACH = [(command, line) for command in COMMANDS for line in examples(command)]


def finishing(exchange: Exchange) -> None:
    """A job comes to its end as soon as it has begun."""
    exchange.reply(exchange.perform())
    exchange.server.octoprint.finish()


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_has_two_or_three_examples_that_fit(command: str) -> None:
    lines: List[str] = examples(command)
    assert 2 <= len(lines) <= 3
    for line in lines:
        assert re.search(rf"(^|\| )octoprint-cli {command}( |$)", line) and len(line) <= 76, line


@pytest.mark.parametrize(("command", "line"), EACH, ids=[line for _, line in EACH])
def test_an_example_succeeds(command: str, line: str, program: Program, server: FaultServer) -> None:
    program.configure(CONFIGURED if command == "config show" else "")
    program.env["SHELL"] = "/bin/bash"
    (program.work / "cube.gcode").write_text(program.file().read_text())
    (program.work / "commands.txt").write_text("# two lines\nstatus\nfiles\n")
    server.octoprint.store("cube.gcode", program.file().read_bytes())
    SCENES.get(command, ROWS[command].good.scene)(server)
    server.fail("POST", "/api/files/*", finishing)
    result = run_example(line, program.inside, program.work)
    assert (result.exit_code, "Error" in result.stderr) == (0, False), result
    assert result.stdout

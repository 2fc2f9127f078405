"""The examples in the help of power status, on and off."""

from __future__ import annotations

from pathlib import Path

import pytest
from psu_server import PsuControl

from octoprint_cli.testing import CliRunner, FaultServer, examples, run_example

COMMANDS = ("power status", "power on", "power off")


@pytest.mark.parametrize("command", COMMANDS)
def test_examples_in_help_succeed(
    command: str, psu: PsuControl, octoprint_run: CliRunner, octoprint_server: FaultServer, tmp_path: Path
) -> None:
    assert len(examples(command)) > 1
    for line in examples(command):
        psu.on = command == "power off"
        octoprint_server.octoprint.state = "Operational" if command == "power off" else "Offline"
        assert run_example(line, octoprint_run, tmp_path).exit_code == 0

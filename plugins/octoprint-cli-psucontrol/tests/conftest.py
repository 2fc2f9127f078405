"""Fixtures: a server with PSU Control, off unless a test says otherwise."""

from __future__ import annotations

from typing import Any, Callable

import pytest
from psu_server import PsuControl

from octoprint_cli.testing import CliRunner, FaultServer


@pytest.fixture
def psu(octoprint_server: FaultServer) -> PsuControl:
    """The plugin, installed on the server that `octoprint_run` is aimed at."""
    found = octoprint_server.octoprint.plugins["psucontrol"] = PsuControl()
    return found


@pytest.fixture
def refused(octoprint_run: CliRunner, octoprint_server: FaultServer) -> Callable[..., Any]:
    """Run a line that must be refused so, and must have changed nothing. Returns the error."""

    def run(exit_code: int, code: str, *argv: str) -> Any:
        result = octoprint_run(*argv, expect=exit_code)
        assert (result.code, result.changes, octoprint_server.acts) == (code, [], []), result
        return result.envelope["error"]

    return run

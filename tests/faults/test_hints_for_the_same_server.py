"""A hint is run as it stands: it must mean the printer of the run that gave it, not the default one."""

from __future__ import annotations

import pytest
from contract.program import Program

from octoprint_cli.testing import FaultServer


@pytest.fixture
def two(program: Program, server: FaultServer) -> Program:
    """A configuration whose default server is another one than that of the printer `a`."""
    for name in ("OCTOPRINT_HOST", "OCTOPRINT_API_KEY"):
        program.env.pop(name, None)
    program.configure(f"host: http://127.0.0.1:9\nprinters:\n  a:\n    host: {server.url}\n    api_key: {server.key}\n")
    return program


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("resume", "octoprint-cli --printer=a status"),
        ("pause", "octoprint-cli --printer=a status"),
        ("explain NO_SUCH", "octoprint-cli explain"),
    ],
)
def test_hint_of_an_error_means_the_printer_of_the_run(line: str, hint: str, two: Program) -> None:
    for more in ([], ["--json"]):
        result = two.run("--printer", "a", *line.split(), *more)
        assert result.exit_code == 4 and hint in (result.stdout + result.stderr), result
        assert "octoprint-cli status" not in result.stdout + result.stderr


def test_hint_to_connect_means_the_printer_of_the_run(two: Program, server: FaultServer) -> None:
    server.octoprint.state = "Offline"
    result = two.run("--printer", "a", "gcode", "G28", "--json")
    assert (result.exit_code, result.error["hint"]) == (1, "octoprint-cli --printer=a connect")

"""A process without a home folder, or with one that cannot be written, and of a user that the system does not know."""

from __future__ import annotations

import os
import subprocess
from typing import Any

import pytest
from contract.program import LIMIT, Program

from octoprint_cli.testing import FaultServer, Result

from .ring import error_of, verdict


def without_home(program: Program) -> Program:
    for name in ("HOME", "OCTOPRINT_CLI_HOME", "XDG_CACHE_HOME"):
        program.env.pop(name, None)
    return program


HOMES = ("/dev/null/x", "/proc/nowhere")
LINES = ("status", "files", "gcode G4", "upload {file}", "print {file} --confirm", "version", "config show", "plugins list", "help")


@pytest.mark.parametrize(("line", "home"), [(line, HOMES[number % 2]) for number, line in enumerate(LINES)])
def test_unwritable_home_does_not_affect_commands(home: str, line: str, program: Program, server: FaultServer) -> None:
    """Where host and key come from the environment, nothing is missing."""
    file = program.file()
    inside = without_home(program).inside if "status" not in line else without_home(program).process
    result = inside(*line.format(file=file).split(), "--json", env={"HOME": home})
    assert verdict(result) == "" or (home == "/dev/null/x" and verdict(result) == "CONFIG_ERROR"), result
    assert result.stderr == ""


@pytest.mark.parametrize("home", HOMES)
def test_init_with_unwritable_home_is_a_config_error(home: str, program: Program, server: FaultServer) -> None:
    error = error_of(without_home(program).inside("init", "--json", env={"HOME": home}), "CONFIG_ERROR")
    assert home in error["message"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can become another user")
@pytest.mark.parametrize("line", ["status", "config show"])
def test_unknown_user_without_home_can_run_commands(line: str, program: Program, server: FaultServer) -> None:
    """A user that the system does not know, as containers have, and no HOME."""
    words = program.command(*line.split(), "--json")
    env = without_home(program).env
    how: Any = {"env": env, "cwd": "/", "capture_output": True, "text": True, "timeout": LIMIT}
    try:
        done = subprocess.run(words, preexec_fn=lambda: os.setuid(54321), check=False, **how)
    except PermissionError:
        pytest.skip("another user may not run this Python")
    result = Result(done.returncode, done.stdout, done.stderr)
    if "No module named" in result.stderr or "Permission denied" in result.stderr:
        pytest.skip("another user may not read this program")
    assert verdict(result) in ("", "CONFIG_ERROR"), result

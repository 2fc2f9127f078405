"""Fixtures: a home of the test's own, a sandbox in it, the program."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any, Callable, Iterator, List

import pytest
from octoprint_cli_sandbox import process
from octoprint_cli_sandbox.sandbox import Sandbox
from sandbox_program import environment, inside

from octoprint_cli.testing import Result


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., Result]:
    """The program in this process, with a home of the test's own: `run("sandbox", "list", expect=0)`."""
    return lambda *argv, expect=0, **more: inside(environment(tmp_path, **more), *argv, expect=expect)


@pytest.fixture
def sandbox(tmp_path: Path) -> Sandbox:
    """A sandbox without an installation: a folder, a record, an empty base folder."""
    made = Sandbox(tmp_path / "cli", "sandbox")
    with made.lock():
        made.create()
    made.base.mkdir()
    return made


@pytest.fixture
def spawn(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start a Python that runs a script with arguments; it is ended after the test."""
    started: List[subprocess.Popen[str]] = []

    def start(script: str, *arguments: str, module: bool = False) -> subprocess.Popen[str]:
        (tmp_path / "octoprint.py").write_text(script)
        how = list(arguments) if module else ["-c", script, *arguments]
        begun = subprocess.Popen(
            [sys.executable, *how], cwd=str(tmp_path), stdout=subprocess.PIPE, text=True, start_new_session=True
        )
        started.append(begun)
        assert begun.stdout is not None
        begun.said = begun.stdout.readline()  # it prints a line when it is up
        return begun

    yield start
    for one in started:
        one.kill()
        one.wait()
        if one.stdout:
            one.stdout.close()


@pytest.fixture
def serve(spawn: Callable[..., Any], sandbox: Sandbox) -> Callable[[str], subprocess.Popen[str]]:
    """Start a script under the very command line of the sandbox's server."""
    return lambda script: spawn(script, *process.server_arguments(sandbox.base), module=True)

"""The fork server of the kit: a run that it forks is what the installed script would be."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Dict, List

import pytest

from octoprint_cli.testing import FaultServer
from octoprint_cli.testing.fork_server import ForkServer

INSTALLED = str(Path(sys.executable).with_name("octoprint-cli"))
#: Beyond this something hangs.
LIMIT = 120


@pytest.fixture
def environ(tmp_path: Path, server: FaultServer) -> Dict[str, str]:
    return {**os.environ, **server.env, "OCTOPRINT_CLI_HOME": str(tmp_path / "home")}


@pytest.fixture
def launcher(forks: ForkServer, tmp_path: Path) -> str:
    return forks.launcher(str(tmp_path))


@pytest.mark.parametrize("line", [["--json", "status"], ["status", "-f", "nonsense"], ["--json", "inspect", "-"]])
def test_launched_run_is_like_an_installed_one(launcher: str, environ: Dict[str, str], tmp_path: Path, line: List[str]) -> None:
    results = []
    for program in (INSTALLED, launcher):
        how = {"input": "G28\n", "capture_output": True, "text": True, "timeout": LIMIT}
        done = subprocess.run([program, *line], env=environ, cwd=str(tmp_path), check=False, **how)  # type: ignore[call-overload]
        results.append((done.returncode, done.stdout, done.stderr))
    assert results[0] == results[1]


def test_signal_reaches_a_launched_run(launcher: str, environ: Dict[str, str], server: FaultServer) -> None:
    server.octoprint.printing("cube.gcode")
    process = subprocess.Popen([launcher, "--json", "watch"], env=environ, stdout=subprocess.PIPE, text=True)
    with process:
        assert process.stdout is not None and process.stdout.readline().startswith("{")
        process.send_signal(signal.SIGTERM)
        *_, last = process.stdout.read().splitlines()
    assert (process.returncode, json.loads(last)["error"]["code"]) == (143, "TERMINATED")


def test_killed_launcher_ends_its_run(launcher: str, environ: Dict[str, str], server: FaultServer) -> None:
    server.octoprint.printing("cube.gcode")
    with subprocess.Popen([launcher, "--json", "wait"], env=environ, stdout=subprocess.PIPE, text=True) as process:
        server.wait_until(lambda: server.open_sockets > 0)
        process.kill()
        server.wait_until(lambda: server.open_sockets == 0)


def test_forked_run_has_other_constants(forks: ForkServer, environ: Dict[str, str], tmp_path: Path) -> None:
    constants = {"octoprint_cli.app.main": {"_flush_stdout": None}}  # which it calls at its end
    run = forks.start([INSTALLED, "--json", "version", "--client"], environ, str(tmp_path), constants)
    _, stderr = run.communicate(LIMIT)
    assert (run.wait(), "object is not callable" in stderr) == (1, True)
    run.end()


def test_forked_run_that_was_stopped_is_ended(forks: ForkServer, environ: Dict[str, str], server: FaultServer) -> None:
    server.octoprint.printing("cube.gcode")
    run = forks.start([INSTALLED, "--json", "wait"], environ, os.sep, {})
    server.wait_until(lambda: server.open_sockets > 0)
    os.kill(run.pid, signal.SIGSTOP)
    run.end()
    assert run.returncode == -signal.SIGKILL

"""The kit's pytest fixtures, as a plugin's tests get them: by name, from the entry point, with nothing imported."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from octoprint_cli.testing import FaultServer, real_server
from octoprint_cli.testing.server import faults


def test_run_fixture_uses_the_fixture_server(octoprint_server: FaultServer, octoprint_run: Any) -> None:
    octoprint_server.octoprint.printing("cube.gcode")
    before = octoprint_run("status")
    assert before.data["job"]["file"] == "cube.gcode" and before.changes == []
    result = octoprint_run("cancel", "--confirm")
    assert (result.exit_code, result.envelope["status"], result.code) == (0, "success", None)
    assert [str(request) for request in result.changes] == ['POST /api/job {"command": "cancel"}']
    assert len(result.requests) > 1 and result.requests[-1].method == "GET"  # what stops is sent before anything is read
    assert list(before.requests) + list(result.requests) == octoprint_server.requests


def test_unexpected_exit_code_fails_the_test(octoprint_run: Any) -> None:
    with pytest.raises(AssertionError, match=r"(?s)cancel --confirm: exit code 4\n.*NO_ACTIVE_JOB"):
        octoprint_run("cancel", "--confirm")
    assert octoprint_run("cancel", "--confirm", expect=4).code == "NO_ACTIVE_JOB"
    assert octoprint_run("cancel", "--confirm", expect=None).code == "NO_ACTIVE_JOB"
    with pytest.raises(AssertionError):
        octoprint_run("status", expect=4)


def test_run_fixture_uses_json_unless_another_format_is_given(octoprint_run: Any) -> None:
    assert octoprint_run("temp").stdout.startswith("{")
    for words in (("-f", "table"), ("--format", "value"), ("--format=yaml",)):
        assert not octoprint_run("temp", *words).stdout.startswith("{")
    assert octoprint_run("temp", "--json", expect=0).data["set"] == {}


def test_run_fixture_has_its_own_home(octoprint_run: Any, octoprint_home: Path, tmp_path: Path) -> None:
    assert octoprint_run.home == octoprint_home and tmp_path in octoprint_home.parents
    assert os.environ["HOME"] == str(octoprint_home.parent)
    (octoprint_home / "config.yaml").write_text("limits: {tool: 123}\n")
    assert octoprint_run("temp", "--tool", "124", expect=4).code == "LIMIT_EXCEEDED"
    assert octoprint_run("temp", "--tool", "122").data["set"] == {"tool0": 122.0}


def test_run_fixture_ignores_the_real_environment(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCTOPRINT_PRINTER", "somebody-elses")
    run = request.getfixturevalue("octoprint_run")
    assert "OCTOPRINT_PRINTER" not in os.environ
    assert run("status").data["state"] == "Operational"
    assert run("status", env={"OCTOPRINT_API_KEY": "wrong"}, expect=4).code == "AUTH_ERROR"


def test_fixture_server_can_inject_faults(octoprint_server: FaultServer, octoprint_run: Any) -> None:
    octoprint_server.octoprint.printing()
    octoprint_server.fail("POST", "/api/job", faults.cut_after, times=1)
    octoprint_run("cancel", "--confirm")
    assert octoprint_server.octoprint.state == "Operational" and len(octoprint_server.acts) == 1


def pytest_in(folder: Path, test: str, **environ: str) -> Any:
    """Run pytest on a file of its own, in a process of its own."""
    (folder / "test_it.py").write_text(test)
    line = [sys.executable, "-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider", "--rootdir", str(folder), str(folder)]
    env = {**os.environ, **environ, "PYTHONWARNINGS": "error"}
    return subprocess.run(line, capture_output=True, text=True, env=env, check=False, timeout=100)


def test_pytest_plugin_provides_fixtures_without_heavy_imports(tmp_path: Path) -> None:
    heavy = "cliff octoprint_cli.client octoprint_cli.app.main octoprint_cli.testing.server.fault_server".split()
    light = f"import sys\ndef test_light(): assert not set({heavy!r}) & set(sys.modules)\n"
    done = pytest_in(tmp_path, f"{light}def test_it(octoprint_run): octoprint_run('status')\n")
    assert done.returncode == 0 and "2 passed" in done.stdout, done.stdout


def test_real_server_fixture_is_skipped_without_the_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("octoprint_cli.app.command_loader.CommandManager.find_command", _finds_no_sandbox)
    assert real_server.why_not() == "octoprint-cli-sandbox is not installed"


def _finds_no_sandbox(manager: Any, words: Any) -> Any:
    raise manager._unknown(words)

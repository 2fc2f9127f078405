"""The commands, as the installed program answers them, where no server is needed."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any, Callable

import pytest
import yaml
from octoprint_cli_sandbox.install import _MARKER
from octoprint_cli_sandbox.sandbox import FIELDS, Sandbox

Run = Callable[..., Any]

#: A refusal that does not come must not end in an installation.
NO_INSTALLATION = ("--python", "/nowhere/python")

pytestmark = pytest.mark.timeout(60)


def test_what_is_not_there_is_absent(run: Run, tmp_path: Path) -> None:
    absent = {**dict.fromkeys(FIELDS), "name": "sandbox", "state": "absent"}
    assert run("sandbox", "status").data == absent
    assert run("sandbox", "stop").data == {**absent, "changed": False}
    assert run("sandbox", "remove", "--confirm").data == {**absent, "changed": False}
    assert run("sandbox", "list").data == {"sandboxes": []}
    assert not (tmp_path / "cli").exists()


def test_what_is_stopped_is_listed(run: Run, sandbox: Sandbox) -> None:
    expected = {**dict.fromkeys(FIELDS), "name": "sandbox", "state": "stopped", "path": str(sandbox.path)}
    assert run("sandbox", "list").data == {"sandboxes": [expected]}
    assert run("sandbox", "status").data == expected


def test_remove_wants_consent(run: Run, sandbox: Sandbox) -> None:
    refused = run("sandbox", "remove", expect=4)
    assert refused.error["code"] == "CONFIRMATION_REQUIRED" and "remove" in refused.error["hint"]
    assert run("sandbox", "remove", "--dry-run").data == {"dry_run": True, **sandbox.describe()}
    assert sandbox.exists


def test_remove_takes_the_folder_and_its_printer_and_no_other(run: Run, sandbox: Sandbox) -> None:
    config = sandbox.path.parent.parent / "config.yaml"
    printers = {"mk3": {"host": "octopi", "api_key": "K" * 32}, "sandbox": {"host": "x", "api_key": sandbox.record.api_key}}
    config.write_text(yaml.safe_dump({"printers": printers}))
    assert run("sandbox", "remove", "--confirm").data["state"] == "absent"
    assert yaml.safe_load(config.read_text()) == {"printers": {"mk3": printers["mk3"]}}
    assert list(sandbox.path.parent.iterdir()) == []  # no lock is left either


def test_a_real_printer_of_that_name_is_never_overwritten_or_forgotten(run: Run, sandbox: Sandbox) -> None:
    config = sandbox.path.parent.parent / "config.yaml"
    config.write_text(yaml.safe_dump({"printers": {"sandbox": {"host": "octopi", "api_key": "K" * 32}}}))
    before = config.read_text()
    assert run("sandbox", "start", *NO_INSTALLATION, expect=4).error["code"] == "SANDBOX_CONFLICT"
    removed = run("sandbox", "remove", "--confirm")
    assert removed.data["state"] == "absent" and "Warning" in removed.stderr
    assert config.read_text() == before


def test_another_version_than_the_installed_is_a_conflict(run: Run, sandbox: Sandbox) -> None:
    (sandbox.path / "venv").mkdir()
    (sandbox.path / "venv" / _MARKER).write_text('{"octoprint": "1.11.8", "python": "3.11.7"}')
    refused = run("sandbox", "start", "--octoprint", "1.10.3", *NO_INSTALLATION, expect=4).error
    assert refused["code"] == "SANDBOX_CONFLICT" and "1.11.8, not 1.10.3" in refused["message"]
    assert refused["hint"].startswith("octoprint-cli sandbox start")


def test_a_port_that_is_taken_installs_nothing(run: Run, tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        refused = run("sandbox", "start", "--port", other.getsockname()[1], *NO_INSTALLATION, expect=4).error
    assert refused["code"] == "SANDBOX_CONFLICT"
    assert list((tmp_path / "cli" / "sandbox").iterdir()) == []


def test_a_folder_that_cannot_be_made_is_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    refused = run("sandbox", "start", *NO_INSTALLATION, expect=4, OCTOPRINT_CLI_HOME=str(tmp_path / "file")).error
    assert refused["code"] == "SANDBOX_ERROR" and str(tmp_path / "file") in refused["message"]


def test_no_python_that_fits_is_told(run: Run, tmp_path: Path) -> None:
    refused = run("sandbox", "start", *NO_INSTALLATION, expect=4).error
    assert refused["code"] == "SANDBOX_NEEDS_PYTHON" and "sandbox start" in refused["hint"]
    assert list((tmp_path / "cli" / "sandbox").iterdir()) == []


@pytest.mark.parametrize("argv", [("--port", "0"), ("--port", "65536"), ("--octoprint", "new"), ("--name", "../x")])
def test_a_wrong_option_is_a_usage_error(run: Run, argv: Any) -> None:
    assert run("sandbox", "start", *argv, expect=4).error["code"] == "USAGE_ERROR"

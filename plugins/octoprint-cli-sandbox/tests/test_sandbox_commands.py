"""The commands, where no server is needed. The installed program answers in test_sandbox_server.py."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any, Callable

import pytest
import yaml
from octoprint_cli_sandbox.installation import _MARKER
from octoprint_cli_sandbox.sandbox import FIELDS, Sandbox

from octoprint_cli.testing import check_plugin, examples, run as cli, run_example

Run = Callable[..., Any]

#: A refusal that does not come must not end in an installation.
NO_INSTALLATION = ("--python", "/nowhere/python")

pytestmark = pytest.mark.timeout(60)


CODES = ("ERROR", "CONFLICT", "NEEDS_PYTHON", "INSTALL_FAILED", "START_FAILED", "STOP_FAILED")
#: What each does to the world, and whether it wants consent.
COMMANDS = {
    "sandbox list": (["reads"], False),
    "sandbox remove": (["stops", "deletes"], True),
    "sandbox start": (["writes"], False),
    "sandbox status": (["reads"], False),
    "sandbox stop": (["stops"], False),
}


def test_plugin_follows_the_plugin_rules() -> None:
    assert check_plugin("octoprint-cli-sandbox") == []


def test_commands_lists_effects_confirm_and_error_codes(run: Run) -> None:
    rows = run("commands", "sandbox").data["commands"]
    assert {row["name"]: (row["effects"], bool(row["confirm"])) for row in rows} == COMMANDS
    reached = {code for row in rows for code in row["error_codes"] if code.startswith("SANDBOX_")}
    assert reached == {f"SANDBOX_{code}" for code in CODES}


@pytest.mark.parametrize("command", ["list", "status", "stop", "remove"])
def test_examples_in_help_succeed(command: str, sandbox: Sandbox, tmp_path: Path) -> None:
    """Those of `sandbox start`, which would install a server, are parsed by the plugin check."""
    environ = {"HOME": str(tmp_path), "OCTOPRINT_CLI_HOME": str(tmp_path / "cli")}
    assert len(examples(f"sandbox {command}")) > 1
    for line in examples(f"sandbox {command}"):
        result = run_example(line, lambda *words, stdin: cli(*words, env=environ, stdin=stdin), tmp_path)
        assert result.exit_code == 0, result


@pytest.mark.parametrize("line", ["list", "status", "stop", "remove --confirm"])
def test_every_answer_has_the_declared_fields(line: str, run: Run, sandbox: Sandbox) -> None:
    declared = run("schema", "sandbox", line.split()[0]).data["schema"]
    assert set(declared.get("anyOf", [declared])[0]["required"]) == set(run("sandbox", *line.split()).data)


@pytest.mark.parametrize("code", CODES)
def test_explain_and_readme_cover_every_error_code(code: str, run: Run) -> None:
    data = run("explain", f"SANDBOX_{code}").data
    assert data["exit_code"] == 4 and len(data["advice"]) > 60 and "sandbox" in data["next"]
    assert f"`SANDBOX_{code}`" in (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


def test_missing_sandbox_is_absent(run: Run, tmp_path: Path) -> None:
    absent = {**dict.fromkeys(FIELDS), "name": "sandbox", "state": "absent"}
    assert run("sandbox", "status").data == absent
    assert run("sandbox", "stop").data == {**absent, "changed": False}
    assert run("sandbox", "remove", "--confirm").data == {**absent, "changed": False}
    assert run("sandbox", "list").data == {"sandboxes": []}
    assert not (tmp_path / "cli").exists()


def test_stopped_sandbox_is_listed(run: Run, sandbox: Sandbox) -> None:
    expected = {**dict.fromkeys(FIELDS), "name": "sandbox", "state": "stopped", "path": str(sandbox.path)}
    assert run("sandbox", "list").data == {"sandboxes": [expected]}
    assert run("sandbox", "status").data == expected


def test_remove_needs_confirm(run: Run, sandbox: Sandbox) -> None:
    refused = run("sandbox", "remove", expect=4)
    assert refused.error["code"] == "CONFIRMATION_REQUIRED" and "remove" in refused.error["hint"]
    harm = "this ends the sandbox's server and deletes its files, including uploads"
    assert run("sandbox", "remove", "--dry-run").data == {"dry_run": True, **sandbox.describe(), "needs_confirm": harm}
    assert run("sandbox", "remove", "--dry-run", "--confirm").data == {"dry_run": True, **sandbox.describe()}
    assert sandbox.exists


def test_remove_deletes_only_its_folder_and_printer(run: Run, sandbox: Sandbox) -> None:
    config = sandbox.path.parent.parent / "config.yaml"
    printers = {"mk3": {"host": "octopi", "api_key": "K" * 32}, "sandbox": {"host": "x", "api_key": sandbox.record.api_key}}
    config.write_text(yaml.safe_dump({"printers": printers}))
    assert run("sandbox", "remove", "--confirm").data["state"] == "absent"
    assert yaml.safe_load(config.read_text()) == {"printers": {"mk3": printers["mk3"]}}
    assert list(sandbox.path.parent.iterdir()) == []  # no lock is left either


def test_real_printer_of_same_name_is_never_overwritten_or_removed(run: Run, sandbox: Sandbox) -> None:
    config = sandbox.path.parent.parent / "config.yaml"
    config.write_text(yaml.safe_dump({"printers": {"sandbox": {"host": "octopi", "api_key": "K" * 32}}}))
    before = config.read_text()
    assert run("sandbox", "start", *NO_INSTALLATION, expect=4).error["code"] == "SANDBOX_CONFLICT"
    removed = run("sandbox", "remove", "--confirm")
    assert removed.data["state"] == "absent" and "Warning" in removed.stderr
    assert config.read_text() == before


def test_different_installed_version_is_a_conflict(run: Run, sandbox: Sandbox) -> None:
    (sandbox.path / "venv").mkdir()
    (sandbox.path / "venv" / _MARKER).write_text('{"octoprint": "1.11.8", "python": "3.11.7"}')
    refused = run("sandbox", "start", "--octoprint", "1.10.3", *NO_INSTALLATION, expect=4).error
    assert refused["code"] == "SANDBOX_CONFLICT" and "1.11.8, not 1.10.3" in refused["message"]
    assert refused["hint"].startswith("octoprint-cli sandbox start")


def test_occupied_port_prevents_installation(run: Run, tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        refused = run("sandbox", "start", "--port", other.getsockname()[1], *NO_INSTALLATION, expect=4).error
    assert refused["code"] == "SANDBOX_CONFLICT"
    assert list((tmp_path / "cli" / "sandbox").iterdir()) == []


def test_folder_that_cannot_be_created_is_an_error(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    refused = run("sandbox", "start", *NO_INSTALLATION, expect=4, OCTOPRINT_CLI_HOME=str(tmp_path / "file")).error
    assert refused["code"] == "SANDBOX_ERROR" and str(tmp_path / "file") in refused["message"]


def test_missing_suitable_python_is_an_error(run: Run, tmp_path: Path) -> None:
    refused = run("sandbox", "start", *NO_INSTALLATION, expect=4).error
    assert refused["code"] == "SANDBOX_NEEDS_PYTHON" and "sandbox start" in refused["hint"]
    assert list((tmp_path / "cli" / "sandbox").iterdir()) == []


@pytest.mark.parametrize("argv", [("--port", "0"), ("--port", "65536"), ("--octoprint", "new"), ("--name", "../x")])
def test_invalid_option_is_a_usage_error(run: Run, argv: Any) -> None:
    assert run("sandbox", "start", *argv, expect=4).error["code"] == "USAGE_ERROR"

"""The commands, as the installed program answers them, where no server is needed."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any, Callable

import pytest
import yaml
from octoprint_cli_sandbox.installation import _MARKER
from octoprint_cli_sandbox.sandbox import FIELDS, Sandbox

from octoprint_cli.testing import check_plugin

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


def test_it_keeps_the_rules_of_the_house() -> None:
    assert check_plugin("octoprint-cli-sandbox") == []


def test_the_catalogue_knows_what_it_does(run: Run) -> None:
    rows = run("commands", "sandbox").data["commands"]
    assert {row["name"]: (row["effects"], bool(row["confirm"])) for row in rows} == COMMANDS
    reached = {code for row in rows for code in row["error_codes"] if code.startswith("SANDBOX_")}
    assert reached == {f"SANDBOX_{code}" for code in CODES}


@pytest.mark.parametrize("line", ["list", "status", "stop", "remove --confirm"])
def test_each_answer_has_all_that_is_declared(line: str, run: Run, sandbox: Sandbox) -> None:
    declared = run("schema", "sandbox", line.split()[0]).data["schema"]
    assert set(declared.get("anyOf", [declared])[0]["required"]) == set(run("sandbox", *line.split()).data)


@pytest.mark.parametrize("code", CODES)
def test_explain_and_the_readme_know_its_codes(code: str, run: Run) -> None:
    data = run("explain", f"SANDBOX_{code}").data
    assert data["exit_code"] == 4 and len(data["advice"]) > 60 and "sandbox" in data["next"]
    assert f"`SANDBOX_{code}`" in (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


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

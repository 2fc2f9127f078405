"""A real server when things are not well: no printer, an error, a bad key, a missing permission, no server."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any, List

import requests

from .program import PROGRAM, run_here


def test_commands_without_printer_exit_1_and_hint_at_connect(server: Any, slow: Path) -> None:
    server.cli("disconnect")
    lines: List[List[Any]] = [["status"], ["print", slow, "--confirm"], ["cancel", "--confirm"], ["pause"], ["preflight"], ["temp"]]
    for line in [*lines, ["gcode", "M105"], ["files", "--location", "sdcard"]]:
        answer = server.cli(*line, expect=1)
        assert answer.code == "PRINTER_OFFLINE", line
        assert answer.envelope["error"]["hint"] == f"octoprint-cli --printer={server.name} connect"
    assert server.cli("status", expect=1).envelope["data"]["state"] == "Offline"
    assert server.get("/api/files/local")["files"] == []
    assert server.cli("upload", slow).data["path"] == "slow.gcode"


def test_offline_after_error_gives_the_reason(server: Any) -> None:
    server.gcode("!!DEBUG:trigger_fatal_error_marlin")
    server.until(server.job, lambda job: job["state"].startswith("Offline after error"))
    error = server.cli("status", expect=1).envelope["error"]
    assert error["code"] == "PRINTER_HALTED"
    assert error["details"]["state"] == "Offline after error"
    if server.version.startswith("1."):  # 2.0.0rc7 itself has forgotten it by then
        assert "Thermal Runaway" in error["message"]
        assert "Thermal Runaway" in error["details"]["reason"]


def test_wrong_key_is_an_auth_error_for_every_command(server: Any) -> None:
    for line in ("status", "files", "pause", "cancel --confirm", "temp --off", "gcode M105", "version"):
        answer = server.cli(*line.split(), "--api-key", "0123456789abcdefWRONG", expect=4)
        assert answer.code == "AUTH_ERROR", answer
        assert "0123456789abcdefWRONG" not in answer.stdout + answer.stderr


def test_missing_permission_is_distinguished_from_wrong_key(server: Any, slow: Path) -> None:
    server.cli("print", slow, "--confirm")
    name = "reader"
    requests.delete(f"{server.host}/api/access/users/{name}", headers={"X-Api-Key": server.key}, timeout=30)
    server.post(
        "/api/access/users", {"name": name, "password": "secret", "active": True, "groups": ["readonly"], "permissions": []}
    )
    key = server.post(f"/api/access/users/{name}/apikey", {}).json()["apikey"]
    assert server.cli("status", "--api-key", key).data["state"] == "Printing"
    answer = server.cli("cancel", "--confirm", "--api-key", key, expect=4)
    assert answer.code == "PERMISSION_DENIED"
    assert "PRINT" in answer.envelope["error"]["message"]
    assert server.job()["state"] == "Printing"


def test_preflight_reports_every_check_and_exits_by_precedence(server: Any, slow: Path, tmp_path: Path) -> None:
    ready = server.cli("preflight", slow).data
    assert ready["ready"] is True
    assert {check["status"] for check in ready["checks"]} <= {"pass", "skip"}
    assert ready["ignored"] == [] and [check["id"] for check in ready["checks"] if check["id"].startswith("file_")]
    model = tmp_path / "cube.stl"
    model.write_text("solid")
    assert server.cli("preflight", model, expect=2).code == "FILE_INVALID"
    assert server.cli("preflight", tmp_path / "none.gcode", expect=2).code == "FILE_NOT_FOUND"
    server.cli("print", slow, "--confirm")
    assert server.cli("preflight", model, expect=3).code == "PRINTER_BUSY"
    server.cli("disconnect", "--confirm")
    report = server.cli("preflight", model, expect=1)
    assert report.code == "PRINTER_OFFLINE"
    failed = {check["id"] for check in report.envelope["data"]["checks"] if check["status"] == "fail"}
    assert failed == {"printer_connected", "file_extension"}


def test_preflight_refuses_a_target_above_the_limit(server: Any, slow: Path, tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text(f"host: {server.host}\napi_key: {server.key}\nlimits: {{tool: 30}}\n")
    config.chmod(0o600)
    server.post("/api/printer/tool", {"command": "target", "targets": {"tool0": 60}})
    server.until(lambda: server.get("/api/printer")["temperature"]["tool0"]["target"], lambda target: target == 60)
    line = [str(PROGRAM), "--json", "preflight", str(slow), "--config", str(config)]
    assert run_here(line, server.environ, expect=4).code == "LIMIT_EXCEEDED"
    server.cli("temp", "--off")


def test_init_writes_only_settings_accepted_by_the_server(server: Any, tmp_path: Path) -> None:
    home = {"OCTOPRINT_CLI_HOME": str(tmp_path)}
    given = ["init", "--host", server.host, "--printer", "mine"]
    assert server.cli(*given, "--api-key", "wrong-wrong-wrong-wrong", expect=4, **home).code == "AUTH_ERROR"
    assert not (tmp_path / "config.yaml").exists()
    data = server.cli(*given, "--api-key", server.key, **home).data
    assert (data["server"], data["verified"]) == (server.version, True)
    assert (tmp_path / "config.yaml").stat().st_mode & 0o777 == 0o600
    assert server.cli("status", "--printer", "mine", **home).data["state"] == "Operational"
    assert server.cli("version", "--printer", "mine", **home).data["server"] == server.version


def test_refused_connection_is_a_connection_error(server: Any) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{free.getsockname()[1]}"
    answer = server.cli("status", "--host", nobody, "--api-key", "key", expect=1)
    assert answer.code == "CONNECTION_ERROR"
    assert answer.envelope["error"]["retryable"] is True


def test_wrong_url_path_is_an_unexpected_response(server: Any) -> None:
    answer = server.cli("status", "--host", server.host + "/elsewhere", "--api-key", server.key, expect=4)
    assert answer.code == "UNEXPECTED_RESPONSE"

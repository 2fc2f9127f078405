"""Keys that are wrong, missing, or may not do everything: the message says which, and nothing happens."""

from __future__ import annotations

from pathlib import Path
from typing import Any, List

import pytest

from .program import PROGRAM, run_here

WRONG = "0123456789abcdefWRONG"


def assert_denied(answer: Any, permission: str) -> None:
    assert answer.code == "PERMISSION_DENIED", answer
    assert permission in answer.error["message"], answer


def write_config(folder: Path, text: str) -> Path:
    file = folder / "config.yaml"
    file.write_text(text)
    file.chmod(0o600)
    return file


@pytest.mark.parametrize("line", [["status"], ["cancel", "--confirm"], ["upload", "FILE"]])
def test_wrong_key_error_names_origin_of_key(server: Any, quick: Path, tmp_path: Path, line: List[str]) -> None:
    line = [str(PROGRAM), "--json", *(str(quick) if word == "FILE" else word for word in line)]
    config = write_config(tmp_path, f"host: {server.host}\napi_key: {WRONG}\n")
    there = {**server.environ, "OCTOPRINT_HOST": server.host}
    cases = [
        (run_here([*line, "--api-key", WRONG], there, expect=4), "--api-key"),
        (run_here(line, {**there, "OCTOPRINT_API_KEY": WRONG}, expect=4), "OCTOPRINT_API_KEY"),
        (run_here([*line, "--config", str(config)], server.environ, expect=4), str(config)),
    ]
    for answer, origin in cases:
        assert (answer.code, origin in answer.error["message"]) == ("AUTH_ERROR", True), answer
        assert WRONG not in answer.stdout + answer.stderr
    assert server.names() == []


def test_missing_key_is_distinguished_from_wrong_key(server: Any, quick: Path, tmp_path: Path) -> None:
    config = write_config(tmp_path, f"host: {server.host}\n")
    for line in (["status"], ["pause"], ["upload", str(quick)], ["print", str(quick), "--confirm"]):
        answer = run_here([str(PROGRAM), "--json", "--config", str(config), *line], server.environ, expect=4)
        assert (answer.code, "no API key" in answer.error["message"]) == ("AUTH_ERROR", True), answer
    assert server.names() == []


def test_without_files_upload_permission_nothing_is_sent(server: Any, quick: Path) -> None:
    key = server.key_without("FILES_UPLOAD")
    assert_denied(server.cli("upload", quick, "--api-key", key, expect=4), "FILES_UPLOAD")
    assert_denied(server.cli("print", quick, "--confirm", "--api-key", key, expect=4), "FILES_UPLOAD")
    assert (server.names(), server.state()) == ([], "Operational")


def test_without_files_delete_permission_nothing_is_replaced(server: Any, quick: Path) -> None:
    key = server.key_without("FILES_DELETE")
    assert server.cli("upload", quick, "--api-key", key).data["path"] == "quick.gcode"
    before = quick.read_bytes()
    quick.write_bytes(before + b"M117 changed\n")
    assert_denied(server.cli("upload", quick, "--api-key", key, expect=4), "FILES_DELETE")
    assert_denied(server.cli("print", quick, "--confirm", "--api-key", key, expect=4), "FILES_DELETE")
    assert (server.content("quick.gcode"), server.prints("quick.gcode")) == (before, 0)
    path = server.cli("upload", quick, "--if-exists", "rename", "--api-key", key).data["path"]
    assert server.content(path) == quick.read_bytes()


def test_without_files_list_permission_upload_is_unverified(server: Any, quick: Path) -> None:
    key = server.key_without("FILES_LIST")
    assert_denied(server.cli("files", "--api-key", key, expect=4), "FILES_LIST")
    data = server.cli("upload", quick, "--api-key", key).data
    assert (data["path"], data["verified"]) == ("quick.gcode", "none")
    assert server.content("quick.gcode") == quick.read_bytes()


def test_without_print_permission_nothing_starts_or_stops(server: Any, quick: Path, slow: Path) -> None:
    key = server.key_without("PRINT")
    assert_denied(server.cli("print", quick, "--confirm", "--api-key", key, expect=4), "PRINT")
    job = server.job()
    assert (job["state"], server.prints("quick.gcode")) == ("Operational", 0)
    server.cli("print", slow, "--confirm")
    for line in (["pause"], ["cancel", "--confirm"]):
        assert_denied(server.cli(*line, "--api-key", key, expect=4), "PRINT")
    assert server.state() == "Printing"


def test_without_control_permission_no_heater_is_set(server: Any) -> None:
    key = server.key_without("CONTROL")
    for line in (["temp", "--tool", "50"], ["temp", "--off"], ["gcode", "M104 S50"]):
        assert_denied(server.cli(*line, "--api-key", key, expect=4), "CONTROL")
    assert server.get("/api/printer")["temperature"]["tool0"]["target"] == 0


def test_without_files_download_permission_verification_falls_back(server: Any, quick: Path) -> None:
    key = server.key_without("FILES_DOWNLOAD")
    assert server.cli("upload", quick, "--api-key", key).data["verified"] == ("size" if server.modern else "sha1")
    assert_denied(
        server.cli("upload", quick, "--path", "there", "--verify", "download", "--api-key", key, expect=4), "FILES_DOWNLOAD"
    )


def test_without_status_permission_status_is_denied(server: Any) -> None:
    assert_denied(server.cli("status", "--api-key", server.key_without("STATUS"), expect=4), "STATUS")

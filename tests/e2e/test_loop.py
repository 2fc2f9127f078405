"""The daily loop on a real server: each act, and then the server's own view of it."""

from __future__ import annotations

import hashlib
import secrets
from pathlib import Path
from typing import Any

from .prints import write


def start(server: Any, file: Path) -> None:
    server.cli("print", file, "--confirm")


def test_idle_status_has_every_heater_and_no_invented_values(server: Any) -> None:
    data = server.cli("status").data
    assert data["state"] == server.job()["state"] == "Operational"
    assert set(data["temperature"]) == set(server.get("/api/printer")["temperature"]) == {"tool0", "bed"}
    assert data["temperature"]["bed"]["target"] == 0
    assert data["job"]["print_time_left"] is None or data["job"]["completion"] == 100


def test_upload_stores_identical_bytes_in_given_folder(server: Any, slow: Path) -> None:
    data = server.cli("upload", slow, "--path", "parts/today").data
    assert data["path"] == "parts/today/slow.gcode"
    assert server.content(data["path"]) == slow.read_bytes()
    assert data["size"] == server.file(data["path"])["size"] == slow.stat().st_size
    assert data["sha1"] == hashlib.sha1(slow.read_bytes()).hexdigest()
    assert data["hash"] == (None if server.version.startswith("2") else data["sha1"])
    assert server.job()["job"]["file"]["name"] != "slow.gcode"


def test_upload_select_selects_without_starting(server: Any, slow: Path) -> None:
    assert server.cli("upload", slow, "--select").data["selected"] is True
    job = server.job()
    assert (job["state"], job["job"]["file"]["path"]) == ("Operational", "slow.gcode")


def test_file_name_assigned_by_server_is_used(server: Any, tmp_path: Path) -> None:
    file = write(tmp_path / "a b|c ü #1%.gcode", "G1 X1 F6000\n")
    path = server.cli("print", file, "--confirm").data["file"]
    assert path == "a bc ü #1%.gcode"
    assert server.until(server.job, lambda job: job["progress"]["completion"] == 100)["job"]["file"]["path"] == path


def test_files_lists_files_in_folders(server: Any, slow: Path, quick: Path) -> None:
    server.cli("upload", slow, "--path", "deep/er")
    server.cli("upload", quick)
    data = server.cli("files", "--location", "local").data
    assert [file["path"] for file in data["files"]] == ["deep/er/slow.gcode", "quick.gcode"]
    assert data["files"][1]["size"] == quick.stat().st_size
    assert data["files"][1]["date"].endswith("Z")
    assert 0 < data["free"] <= data["total"]


def test_print_starts_the_file_on_the_server(server: Any, slow: Path) -> None:
    data = server.cli("print", slow, "--confirm").data
    job = server.job()
    assert data["started"] is True and data["action"] == "started"
    assert (job["state"], job["job"]["file"]["path"]) == ("Printing", data["file"])


def test_print_without_confirm_sends_nothing(server: Any, slow: Path) -> None:
    assert server.cli("print", slow, expect=4).code == "CONFIRMATION_REQUIRED"
    assert server.get("/api/files/local")["files"] == []


def test_finished_job_is_shown_by_status(server: Any, quick: Path) -> None:
    server.cli("print", quick, "--confirm")
    server.until(server.job, lambda job: job["state"] == "Operational" and job["progress"]["completion"] == 100)
    job = server.cli("status").data["job"]
    assert (job["file"], job["completion"]) == ("quick.gcode", 100)
    assert server.until(lambda: server.file("quick.gcode"), lambda file: "prints" in file)["prints"]["success"] == 1


def test_empty_file_is_refused_before_sending(server: Any, tmp_path: Path) -> None:
    empty = tmp_path / "empty.gcode"
    empty.touch()
    answer = server.cli("print", empty, "--confirm", expect=2)
    assert answer.code == "FILE_INVALID"
    assert answer.envelope["data"]["ready"] is False
    assert server.get("/api/files/local")["files"] == []


def test_printed_empty_file_has_no_negative_completion(server: Any, tmp_path: Path) -> None:
    empty = tmp_path / "empty.gcode"
    empty.touch()
    server.cli("upload", empty)
    server.post("/api/files/local/empty.gcode", {"command": "select", "print": True})
    server.until(server.job, lambda job: job["state"] == "Operational")
    completion = server.cli("status").data["job"]["completion"]
    assert completion is None or 0 <= completion <= 100


def test_a_second_print_is_refused_or_skipped_and_the_first_goes_on(server: Any, slow: Path, quick: Path) -> None:
    start(server, slow)
    assert server.cli("print", quick, "--confirm", expect=3).code == "PRINTER_BUSY"
    assert server.cli("print", quick, "--confirm", "--no-preflight", expect=3).code == "PRINTER_BUSY"
    skipped = server.cli("print", quick, "--confirm", "--skip-if-printing").data
    assert skipped["action"] == "skipped"
    assert server.job()["job"]["file"]["path"] == "slow.gcode"
    assert [file["name"] for file in server.get("/api/files/local")["files"]] == ["slow.gcode"]


def test_pause_and_resume_wait_for_the_printer_and_are_idempotent(server: Any, slow: Path) -> None:
    start(server, slow)
    assert server.cli("pause").data["changed"] is True
    assert server.job()["state"] == "Paused"
    status = server.cli("status").data
    assert (status["state"], status["flags"]["paused"], status["flags"]["printing"]) == ("Paused", True, False)
    assert server.cli("pause").data["changed"] is False
    assert server.cli("print", slow, "--confirm", "--skip-if-printing").data["action"] == "skipped"
    assert server.cli("preflight", expect=3).code == "PRINTER_BUSY"
    assert server.cli("resume").data["changed"] is True
    assert server.job()["state"] == "Printing"
    assert server.cli("resume").data["changed"] is False


def test_cancel_returns_when_the_printer_has_stopped(server: Any, slow: Path) -> None:
    start(server, slow)
    assert server.cli("cancel", expect=4).code == "CONFIRMATION_REQUIRED"
    assert server.job()["state"] == "Printing"
    assert_cancelled(server)
    assert server.cli("cancel", "--confirm", expect=4).code == "NO_ACTIVE_JOB"


def test_cancel_works_on_a_paused_job(server: Any, slow: Path) -> None:
    start(server, slow)
    server.cli("pause")
    assert server.state() == "Paused"
    assert_cancelled(server)


def assert_cancelled(server: Any) -> None:
    data = server.cli("cancel", "--confirm").data
    assert (data["action"], data["file"], data["state"]) == ("cancelled", "slow.gcode", "Operational")
    job = server.job()
    assert (job["state"], job["progress"]["completion"]) == ("Operational", None)


def test_job_commands_without_job_are_refused(server: Any) -> None:
    for verb in (["pause"], ["resume"], ["cancel", "--confirm"]):
        assert server.cli(*verb, expect=4).code == "NO_ACTIVE_JOB"


def test_a_dry_run_changes_nothing_on_the_server(server: Any, slow: Path) -> None:
    before = server.job(), server.get("/api/files/local")["files"]
    planned = [request["path"] for request in server.cli("print", slow, "--dry-run").data["requests"]]
    assert planned == ["/api/files/local", "/api/files/local/slow.gcode"]
    for line in (["temp", "--tool", "200"], ["gcode", "M500"], ["disconnect"], ["upload", slow]):
        assert server.cli(*line, "--dry-run").data["dry_run"] is True
    assert (server.job(), server.get("/api/files/local")["files"]) == before
    assert server.get("/api/printer")["temperature"]["tool0"]["target"] == 0


def test_sd_card_print_starts_the_uploaded_file(server: Any, tmp_path: Path) -> None:
    server.post("/api/connection", {"command": "disconnect"})  # 2.0.0rc7 selects on the card once a connection
    server.reset()
    # A name of its own: the card keeps its files, and 1.11's virtual one lists a second `x~1.gco` under no name that is new.
    moves = "".join(f"G1 X{line % 90} F600\n" for line in range(900))
    file = write(tmp_path / f"{secrets.token_hex(3)}_longname.gcode", moves)
    data = server.cli("print", file, "--location", "sdcard", "--confirm").data
    job = server.job()
    assert (job["job"]["file"]["origin"], job["job"]["file"]["path"].lstrip("/")) == (server.sd, data["file"])
    assert job["state"].startswith(("Printing from SD", "Finishing", "Operational"))
    listed = server.cli("files", "--location", "sdcard").data["files"]
    assert data["file"] in [entry["path"] for entry in listed]
    assert {entry["location"] for entry in listed} == {"sdcard"}

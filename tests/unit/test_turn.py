"""turn: of two runs on one computer that would start a job on one server, the second is told so."""

from __future__ import annotations

import os
import threading

import pytest

from octoprint_cli.config.locks import config_lock, job_lock
from octoprint_cli.errors import ConfigError, PrinterBusy

from .driver import URL

SELECT = "/api/files/local/quick.gcode"


def is_locked(server, folder):
    """Whether another run would be sent away."""
    try:
        with job_lock(server, folder):
            return False
    except PrinterBusy:
        return True


def test_second_job_lock_is_refused_until_first_is_released(tmp_path):
    with job_lock(URL, tmp_path / "locks"):
        assert is_locked(URL, tmp_path / "locks")
    assert not is_locked(URL, tmp_path / "locks")


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit, PrinterBusy], ids=lambda error: error.__name__)
def test_job_lock_is_released_after_any_exception(tmp_path, error):
    with pytest.raises(error), job_lock(URL, tmp_path):
        raise error("x")
    assert not is_locked(URL, tmp_path)


def test_job_locks_of_other_servers_and_folders_are_independent(tmp_path):
    with job_lock(URL, tmp_path):
        assert is_locked(URL, tmp_path)
        assert not is_locked(URL + ":5000", tmp_path) and not is_locked(URL, tmp_path / "other")


def test_lock_file_name_does_not_contain_the_address(tmp_path):
    with job_lock("http://me:secret@octopi.test/../x", tmp_path):
        (lock,) = tmp_path.iterdir()
        assert "secret" not in lock.name and lock.parent == tmp_path


def test_only_one_of_many_threads_gets_the_job_lock(tmp_path):
    begin, inside, outcomes = threading.Barrier(8), threading.Barrier(8), []

    def run():
        begin.wait()
        try:
            with job_lock(URL, tmp_path):
                outcomes.append("mine")
                inside.wait()
        except PrinterBusy:
            outcomes.append("busy")
            inside.wait()

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["busy"] * 7 + ["mine"]


def make_fail(monkeypatch, name, error):
    def refuse(*_, **__):
        raise error

    monkeypatch.setattr(name, refuse)


@pytest.mark.parametrize(
    "error",
    [PermissionError(13, "Permission denied"), OSError(30, "Read-only file system"), OSError(38, "Not implemented")],
)
def test_job_lock_is_skipped_if_locking_is_unavailable(tmp_path, monkeypatch, error):
    make_fail(monkeypatch, "octoprint_cli.config.private_files._lock", error)
    assert not is_locked(URL, tmp_path)


def test_job_lock_is_skipped_if_folder_cannot_be_created(tmp_path):
    (tmp_path / "file").touch()
    with job_lock(URL, tmp_path / "file" / "locks"):
        assert not is_locked(URL, tmp_path / "file" / "locks")


@pytest.mark.parametrize("error", [PermissionError(13, "x"), OSError(38, "x")], ids=repr)
def test_exception_propagates_without_a_lock(tmp_path, monkeypatch, error):
    make_fail(monkeypatch, "octoprint_cli.config.private_files._lock", error)
    with pytest.raises(KeyError), job_lock(URL, tmp_path):
        raise KeyError


# -- in the program -----------------------------------------------------------------------------------


@pytest.fixture
def ready(server):
    server.accept_upload()
    server.accept_post(SELECT, server.reading("Printing", "quick.gcode", completion=0.5))
    return server


def test_second_print_is_busy_and_sends_no_request(ready, gcode_file, home):
    with job_lock(URL, home / "locks"):
        error = ready.run_error(3, "PRINTER_BUSY", "print", str(gcode_file), "--confirm").envelope["error"]
    assert "another octoprint-cli" in error["message"] and error["retryable"] is True
    assert ready.requests == []
    assert ready.run_ok("print", str(gcode_file), "--confirm")["started"] is True


def test_failed_print_releases_the_job_lock(ready, gcode_file, home):
    ready.on("POST", "/api/files/local", status_code=500, json={"error": "no"})
    ready.run_error(4, "SERVER_ERROR", "print", str(gcode_file), "--confirm")
    assert not is_locked(URL, home / "locks")


def test_job_lock_is_held_until_print_has_started(ready, gcode_file, home):
    seen = []
    ready.accept_post(
        SELECT, ready.reading("Printing", "quick.gcode", completion=0.5), also=lambda: seen.append(is_locked(URL, home / "locks"))
    )
    ready.run_ok("print", str(gcode_file), "--confirm")
    assert seen == [True]


@pytest.mark.parametrize(
    "line", [("cancel", "--confirm"), ("pause",), ("temp", "--off"), ("upload", "FILE")], ids=lambda line: line[0]
)
def test_other_commands_ignore_the_job_lock(ready, gcode_file, home, line):
    ready.job(ready.reading("Printing", "slow.gcode", completion=5.0))
    ready.accept_post("/api/job", ready.reading("Paused" if line[0] == "pause" else "Operational", "slow.gcode"))
    ready.accept_targets()
    with job_lock(URL, home / "locks"):
        ready.run_ok(*[str(gcode_file) if word == "FILE" else word for word in line])


def test_dry_run_ignores_the_job_lock(ready, gcode_file, home):
    with job_lock(URL, home / "locks"):
        assert ready.run_ok("print", str(gcode_file), "--dry-run")["dry_run"] is True


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_lock_folder_is_private(ready, gcode_file, home):
    ready.run_ok("print", str(gcode_file), "--confirm")
    assert (home / "locks").stat().st_mode & 0o077 == 0


def test_unwritable_home_does_not_prevent_printing(ready, gcode_file, tmp_path):
    (tmp_path / "no-folder").touch()
    env = {"OCTOPRINT_CLI_HOME": str(tmp_path / "no-folder")}
    result = ready.run("print", str(gcode_file), "--confirm", "--json", env=env)
    assert result.exit_code == 0 or result.code == "CONFIG_ERROR"  # its configuration cannot be read either


def test_locked_config_file_is_waited_for_and_then_left_unchanged(server, home, monkeypatch):
    monkeypatch.setattr("octoprint_cli.config.locks.WRITE_SECONDS", 0.05)
    with config_lock(home / "config.yaml"):
        server.run_error(4, "CONFIG_ERROR", "init", "--no-verify")
    assert not (home / "config.yaml").exists()
    server.run_ok("init", "--no-verify")


def test_config_lock_is_skipped_in_unwritable_folder(tmp_path):
    (tmp_path / "file").write_text("")
    with config_lock(tmp_path / "file" / "config.yaml"), pytest.raises(ConfigError), config_lock(tmp_path / "config.yaml"):
        raise ConfigError("x")

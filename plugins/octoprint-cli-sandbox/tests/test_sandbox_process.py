"""Whose process it is: the server's is ended, a stranger's never; and what two runs at once do."""

from __future__ import annotations

import fcntl
import os
import subprocess
import threading
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Callable, List

import pytest
from octoprint_cli_sandbox import process, readiness
from octoprint_cli_sandbox.errors import SandboxError, StartFailed
from octoprint_cli_sandbox.files import locked
from octoprint_cli_sandbox.sandbox import Sandbox

from octoprint_cli.api import errors

Serve = Callable[[str], Any]

SLEEP = "print('up', flush=True); import time; time.sleep(60)"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + SLEEP
PARENT = "import subprocess; child = subprocess.Popen(['sleep', '60']); print(child.pid, flush=True); child.wait()"


def record_pid(sandbox: Sandbox, pid: int) -> None:
    record = sandbox.record
    record.pid, record.port = pid, 5999
    sandbox.save_record(record)


@pytest.mark.timeout(60)
def test_stale_pid_does_not_end_a_foreign_process(sandbox: Sandbox, spawn: Callable[..., Any], run: Callable[..., Any]) -> None:
    # The number that the record has belongs to another process now, which even names the folder.
    stranger = spawn(SLEEP, "--basedir", str(sandbox.base), "serve")
    record_pid(sandbox, stranger.pid)
    assert run("sandbox", "status").data["state"] == "stopped"
    assert run("sandbox", "stop").data["changed"] is False
    assert run("sandbox", "remove", "--confirm").data["changed"] is True
    assert stranger.poll() is None


@pytest.mark.timeout(60)
def test_server_of_another_sandbox_is_not_ended(sandbox: Sandbox, serve: Serve, tmp_path: Path) -> None:
    server = serve(SLEEP)
    other = Sandbox(tmp_path / "cli", "other")
    with other.lock():
        other.create()
    record_pid(other, server.pid)
    assert process.is_server(server.pid, sandbox.base) and other.pid is None
    assert other.stop_server() is False and server.poll() is None


@pytest.mark.timeout(60)
def test_stop_ends_the_server_by_its_pid(sandbox: Sandbox, serve: Serve, run: Callable[..., Any]) -> None:
    server = serve(SLEEP)
    record_pid(sandbox, server.pid)
    before = run("sandbox", "status").data
    assert (before["state"], before["pid"], before["host"]) == ("running", server.pid, "http://127.0.0.1:5999")
    stopped = run("sandbox", "stop").data
    assert (stopped["state"], stopped["changed"], stopped["pid"]) == ("stopped", True, None)
    assert server.wait(10) is not None
    assert run("sandbox", "stop").data["changed"] is False


@pytest.mark.timeout(60)
def test_remove_ends_the_server_and_deletes_the_folder(sandbox: Sandbox, serve: Serve, run: Callable[..., Any]) -> None:
    server = serve(SLEEP)
    record_pid(sandbox, server.pid)
    removed = run("sandbox", "remove", "--confirm").data
    assert (removed["state"], removed["changed"]) == ("absent", True)
    assert server.wait(10) is not None and list(sandbox.path.parent.iterdir()) == []


@pytest.mark.timeout(60)
def test_server_ignoring_sigterm_is_killed(sandbox: Sandbox, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "_TERM_SECONDS", 0.3)
    server = serve(STUBBORN)
    process.terminate(server.pid, sandbox.base)
    assert server.wait(10) == -9


@pytest.mark.timeout(60)
def test_child_processes_of_the_server_are_ended(sandbox: Sandbox, serve: Serve) -> None:
    server = serve(PARENT)
    child = int(server.said)
    process.terminate(server.pid, sandbox.base)
    assert server.wait(10) is not None and process.wait_until(lambda: _gone(child), 10)


def _gone(pid: int) -> bool:
    """Whether a process that is not our child has ended; a zombie that nobody has fetched yet counts."""
    listed = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout.strip()
    return not listed or listed.startswith("Z")


def test_server_is_recognised_by_ps(sandbox: Sandbox, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    server = serve(SLEEP)
    assert f" {' '.join(process.server_arguments(sandbox.base))} " in process._command_line(server.pid)
    assert process._command_line(2**22 + 1).strip() == ""


def test_program_environment_is_not_passed_to_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OCTOPRINT_HOST", "OCTOPRINT_API_KEY", "PYTHONPATH", "PYTHONWARNINGS", "VIRTUAL_ENV"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("LANG", "C.UTF-8")
    clean = process.clean_environment()
    assert clean["LANG"] == "C.UTF-8" and not [name for name in clean if name.startswith(("OCTOPRINT", "PYTHON", "VIRTUAL"))]


# --- two runs at once ------------------------------------------------------------------------------


@pytest.mark.timeout(30)
def test_the_second_run_waits_for_the_first(tmp_path: Path) -> None:
    path, seen, told = tmp_path / "lock", [], []
    started = threading.Event()

    def second() -> None:
        started.set()
        with locked(path, told.append):
            seen.append("second")

    other = threading.Thread(target=second)
    with locked(path, told.append):
        other.start()
        started.wait()
        assert process.wait_until(lambda: bool(told), 5)
        seen.append("first")
    other.join()
    assert seen == ["first", "second"] and "waiting" in told[0]


def test_waiting_for_the_lock_times_out(tmp_path: Path) -> None:
    told: List[str] = []
    with locked(tmp_path / "lock", told.append), pytest.raises(SandboxError) as caught, locked(tmp_path / "lock", told.append, 0.1):
        pass
    assert caught.value.retryable


def test_lock_on_deleted_file_is_taken_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, told = tmp_path / "lock", []
    flock = fcntl.flock

    def after_a_removal(handle: int, how: int) -> None:
        if not told:  # between the opening and the locking, the other run removes the sandbox
            told.append("removed")
            path.unlink()
        flock(handle, how)

    monkeypatch.setattr(fcntl, "flock", after_a_removal)
    with locked(path, told.append, 5):
        assert path.exists() and len(told) == 2


# --- waiting for the server ------------------------------------------------------------------------


class FakeServer:
    """The nouns of a client that the waiting looks at."""

    def __init__(self, user: Any = "sandbox", connected: bool = True, temperatures: Any = (1,)) -> None:
        self.link = SimpleNamespace(state="Detecting", phase=SimpleNamespace(connected=connected))
        self.user = user
        self.server = SimpleNamespace(user=self.whose_key)
        self.connection = SimpleNamespace(current=lambda: self.link)
        self.printer = SimpleNamespace(current=lambda: SimpleNamespace(temperatures=temperatures))

    def whose_key(self) -> Any:
        if isinstance(self.user, Exception):
            raise self.user
        return SimpleNamespace(name=self.user)


@pytest.fixture
def answering(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    """A sandbox whose server's process is there and speaks HTTP."""
    record_pid(sandbox, os.getpid())
    monkeypatch.setattr(process, "is_server", lambda pid, base: True)
    monkeypatch.setattr(readiness, "_answers_http", lambda port: True)
    return sandbox


def test_server_with_connected_printer_is_ready(answering: Sandbox) -> None:
    readiness.wait_until_ready(answering, FakeServer(), printer=True, seconds=1)


@pytest.mark.parametrize("user", [None, "alice", errors.PermissionDenied("HTTP 403")])
def test_server_of_another_base_folder_is_refused_at_once(answering: Sandbox, user: Any) -> None:
    answering.log.write_text("first line\nplugins from somewhere else\n")
    begun = time.monotonic()
    with pytest.raises(StartFailed, match="does not use the base folder") as caught:
        readiness.wait_until_ready(answering, FakeServer(user), printer=True)
    assert time.monotonic() - begun < 5
    assert caught.value.details and caught.value.details["log"] == ["first line", "plugins from somewhere else"]


@pytest.mark.parametrize("server", [FakeServer(connected=False), FakeServer(temperatures={})])
def test_printer_that_does_not_connect_is_an_error(answering: Sandbox, server: Any) -> None:
    with pytest.raises(StartFailed, match=r"not ready after 0\.3 s: the printer is Detecting"):
        readiness.wait_until_ready(answering, server, printer=True, seconds=0.3)
    readiness.wait_until_ready(answering, server, printer=False, seconds=1)


def test_starting_server_is_waited_for(answering: Sandbox) -> None:
    client, answers = FakeServer(), [errors.ServerStarting("not yet"), errors.ConnectionFailed("nor now")]
    user = client.server.user

    def late() -> Any:
        if answers:
            raise answers.pop()
        return user()

    client.server.user = late
    readiness.wait_until_ready(answering, client, printer=True, seconds=5)
    assert not answers


def test_server_that_ends_is_reported_at_once(answering: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "is_server", lambda pid, base: False)
    with pytest.raises(StartFailed, match="ended by itself"):
        readiness.wait_until_ready(answering, FakeServer(), printer=True)

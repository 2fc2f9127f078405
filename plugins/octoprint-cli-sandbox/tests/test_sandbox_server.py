"""A real OctoPrint, installed from the package index: started, used, killed, started, stopped, removed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List

import pytest
import yaml
from octoprint_cli_sandbox import process
from sandbox_program import environment, inside, program

from octoprint_cli.testing import Result

#: An installation on a busy machine; what comes after it takes seconds.
INSTALL_SECONDS = 600

pytestmark = pytest.mark.timeout(INSTALL_SECONDS + 60)

Run = Callable[..., Result]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("real")


@pytest.fixture(scope="module")
def cli(home: Path) -> Iterator[Run]:
    """The program; whatever happens, its server is gone after these tests."""
    environ: Dict[str, str] = environment(home)
    yield lambda *argv, expect=0: program(environ, *argv, expect=expect, seconds=INSTALL_SECONDS)
    program(environ, "sandbox", "stop", "--name", "try", expect=None)


@pytest.fixture
def started(cli: Run) -> Dict[str, Any]:
    """The sandbox `try`, running."""
    return cli("sandbox", "start", "--name", "try").data


@pytest.fixture
def installed(cli: Run, home: Path) -> None:
    """The sandbox `try` is installed; it may be running."""
    if look(home, "sandbox", "status", "--name", "try").data["octoprint"] is None:
        cli("sandbox", "start", "--name", "try")


def look(home: Path, *argv: str, expect: int = 0) -> Result:
    """Run a line that starts nothing, in this process."""
    return inside(environment(home), *argv, expect=expect)


def processes_of(folder: Path) -> List[str]:
    """Every process whose command line names the folder."""
    listed = subprocess.run(["ps", "-ww", "-eo", "pid=,args="], capture_output=True, text=True, check=True).stdout
    return [line for line in listed.splitlines() if str(folder) in line]


def key_of(home: Path) -> str:
    key: str = yaml.safe_load((home / "cli" / "config.yaml").read_text())["printers"]["try"]["api_key"]
    return key


def test_first_start_installs_octoprint_and_answers(cli: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "uv.toml").write_text("the settings of a project in which the user happens to be")
    monkeypatch.chdir(home)
    answer = cli("sandbox", "start", "--name", "try")
    data = answer.data
    assert data["octoprint"].startswith("1.11.") and "rc" not in data["octoprint"]
    assert (data["name"], data["state"], data["changed"], data["printer"]) == ("try", "running", True, "try")
    assert data["host"] == f"http://127.0.0.1:{data['port']}" and data["path"] == str(home / "cli" / "sandbox" / "try")
    assert "installing OctoPrint" in answer.stderr and "WARNING" not in answer.stderr and "could not" not in answer.stderr
    assert key_of(home) not in answer.stdout + answer.stderr


def test_virtual_printer_is_ready_to_print(cli: Run, started: Dict[str, Any], home: Path) -> None:
    status = cli("--printer", "try", "status").data
    assert (status["state"], status["phase"]) == ("Operational", "idle")
    assert status["temperature"]["tool0"]["actual"] is not None and status["temperature"]["bed"]["actual"] is not None
    assert look(home, "--printer", "try", "version").data["server"] == started["octoprint"]


def test_server_listens_on_loopback_only_and_uses_its_folder_only(started: Dict[str, Any], home: Path) -> None:
    with socket.socket() as elsewhere:  # the whole of 127/8 is this machine, so this address would do if it listened on all
        assert elsewhere.connect_ex(("127.0.0.2", started["port"])) != 0
    assert not (home / "home" / ".octoprint").exists() and not (home / "cli" / "sandbox" / "try" / ".octoprint").exists()
    assert (home / "cli" / "sandbox" / "try" / "base" / "logs" / "octoprint.log").exists()


def test_a_second_start_changes_nothing(cli: Run, started: Dict[str, Any], home: Path) -> None:
    again = cli("sandbox", "start", "--name", "try").data
    assert again == {**started, "changed": False}
    assert look(home, "sandbox", "start", "--name", "try", "--octoprint", "2.0.0rc7", expect=4).error["code"] == "SANDBOX_CONFLICT"
    assert look(home, "sandbox", "start", "--name", "try", "--port", "1", expect=4).error["code"] == "SANDBOX_CONFLICT"


def test_killed_server_is_detected_and_restarted(cli: Run, started: Dict[str, Any], home: Path) -> None:
    os.kill(started["pid"], signal.SIGKILL)
    assert process.wait_until(lambda: not processes_of(home / "cli" / "sandbox"), 10)
    assert look(home, "sandbox", "status", "--name", "try").data["state"] == "stopped"
    assert look(home, "sandbox", "stop", "--name", "try").data["changed"] is False
    answer = cli("sandbox", "start", "--name", "try")
    assert answer.data["changed"] is True and answer.data["pid"] != started["pid"]
    assert answer.data["port"] == started["port"] and "installing" not in answer.stderr
    assert look(home, "--printer", "try", "status").data["phase"] == "idle"


def test_stop_leaves_no_process_running(cli: Run, started: Dict[str, Any], home: Path) -> None:
    assert processes_of(home / "cli" / "sandbox")
    stopped = cli("sandbox", "stop", "--name", "try").data
    assert (stopped["state"], stopped["changed"], stopped["pid"]) == ("stopped", True, None)
    assert processes_of(home / "cli" / "sandbox") == []
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", started["port"])) != 0
    assert look(home, "--printer", "try", "status", expect=1).error["code"] == "CONNECTION_ERROR"


def test_a_failed_start_shows_the_log_and_leaves_nothing(cli: Run, installed: None, home: Path) -> None:
    cli("sandbox", "stop", "--name", "try")
    config = home / "cli" / "sandbox" / "try" / "base" / "config.yaml"
    good = config.read_text()
    config.write_text("server: [not, a, mapping\n")
    try:
        failed = cli("sandbox", "start", "--name", "try", expect=4).error
    finally:
        config.write_text(good)
    assert failed["code"] == "SANDBOX_START_FAILED" and "ended by itself" in failed["message"]
    assert any("config.yaml" in line or "YAML" in line for line in failed["details"]["log"]), failed
    assert processes_of(home / "cli" / "sandbox") == []


def test_remove_deletes_the_folder_and_the_printer(cli: Run, installed: None, home: Path) -> None:
    removed = cli("sandbox", "remove", "--name", "try", "--confirm").data
    assert (removed["state"], removed["changed"]) == ("absent", True)
    assert processes_of(home / "cli" / "sandbox") == [] and list((home / "cli" / "sandbox").iterdir()) == []
    assert not yaml.safe_load((home / "cli" / "config.yaml").read_text()).get("printers")

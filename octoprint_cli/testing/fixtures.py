"""The kit as pytest fixtures, registered with pytest by an entry point: a plugin's tests request them by name.

    def test_power_on(octoprint_server, octoprint_run):
        octoprint_server.octoprint.plugins["psucontrol"] = PsuControl()
        result = octoprint_run("power", "on", "--confirm")
        assert result.data["power"] == "on"
        assert [str(request) for request in result.changes] == ['POST /api/plugin/psucontrol {"command": "turnPSUOn"}']

pytest imports this module wherever the program is installed, so each fixture imports the rest of the program only when used.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Callable, Iterator

import pytest

if TYPE_CHECKING:
    from octoprint_cli.testing.cli_runner import CliRunner
    from octoprint_cli.testing.real_server import RealOctoPrint
    from octoprint_cli.testing.server.fault_server import FaultServer


@pytest.fixture
def octoprint_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Provide an empty OCTOPRINT_CLI_HOME.

    HOME is a temporary folder, too, and the real environment's OCTOPRINT_* variables are unset.
    """
    home = tmp_path / "octoprint-home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    for name in ("HOST", "API_KEY", "PRINTER", "CLI_HOME", "CLI_FORMAT"):
        monkeypatch.delenv(f"OCTOPRINT_{name}", raising=False)
    folder = home / ".octoprint-cli"
    folder.mkdir()
    return folder


@pytest.fixture
def octoprint_server() -> Iterator[FaultServer]:
    """Run a fake OctoPrint 1.11.8 on a real socket, which works, or fails as the test says; see `FaultServer`."""
    from octoprint_cli.testing.server.fault_server import FaultServer

    with FaultServer() as server:
        yield server


@pytest.fixture
def octoprint_run(octoprint_server: FaultServer, octoprint_home: Path) -> CliRunner:
    """Provide a runner for the program in this process, with `octoprint_server` as its server.

    A test calls it with a command line: `octoprint_run("temp", "--off", expect=0)`.
    The result has `exit_code`, `stdout`, `stderr`, `envelope`, `data`, `code`, the `requests` that the server received during the
    run, and the `changes` among them.
    """
    from octoprint_cli.testing.cli_runner import CliRunner

    env = {"HOME": str(octoprint_home.parent), **octoprint_server.env}
    return CliRunner(octoprint_home, env, lambda: octoprint_server.requests)


@pytest.fixture
def octoprint_hurried(monkeypatch: pytest.MonkeyPatch) -> Callable[[], float]:
    """Let polling for the effect of a request take no time, and provide the clock.

    Each pause advances this virtual clock instead.
    """

    class Clock:
        now = 1000.0

        def monotonic(self) -> float:
            return self.now

        def sleep(self, seconds: float) -> None:
            self.now += seconds

    clock = Clock()
    monkeypatch.setattr("octoprint_cli.client.resource.time", clock)
    return clock.monotonic


@pytest.fixture(scope="session")
def real_octoprint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealOctoPrint]:
    """Run a real OctoPrint with its virtual printer for all tests; skip the test if octoprint-cli-sandbox is not installed.

    OCTOPRINT_CLI_TEST_VERSION names another release, OCTOPRINT_CLI_TEST_SERVERS a folder that keeps installations.
    """
    from octoprint_cli.testing import real_server

    reason = real_server.why_not()
    if reason:
        pytest.skip(reason)
    with real_server.running(tmp_path_factory.mktemp("octoprint")) as found:
        yield found

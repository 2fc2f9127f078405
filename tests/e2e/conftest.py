"""Real OctoPrint servers with their virtual printer, run by the sandbox plugin, and the installed program.

A test drives the program as an agent does and then asks the server itself what happened.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any, Callable, Iterator, List

import pytest

from . import installation, versions
from .limits import dwell
from .printers import DEFAULT, change
from .prints import write
from .program import PROGRAM, forking, run_installed
from .server import Server, environment

# Started in the background, as by a shell's `&`, a process ignores Ctrl-C, and so do its children: the tests send it to theirs.
signal.signal(signal.SIGINT, signal.default_int_handler)

#: OCTOPRINT_CLI_TEST_VERSIONS="1.8.7 1.10.3" looks at others.
VERSIONS = os.environ.get("OCTOPRINT_CLI_TEST_VERSIONS", "1.11.8 2.0.0rc7").split()
#: Long enough for an installation on a busy machine, for which other processes may have to wait.
INSTALL_SECONDS = 900
TEST_SECONDS = 300


@pytest.fixture(scope="session")
def forks() -> Iterator[None]:
    """Runs of the program are forked, from when one is needed."""
    with forking():
        yield


@pytest.fixture(scope="session", params=VERSIONS)
def running(request: pytest.FixtureRequest, forks: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of each version for each process that runs tests, started once, stopped by its own process id."""
    version: str = request.param
    environ = environment(tmp_path_factory.mktemp("home"), version)
    name = "-".join(["e2e", *version.split("."), os.environ.get("PYTEST_XDIST_WORKER", "alone")])
    base = [str(PROGRAM), "--json", "sandbox"]
    try:
        with installation.shared(Path(environ["OCTOPRINT_CLI_HOME"]), name):
            data = run_installed([*base, "start", "--name", name, "--octoprint", version], environ, INSTALL_SECONDS).data
        server = Server(name, version, data["python"], {**environ, "HOME": environ["XDG_CACHE_HOME"]})
        server.prepare()
        yield server
    finally:
        run_installed([*base, "stop", "--name", name], environ)


@pytest.fixture
def server(running: Server, record_property: Callable[[str, str], None]) -> Iterator[Server]:
    """The server, idle, cold and empty."""
    record_property(versions.PYTHON, running.python)
    running.reset()
    yield running
    running.end_begun()


@pytest.fixture
def slow(tmp_path: Path) -> Path:
    """A file that prints for a minute: the virtual printer dwells in real time."""
    return write(tmp_path / "slow.gcode", "M117 slow\n" + "".join(f"G1 X{line % 50} F6000\nG4 P100\n" for line in range(600)))


@pytest.fixture
def quick(tmp_path: Path) -> Path:
    """A file that is printed in a moment."""
    return write(tmp_path / "quick.gcode", "M117 quick\nG1 X1 F6000\nG1 X2\n")


@pytest.fixture
def short(tmp_path: Path) -> Path:
    """A file that prints for three seconds: time enough to be waited for, in the middle."""
    return write(tmp_path / "short.gcode", dwell(3))


@pytest.fixture
def hung(server: Any, slow: Path) -> Any:
    """A printer that has stopped answering in the middle of a job."""
    server.cli("print", slow, "--confirm")
    server.until(server.job, lambda job: (job["progress"]["completion"] or 0) > 0)
    server.gcode("!!DEBUG:go_awol")
    yield server
    server.reconnect()


@pytest.fixture
def printer(server: Any) -> Iterator[Any]:
    """The server, whose profile a test may `change`."""
    yield server
    change(server, DEFAULT)
    server.reset()


@pytest.fixture
def mild(server: Server) -> Iterator[Server]:
    """The server, set to stay connected after an error of the firmware: it reads that when it connects."""
    server.post("/api/settings", {"serial": {"disconnectOnErrors": False}})
    server.reconnect()
    yield server
    server.post("/api/settings", {"serial": {"disconnectOnErrors": True}})
    server.reconnect()


def pytest_collection_modifyitems(config: pytest.Config, items: List[pytest.Item]) -> None:
    """What takes longest comes first: the tests that are bound to one process, so that the others fill up the rest."""
    versions.mark(items)
    versions.spare(config, items)
    for item in items:  # not the time of the fixtures: the first test of a process waits for an installation
        seconds = next((mark.args[0] for mark in item.iter_markers("timeout")), TEST_SECONDS)
        item.add_marker(pytest.mark.timeout(seconds, func_only=True), append=False)
    items.sort(key=lambda item: item.get_closest_marker("xdist_group") is None)


def pytest_collection_finish(session: pytest.Session) -> None:
    """A group that is spread over the processes is made once in each, which takes minutes: better nothing runs than that."""
    if session.config.getoption("loadgroup", False):
        astray = [item.nodeid for item in session.items if item.get_closest_marker("xdist_group") and "@" not in item.nodeid]
        if astray:
            raise pytest.UsageError(f"pytest {pytest.__version__} does not let pytest-xdist group tests: {astray[0]}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    versions.report(terminalreporter)

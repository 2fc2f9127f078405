"""Fixtures of the contract ring: a fake server, and the program configured for it."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Callable, Iterator

import pytest
from stevedore import _cache

from octoprint_cli.testing import FaultServer, fork_server

from .program import Program


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """stevedore keeps its cache where this test run has its files."""
    before, _cache._c._dir = _cache._c._dir, str(tmp_path_factory.mktemp("stevedore"))
    yield
    _cache._c._dir = before


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing reads or writes the real home or the folder of the tests, or heeds the real configuration."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    for name in ("HOST", "API_KEY", "PRINTER", "CLI_HOME", "CLI_FORMAT"):
        monkeypatch.delenv(f"OCTOPRINT_{name}", raising=False)


@pytest.fixture(scope="module", autouse=True)
def no_grace() -> Iterator[None]:
    """The fake server's events come with the state, and its terminal at once: nothing in this process waits for either."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("octoprint_cli.client.tracking.job_tracker.GRACE_SECONDS", 0.2)
        patch.setattr("octoprint_cli.client.gcode_replies.SETTLE_SECONDS", 0.05)
        yield


@pytest.fixture(scope="session")
def launcher() -> Iterator[Path]:
    """A script that takes the place of the installed one: a shell runs the program, and each run is forked, not started."""
    with tempfile.TemporaryDirectory(prefix="forks-") as folder:
        forks = fork_server.ForkServer(folder, Program(Path(folder)).env)
        try:
            yield Path(forks.launcher(folder))
        finally:
            forks.close()


@pytest.fixture
def server() -> Iterator[FaultServer]:
    """A fake OctoPrint, idle, with nothing stored."""
    with FaultServer() as running:
        yield running


@pytest.fixture
def program(tmp_path: Path, server: FaultServer) -> Program:
    """The program, configured for the server."""
    return Program(tmp_path, server)


@pytest.fixture
def bare(tmp_path: Path) -> Program:
    """The program, configured for no server."""
    return Program(tmp_path)


@pytest.fixture
def hurried(octoprint_hurried: Callable[[], float]) -> Callable[[], float]:
    """Waiting for the server costs no time: each pause moves the clock instead. Returns the clock."""
    return octoprint_hurried

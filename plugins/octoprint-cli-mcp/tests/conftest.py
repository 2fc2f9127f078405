"""Fixtures: a fake OctoPrint, and an environment that aims the program at it. Without the plugin all is skipped."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any, Dict, Iterator, Optional

import pytest

from octoprint_cli.testing import GCODE, FaultServer

MISSING = importlib.util.find_spec("octoprint_cli_mcp") is None


class _Skipped(pytest.File):
    def collect(self) -> Any:
        pytest.skip("octoprint-cli-mcp is not installed: the SDK of MCP needs Python 3.10 or later")


def pytest_pycollect_makemodule(module_path: Path, parent: Any) -> Optional[pytest.File]:
    """Nothing is imported of tests that cannot run."""
    return _Skipped.from_parent(parent, path=module_path) if MISSING else None  # type: ignore[no-any-return]


@pytest.fixture(scope="session")
def forks() -> Iterator[None]:
    """Runs of the program as processes are forked."""
    from asking import forking

    with forking():
        yield


@pytest.fixture
def server() -> Iterator[FaultServer]:
    """A fake OctoPrint, idle, with nothing stored."""
    with FaultServer() as running:
        yield running


@pytest.fixture
def environ(tmp_path: Path, server: FaultServer) -> Dict[str, str]:
    """The environment that aims the program at it."""
    from asking import environment

    return environment(tmp_path, **server.env)


@pytest.fixture
def gcode(tmp_path: Path) -> Path:
    """A file to print."""
    path = tmp_path / "quick.gcode"
    path.write_text(GCODE)
    return path

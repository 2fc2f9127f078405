"""Fixtures: a fake OctoPrint whose firmware says what a test lets it say, and the program aimed at it."""

from __future__ import annotations

from pathlib import Path
from typing import Callable, Iterator

import pytest
from stevedore import _cache

from octoprint_cli.testing import FaultServer, Result, run

Run = Callable[..., Result]


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """stevedore keeps its cache where this test run has its files."""
    before, _cache._c._dir = _cache._c._dir, str(tmp_path_factory.mktemp("stevedore"))
    yield
    _cache._c._dir = before


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultServer]:
    """A fake OctoPrint 1.11.8, idle, with a Marlin. Its terminal comes at once: nothing is waited for behind the last answer."""
    monkeypatch.setattr("octoprint_cli.client.gcode_replies.SETTLE_SECONDS", 0.05)
    with FaultServer() as running:
        running.octoprint.interval = 0.02
        yield running


@pytest.fixture
def marlin(tmp_path: Path, server: FaultServer) -> Run:
    """`marlin("mesh", "show")` is `octoprint-cli marlin mesh show --json`; another `format` may be given."""

    def start(*argv: str, format: str = "json") -> Result:
        return run("marlin", *argv, "-f", format, env={**server.env, "OCTOPRINT_CLI_HOME": str(tmp_path / "config")})

    return start

"""Fixtures of the faults ring: servers, and how long a run in this process waits."""

from __future__ import annotations

import importlib
import os
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional

import pytest
from contract.conftest import bare, hurried, own_cache, own_home, program, server  # noqa: F401
from contract.program import Program

from octoprint_cli.client.push.feed import Feed
from octoprint_cli.client.push.socket import Socket, Subscription
from octoprint_cli.testing import FaultServer
from octoprint_cli.testing.fork_server import ForkedProcess, ForkServer

from .kit import DIALECTS, LIMIT, serving

# Started in the background, as by a shell's `&`, a process ignores Ctrl-C, and so do its children: the tests send it to theirs.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def other() -> Iterator[FaultServer]:
    """Another server, which must get no connection."""
    with FaultServer() as running:
        yield running
        assert running.connections == 0


@pytest.fixture
def one() -> Iterator[FaultServer]:
    """A fake 1.11.8."""
    yield from serving("1.11.8")


@pytest.fixture
def two() -> Iterator[FaultServer]:
    """A fake 2.0.0rc7."""
    yield from serving("2.0.0rc7")


@pytest.fixture(params=DIALECTS)
def each(request: Any) -> Iterator[FaultServer]:
    """A fake of each version, in turn."""
    yield from serving(request.param)


@pytest.fixture(scope="session")
def forks() -> Iterator[ForkServer]:
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        server = ForkServer(folder, os.environ)
        yield server
        server.close()


@pytest.fixture
def forked(forks: ForkServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What a test starts is forked from a process that has the program imported, and ended with the test.

    To signals, locks and streams it is a process like any other; its start alone would take longer than the rest of the test.
    """
    begun: List[ForkedProcess] = []

    def start(runs: Program, *argv: str, env: Optional[Dict[str, str]] = None) -> ForkedProcess:
        line = [str(Path(sys.executable).with_name("octoprint-cli")), *argv]
        begun.append(forks.start(line, {**runs.env, **(env or {})}, str(runs.work), {}))
        return begun[-1]

    monkeypatch.setattr(Program, "start", start)
    yield
    for process in begun:
        process.end()


#: How often the program asks, and how long it rests between: in this process alone, where a test need not wait as long as a
#: person would.
_PAUSES = {
    "octoprint_cli.client.push.feed": {
        "POLL_UP_SECONDS": 0.3,
        "POLL_DOWN_SECONDS": 0.05,
        "FIRST_PAUSE": 0.05,
        "LONGEST_PAUSE": 0.2,
        "SOUND_SECONDS": 0.5,
    },
    "octoprint_cli.client.http.retry": {"FIRST_PAUSE": 0.01},
    "octoprint_cli.client.tracking.job_tracker": {"GRACE_SECONDS": 0.05},
    "octoprint_cli.client.tracking.waiter": {"REST_SECONDS": 0.2},
    "octoprint_cli.client.gcode_replies": {"SETTLE_SECONDS": 0.05},
}
#: How long it waits for what does come, on a machine that is ever so busy.
_LIMITS = {
    "octoprint_cli.client.push.feed": ("ASK_SECONDS", "SHORTEST_SECONDS", "OPEN_SECONDS"),
    "octoprint_cli.client.tracking.job_tracker": ("LOOK_SECONDS",),
    "octoprint_cli.client.tracking.waiter": ("LOOK_SECONDS", "HURRY_SECONDS"),
    "octoprint_cli.client.push.socket": ("SILENCE_SECONDS",),
    "octoprint_cli.client.push.history": ("SECONDS",),
}
#: How long it waits for what never comes.
SHORT = 0.3


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that waits in this process asks often, and gives nothing up that only takes its time."""
    for module, constants in _PAUSES.items():
        for name, seconds in constants.items():
            monkeypatch.setattr(importlib.import_module(module), name, seconds)
    for module, names in _LIMITS.items():
        for name in names:
            monkeypatch.setattr(importlib.import_module(module), name, float(LIMIT))
    set_patience(monkeypatch, 3600.0)
    _set_opening(monkeypatch, float(LIMIT))


@pytest.fixture
def broken_socket(quick: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A push socket that does not come, or falls silent, is soon given up: nothing will come of it, however long one waits."""
    for name in ("feed.OPEN_SECONDS", "socket.SILENCE_SECONDS", "history.SECONDS", "feed.QUIET_SECONDS"):
        monkeypatch.setattr(f"octoprint_cli.client.push.{name}", SHORT)
    _set_opening(monkeypatch, SHORT)


@pytest.fixture
def no_polls(quick: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A socket that works is not looked past: only it can tell how the job ends."""
    monkeypatch.setattr("octoprint_cli.client.push.feed.POLL_UP_SECONDS", 3600.0)
    monkeypatch.setattr("octoprint_cli.client.push.feed.QUIET_SECONDS", 3600.0)


@pytest.fixture
def pinging(quick: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A silent socket is pinged often, again only after the answer, and never given up, however long that takes."""

    def ping(self: Socket) -> None:
        if self._asked is None:
            self._line.ping()  # type: ignore[no-untyped-call]
        self._asked = time.monotonic()

    monkeypatch.setattr("octoprint_cli.client.push.socket.SILENCE_SECONDS", 0.05)
    monkeypatch.setattr(Socket, "_ask", ping)


def set_patience(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """Set how long the server may be away before a wait ends."""
    monkeypatch.setitem(Feed.__init__.__kwdefaults__, "patience", seconds)  # type: ignore[attr-defined]


def _set_opening(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    monkeypatch.setattr(Socket.__init__, "__defaults__", (Subscription(), seconds))

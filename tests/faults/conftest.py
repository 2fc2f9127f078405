"""Fixtures of the faults ring: a server, the program aimed at it."""

from __future__ import annotations

import importlib
import signal
from typing import Any, Iterator

import pytest
from busy import busy
from contract.conftest import bare, hurried, own_cache, own_home, program, server  # noqa: F401

from octoprint_cli.client.push.feed import Feed
from octoprint_cli.client.push.socket import Socket, Subscription
from octoprint_cli.testing import FaultServer

from .kit import DIALECTS, serving

# Started in the background, as by a shell's `&`, a process ignores Ctrl-C, and so do its children: the tests send it to theirs.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def other() -> Iterator[FaultServer]:
    """Another server, which nobody should ever talk to."""
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
    """Both, one after the other."""
    yield from serving(request.param)


#: How often the program asks, and how long it rests between: in this process alone, where a test need not wait as long as a
#: person would.
_PAUSES = {
    "octoprint_cli.client.push.feed": {
        "POLL_UP_SECONDS": 0.3,
        "POLL_DOWN_SECONDS": 0.05,
        "FIRST_PAUSE": 0.05,
        "LONGEST_PAUSE": 0.2,
    },
    "octoprint_cli.client.http.retry": {"FIRST_PAUSE": 0.01},
}
#: How long it waits for something that may never come. On a busy machine what does come takes longer, too.
_LIMITS = {
    "octoprint_cli.client.push.feed": {"SOUND_SECONDS": 0.5, "ASK_SECONDS": 1.0, "SHORTEST_SECONDS": 0.2, "OPEN_SECONDS": 0.5},
    "octoprint_cli.client.tracking.job_tracker": {"GRACE_SECONDS": 0.5, "LOOK_SECONDS": 1.0},
    "octoprint_cli.client.tracking.waiter": {"LOOK_SECONDS": 1.0, "REST_SECONDS": 0.5, "HURRY_SECONDS": 1.0},
    "octoprint_cli.client.gcode_replies": {"SETTLE_SECONDS": 0.7},
    "octoprint_cli.client.push.socket": {"SILENCE_SECONDS": 0.5},
    "octoprint_cli.client.push.history": {"SECONDS": 0.5},
}
_SOCKET_SECONDS = 0.5
#: How long a server may be away here, on an idle machine.
PATIENCE = 0.6


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever waits in this process is soon impatient."""
    times = busy()
    for table, factor in ((_PAUSES, 1.0), (_LIMITS, times)):
        for module, constants in table.items():
            for name, seconds in constants.items():
                monkeypatch.setattr(importlib.import_module(module), name, seconds * factor)
    monkeypatch.setitem(Feed.__init__.__kwdefaults__, "patience", PATIENCE * times)  # type: ignore[attr-defined]
    monkeypatch.setattr(Socket.__init__, "__defaults__", (Subscription(), _SOCKET_SECONDS * times))

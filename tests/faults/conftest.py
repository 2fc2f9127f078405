"""Fixtures of the faults ring: a server, the program aimed at it, and many runs side by side."""

from __future__ import annotations

import importlib
import signal
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, Dict, Iterator

import pytest
from contract.conftest import bare, hurried, own_cache, own_home, program, server  # noqa: F401

from octoprint_cli.client.push import Socket, Wish
from octoprint_cli.testing import FaultServer
from octoprint_cli.watching.feed import Feed

from .kit import DIALECTS, serving
from .ring import WORKERS

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


@pytest.fixture(scope="module")
def runs(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dict[Any, Future[Any]]]:
    """What came of each `case` of the chosen tests of this module that ask for it: they run as processes, side by side.

    A case is hashable and has `run(folder)`.
    """
    items: Any = [item for item in request.session.items if getattr(item, "module", None) is request.module]
    cases = dict.fromkeys(item.callspec.params["case"] for item in items if "runs" in item.fixturenames)
    base = tmp_path_factory.mktemp("runs")
    with ThreadPoolExecutor(WORKERS) as pool:
        yield {case: pool.submit(case.run, _folder(base, number)) for number, case in enumerate(cases)}


def _folder(base: Path, number: int) -> Path:
    folder = base / str(number)
    folder.mkdir()
    return folder


#: What waits in the program, and how long here: in this process alone, where a test need not wait as long as a person would.
_SHORT = {
    "octoprint_cli.watching.feed": {
        "POLL_UP_SECONDS": 0.3,
        "POLL_DOWN_SECONDS": 0.05,
        "FIRST_PAUSE": 0.05,
        "LONGEST_PAUSE": 0.2,
        "SOUND_SECONDS": 0.5,
        "ASK_SECONDS": 1.0,
        "SHORTEST_SECONDS": 0.2,
        "OPEN_SECONDS": 0.5,
    },
    "octoprint_cli.watching.follow": {"GRACE_SECONDS": 0.15, "LOOK_SECONDS": 1.0},
    "octoprint_cli.watching.wait": {"LOOK_SECONDS": 1.0, "REST_SECONDS": 0.5, "HURRY_SECONDS": 1.0},
    "octoprint_cli.watching.conversation": {"SETTLE_SECONDS": 0.7},
    "octoprint_cli.client.push.socket": {"SILENCE_SECONDS": 0.2},
    "octoprint_cli.client.push.history": {"SECONDS": 0.5},
    "octoprint_cli.client.http.retries": {"FIRST_PAUSE": 0.01},
}
#: How long a server may be away here.
PATIENCE = 0.6


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever waits in this process is soon impatient."""
    for module, constants in _SHORT.items():
        for name, seconds in constants.items():
            monkeypatch.setattr(importlib.import_module(module), name, seconds)
    monkeypatch.setitem(Feed.__init__.__kwdefaults__, "patience", PATIENCE)  # type: ignore[attr-defined]
    monkeypatch.setattr(Socket.__init__, "__defaults__", (Wish(), 0.5))
